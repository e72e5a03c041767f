//! What a person must look at: what the commune returned, what differs, what came late, what waits in the tray, and notices.
import { call, type Output } from "../../lib/app";
import { follow } from "../../lib/follow.svelte";
import { profile } from "../../lib/profile.svelte";
import { syncing } from "../../lib/syncing.svelte";

interface Needs {
  refused: Output<"sync.records">;
  clashes: Output<"clash.list">;
  notices: Output<"notices.list">;
  late: Output<"late.list">;
  tray: Output<"tray.list">;
}

/** Notices of the list: the clock has a note of its own, and what was returned a line of its own. */
export function toldHere({ notices, refused }: Pick<Needs, "notices" | "refused">): Output<"notices.list"> {
  const returned = (record: unknown) => refused.some(({ id }) => id === record);
  return notices.filter(
    ({ code, record }) => code !== "clock_wrong" && !(code === "draft_refused" && returned(record)),
  );
}

/** Follows what needs a person as long as the effect it is called in lives. */
export function followNeeds() {
  let found = $state.raw<Needs | null>(null);
  let failed = $state.raw<unknown>(null);
  async function read(): Promise<void> {
    try {
      const [clashes, notices, late] = await Promise.all([
        call("clash.list", {}),
        call("notices.list", {}),
        call("late.list", {}),
      ]);
      const refused =
        (syncing.status?.refused ?? 1) > 0 ? await call("sync.records", { state: "refused", limit: 50 }) : [];
      found = { refused, clashes, notices, late, tray: found?.tray ?? [] };
      failed = null;
      if (!profile.staff) return;
      // The tray of the hub is only in reach with a network: what is here is shown without waiting for it.
      const tray = await call("tray.list", {}).catch(() => []);
      found = { ...found, tray };
    } catch (error) {
      failed = error;
    }
  }
  const look = follow(read);
  return {
    get found() {
      return found;
    },
    get failed() {
      return failed;
    },
    /** Things to look at; those told by a note of their own are not counted. */
    get count() {
      if (!found) return 0;
      const { refused, clashes, late, tray } = found;
      return refused.length + clashes.length + toldHere(found).length + late.length + tray.length;
    },
    look,
  };
}
