//! The commune's own space, where units, teams and members stand.
import { call, own } from "./app";

/** Its id. Throws `not_found` before the first exchange with the hub. */
export async function communeSpace(): Promise<string> {
  const found = (await call("space.list", {})).find((space) => space.kind === "commune");
  if (!found) throw own("not_found");
  return found.id;
}
