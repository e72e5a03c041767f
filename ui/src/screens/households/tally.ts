//! Digital status of a household: statuses are never rewritten, of each person and topic the newest counts.
import type { Fields } from "../../lib/form/kinds";

export interface Tally {
  topic: string;
  /** Each value with the people it was last seen of, the most first. */
  values: readonly (readonly [string, number])[];
}
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** In the order of `topics`; records are in the order they were written, so of one day the last one counts. */
export function tally(records: readonly Fields[], topics: readonly string[]): Tally[] {
  const newest = new Map<string, { topic: string; value: string; day: string; at: number }>();
  for (const fields of records) {
    const topic = text(fields["topic"]);
    const key = `${topic}/${text(fields["citizen"])}`;
    const one = {
      topic,
      value: text(fields["value"]),
      day: text(fields["observed_on"]),
      at: Number(fields["recorded_at"] ?? 0),
    };
    const held = newest.get(key);
    if (!held || one.day > held.day || (one.day === held.day && one.at >= held.at)) newest.set(key, one);
  }
  return topics.flatMap((topic) => {
    const counts = new Map<string, number>();
    for (const one of newest.values())
      if (one.topic === topic) counts.set(one.value, (counts.get(one.value) ?? 0) + 1);
    if (counts.size === 0) return [];
    return [{ topic, values: [...counts].sort(([, a], [, b]) => b - a) }];
  });
}
