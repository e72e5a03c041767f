//! What is used most stands first: counted over the newest records here, before a form is shown and not while it stands
//! there, so that no answer moves under a thumb.
import { call, onChanged } from "./app";
import { catalog } from "./words.svelte";

const LOOKED_AT = 200;
/** Catalogs in the order of use, each by the field that uses it. */
const COUNTED = {
  topic: ["visit", "topics"],
  assistance_category: ["assistance", "category"],
  fail_reason: ["assistance", "fail_reason"],
} as const;
type Counted = keyof typeof COUNTED;

const used = new Map<Counted, ReadonlyMap<string, number>>();
/** Another person may open the app next. */
onChanged(({ kinds }) => kinds.includes("profile") && used.clear());

/** Counts anew. What cannot be counted keeps the order it had: no reason to show no form. */
export async function countUse(): Promise<void> {
  const kinds = [...new Set(Object.values(COUNTED).map(([kind]) => kind))];
  await Promise.allSettled(
    kinds.map(async (kind) => {
      const { items } = await call("record.list", { kind, sort: "newest", limit: LOOKED_AT });
      for (const [from, [of, field]] of Object.entries(COUNTED)) {
        if (of !== kind) continue;
        const count = new Map<string, number>();
        for (const code of items.flatMap(({ fields }) => fields[field]))
          if (typeof code === "string") count.set(code, (count.get(code) ?? 0) + 1);
        used.set(from as Counted, count);
      }
    }),
  );
}

/** Items of a catalog, those used most first, then as the catalog has them. */
export function often(from: Counted): readonly (readonly [string, string])[] {
  const count = used.get(from);
  return [...catalog(from)]
    .sort((a, b) => (count?.get(b[0]) ?? 0) - (count?.get(a[0]) ?? 0))
    .map(([code, word]) => [code, word] as const);
}
