//! A value of a record as a person reads it.
import { day, number, phone } from "../format";
import { names } from "../people.svelte";
import { field, item, kindName, problem, t } from "../words.svelte";
import { empty, fieldsOf } from "./kinds";

/** Lower case for the middle of a sentence; names and abbreviations ("VNeID", "BHYT") stay. */
export function inside(word: string): string {
  const [first = "", second = ""] = word;
  return second === second.toLocaleUpperCase("vi") && /\p{L}/u.test(second)
    ? word
    : first.toLocaleLowerCase("vi") + word.slice(1);
}

const people = { member: names.member, team: names.team, unit: names.unit };

/** `value` of a field in words. Names of members, teams and units are known once `names.ready()` has come. */
export function valueText(kind: string, name: string, value: unknown): string {
  if (empty(value)) return t("value_empty");
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (Array.isArray(value)) return value.map((one) => valueText(kind, name, one)).join(", ");
  const shape = fieldsOf(kind).find((one) => one.name === name);
  if (typeof value === "number")
    return shape?.unit === "dong" ? t("value_dong", { amount: number(value) }) : number(value);
  const text = String(value);
  if (shape?.catalog) return item(shape.catalog, text);
  if (shape?.ref) {
    const named = people[shape.ref as keyof typeof people]?.(text);
    return named || kindName(shape.ref);
  }
  if (shape?.holds === "day") return /^\d{4}-\d\d-\d\d$/.test(text) ? day(text, true) : text;
  if (name === "phone") return phone(text);
  return text;
}

/** `Ngày: Còn thiếu, điền thêm vào đây`, for each field a save was refused for. */
export const wrongLines = (kind: string, detail: Record<string, unknown>): string[] =>
  Object.entries(detail).map(([name, code]) =>
    t("wrong_line", { field: field(kind, name), problem: problem(String(code)) }),
  );
