//! How a record is told in one line of a list: its first and its second line in words, from the one definition.
import { empty, type Fields } from "./form/kinds";
import faces from "./generated/faces";
import { recordOf, shown } from "./shown";

export interface Face {
  title: string;
  subtitle: readonly string[];
  /** Its first field is a day: the newest come first. */
  dated: boolean;
  lives: "team" | "commune";
  /** Written by commune staff only. */
  staff: boolean;
  /** Never rewritten: a newer one counts. */
  appended: boolean;
}
export const faceOf = (kind: string): Face | undefined => (faces as Record<string, Face>)[kind];

const word = (kind: string, field: string, fields: Fields): string =>
  empty(fields[field]) || recordOf(kind, field) !== null ? "" : shown(kind, field, fields[field]);

export function face(kind: string, fields: Fields): { title: string; line: string } {
  const known = faceOf(kind);
  if (!known) return { title: "", line: "" };
  return {
    title: word(kind, known.title, fields),
    line: known.subtitle
      .map((field) => word(kind, field, fields))
      .filter(Boolean)
      .join(" · "),
  };
}
