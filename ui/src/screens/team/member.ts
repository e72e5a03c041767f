//! Members as their list shows them.
import { call, type Output } from "../../lib/app";
import { devices } from "../../lib/devices.svelte";
import { today } from "../../lib/format";
import { names } from "../../lib/people.svelte";

export interface Member {
  id: string;
  name: string;
  team: string | null;
  position: string | null;
  representing: string | null;
  /** Its middle hidden. */
  phone: string | null;
  left_on: string | null;
}
const PAGE = 200;

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** All of them, leader first, then by given name. Names and masked phones are those of `people.list`. */
export async function members(): Promise<Member[]> {
  const out: Member[] = [];
  let after: string | null = null;
  do {
    const page: Output<"record.list"> = await call("record.list", {
      kind: "member",
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    for (const { id, title, fields } of page.items) {
      const known = names.all.members.find((one) => one.id === id);
      out.push({
        id,
        name: known?.name ?? title,
        team: text(fields["team"]),
        position: text(fields["position"]),
        representing: text(fields["representing"]),
        phone: known?.phone ?? null,
        left_on: text(fields["left_on"]),
      });
    }
    after = page.next;
  } while (after !== null);
  const rank = ["to_truong", "to_pho", "thu_ky"];
  const place = (one: Member) => (rank.indexOf(one.position ?? "") + rank.length + 1) % (rank.length + 1);
  const given = (one: Member) => one.name.split(" ").reverse().join(" ");
  return out.sort((a, b) => place(a) - place(b) || given(a).localeCompare(given(b), "vi"));
}

/** Left the team by today. */
export const gone = (one: Member): boolean => one.left_on !== null && one.left_on < today();

/** Devices of a member with rights; null while the hub has not told. */
export const devicesOf = (id: string) =>
  devices.list?.filter((one) => one.member === id && one.state !== "refused") ?? null;
