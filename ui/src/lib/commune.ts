//! The commune's own space, where units, teams and members stand.
import { call, own } from "./app";

/** Its id. Throws `not_found` before the first exchange with the hub. */
export async function communeSpace(): Promise<string> {
  const found = (await call("space.list", {})).find((space) => space.kind === "commune");
  if (!found) throw own("not_found");
  return found.id;
}

/** A fresh record id (UUID version 7), so that a save asked for twice makes one record. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(now / 2 ** (40 - 8 * n)) % 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
