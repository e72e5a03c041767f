//! A field's value as a person reads it: words of catalogs, names, days, money. Records other than people and places
//! have their title asked for by `part/Value.svelte`.
import { day, number, phone } from "./format";
import { empty, fieldsOf, type FieldShape } from "./form/kinds";
import { names } from "./people.svelte";
import { item, t } from "./words.svelte";

export const shapeOf = (kind: string, field: string): FieldShape | undefined =>
  fieldsOf(kind).find((shape) => shape.name === field);

function one(shape: FieldShape | undefined, value: unknown): string {
  if (shape?.catalog && typeof value === "string") return item(shape.catalog, value);
  if (shape?.ref && typeof value === "string") {
    const known = { member: names.member, team: names.team, unit: names.unit }[shape.ref];
    return known?.(value) || t("newer_value");
  }
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") {
    if (shape?.unit === "dong") return t("dong", { number: number(value) });
    return shape?.name.endsWith("year") ? String(value) : number(value);
  }
  const text = String(value);
  if (shape?.holds === "day" && /^\d{4}-\d\d-\d\d$/.test(text)) return day(text, true);
  return shape?.name === "phone" ? phone(text) : text;
}

/** What a value says; words for an empty one. */
export function shown(kind: string, field: string, value: unknown): string {
  if (empty(value)) return t("empty_value");
  const shape = shapeOf(kind, field);
  return Array.isArray(value) ? value.map((each) => one(shape, each)).join(", ") : one(shape, value);
}

/** The kind of record a field names, when its title must be asked for. */
export function recordOf(kind: string, field: string): string | null {
  const ref = shapeOf(kind, field)?.ref;
  return ref && !["member", "team", "unit"].includes(ref) ? ref : null;
}
