//! What a listing's fields say: how far it is, how long its last check holds, and whether its address may be shown.
import { daysBetween } from "../../lib/days";
import type { Fields } from "../../lib/form/kinds";

/** Days after which a product is not counted as sold online unless somebody looked. */
export const CHECK_DAYS = 90;
/** The way of a listing until it sells; other states are ways out of the last. */
export const STAGES = ["du_kien", "co_gian_hang", "da_dang_chua_kiem", "dang_ban"] as const;

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Days since the last check and days it still holds; null when it was never checked. */
export function checked(fields: Fields, today: string): { since: number; left: number } | null {
  const on = text(fields["checked_on"]);
  if (!/^\d{4}-\d\d-\d\d$/.test(on)) return null;
  const since = Math.max(0, daysBetween(on, today));
  return { since, left: CHECK_DAYS - since };
}

/** How many stages lie behind; all of them once it ever sold. */
export function stage(state: string): number {
  const found = STAGES.indexOf(state as (typeof STAGES)[number]);
  return found === -1 ? STAGES.length : found;
}

/** An address to show; anything but a web page is none. */
export function webAddress(value: unknown): string | null {
  try {
    const url = new URL(text(value).trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Which badge a state wears. */
export const tone = (state: string): "kept" | "wait" | "stop" | "flat" =>
  state === "dang_ban"
    ? "kept"
    : ["an", "go", "ngung"].includes(state)
      ? "stop"
      : state === "tam_het"
        ? "wait"
        : "flat";
