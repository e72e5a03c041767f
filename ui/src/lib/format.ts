//! Numbers, days and times as they are written in Viet Nam, in both languages alike: 1.204 · 23/11 · 8:10.
import { t } from "./words.svelte";
import { daysBetween } from "./days";

export { daysBetween, plusDays } from "./days";

/** All event days are local days of +07:00, whatever the device's zone: Viet Nam has no other and turns no clock. */
const AHEAD_MS = 7 * 3_600_000;
/** By hand: a locale's order of day and month changes with the web view's version (en-CA did). */
const local = (moment: number): string => new Date(moment + AHEAD_MS).toISOString();
const numbers = new Intl.NumberFormat("vi-VN");

export const number = (value: number): string => numbers.format(value);

const tenths = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 1 });
/** `87,3 %`: a part of one, to a tenth. */
export const percent = (part: number): string => `${tenths.format(part * 100)} %`;

/** The local day of a moment, ISO. */
export function dayOf(moment: number): string {
  return local(moment).slice(0, 10);
}
export const today = (): string => dayOf(Date.now());

/** `23/11`, with the year when it is not this one or asked for. */
export function day(iso: string, year = false): string {
  const [y = "", m = "", d = ""] = iso.split("-");
  const short = `${Number(d)}/${Number(m)}`;
  return year || y !== today().slice(0, 4) ? `${short}/${y}` : short;
}
/** `23/11/2026` as typed → ISO; null when it is no day. */
export function typedDay(text: string): string | null {
  const parts = /^\s*(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})\s*$/.exec(text);
  if (!parts) return null;
  const iso = `${parts[3]}-${parts[2]?.padStart(2, "0")}-${parts[1]?.padStart(2, "0")}`;
  const moment = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== iso ? null : iso;
}

/** `8:10`. */
export const time = (moment: number): string => local(moment).slice(11, 16).replace(/^0/, "");

/** `hôm nay 8:10`, `hôm qua 20:15`, `18/11, 19:40`. */
export function when(moment: number): string {
  const on = dayOf(moment);
  const ago = daysBetween(on, today());
  if (ago === 0) return t("when_today", { time: time(moment) });
  if (ago === 1) return t("when_yesterday", { time: time(moment) });
  return t("when_day", { day: day(on), time: time(moment) });
}

/** `Thứ Hai, 23/11`. */
export const weekday = (iso: string): string =>
  t("weekday_day", { weekday: t(`weekday_${new Date(`${iso}T00:00:00Z`).getUTCDay()}`), day: day(iso) });

/** `9 KB`, `1,1 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${number(count)} B`;
  if (count < 1_000_000) return `${number(Math.round(count / 1000))} KB`;
  return `${number(Math.round(count / 100_000) / 10)} MB`;
}

/** `0912 345 678` from E.164 of Viet Nam; others as they are. */
export function phone(value: string): string {
  const local = value.replace(/^\+84/, "0");
  return /^0\d{9}$/.test(local) ? `${local.slice(0, 4)} ${local.slice(4, 7)} ${local.slice(7)}` : value;
}

/** The same with its middle hidden: `0912 ••• 678`. */
export function masked(value: string): string {
  const shown = phone(value);
  const digits = shown.replace(/\D/g, "");
  return digits.length < 8 ? "•••" : `${shown.slice(0, 4)} ••• ${shown.slice(-3)}`;
}

/** What a person is called to the face: the given name, which stands last. */
export const given = (name: string): string => name.trim().split(/\s+/).at(-1) ?? "";

/** The letter on a person's disc: that of the given name, which stands last. */
export function initial(name: string): string {
  return (name.trim().split(/\s+/).at(-1) ?? "").slice(0, 1).toLocaleUpperCase("vi");
}
