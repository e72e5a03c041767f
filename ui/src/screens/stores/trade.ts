//! What follows from the last check of a store, without words.
import type { Store } from "../../lib/stores";

/** Days a check of a store holds. */
export const CHECK_DAYS = 180;

/** Somebody should look at it again: nobody did, or it is too long ago. One that is closed waits for nobody. */
export const due = ({ trade, days_left }: Pick<Store, "trade" | "days_left">): boolean =>
  trade !== "stopped" && (days_left === null || days_left < 0);

/** What is said at once when these two do not go together: without a store nothing can be busy. */
export const idle = (level: string | null, state: string | null): boolean =>
  (level === "chua_co" || level === "nhan_qr") && state === "hoat_dong";
