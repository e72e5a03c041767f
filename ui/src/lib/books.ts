//! The books a team keeps beside its visits and help: which kinds, in which order, and how a new line begins.
import Bell from "@lucide/svelte/icons/bell";
import BookOpen from "@lucide/svelte/icons/book-open";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import ClipboardCheck from "@lucide/svelte/icons/clipboard-check";
import FileText from "@lucide/svelte/icons/file-text";
import Flag from "@lucide/svelte/icons/flag";
import GraduationCap from "@lucide/svelte/icons/graduation-cap";
import History from "@lucide/svelte/icons/history";
import Landmark from "@lucide/svelte/icons/landmark";
import MapPinned from "@lucide/svelte/icons/map-pinned";
import Medal from "@lucide/svelte/icons/medal";
import MessageSquareWarning from "@lucide/svelte/icons/message-square-warning";
import School from "@lucide/svelte/icons/school";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import Smartphone from "@lucide/svelte/icons/smartphone";
import Tags from "@lucide/svelte/icons/tags";
import Target from "@lucide/svelte/icons/target";
import type { Component } from "svelte";
import type { Fields } from "./form/kinds";
import { today } from "./format";

export interface Book {
  kind: string;
  icon: Component<{ class?: string; "aria-hidden"?: "true" }>;
  /** What a new line holds before anybody touched it: the day, who writes, how it stands. Never an answer of a citizen. */
  begin: (me: string | null) => Fields;
}
const mine = (me: string | null): string[] => (me === null ? [] : [me]);

export const BOOKS: readonly Book[] = [
  { kind: "task", icon: ClipboardCheck, begin: () => ({ state: "chua_lam" }) },
  {
    kind: "dossier",
    icon: FileText,
    begin: () => ({ submitted_on: today(), status: "moi_dang_ky" }),
  },
  {
    kind: "feedback",
    icon: MessageSquareWarning,
    begin: (me) => ({ day: today(), state: "moi", members: mine(me) }),
  },
  { kind: "duty", icon: Landmark, begin: (me) => ({ day: today(), members: mine(me) }) },
  {
    kind: "activity_day",
    icon: CalendarClock,
    begin: (me) => ({ day: today(), member: me, state: "ke_khai" }),
  },
  { kind: "training", icon: GraduationCap, begin: (me) => ({ day: today(), members: mine(me) }) },
  { kind: "safety_report", icon: Bell, begin: (me) => ({ day: today(), members: mine(me) }) },
  { kind: "status", icon: Smartphone, begin: () => ({ observed_on: today() }) },
  { kind: "consent", icon: ShieldCheck, begin: () => ({ given_on: today() }) },
  { kind: "household_badge", icon: Medal, begin: () => ({ day: today() }) },
  { kind: "village_profile", icon: MapPinned, begin: () => ({ figures_on: today() }) },
  { kind: "plan", icon: Flag, begin: () => ({ from: today() }) },
  { kind: "target", icon: Target, begin: () => ({}) },
  { kind: "school", icon: School, begin: () => ({}) },
  { kind: "material", icon: BookOpen, begin: () => ({}) },
  { kind: "membership", icon: History, begin: () => ({}) },
  { kind: "catalog_item", icon: Tags, begin: () => ({ active_from: today() }) },
];

export const bookOf = (kind: string): Book | undefined => BOOKS.find((book) => book.kind === kind);

/** Fields that say of whom a line is: a page of a household gives them along. */
export const ABOUT = ["household", "citizen", "village", "plan"] as const;
