import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./paced";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first is told at once, the last of a burst at its end", () => {
  const told: number[] = [];
  const tell = paced((news: number) => told.push(news), 100);
  for (const news of [1, 2, 3]) tell(news);
  expect(told).toEqual([1]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([1, 3]);
  tell(4);
  expect(told).toEqual([1, 3]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([1, 3, 4]);
  vi.advanceTimersByTime(1_000);
  tell(5);
  expect(told).toEqual([1, 3, 4, 5]);
});

test("who is told and fails is told again", () => {
  const told: number[] = [];
  const tell = paced((news: number) => {
    told.push(news);
    if (news === 1) throw new Error("failed");
  }, 100);
  expect(() => tell(1)).toThrow("failed");
  tell(2);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([1, 2]);
});
