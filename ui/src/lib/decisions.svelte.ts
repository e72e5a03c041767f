//! How much waits for a staff member's decision. Counting is cheap: what is on this device is counted again some
//! seconds after it changed, what the hub alone knows at most once a minute and only when it is in reach.
import { call, type Changed, onChanged } from "./app";
import { devices } from "./devices.svelte";
import { syncing } from "./syncing.svelte";

const LOCAL_MS = 4_000;
const HUB_MS = 60_000;
const KINDS = ["household", "citizen", "sync", "notice", "notices", "ruling"];

export interface Counts {
  clashes: number;
  duplicates: number;
  late: number;
  notices: number;
  /** Null while the hub was not asked: packs set aside are known there alone. */
  tray: number | null;
}
let counts = $state.raw<Counts | null>(null);
let local: ReturnType<typeof setTimeout> | undefined;
let hub: ReturnType<typeof setInterval> | undefined;
let stop: (() => void) | null = null;
let tray: number | null = null;

async function countHere(): Promise<void> {
  const [clashes, duplicates, late, notices] = await Promise.all([
    call("clash.list", {}),
    call("duplicate.list", {}),
    call("late.list", {}),
    call("notices.list", {}),
  ]);
  const [c, d, l, n] = [clashes.length, duplicates.length, late.length, notices.length];
  counts = { clashes: c, duplicates: d, late: l, notices: n, tray };
}

async function askHub(rest: number): Promise<void> {
  if (!navigator.onLine || syncing.failed?.code === "offline") return;
  await devices.look(rest);
  if (devices.failed) return;
  tray = (await call("tray.list", {})).length;
  if (counts) counts = { ...counts, tray };
}

export const decisions = {
  get counts() {
    return counts;
  },
  /** All that is known to wait: packs and devices only when the hub told of them. */
  get all(): number {
    if (!counts) return 0;
    const { clashes, duplicates, late, notices } = counts;
    return clashes + duplicates + late + notices + (counts.tray ?? 0) + devices.waiting.length;
  },
  /** Counts now. Throws what `clash.list` and its like do. */
  async look(): Promise<void> {
    await countHere();
    await askHub(0).catch(() => undefined);
  },
  /** A staff member opened the app. */
  start() {
    void countHere().catch(() => undefined);
    void askHub(HUB_MS).catch(() => undefined);
    const again = (changed: Changed) => {
      if (!KINDS.some((kind) => changed.kinds.includes(kind))) return;
      clearTimeout(local);
      local = setTimeout(() => void countHere().catch(() => undefined), LOCAL_MS);
    };
    stop = onChanged(again);
    hub = setInterval(() => void askHub(HUB_MS).catch(() => undefined), HUB_MS);
  },
  /** The app was locked. */
  end() {
    stop?.();
    clearTimeout(local);
    clearInterval(hub);
    counts = null;
    tray = null;
    devices.forget();
  },
};
