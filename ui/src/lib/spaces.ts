//! The teams whose records this device holds: a new record counts in one of them.
import { call, type Output } from "./app";
import { names } from "./people.svelte";

export type Space = Output<"space.list">[number];

export const teamSpaces = async (): Promise<Space[]> =>
  (await call("space.list", {})).filter((space) => space.kind === "team");

/** Where a team works, when that is one village: what every new record of it would be asked for. */
export function onlyVillage(space: string | null): string | null {
  const unit = names.all.teams.find((team) => team.id === space)?.unit ?? null;
  if (unit === null) return null;
  const within = names.all.units.filter((one) => one.parent === unit);
  return within.length === 0 ? unit : within.length === 1 ? (within[0]?.id ?? null) : null;
}
