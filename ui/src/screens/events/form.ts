//! An event while it is written down, and the records it becomes.
import { text } from "../../lib/value";
import type { Item } from "../../lib/every";
import { answered, type Fields } from "../../lib/form/kinds";
import { today } from "../../lib/format";
import { newId } from "../../lib/id";
import type { Made } from "../../lib/make";
import { names } from "../../lib/people.svelte";
import { profile } from "../../lib/profile.svelte";
import { onlyVillage } from "../../lib/spaces";
import { item, short, t } from "../../lib/words.svelte";
import { type Attendee } from "./people";

export interface EventForm {
  id: string;
  space: string | null;
  /** As typed; null while kind and village say it. */
  title: string | null;
  fields: Fields;
  people: Attendee[];
  /** Ids of its records that were written already. */
  made: string[];
}
export const LIST = "diem_danh";
const COUNT = "dem";
export const GUESS = "uoc_tinh";
const COUNTS = ["people", "women", "elders", "households"];
/** Numbers asked for by how people were counted; what a list says by itself is not written beside it. */
const ASKED: Record<string, readonly string[]> = {
  [COUNT]: COUNTS,
  [LIST]: ["women", "elders"],
  [GUESS]: ["people"],
};

export const count = (value: unknown): number | null => (typeof value === "number" ? value : null);
export const codes = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);
export const kindWord = (code: unknown): string => short("event_kind", text(code));

export const villagesOf = (space: string | null): string[] => {
  const village = onlyVillage(space);
  return village === null ? [] : [village];
};
/** Who writes it down has usually held it; whoever did not says so. */
export const usualPresenters = (): string[] => (profile.state?.member ? [profile.state.member] : []);
export const fresh = (space: string | null, kind: string | null): EventForm => ({
  id: newId(),
  space,
  title: null,
  fields: {
    event_kind: kind,
    day: today(),
    villages: villagesOf(space),
    topics: [],
    attendance: COUNT,
    presenters: usualPresenters(),
  },
  people: [],
  made: [],
});

/** `Họp thôn Bản Nà Hin`: what it is called as long as nobody says otherwise; empty without a kind. */
export function usualTitle(fields: Fields): string {
  if (!text(fields["event_kind"])) return "";
  const kind = kindWord(fields["event_kind"]);
  const villages = codes(fields["villages"]);
  const where = villages.length === 1 ? names.unit(villages[0]) : "";
  return where ? t("events.title_of", { kind, where }) : kind;
}
export const titleOf = (form: EventForm): string =>
  form.title?.normalize("NFC").trim() || usualTitle(form.fields);

/** The event first, for its people name it. */
export function records(form: EventForm): Made[] {
  const method = text(form.fields["attendance"]);
  const asked = ASKED[method] ?? COUNTS;
  const fields = Object.entries(form.fields).filter(
    ([name]) => !COUNTS.includes(name) || asked.includes(name),
  );
  const event = answered("event", { ...Object.fromEntries(fields), title: titleOf(form) });
  const people = method === LIST ? form.people : [];
  return [
    { id: form.id, kind: "event", fields: event },
    ...people.map((one) => ({ id: one.id, kind: "event_attendance", fields: attendance(form.id, one) })),
  ];
}
export const attendance = (event: string, { household, citizen, name, signed }: Attendee): Fields =>
  answered("event_attendance", { event, household, citizen, name, signed });

/** How many came: what was counted, or how long the list is; null when nobody said. */
export const came = (fields: Fields, listed: number): number | null =>
  text(fields["attendance"]) === LIST ? listed : count(fields["people"]);

/** `42 người · Đếm`, `khoảng 50 người · Ước tính`. */
export function cameLine(fields: Fields, listed: number): string {
  const all = came(fields, listed);
  const how = text(fields["attendance"]);
  const many =
    all === null
      ? t("events.not_counted")
      : t(how === GUESS ? "events.about" : "events.people", { count: all });
  return `${many} · ${item("attendance_method", how)}`;
}

/** Parts that are more than all who came: told, not forbidden. */
export function tooMany(fields: Fields, all: number | null): Record<string, string> {
  const more = (name: string) => all !== null && (count(fields[name]) ?? 0) > all;
  return Object.fromEntries(
    ["women", "elders", "households"].filter(more).map((name) => [name, "more_than_all"]),
  );
}

/** Kinds as they are offered: those held most here first, then as the catalog has them. */
export function inUse(events: readonly Item[], all: readonly (readonly [string, string])[]) {
  const held = new Map<string, number>();
  for (const { fields } of events) {
    const kind = text(fields["event_kind"]);
    held.set(kind, (held.get(kind) ?? 0) + 1);
  }
  return all.toSorted((a, b) => (held.get(b[0]) ?? 0) - (held.get(a[0]) ?? 0));
}

/** The newest day first; of one day what was begun last, as its id says it on every device alike. */
export const newestFirst = (events: readonly Item[]): Item[] =>
  events.toSorted(
    (a, b) => text(b.fields["day"]).localeCompare(text(a.fields["day"])) || b.id.localeCompare(a.id),
  );
