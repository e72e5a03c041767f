//! What the commune adds to the catalogs, or no longer offers: read when the app opens, and again when it changes.
import { call, onChanged } from "./app";
import { writeIn } from "./words.svelte";

const KIND = "catalog_item";
/** The most a list gives at once. */
const PAGE = 1000;
let open = false;

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

async function read(): Promise<void> {
  const lines = [];
  let after: string | null = null;
  do {
    const page: { items: readonly { fields: Record<string, unknown> }[]; next: string | null } = await call(
      "record.list",
      { kind: KIND, limit: PAGE, after },
    );
    for (const { fields } of page.items) {
      const [catalog, code, vi] = [text(fields["catalog"]), text(fields["code"]), text(fields["vi"])];
      if (catalog && code && vi)
        lines.push({
          catalog,
          code,
          vi,
          en: text(fields["en"]),
          from: text(fields["active_from"]),
          to: text(fields["active_to"]),
        });
    }
    after = page.next;
  } while (after !== null);
  if (open) writeIn(lines);
}

onChanged((changed) => {
  if (open && changed.kinds.includes(KIND)) void read().catch(() => undefined);
});

export const catalogs = {
  begin(): void {
    open = true;
    void read().catch(() => undefined);
  },
  end(): void {
    open = false;
    writeIn([]);
  },
};
