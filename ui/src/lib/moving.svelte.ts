//! Photos and papers to and from the commune, apart from records: what waits and what it weighs is known before anything
//! goes. On Wi-Fi what waits goes by itself after an exchange; over a phone's own network, or where the web view does not
//! tell which one it is, somebody says so.
import { call, CallError, type Input, type Output } from "./app";

export type Moving = NonNullable<Output<"file.status">["running"]>;
/** What the device is connected by, where the web view tells: Android's does, a desktop's does not. */
export type Net = "wifi" | "mobile" | "untold";

let status = $state.raw<Output<"file.status"> | null>(null);
let failed = $state.raw<CallError | null>(null);
let report = $state.raw<Output<"file.sync"> | null>(null);
let busy = $state(false);
/** Somebody looked, whatever came of it. */
let looked = $state(false);

export function net(): Net {
  const { connection } = navigator as Navigator & { connection?: { type?: string } };
  if (connection?.type === "cellular") return "mobile";
  return connection?.type === "wifi" || connection?.type === "ethernet" ? "wifi" : "untold";
}

export const moving = {
  get status() {
    return status;
  },
  /** Why the last run did not end well; null when it did. */
  get failed() {
    return failed;
  },
  /** What the last run did. */
  get report() {
    return report;
  },
  get busy() {
    return busy;
  },
  get looked() {
    return looked;
  },
  async look(): Promise<void> {
    try {
      status = await call("file.status", {});
    } catch {
      // Locked meanwhile; the next opening looks again.
    } finally {
      looked = true;
    }
  },
  /** Moves photos now; null when it did not end well, `failed` says why. */
  async run(input: Input<"file.sync">): Promise<Output<"file.sync"> | null> {
    if (busy) return null;
    [busy, failed, report] = [true, null, null];
    try {
      report = await call("file.sync", input);
      return report;
    } catch (error) {
      failed = error instanceof CallError ? error : null;
      return null;
    } finally {
      busy = false;
      await moving.look();
    }
  },
  /** An exchange ended well: what waits may go on a network nobody pays by the megabyte. */
  async byItself(): Promise<void> {
    if (net() !== "wifi" || busy) return;
    await moving.look();
    if (status && status.waiting.files > 0) await moving.run({ give: true });
  },
  /** Ends a run; what was moved stays. */
  stop: () => call("file.stop", {}),
  /** The profile was locked. */
  end() {
    [status, failed, report, looked] = [null, null, null, false];
  },
};
