//! What is told of products and their listings: how far a listing is, which products a filter shows, whether an address
//! may be shown. What counts, and on which day, is said by `product.list`.
import type { Output } from "../../lib/app";

export type Products = Output<"product.list">;
export type Product = Products["items"][number];
export type Listed = Product["listings"][number];

/** Kinds after whose changes what counts may be another. */
export const KINDS = [
  "ocop_product",
  "ocop_certificate",
  "listing",
  "listing_check",
  "unit",
  "sync",
] as const;

/** Days after which a product is not counted as sold online unless somebody looked. */
export const CHECK_DAYS = 90;
/** The way of a listing until it sells; other states are ways out of the last. */
export const STAGES = ["du_kien", "co_gian_hang", "da_dang_chua_kiem", "dang_ban"] as const;

/** What products can be told apart by, in the order of the chips. */
export const SHOWN = ["certified", "ends_soon", "due", "offline", "candidate", "expired", "revoked"] as const;
export type Shown = (typeof SHOWN)[number];

/** The best of what counts among its listings; null when nothing does. */
export function isOnline(one: Product): "verified" | "declared" | null {
  const has = (counts: Listed["counts"]) => one.listings.some((on) => on.counts === counts);
  return has("verified") ? "verified" : has("declared") ? "declared" : null;
}

export function shows(one: Product, show: Shown): boolean {
  switch (show) {
    case "ends_soon":
      return one.ends_soon;
    case "due":
      return one.listings.some((on) => on.due);
    case "offline":
      return one.standing === "certified" && isOnline(one) === null;
    default:
      return one.standing === show;
  }
}

/** One product as it stands today; null when it is not here. */
export const standingOf = (all: Products, id: string): Product | null =>
  all.items.find((one) => one.id === id) ?? null;

/** Days since the look that counts and days it still holds; null when nobody looked. */
export function checked(one: Listed): { on: string; since: number; left: number } | null {
  if (one.checked_on === null || one.days_left === null) return null;
  return { on: one.checked_on, since: CHECK_DAYS - one.days_left, left: one.days_left };
}

/** How many stages lie behind; all of them once it ever sold. */
export function stage(state: string): number {
  const found = STAGES.indexOf(state as (typeof STAGES)[number]);
  return found === -1 ? STAGES.length : found;
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
