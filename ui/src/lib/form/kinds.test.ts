import { describe, expect, it } from "vitest";
import { asked, fieldsOf, filled, patch } from "./kinds";

describe("a form's patch", () => {
  it("holds only what changed; emptied fields are null, emptied sets empty", () => {
    const before = { head_name: "Vừ Thị My", phone: "+84912345678", assigned: ["a", "b"], people: 4 };
    const now = { head_name: "Vừ Thị Mỷ", phone: "", assigned: ["b", "a"], people: 4, note: "" };
    expect(patch(before, now)).toEqual({ head_name: "Vừ Thị Mỷ", phone: null });
    expect(patch(before, { ...before, assigned: [] })).toEqual({ assigned: [] });
  });
  it("keeps a zero and a no, and drops what was left empty", () => {
    expect(filled({ people: 0, fee_paid_online: false, note: "", topics: [], day: null })).toEqual({
      people: 0,
      fee_paid_online: false,
    });
  });
});

describe("a kind's fields", () => {
  it("are asked while their condition holds", () => {
    const topics = fieldsOf("visit").find((field) => field.name === "topics");
    expect(topics?.when).toBeDefined();
    if (!topics) return;
    expect(asked(topics, { contact: "gap_chu_ho" })).toBe(true);
    expect(asked(topics, { contact: "vang_nha" })).toBe(false);
    expect(asked(topics, {})).toBe(false);
  });
});
