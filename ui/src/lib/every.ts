//! All records of a kind that this device holds.
import { call, type Output } from "./app";

export type Item = Output<"record.list">["items"][number];
/** The most a list gives at once. */
const PAGE = 1000;

export async function every(kind: string, filter: Record<string, unknown> = {}): Promise<Item[]> {
  const found: Item[] = [];
  let after: string | null = null;
  do {
    const page: Output<"record.list"> = await call("record.list", { kind, filter, limit: PAGE, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found;
}
