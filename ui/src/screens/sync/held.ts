//! Records by where they are. The store's pages are gone through whole: a phone's commune is some thousand records.
import { call, type Output } from "../../lib/app";

export type Held = Output<"record.list">["items"][number];
export type Where = Held["sync"];
const PAGE = 1000;

/** Records of this device that are there, the last changed first; at most `limit`. */
export async function held(where: Where, limit: number): Promise<Held[]> {
  const found: Held[] = [];
  let after: string | null = null;
  do {
    const page: Output<"record.list"> = await call("record.list", { limit: PAGE, after });
    found.push(...page.items.filter((item) => item.sync === where));
    after = page.next;
  } while (after !== null);
  return found.sort((one, two) => two.updated - one.updated).slice(0, limit);
}
