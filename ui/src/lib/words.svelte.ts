//! Words in the language of the person: Vietnamese first, English when chosen. Keys are typed by the Vietnamese files.
import i18next from "i18next";
import { CallError } from "./app";
import generated from "./generated/words.vi";
import { today } from "./format";
import { ofSchool } from "./nouns";
import { settings, type Language } from "./settings.svelte";
import { every, type Items, offered, type Written } from "./written";

type Words = { [key: string]: string };
const files = import.meta.glob<Words>(["./words/vi.json", "../screens/*/vi.json"], {
  eager: true,
  import: "default",
});
const english = import.meta.glob<Words>(["./words/en.json", "../screens/*/en.json"], { import: "default" });

/** A screen's words stand under the name of its folder, the shared ones under their own keys. */
function gather(found: Record<string, Words>): Words {
  const all: Words = {};
  for (const [path, words] of Object.entries(found)) {
    const screen = /screens\/([^/]+)\//.exec(path)?.[1];
    for (const [key, word] of Object.entries(words)) all[screen ? `${screen}.${key}` : key] = word;
  }
  return all;
}

interface Language_ {
  labels: Record<string, string>;
  catalogs: Record<string, Items>;
}
let vocabulary = $state.raw<Language_>(generated);
let errors = $state.raw<Record<string, string>>({});
let spoken = $state<Language>("vi");
let school = $state(false);

const i18n = i18next.createInstance();
void i18n.init({
  lng: "vi",
  fallbackLng: "vi",
  resources: { vi: { translation: gather(files) } },
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** Goes over to a language once all of its words are here. */
export async function speak(language: Language): Promise<void> {
  if (language === "en") {
    const words = Object.entries(english).map(async ([path, load]) => [path, await load()] as const);
    const all = gather(Object.fromEntries(await Promise.all(words)));
    i18n.addResourceBundle("en", "translation", all);
    vocabulary = (await import("./generated/words.en")).default;
    errors = (await import("./generated/errors.en")).default;
  } else {
    vocabulary = generated;
    errors = (await import("./generated/errors.vi")).default;
  }
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
  settings.language = language;
  spoken = language;
}

/** Says parents and classes instead of households and clusters, in a school team. The names put in are not touched. */
export const speakOfSchool = (yes: boolean): void => void (school = yes);
const said = (sentence: string): string => (school ? ofSchool(sentence, spoken) : sentence);

/** A sentence of the screens. `count` chooses the English plural. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  void spoken; // what is shown follows the language
  if (!school) return i18n.t(key, values);
  // The nouns change in the sentence as it was written, before a name is put in.
  const count = typeof values["count"] === "number" ? { count: values["count"] } : {};
  const written = i18n.t(key, { ...count, skipInterpolation: true });
  return i18n.services.interpolator.interpolate(said(written), values, spoken, { escapeValue: false });
}

/** What was looked for and is not there; of a pasted page only how it begins. */
export function nothingFound(text: string): string {
  const LETTERS = 60;
  const begin = Array.from(text.slice(0, 2 * LETTERS));
  const cut = begin.length > LETTERS;
  return t("nothing_found", { text: cut ? `${begin.slice(0, LETTERS).join("")}…` : text });
}

/** What a field is called. */
export const field = (kind: string, name: string): string =>
  said(vocabulary.labels[`${kind}.${name}`] ?? vocabulary.labels[`common.${name}`] ?? name);
/** What a kind is called. */
export const kindName = (kind: string): string => said(vocabulary.labels[`kind.${kind}`] ?? kind);
/** What is doubtful about a field. */
export const problem = (code: string): string => vocabulary.labels[`problem.${code}`] ?? code;
/** What a number counts. */
export const measure = (unit: string): string => vocabulary.labels[`measure.${unit}`] ?? unit;
let written = $state.raw<readonly Written[]>([]);
/** Takes in all lines the commune wrote into the catalogs. */
export const writeIn = (lines: readonly Written[]): void => void (written = lines);

const known = (name: string): Items => every(name, vocabulary.catalogs[name] ?? [], written, spoken === "en");
/** Items of a catalog that are offered today, in their order: `[code, word, lists?]`; and those a field holds already. */
export const catalog = (name: string, held?: unknown): Items =>
  offered(name, known(name), written, today(), held);
/** What a code says; one that this version does not know is kept and shown as newer. */
export function item(name: string, code: string): string {
  const found = known(name).find(([one]) => one === code);
  if (!found) return t("newer_value");
  return name === "contact" ? said(found[1]) : found[1];
}

/** The same in a word or two, for a chip; as long as it is where nothing shorter says it. */
export function short(name: string, code: string): string {
  void spoken;
  const key = `short_${name}_${code}`;
  return i18n.exists(key) ? t(key) : item(name, code);
}

/** What happened and what to do, for a person. */
export function explain(error: unknown): { code: string; message: string; hint: string } {
  const told = error instanceof CallError ? error : null;
  const code = told?.code ?? "internal";
  const message = errors[`error.${code}.message`];
  const hint = errors[`error.${code}.hint`];
  const said = told?.said;
  const fallback = spoken === "en" ? said?.message_en : said?.message;
  return {
    code,
    message: message ?? (fallback || t("error_unknown")),
    hint: hint ?? (spoken === "en" ? (said?.hint_en ?? "") : (said?.hint ?? "")),
  };
}
