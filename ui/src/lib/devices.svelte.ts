//! The devices of the commune, as the hub tells them now. Without the hub there is no list: an old one would be believed.
import { call, CallError } from "./app";
import { dayOf, daysBetween, today } from "./format";
import { t } from "./words.svelte";

export interface Device {
  device: string;
  name: string;
  member: string | null;
  roles: string[] | null;
  spaces?: string[];
  all_spaces?: boolean;
  state: "pending" | "active" | "revoked" | "refused";
  check_number?: string;
  asked_at?: number;
  issued?: number;
  expires?: number;
  last_seen: number | null;
}

let list = $state.raw<Device[] | null>(null);
let failed = $state.raw<CallError | null>(null);
let busy: Promise<void> | null = null;
let asked = 0;

async function read(): Promise<void> {
  asked = Date.now();
  try {
    list = (await call("device.list", {})) as Device[];
    failed = null;
  } catch (error) {
    list = null;
    failed = error instanceof CallError ? error : null;
  }
}

export const devices = {
  get list() {
    return list;
  },
  /** Why there is no list; null when there is one, or none was asked for yet. */
  get failed() {
    return failed;
  },
  get waiting(): Device[] {
    return list?.filter((one) => one.state === "pending") ?? [];
  },
  /** Asks the hub, unless it was asked less than `rest` milliseconds ago. */
  look(rest = 0): Promise<void> {
    if (Date.now() - asked < rest) return busy ?? Promise.resolve();
    return (busy ??= read().finally(() => (busy = null)));
  },
  /** After another person opened the app. */
  forget() {
    list = null;
    failed = null;
    asked = 0;
  },
};

/** After so many days without the hub a device is reminded; from the second figure on it is urgent. */
const LATE_DAYS = 3;
const URGENT_DAYS = 20;

/** Whole local days since the device was last level with the hub; null when it never was. */
export const daysAway = (one: Device): number | null =>
  one.last_seen === null ? null : daysBetween(dayOf(one.last_seen), today());
export const isLate = (one: Device): boolean => one.state === "active" && (daysAway(one) ?? 0) > LATE_DAYS;

/** How it stands, in the order a person should look at it. */
export type Standing = "pending" | "expired" | "away" | "remind" | "never" | "good" | "revoked" | "refused";
export function standing(one: Device): Standing {
  if (one.state !== "active") return one.state;
  if (one.expires !== undefined && one.expires < Date.now()) return "expired";
  const days = daysAway(one);
  if (days === null) return "never";
  if (days >= URGENT_DAYS) return "away";
  return days > LATE_DAYS ? "remind" : "good";
}

/** Those of the commune's own people see all teams. */
export const APPOINTED = ["staff", "leader", "admin"];
export const appointed = (roles: readonly string[]): boolean =>
  roles.some((role) => APPOINTED.includes(role));
export const roleName = (role: string): string =>
  ["member", "lead", "staff", "leader", "school", "province", "admin"].includes(role)
    ? t(`role_${role}`)
    : t("newer_value");
