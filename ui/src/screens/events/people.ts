//! Who came to an event, by list: one line for each person, or for a household of which nobody asked who it was.
import type { Fields } from "../../lib/form/kinds";
import { newId } from "../../lib/id";

export interface Attendee {
  id: string;
  household: string | null;
  citizen: string | null;
  /** Of who is neither. */
  name: string | null;
  signed: string | null;
}
type People = readonly Attendee[];
const SIGNED = "co";

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
export const attendee = (id: string, fields: Fields): Attendee => ({
  id,
  household: text(fields["household"]),
  citizen: text(fields["citizen"]),
  name: text(fields["name"]),
  signed: text(fields["signed"]),
});
export const hasSigned = (one: Attendee): boolean => one.signed === SIGNED;
export const houses = (people: People): number => new Set(people.flatMap((one) => one.household ?? [])).size;

/** A household comes on the list, or goes from it with all its people. */
export function turnHouse(people: People, household: string): Attendee[] {
  const without = people.filter((one) => one.household !== household);
  return without.length < people.length ? without : [...people, attendee(newId(), { household })];
}

/** Says who of a household it was; the second one is a line more. Taken back, the household itself stays. */
export function turnPerson(people: People, household: string, citizen: string): Attendee[] {
  const at = people.find((one) => one.citizen === citizen);
  if (at) {
    const alone = people.every((one) => one === at || one.household !== household);
    return alone
      ? people.map((one) => (one === at ? { ...one, citizen: null } : one))
      : people.filter((one) => one !== at);
  }
  const open = people.find((one) => one.household === household && one.citizen === null);
  return open
    ? people.map((one) => (one === open ? { ...one, citizen } : one))
    : [...people, attendee(newId(), { household, citizen })];
}

export const addName = (people: People, name: string): Attendee[] => [...people, attendee(newId(), { name })];
export const turnSigned = (people: People, id: string): Attendee[] =>
  people.map((one) => (one.id === id ? { ...one, signed: hasSigned(one) ? null : SIGNED } : one));

/** What has to be written to come from one list to the other. */
export function differ(before: People, after: People) {
  const was = new Map(before.map((one) => [one.id, one]));
  const is = new Set(after.map((one) => one.id));
  return {
    added: after.filter((one) => !was.has(one.id)),
    changed: after.filter(
      (one) =>
        was.has(one.id) &&
        (was.get(one.id)?.citizen !== one.citizen || was.get(one.id)?.signed !== one.signed),
    ),
    gone: before.filter((one) => !is.has(one.id)),
  };
}
