import { expect, test } from "vitest";
import { fits } from "./text";

test("letters are counted as people and the schemas count them", () => {
  expect(fits("ư".repeat(100), 100)).toBe(true);
  expect(fits("ư".repeat(101), 100)).toBe(false);
  expect(fits("😀".repeat(100), 100)).toBe(true);
  expect(fits("😀".repeat(101), 100)).toBe(false);
  expect(fits("dài bao nhiêu cũng được", undefined)).toBe(true);
});
