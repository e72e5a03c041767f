//! The people of a household whom help may be for.
import { call } from "../app";
import { item } from "../words.svelte";
import type { Person } from "./help";

export async function peopleOf(household: string): Promise<(Person & { head: boolean })[]> {
  const { items } = await call("record.list", { kind: "citizen", filter: { household }, limit: 50 });
  return items
    .map(({ id, title, fields }) => {
      const relation = fields["relation_to_head"];
      return {
        id,
        name: title,
        head: relation === "chu_ho",
        relation: typeof relation === "string" ? item("relation_to_head", relation) : "",
      };
    })
    .sort((a, b) => Number(b.head) - Number(a.head));
}
