//! Writing who came, line by line.
import { call } from "../../lib/app";
import { syncing } from "../../lib/syncing.svelte";
import { t } from "../../lib/words.svelte";
import { attendance } from "./form";
import { type Attendee, differ } from "./people";

/** Writes what lies between two lists of an event's people. */
export async function written(
  space: string,
  event: string,
  before: readonly Attendee[],
  after: readonly Attendee[],
): Promise<void> {
  const { added, changed, gone } = differ(before, after);
  for (const one of added)
    await call("record.create", {
      space,
      kind: "event_attendance",
      id: one.id,
      fields: attendance(event, one),
    });
  for (const { id, citizen, signed } of changed)
    await call("record.save", { space, id, patch: { citizen, signed } });
  for (const { id } of gone) await call("record.delete", { space, id, reason: t("why_mistake") });
  syncing.saved();
}
