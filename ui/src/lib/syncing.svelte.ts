//! When the app exchanges with the commune: on opening, soon after a save, when the network comes back, every quarter
//! of an hour, and by hand. What failed is tried again later and later; a person never waits for it.
import { call, CallError, onChanged, type Output } from "./app";
import { moving } from "./moving.svelte";

export type SyncStatus = Output<"sync.status">;
const EVERY_MS = 15 * 60_000;
const AFTER_SAVE_MS = 20_000;
const BACKOFF_MS = [30_000, 120_000, 300_000, 900_000];

let status = $state.raw<SyncStatus | null>(null);
let failed = $state.raw<CallError | null>(null);
let report = $state.raw<Output<"sync.run"> | null>(null);
let busy = $state(false);
let open = false;
let alone = false;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

async function look(): Promise<void> {
  if (!open) return;
  try {
    status = await call("sync.status", {});
  } catch {
    // Locked meanwhile; the next opening looks again.
  }
}

function later(ms: number): void {
  clearTimeout(timer);
  // Not all phones of a village at the same second.
  if (open && !alone) timer = setTimeout(() => void syncing.run(false), ms * (0.8 + Math.random() * 0.4));
}

export const syncing = {
  get status() {
    return status;
  },
  /** Why the last exchange did not end well; null when it did. */
  get failed() {
    return failed;
  },
  /** What the last exchange of this opening did. */
  get report() {
    return report;
  },
  get busy() {
    return busy;
  },
  /** Records that wait for the commune. */
  get waiting() {
    return status?.waiting ?? 0;
  },
  look,
  /** The profile was opened; in practice there is nobody to exchange with. */
  start(practice: boolean) {
    open = true;
    alone = practice;
    tries = 0;
    void look();
    later(2_000);
  },
  /** The profile was locked. */
  end() {
    open = false;
    clearTimeout(timer);
    status = null;
    failed = null;
    report = null;
    moving.end();
  },
  /** A record was saved: it goes when the person has been quiet for a moment. */
  saved() {
    void look();
    if (!busy) later(AFTER_SAVE_MS);
  },
  /** Exchanges now. `asked` by a person: then a failure is theirs to see. */
  async run(asked = true): Promise<Output<"sync.run"> | null> {
    if (busy) return null;
    busy = true;
    clearTimeout(timer);
    if (asked) failed = null;
    try {
      report = await call("sync.run", {});
      failed = null;
      tries = 0;
      later(EVERY_MS);
      void moving.byItself();
      return report;
    } catch (error) {
      failed = error instanceof CallError ? error : null;
      later(BACKOFF_MS[Math.min(tries++, BACKOFF_MS.length - 1)] ?? EVERY_MS);
      return null;
    } finally {
      busy = false;
      await look();
    }
  },
  /** Ends a running exchange; what was exchanged stays. */
  stop: () => call("sync.stop", {}),
};

addEventListener("online", () => open && !alone && void syncing.run(false));
onChanged(() => void look());
