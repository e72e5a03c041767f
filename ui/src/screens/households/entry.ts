//! What an entry of the timeline says: one line of what was done, one of when, who and what about.
import type { Output } from "../../lib/app";
import { inside, valueText } from "../../lib/form/shown";
import { day, daysBetween, given, time, today } from "../../lib/format";
import { field, item, kindName, t } from "../../lib/words.svelte";

/** `place` is where the page after it begins. */
export type Entry = Output<"household.timeline">[number] & { place?: string };

const MET = ["gap_chu_ho", "gap_thanh_vien"];
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function what(entry: Entry): string {
  const { fields } = entry;
  if (entry.what === "visit") {
    const contact = text(fields["contact"]);
    const word = item("contact", contact);
    return MET.includes(contact) ? t("households.did_visit", { contact: inside(word) }) : word;
  }
  if (entry.what === "assistance")
    return t("households.did_assist", { category: item("assistance_category", text(fields["category"])) });
  if (entry.what === "edit") {
    const first = entry.edits?.[0]?.field ?? text(fields["field"]);
    const more = (entry.edits?.length ?? 1) - 1;
    const name = first === "deleted" || first === "merged_into" ? first : "";
    if (name !== "") return t(`households.did_${name}`);
    return more > 0
      ? t("households.did_edit_more", { field: inside(field("household", first)), count: more })
      : t("households.did_edit", { field: inside(field("household", first)) });
  }
  return entry.kind === "citizen"
    ? t("households.did_person", { name: text(fields["full_name"]) })
    : t("households.did_create", { kind: inside(kindName(entry.kind)) });
}

/** `sáng nay 8:10`, `hôm qua`, `15/11`. The hour is told while it still says something. */
export function on(entry: Entry): string {
  const date = entry.day ?? today();
  const ago = daysBetween(date, today());
  const written = entry.at !== null && ago <= 1 ? time(entry.at) : "";
  if (ago === 0) return written ? t("when_today", { time: written }) : t("today_day");
  if (ago === 1) return written ? t("when_yesterday", { time: written }) : t("yesterday");
  return day(date);
}

export function more(entry: Entry): string {
  const { fields } = entry;
  const who = entry.members.map((one) => given(one.name)).filter(Boolean);
  const said: string[] = [on(entry), who.join(", ")];
  if (entry.what === "visit") {
    if (Array.isArray(fields["topics"]) && fields["topics"].length > 0)
      said.push(valueText("visit", "topics", fields["topics"]));
    if (typeof fields["note"] === "string") said.push(fields["note"]);
  } else if (entry.what === "assistance") {
    if (typeof fields["procedure"] === "string") said.push(item("procedure", fields["procedure"]));
    said.push(inside(item("outcome", text(fields["outcome"]))));
    if (typeof fields["fail_reason"] === "string")
      said.push(inside(item("fail_reason", fields["fail_reason"])));
  } else if (entry.what === "edit") {
    const edit = entry.edits?.[0];
    if (edit && edit.field !== "deleted" && edit.field !== "merged_into")
      said.push(
        t("households.from_to", {
          from: valueText("household", edit.field, edit.from),
          to: valueText("household", edit.field, edit.to),
        }),
      );
  }
  const line = said.filter(Boolean).join(" · ");
  return line.slice(0, 1).toLocaleUpperCase("vi") + line.slice(1);
}

export interface Open {
  /** What is to be done again. */
  what: string;
  on: string;
}
/** What was promised and nobody did since: the newest visit's day, and the newest help of each kind to each person. */
export function promised(entries: readonly Entry[]): Open[] {
  const open: Open[] = [];
  const seen = new Set<string>();
  const visit = entries.find((entry) => entry.what === "visit");
  const next = text(visit?.fields["next_visit_on"]);
  if (next) open.push({ what: t("households.visit_again"), on: next });
  for (const entry of entries) {
    if (entry.what !== "assistance") continue;
    const key = `${text(entry.fields["category"])}/${text(entry.fields["citizen"])}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const asked = text(entry.fields["follow_up_on"]);
    if (asked)
      open.push({
        what: t("households.ask_again", {
          what: item("assistance_category", text(entry.fields["category"])),
        }),
        on: asked,
      });
  }
  return open.sort((a, b) => (a.on < b.on ? -1 : 1));
}
