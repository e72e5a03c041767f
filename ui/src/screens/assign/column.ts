//! Households of the commune, sorted into columns by who looks after them and into cards by cluster.
import type { House } from "../../lib/households";
import { names } from "../../lib/people.svelte";

/** Some households that are ticked together: a cluster, or one alone. */
export interface Card {
  key: string;
  title: string;
  line: string;
  houses: House[];
  met: number;
  late: number;
}
export interface Column {
  /** Null: nobody looks after them. */
  member: string | null;
  name: string;
  team: string;
  houses: House[];
  met: number;
  late: number;
}

/** Cards under the mouse: from whose column, of which households, and over whose column they are (undefined: none's). */
export interface Drag {
  from: string | null;
  houses: readonly string[];
  over?: string | null | undefined;
}
/** What the browser carries along, so that nothing from elsewhere is taken for a card. What it is stays in the page. */
export const DRAGGED = "application/x-toso-households";

const met = (houses: readonly House[]): number => houses.filter((house) => house.last_visit !== null).length;
const late = (houses: readonly House[]): number =>
  houses.filter((house) => (house.late_days ?? 0) > 0).length;

/** Nobody first, then every member of a team that works here or who has one of these households. */
export function columns(houses: readonly House[], village: string | null, nobody: string): Column[] {
  const held = new Map<string | null, House[]>();
  for (const house of houses) {
    for (const member of house.assigned.length === 0 ? [null] : house.assigned)
      held.set(member, [...(held.get(member) ?? []), house]);
  }
  const column = (member: string | null, name: string, team: string): Column => {
    const own = held.get(member) ?? [];
    return { member, name, team, houses: own, met: met(own), late: late(own) };
  };
  const here = names.all.members.filter((one) => {
    const team = names.all.teams.find((each) => each.id === one.team);
    return held.has(one.id) || (team !== undefined && (village === null || team.unit === village));
  });
  const given = (name: string) => name.split(" ").reverse().join(" ");
  const sorted = here
    .map((one) => column(one.id, one.name, names.team(one.team)))
    .sort((a, b) => a.team.localeCompare(b.team, "vi") || given(a.name).localeCompare(given(b.name), "vi"));
  return [column(null, nobody, ""), ...sorted];
}

/** Cards of a column. Where several villages are seen, a cluster says in which it lies. */
export function cards(column: Column, by: "cluster" | "house", villages: boolean, none: string): Card[] {
  const groups = new Map<string, House[]>();
  for (const house of column.houses) {
    const key = by === "house" ? house.id : `${house.village?.id ?? ""}/${house.cluster ?? ""}`;
    const group = groups.get(key);
    if (group) group.push(house);
    else groups.set(key, [house]);
  }
  const made = [...groups].map(([key, houses]): Card => {
    const first = houses[0];
    const village = villages ? (first?.village?.name ?? "") : "";
    const cluster = first?.cluster ?? none;
    const [title, line] =
      by === "house"
        ? [first?.title ?? "", [first?.cluster, village].filter(Boolean).join(", ")]
        : [[cluster, village].filter(Boolean).join(", "), ""];
    return { key, title, line, houses, met: met(houses), late: late(houses) };
  });
  return by === "house" ? made : made.sort((a, b) => a.title.localeCompare(b.title, "vi"));
}

/** Households each member has. */
export function loads(houses: readonly House[]): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const one of houses) for (const id of one.assigned) held.set(id, (held.get(id) ?? 0) + 1);
  return held;
}

/** The chosen ones after some more were ticked, or were not any more. */
export function turned(
  chosen: ReadonlySet<string>,
  houses: readonly House[],
  on: boolean,
): ReadonlySet<string> {
  const next = new Set(chosen);
  for (const one of houses) {
    if (on) next.add(one.id);
    else next.delete(one.id);
  }
  return next;
}

/** Households that had the same members, together: what an undo gives back in few calls. */
export function alike(before: ReadonlyMap<string, string[]>): { members: string[]; households: string[] }[] {
  const same = new Map<string, { members: string[]; households: string[] }>();
  for (const [id, members] of before) {
    const key = [...members].sort().join();
    const group = same.get(key);
    if (group) group.households.push(id);
    else same.set(key, { members, households: [id] });
  }
  return [...same.values()];
}
