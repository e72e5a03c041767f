import { expect, test } from "vitest";
import { tally } from "./tally";

const seen = (citizen: string | null, topic: string, value: string, day: string, at = 0) => ({
  citizen,
  topic,
  value,
  observed_on: day,
  recorded_at: at,
});

test("of each person and topic the newest answer counts, whatever order they came in", () => {
  const records = [
    seen("con", "vneid", "muc_2", "2026-11-20"),
    seen("me", "vneid", "muc_2", "2026-11-24"),
    seen("me", "vneid", "chua_co", "2026-11-02"),
    seen("ong", "vneid", "chua_co", "2026-11-24"),
    seen(null, "fibre", "khong", "2026-11-24"),
  ];
  expect(tally(records, ["fibre", "vneid", "ewallet"])).toEqual([
    { topic: "fibre", values: [["khong", 1]] },
    {
      topic: "vneid",
      values: [
        ["muc_2", 2],
        ["chua_co", 1],
      ],
    },
  ]);
});

test("of two answers of one day the one written down later counts", () => {
  const records = [
    seen("me", "ewallet", "co", "2026-11-24", 2_000),
    seen("me", "ewallet", "khong", "2026-11-24", 1_000),
  ];
  expect(tally(records, ["ewallet"])[0]?.values).toEqual([["co", 1]]);
});
