import { describe, expect, it } from "vitest";
import { checked, stage, tone, webAddress } from "./selling";

describe("a listing", () => {
  it("counts for ninety days after somebody looked", () => {
    expect(checked({ checked_on: "2026-08-31" }, "2026-11-23")).toEqual({ since: 84, left: 6 });
    expect(checked({ checked_on: "2026-08-01" }, "2026-11-23")).toEqual({ since: 114, left: -24 });
    expect(checked({}, "2026-11-23")).toBeNull();
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
  it("shows the address of a web page and of nothing else", () => {
    expect(webAddress(" https://shopee.vn/ong ")).toBe("https://shopee.vn/ong");
    expect(webAddress("javascript:alert(1)")).toBeNull();
    expect(webAddress("shopee.vn/ong")).toBeNull();
    expect(webAddress(undefined)).toBeNull();
  });
});
