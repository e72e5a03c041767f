//! Digital stores as every page tells them: how they stand, and how far they are.
import type { Output } from "./app";
import { item, t } from "./words.svelte";

export type Store = Output<"store.list">["items"][number];
export type Trade = Store["trade"];
export const TRADES: readonly Trade[] = ["active", "dormant", "unseen", "stopped"];

/** How far a store is, from none to orders: the level is the place in this list. */
export const LEVELS = ["chua_co", "nhan_qr", "co_gian_hang", "dang_ban", "co_don"] as const;
export const levelOf = (code: string | null): number => LEVELS.findIndex((one) => one === code);

/** `Mức 3: Có sản phẩm đang bán`. */
export function levelWord(code: string): string {
  const level = levelOf(code);
  const word = item("store_level", code);
  return level === -1 ? word : t("stores.level", { level, word });
}
