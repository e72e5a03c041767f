//! Two records laid side by side: which fields they share, which differ, and what merging them writes.
import { empty, type Fields, fieldsOf } from "../../lib/form/kinds";

export interface Row {
  field: string;
  /** Values of the two. */
  values: [unknown, unknown];
  same: boolean;
}
/** Which of the two, 0 or 1. */
export type Side = 0 | 1;

const canonical = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? null));

/** Fields that at least one of the two has, in the order of the definition. */
export function rows(kind: string, one: Fields, two: Fields): Row[] {
  return fieldsOf(kind)
    .filter(({ name }) => !empty(one[name]) || !empty(two[name]))
    .map(({ name }) => ({
      field: name,
      values: [one[name], two[name]],
      same: canonical(one[name]) === canonical(two[name]),
    }));
}

/** The fuller one stays, else the first. */
export const fuller = (all: Row[]): Side => {
  const filled = (side: Side) => all.filter((row) => !empty(row.values[side])).length;
  return filled(1) > filled(0) ? 1 : 0;
};

/** The side whose value is proposed: that of the one that stays, unless it has none. */
export const proposed = (row: Row, stays: Side): Side =>
  empty(row.values[stays]) ? (stays === 0 ? 1 : 0) : stays;

/** What is written to the one that stays: values taken from the other. */
export function taken(all: Row[], stays: Side, choices: Record<string, Side>): Fields {
  const fields: Fields = {};
  for (const row of all) {
    if (row.same) continue;
    const side = choices[row.field] ?? proposed(row, stays);
    if (side !== stays) fields[row.field] = row.values[side] ?? null;
  }
  return fields;
}

/** What takes that back: the values the staying one had. */
export const before = (fields: Fields, stayed: Fields): Fields =>
  Object.fromEntries(
    Object.keys(fields).map((name) => [name, stayed[name] ?? (Array.isArray(fields[name]) ? [] : null)]),
  );
