//! Writing several records that belong together, so that trying again after a failure makes none twice and leaves none
//! out: their ids stand in the draft before the first is written.
import { call } from "./app";
import { type Fields, fieldsOf } from "./form/kinds";
import { t } from "./words.svelte";

export interface Made {
  id: string;
  kind: string;
  fields: Fields;
}

/** Writes them in order. `made` lists what stands already, and grows as they are written. */
export async function make(space: string, records: readonly Made[], made: string[]): Promise<void> {
  for (const { id, kind, fields } of records) {
    if (made.includes(id)) await call("record.save", { id, space, patch: whole(kind, fields) });
    else await call("record.create", { id, space, kind, fields });
    if (!made.includes(id)) made.push(id);
  }
  const dropped = made.filter((id) => !records.some((record) => record.id === id));
  await unmake(space, dropped);
}

/** Takes them back, the last first. They can be restored. */
export async function unmake(space: string, ids: readonly string[]): Promise<void> {
  for (const id of ids.toReversed()) await call("record.delete", { id, space, reason: t("undo") });
}

/** Every field of the kind, so that what was emptied since the first try is emptied there too. */
const whole = (kind: string, fields: Fields): Fields =>
  Object.fromEntries(
    fieldsOf(kind).map(({ name, holds }) => [
      name,
      fields[name] ?? (holds === "codes" || holds === "ids" ? [] : null),
    ]),
  );
