//! One act of help while it is written down, and the record it becomes.
import { answered, type Fields } from "../form/kinds";
import { newId } from "../id";

export interface Help {
  id: string;
  category: string;
  /** `null`: nobody is named. */
  citizen: string | null;
  /** What else stands in the form, by field. */
  fields: Fields;
}
/** A person of the household, as chips name them. */
export interface Person {
  id: string;
  name: string;
  relation: string;
}

export const newHelp = (category: string, citizen: string | null): Help => ({
  id: newId(),
  category,
  citizen,
  // What else is asked follows the category.
  fields: { category },
});

/** Outcomes in the order they are offered, each with what it says of who did the work. */
export const ANSWERS = [
  { outcome: "tu_lam_duoc", alone: true },
  { outcome: "co_ho_tro", level: "cung_lam", alone: true },
  { outcome: "lam_thay", level: "lam_thay", alone: false },
  { outcome: "cho_ket_qua" },
  { outcome: "chi_tu_van", level: "tu_van" },
] as const;
/** Those that are asked for more seldom. */
export const OTHERS = ["phai_bo_sung", "hen_lai", "bi_tu_choi"] as const;
export const FAILED = "khong_lam_duoc";

/** How it went, as a colour and a shape say it. */
export const tone = (outcome: unknown): "kept" | "wait" | "stop" | "" =>
  ["tu_lam_duoc", "co_ho_tro", "lam_thay"].includes(String(outcome))
    ? "kept"
    : ["cho_ket_qua", "phai_bo_sung", "hen_lai"].includes(String(outcome))
      ? "wait"
      : ["khong_lam_duoc", "bi_tu_choi"].includes(String(outcome))
        ? "stop"
        : "";

/** The fields of its record. `about` says where, when and by whom. */
export function record(help: Help, about: Fields): Fields {
  const named = help.citizen !== null;
  const { age_band, gender, ...fields } = help.fields;
  return answered("assistance", {
    ...fields,
    ...about,
    category: help.category,
    ...(named ? { citizen: help.citizen } : { age_band, gender }),
  });
}
