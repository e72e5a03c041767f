//! The fields of each kind as the one definition in Rust has them.
import kinds from "../generated/kinds";

export interface FieldShape {
  name: string;
  holds: "text" | "integer" | "bool" | "day" | "location" | "id" | "codes" | "ids";
  step: number;
  required?: boolean;
  catalog?: string;
  /** Field whose value narrows the catalog. */
  within?: string;
  ref?: string;
  max?: number;
  least?: number;
  most?: number;
  unit?: string;
  when?: { field: string; in: readonly string[] };
  /** Kind of QR code it may be filled from. */
  scan?: "receipt" | "address" | "vietqr";
  private?: string;
  /** Written by earlier versions; kept, and asked no more. */
  former?: boolean;
}
export type Fields = Record<string, unknown>;

export const fieldsOf = (kind: string): readonly FieldShape[] =>
  (kinds as unknown as Record<string, readonly FieldShape[]>)[kind] ?? [];

/** Whether a field is asked now; what is not asked any more keeps its value until the form is saved. */
export function asked(shape: FieldShape, fields: Fields): boolean {
  if (!shape.when) return true;
  const value = fields[shape.when.field];
  return typeof value === "string" && shape.when.in.includes(value);
}

/** Names of files: a set without a catalog. */
export const holdsFiles = (shape: FieldShape): boolean => shape.holds === "codes" && !shape.catalog;

export const empty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** What of a form differs from what was saved: only that is written. Emptied fields are null. */
export function patch(before: Fields, now: Fields): Fields {
  const changed: Fields = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [from, to] = [before[name], now[name]];
    if (empty(from) && empty(to)) continue;
    const sorted = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
    if (sorted(from) !== sorted(to)) changed[name] = empty(to) ? (Array.isArray(from) ? [] : null) : to;
  }
  return changed;
}

/** What of a form is given to `record.create`. */
export const filled = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => !empty(value)));

/** What of a form is saved: filled in, and asked under what the other answers say. */
export const answered = (kind: string, fields: Fields): Fields =>
  filled(
    Object.fromEntries(
      Object.entries(fields).filter(([name]) => {
        const shape = fieldsOf(kind).find((one) => one.name === name);
        return !shape || asked(shape, fields);
      }),
    ),
  );

/** The codes of a refused save by field, for `RecordForm`. */
export const codes = (detail: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(detail).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
