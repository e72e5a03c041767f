import { expect, test } from "vitest";
import { matches } from "./matches";

const marked = (line: string, typed: string) =>
  matches(line, typed)
    .map((part) => (part.found ? `[${part.text}]` : part.text))
    .join("");

test("a name typed without tone marks is marked with its own letters", () => {
  expect(marked("Vừ Thị Mỷ", "vu thi my")).toBe("[Vừ Thị Mỷ]");
  expect(marked("Vũ Thị My", "vu thi my")).toBe("[Vũ Thị My]");
  expect(marked("Đặng Thị Mai", "dang mai")).toBe("[Đặng] Thị [Mai]");
});

test("a word only begun is marked so far, and nothing inside a word", () => {
  expect(marked("Giàng A Súa", "gia")).toBe("[Già]ng A Súa");
  expect(marked("Giàng A Súa", "ang")).toBe("Giàng A Súa");
});

test("nothing typed marks nothing", () => {
  expect(marked("Lò Văn Thoạn", " ")).toBe("Lò Văn Thoạn");
});
