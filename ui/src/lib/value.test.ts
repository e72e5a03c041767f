import { expect, it } from "vitest";
import { text, webAddress } from "./value";

it("shows the address of a web page and of nothing else", () => {
  expect(webAddress(" https://shopee.vn/ong ")).toBe("https://shopee.vn/ong");
  for (const other of ["javascript:alert(1)", "shopee.vn/ong", "data:text/html,x", "", undefined, 7])
    expect(webAddress(other)).toBeNull();
});

it("reads anything but text as none", () => {
  expect([text("a"), text(null), text(["a"]), text(undefined)]).toEqual(["a", "", "", ""]);
});
