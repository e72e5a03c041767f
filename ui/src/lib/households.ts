//! Every household of this device, for the staff's pages that sort all of them.
import { call, type Output } from "./app";

export type House = Output<"household.list">["items"][number];
/** Several pages rather than one: the first shows while the next is read. */
const PAGE = 250;

/** All households this device holds; `tell` hears of every page. */
export async function households(tell: (so_far: House[]) => void): Promise<House[]> {
  let all: House[] = [];
  let after: string | null = null;
  do {
    const page: Output<"household.list"> = await call("household.list", {
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    all = [...all, ...page.items];
    tell(all);
    after = page.next;
  } while (after !== null);
  return all;
}
