import { expect, test } from "vitest";
import { every, ticks, totals, written } from "./layout";

test("a scale begins at nought, ends at or above the highest and has few steps", () => {
  expect(ticks(0)).toEqual([0, 1]);
  expect(ticks(3)).toEqual([0, 1, 2, 3]);
  expect(ticks(5)).toEqual([0, 2, 4, 6]);
  expect(ticks(73)).toEqual([0, 20, 40, 60, 80]);
  for (let most = 1; most < 5000; most += 7) {
    const all = ticks(most);
    expect(all.at(-1)).toBeGreaterThanOrEqual(most);
    expect(all.length).toBeLessThanOrEqual(5);
    expect(all[1]).toBeLessThanOrEqual(most);
  }
});

test("parts add up, and what nobody knows is no nought", () => {
  const parts = [
    { name: "", look: "solid", values: [1, 2, null, null] },
    { name: "", look: "hatch", values: [4, 0, 3, null] },
  ] as const;
  expect(totals(parts)).toEqual([5, 2, 3, null]);
});

test("labels that would run into each other are left out, never the last one", () => {
  expect(every(20, 24)).toBe(1);
  expect(every(40, 24)).toBe(2);
  expect([...written([3, 9, 4, 1], true, 2)]).toEqual([0, 1, 2, 3]);
  expect([...written([3, 9, 4, 1], false, 2)]).toEqual([1, 3]);
  expect([...written([3, 4, 9, 1], false, 2)]).toEqual([2]);
  expect([...written([3, 4, 1, 9], false, 2)]).toEqual([3]);
});
