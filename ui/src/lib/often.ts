//! What is used most stands first: counted over the newest records of a kind here.
import { call } from "./app";
import { catalog } from "./words.svelte";

const LOOKED_AT = 200;

/** Items of a catalog, those used most in a field of a kind's newest records first, then as the catalog has them. */
export async function often(
  kind: "visit" | "assistance",
  field: string,
  from: string,
): Promise<readonly (readonly [string, string])[]> {
  const { items } = await call("record.list", { kind, sort: "newest", limit: LOOKED_AT });
  const used = new Map<string, number>();
  for (const { fields } of items) {
    const value = fields[field];
    for (const code of Array.isArray(value) ? value : [value])
      if (typeof code === "string") used.set(code, (used.get(code) ?? 0) + 1);
  }
  return [...catalog(from)]
    .sort((a, b) => (used.get(b[0]) ?? 0) - (used.get(a[0]) ?? 0))
    .map(([code, word]) => [code, word] as const);
}
