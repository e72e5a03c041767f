import { describe, expect, it } from "vitest";
import { due, idle } from "./trade";

describe("a digital store", () => {
  it("is to be looked at when nobody did, or too long ago, unless it is closed", () => {
    expect(due({ trade: "unseen", days_left: null })).toBe(true);
    expect(due({ trade: "dormant", days_left: -1 })).toBe(true);
    expect(due({ trade: "dormant", days_left: 0 })).toBe(false);
    expect(due({ trade: "active", days_left: 180 })).toBe(false);
    expect(due({ trade: "stopped", days_left: -20 })).toBe(false);
    expect(due({ trade: "stopped", days_left: null })).toBe(false);
  });
  it("cannot be busy before there is one", () => {
    expect(idle("nhan_qr", "hoat_dong")).toBe(true);
    expect(idle("chua_co", "ngung")).toBe(false);
    expect(idle("dang_ban", "hoat_dong")).toBe(false);
    expect(idle(null, null)).toBe(false);
  });
});
