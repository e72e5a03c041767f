import { expect, it } from "vitest";
import { fold } from "./fold";

it("finds words without tone marks, however they were typed", () => {
  expect(fold("Đống Đa")).toBe("dong da");
  expect(fold("Nguyễn".normalize("NFD"))).toBe(fold("NGUYỄN"));
});
