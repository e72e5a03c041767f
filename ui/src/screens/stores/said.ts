//! What follows from the last check of a store, in words.
import { day, plusDays } from "../../lib/format";
import type { Store } from "../../lib/stores";
import { t } from "../../lib/words.svelte";
import { CHECK_DAYS } from "./trade";

/** How long the last check holds; empty for a store that nobody waits for. */
export function holds({ trade, days_left }: Store): string {
  if (trade === "stopped" || days_left === null) return "";
  return days_left < 0
    ? t("stores.check_over", { count: -days_left })
    : t("stores.check_left", { count: days_left });
}

/** Why it stands as it does, and what would change that. `closed` is the day it closed, when it did. */
export function why({ trade, days_left, checked_on }: Store, closed: string): string {
  if (trade === "unseen") return t("stores.why_unseen");
  if (trade === "stopped")
    return closed ? t("stores.why_closed", { day: day(closed, true) }) : t("stores.why_stopped");
  if (trade === "active" && checked_on)
    return t("stores.why_active", { day: day(plusDays(checked_on, CHECK_DAYS), true) });
  return days_left !== null && days_left < 0 ? t("stores.why_late") : t("stores.why_quiet");
}
