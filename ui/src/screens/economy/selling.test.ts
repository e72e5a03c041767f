import { describe, expect, it } from "vitest";
import { checked, isOnline, type Listed, type Product, shows, stage, tone } from "./selling";

const listed = (told: Partial<Listed>): Listed => ({
  id: "",
  platform: "buu_dien",
  shop_name: null,
  state: "dang_ban",
  counts: "no",
  checked_on: null,
  days_left: null,
  due: false,
  ...told,
});
const product = (standing: Product["standing"], ...listings: Listed[]): Product => ({
  id: "",
  space: "",
  title: "",
  subject: null,
  group: null,
  state: "",
  standing,
  stars: null,
  ends_on: null,
  ends_soon: false,
  seller_ready: null,
  listings,
  sync: "kept",
});

describe("a product", () => {
  it("is sold online by the best of its listings", () => {
    expect(isOnline(product("certified"))).toBeNull();
    expect(isOnline(product("certified", listed({})))).toBeNull();
    const declared = listed({ counts: "declared" });
    expect(isOnline(product("certified", listed({}), declared))).toBe("declared");
    expect(isOnline(product("certified", declared, listed({ counts: "verified" })))).toBe("verified");
  });
  it("is shown by what it is, and as not online only while it should be", () => {
    expect(shows(product("expired"), "expired")).toBe(true);
    expect(shows(product("expired"), "offline")).toBe(false);
    expect(shows(product("certified"), "offline")).toBe(true);
    expect(shows(product("certified", listed({ counts: "declared" })), "offline")).toBe(false);
    expect(shows(product("candidate", listed({ due: true })), "due")).toBe(true);
    expect(shows({ ...product("certified"), ends_soon: true }, "ends_soon")).toBe(true);
  });
});

describe("a listing", () => {
  it("tells how long the look at it holds", () => {
    expect(checked(listed({ checked_on: "2026-08-31", days_left: 6 }))).toEqual({
      on: "2026-08-31",
      since: 84,
      left: 6,
    });
    expect(checked(listed({ checked_on: "2026-08-01", days_left: -24 }))?.since).toBe(114);
    expect(checked(listed({}))).toBeNull();
  });
  it("has its stages behind it once it sold, also when it is sold out or taken down", () => {
    expect(stage("du_kien")).toBe(0);
    expect(stage("dang_ban")).toBe(3);
    expect(stage("go")).toBe(4);
    expect([tone("dang_ban"), tone("tam_het"), tone("go"), tone("du_kien")]).toEqual([
      "kept",
      "wait",
      "stop",
      "flat",
    ]);
  });
});
