import { expect, it } from "vitest";
import { weak } from "./secret";

it("warns of a PIN that is guessed first, and of no other", () => {
  for (const pin of ["000000", "121212", "123123", "123456", "654321"]) expect(weak(pin), pin).toBe(true);
  for (const pin of ["290846", "112358", "010203"]) expect(weak(pin), pin).toBe(false);
});
