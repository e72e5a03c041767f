import { expect, test } from "vitest";
import { newId } from "./id";

test("an id says when it was made, and two made at once differ", () => {
  const before = Date.now();
  const [one, two] = [newId(), newId()];
  expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(one).not.toBe(two);
  const at = parseInt(one.replaceAll("-", "").slice(0, 12), 16);
  expect(at - before).toBeGreaterThanOrEqual(0);
  expect(at - before).toBeLessThan(60_000);
});
