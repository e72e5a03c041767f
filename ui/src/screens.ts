//! The pages by the first part of their address. Each is loaded when it is first gone to, and finds its own way by the
//! parts that follow.
import type { Component } from "svelte";

export interface Screen {
  /** What follows the first part of the address. */
  rest: string[];
}
type Load = () => Promise<{ default: Component<Screen> }>;

/** What a page goes to next is read while nothing else happens, so that the first tap waits for no reading. */
const NEXT = ["households", "visit"] as const;
const QUIET_MS = 1_500;
export function readAhead(): () => void {
  const idle = window.requestIdleCallback ?? ((then: () => void) => setTimeout(then));
  const begun = setTimeout(async () => {
    for (const screen of NEXT) {
      await new Promise<void>((rest) => idle(() => rest()));
      // Asked for again when it is gone to.
      await SCREENS[screen]?.().catch(() => undefined);
    }
  }, QUIET_MS);
  return () => clearTimeout(begun);
}

export const SCREENS: Record<string, Load> = {
  "": () => import("./screens/today/Today.svelte"),
  households: () => import("./screens/households/Households.svelte"),
  visit: () => import("./screens/visit/Visit.svelte"),
  assistance: () => import("./screens/assistance/Assistance.svelte"),
  economy: () => import("./screens/economy/Economy.svelte"),
  stores: () => import("./screens/stores/Stores.svelte"),
  events: () => import("./screens/events/Events.svelte"),
  books: () => import("./screens/books/Books.svelte"),
  sync: () => import("./screens/sync/Sync.svelte"),
  clash: () => import("./screens/clash/Clash.svelte"),
  me: () => import("./screens/me/Me.svelte"),
  office: () => import("./screens/office/Office.svelte"),
  assign: () => import("./screens/assign/Assign.svelte"),
  duplicates: () => import("./screens/duplicates/Duplicates.svelte"),
  team: () => import("./screens/team/Team.svelte"),
  devices: () => import("./screens/devices/Devices.svelte"),
};
