//! The same sentences with a school team's nouns: its doors are parents', its clusters are classes. One table a language.
import nouns from "./nouns.json";
import type { Language } from "./settings.svelte";

/** Longer ones first; what must stay as it is stands there too. */
const NOUNS: Record<Language, Record<string, string>> = nouns;

const capital = (word: string) => word.charAt(0).toLocaleUpperCase("vi") + word.slice(1);

/** A sentence, or one with `{{names}}` in it, which stay. */
export function ofSchool(sentence: string, language: Language): string {
  const of = NOUNS[language];
  // A name in braces is no word, nor is a part of a longer one.
  const any = new RegExp(`(?<![\\p{L}{_])(?:${Object.keys(of).join("|")})(?![\\p{L}}_])`, "giu");
  return sentence.replace(any, (found) => {
    const other = of[found.toLocaleLowerCase("vi")] ?? found;
    return found.charAt(0) === found.charAt(0).toLocaleUpperCase("vi") ? capital(other) : other;
  });
}
