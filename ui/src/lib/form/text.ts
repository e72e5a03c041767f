//! How much text a field takes.

/** Letters a field takes at all: more is no note but a file, and would not fit into a draft. */
export const ROOM = 20_000;

/** Whether a text has at most `most` letters (Unicode scalars, as the schemas count). */
export function fits(text: string, most: number | undefined): boolean {
  if (most === undefined || text.length <= most) return true;
  return text.length <= 2 * most && [...text].length <= most;
}
