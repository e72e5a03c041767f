import { describe, expect, it } from "vitest";
import { base64, lightOf } from "./grey";

describe("a picture's pixels for the reader of codes", () => {
  it("tells black, white and what lies between", () => {
    const pixels = [0, 0, 0, 255, 255, 255, 255, 255, 200, 200, 200, 255];
    expect([...lightOf(new Uint8ClampedArray(pixels))]).toEqual([0, 255, 200]);
  });
  it("takes what is see-through as white paper", () => {
    expect([...lightOf(new Uint8ClampedArray([0, 0, 0, 0]))]).toEqual([255]);
  });
  it("writes more bytes than one call could take", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n % 251);
    const back = atob(base64(bytes));
    expect(back).toHaveLength(bytes.length);
    expect(bytes.findIndex((byte, n) => back.charCodeAt(n) !== byte)).toBe(-1);
  });
});
