import { describe, expect, it } from "vitest";
import { every, type Items, offered, type Written } from "./written";

const BUILT: Items = [
  ["dvc", "Dịch vụ công"],
  ["vneid", "VNeID", ["nguoi"]],
];
const DAY = "2026-11-26";
const all = (lines: readonly Written[], english = false) => every("topic", BUILT, lines, english);
const codes = (lines: readonly Written[], held?: unknown) =>
  offered("topic", all(lines), lines, DAY, held).map(([code]) => code);

describe("what a commune writes into a catalog", () => {
  it("comes last, in the language there is", () => {
    const lines = [
      { catalog: "topic", code: "cho", vi: "Chợ phiên", en: "Market day" },
      { catalog: "topic", code: "le", vi: "Lễ hội" },
      { catalog: "app", code: "khac", vi: "Của danh mục khác" },
    ];
    expect(codes(lines)).toEqual(["dvc", "vneid", "cho", "le"]);
    expect(all(lines).slice(2)).toEqual([
      ["cho", "Chợ phiên"],
      ["le", "Lễ hội"],
    ]);
    expect(all(lines, true).slice(2)).toEqual([
      ["cho", "Market day"],
      ["le", "Lễ hội"],
    ]);
  });

  it("is offered in its days only, and stays where it was chosen", () => {
    const lines = [
      { catalog: "topic", code: "cu", vi: "Cũ", to: "2026-11-25" },
      { catalog: "topic", code: "nay", vi: "Nay", from: DAY, to: DAY },
      { catalog: "topic", code: "mai", vi: "Mai", from: "2026-11-27" },
    ];
    expect(codes(lines)).toEqual(["dvc", "vneid", "nay"]);
    expect(codes(lines, ["cu"])).toEqual(["dvc", "vneid", "cu", "nay"]);
    expect(codes(lines, "mai")).toEqual(["dvc", "vneid", "nay", "mai"]);
  });

  it("takes a built-in line away and gives it no other meaning", () => {
    const lines = [{ catalog: "topic", code: "vneid", vi: "Khác", to: "2026-01-01" }];
    expect(codes(lines)).toEqual(["dvc"]);
    expect(all(lines)).toEqual(BUILT);
  });
});
