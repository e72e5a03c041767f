//! One visit while it is written down, and the records it becomes.
import { call } from "../../lib/app";
import { type Help, record } from "../../lib/assist/help";
import { answered, type Fields } from "../../lib/form/kinds";
import { today } from "../../lib/format";
import { newId } from "../../lib/id";
import type { Made } from "../../lib/make";

export interface VisitForm {
  id: string;
  step: number;
  day: string;
  contact: string | null;
  members: string[];
  topics: string[];
  next_visit_on: string | null;
  /** `people_reached`, `women_reached`, `needs`, `note`. */
  more: Fields;
  helps: Help[];
  /** Without the household's name: it counts for the village only. */
  anonymous: boolean;
  /** Ids of its records that were written already. */
  made: string[];
}

export const fresh = (members: string[]): VisitForm => ({
  id: newId(),
  step: 1,
  day: today(),
  contact: null,
  members,
  topics: [],
  next_visit_on: null,
  more: {},
  helps: [],
  anonymous: false,
  made: [],
});

/** Who asks, and whom that person went with the last time. */
export async function lastTeam(me: string | null): Promise<string[]> {
  const { items } = await call("record.list", {
    kind: "visit",
    filter: { members: "me" },
    sort: "newest",
    limit: 1,
  });
  const members = items[0]?.fields["members"];
  const held = Array.isArray(members) ? (members as string[]) : [];
  return me === null ? held : [me, ...held.filter((one) => one !== me)];
}

export const MET = ["gap_chu_ho", "gap_thanh_vien"] as const;

/** The visit first, for its help names it. */
export function records(form: VisitForm, household: string, village: unknown): Made[] {
  const about: Fields = form.anonymous ? { village } : { household };
  const who: Fields = { day: form.day, members: form.members };
  const { contact, topics, next_visit_on, more } = form;
  const met = MET.some((one) => one === contact);
  const visit = answered("visit", { ...about, ...who, contact, topics, next_visit_on, ...more });
  const helps = form.helps.map((help) => ({
    id: help.id,
    kind: "assistance",
    fields: record(form.anonymous ? { ...help, citizen: null } : help, { ...about, ...who, visit: form.id }),
  }));
  return [{ id: form.id, kind: "visit", fields: visit }, ...(met ? helps : [])];
}
