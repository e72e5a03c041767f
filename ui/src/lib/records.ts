//! The page of a record, for lists that hold several kinds.
import type { Fields } from "./form/kinds";
import { faceOf } from "./face";
import { to } from "./route.svelte";

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Where a record is looked at and changed; null for a kind that has no page of its own. */
export function recordAddress(kind: string, id: string, fields: Fields = {}): string | null {
  const household = text(fields["household"]);
  const product = text(fields["product"]);
  const store = text(fields["store"]);
  const event = text(fields["event"]);
  if (kind === "household") return to("households", id);
  if (kind === "ocop_product") return to("economy", id);
  if (kind === "listing") return product ? to("economy", product, "listing", id) : null;
  if (kind === "digital_store") return to("stores", id);
  if (kind === "store_check" && store) return to("stores", store);
  if (kind === "event") return to("events", id);
  if (kind === "event_attendance") return event ? to("events", event) : null;
  if (["member", "team", "unit"].includes(kind)) return to("team");
  if (!["visit", "assistance", "citizen", "store_check"].includes(kind) && faceOf(kind))
    return to("books", kind, id);
  // Visits, help and people are told in the thread of their household.
  return household ? to("households", household) : null;
}
