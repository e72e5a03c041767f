//! The words of the catalogs as the screens show them, read from the same files: stories hold codes, thumbs press words.
import { readFileSync } from "node:fs";

const file = (path: string) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8"));
const CATALOGS: Record<string, { code: string; vi: string }[]> = file("crates/domain/catalogs/start.json");
const WORDS: Record<string, string> = file("ui/src/lib/words/vi.json");

/** An item of a catalog; a code that is not there is a mistake of the story. */
export function word(catalog: string, code: string): string {
  const found = CATALOGS[catalog]?.find((item) => item.code === code);
  if (!found) throw new Error(`no ${code} in ${catalog}`);
  return found.vi;
}

/** As a chip says it. */
export const short = (catalog: string, code: string): string =>
  WORDS[`short_${catalog}_${code}`] ?? word(catalog, code);
