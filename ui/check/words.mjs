// Words of the screens: complete in both languages, none unused, none missing, and no user text in code.
import { parse } from "svelte/compiler";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const problems = [];
const files = readdirSync("src", { recursive: true, encoding: "utf8" }).map((name) => join("src", name));
const sources = files.filter((name) => /\.(ts|svelte)$/.test(name) && !/generated|\.test\.ts$/.test(name));

/** Full key → file, of one language. */
function words(language) {
  const all = new Map();
  for (const name of files.filter((name) => name.endsWith(`/${language}.json`))) {
    const screen = /screens\/([^/]+)\//.exec(name)?.[1];
    for (const [key, word] of Object.entries(JSON.parse(readFileSync(name, "utf8")))) {
      if (typeof word !== "string" || word.trim() === "") problems.push(`${name}: ${key} is empty`);
      all.set(screen ? `${screen}.${key}` : key, { name, word });
    }
  }
  return all;
}
const vi = words("vi");
const en = words("en");
const plural = (key) => key.replace(/_(one|other)$/, "");
const base = (map) => new Set([...map.keys()].map(plural));
for (const [one, other, language] of [
  [vi, en, "English"],
  [en, vi, "Vietnamese"],
]) {
  for (const [key, { name }] of one)
    if (!base(other).has(plural(key))) problems.push(`${name}: ${key} has no ${language}`);
}
const slots = (word) =>
  [...word.matchAll(/\{\{(\w+)\}\}/g)]
    .map((found) => found[1])
    .sort()
    .join();
for (const [key, { word }] of vi) {
  const twin = en.get(key) ?? en.get(`${key}_other`);
  if (twin && slots(word) !== slots(twin.word))
    problems.push(`${key}: the two languages have different {{…}}`);
}

const known = base(vi);
const used = new Set();
const prefixes = [];
for (const name of sources) {
  const text = readFileSync(name, "utf8");
  for (const [, key] of text.matchAll(/\bt\(\s*["']([^"']+)["']/g))
    if (!known.has(key)) problems.push(`${name}: there is no word for ${key}`);
  for (const [, key] of text.matchAll(/["'`]([a-z][\w.]*)["'`]/g)) if (known.has(key)) used.add(key);
  for (const [, prefix] of text.matchAll(/`([a-z][\w.]*)\$\{/g)) prefixes.push(prefix);
}
for (const key of known)
  if (!used.has(key) && !prefixes.some((prefix) => prefix.length > 3 && key.startsWith(prefix)))
    problems.push(`${key} is used nowhere`);

const letters = /\p{L}/u;
const vietnamese = /[À-ÖØ-öø-ỹĐđ]/u;
const spoken = new Set(["title", "aria-label", "placeholder", "alt", "label", "aria-description"]);
const allowed = (text) => text.replace(/Tổ Số|&nbsp;/g, "");
function walk(node, name, inside) {
  if (node === null || typeof node !== "object") return;
  if (Array.isArray(node)) return node.forEach((each) => walk(each, name, inside));
  if (node.type === "Text" && inside === "markup" && letters.test(allowed(node.data)))
    problems.push(`${name}: "${node.data.trim().slice(0, 40)}" stands in the code`);
  if (node.type === "Attribute" || node.type === "Comment") {
    const values = Array.isArray(node.value) ? node.value : [];
    for (const value of values)
      if (value.type === "Text" && spoken.has(node.name) && letters.test(allowed(value.data)))
        problems.push(`${name}: ${node.name}="${value.data}" stands in the code`);
    if (node.name === "style")
      problems.push(`${name}: style="…" is refused by the page's policy; use a class or style:name`);
    return;
  }
  for (const [key, value] of Object.entries(node))
    if (key !== "css" && key !== "instance" && key !== "module") walk(value, name, inside);
}
for (const name of sources) {
  const text = readFileSync(name, "utf8");
  if (name.endsWith(".svelte")) walk(parse(text, { modern: true, filename: name }).fragment, name, "markup");
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/(^|\s)\/\/.*$/gm, "");
  for (const [literal] of code.matchAll(/(["'`])(?:(?!\1)[^\\\n]|\\.)*\1/g))
    if (vietnamese.test(allowed(literal)))
      problems.push(`${name}: ${literal.slice(0, 60)} stands in the code`);
  if (/@html/.test(text)) problems.push(`${name}: {@html} is never used`);
}
for (const problem of problems) console.error(problem);
console.log(`${known.size} words in two languages, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
