//! Names behind ids: members, teams, units. Read once and again when one of them changed.
import { call, onChanged, type Output } from "./app";

export type People = Output<"people.list">;
let people = $state.raw<People>({ members: [], teams: [], units: [] });
let asked: Promise<void> | null = null;

async function read(): Promise<void> {
  people = await call("people.list", {});
}

onChanged((changed) => {
  if (asked && ["member", "team", "unit"].some((kind) => changed.kinds.includes(kind)))
    asked = read().catch(() => undefined);
});

export const names = {
  /** Asks for them unless they are here; screens that show names await it. */
  ready: (): Promise<void> => (asked ??= read().catch(() => void (asked = null))),
  /** After another person opened the app. */
  forget() {
    asked = null;
    people = { members: [], teams: [], units: [] };
  },
  get all() {
    return people;
  },
  member: (id: string | null | undefined): string => people.members.find((one) => one.id === id)?.name ?? "",
  team: (id: string | null | undefined): string => people.teams.find((one) => one.id === id)?.name ?? "",
  unit: (id: string | null | undefined): string => people.units.find((one) => one.id === id)?.name ?? "",
};
