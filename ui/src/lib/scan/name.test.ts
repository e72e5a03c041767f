import { expect, test } from "vitest";
import { asWritten } from "./name";

test("a name in capitals is proposed as people write it, and no other is touched", () => {
  expect(asWritten("VỪ THỊ MỶ")).toBe("Vừ Thị Mỷ");
  expect(asWritten("ĐẶNG ÁNH ĐÀO")).toBe("Đặng Ánh Đào");
  expect(asWritten("H'NGUÔT AYŬN")).toBe("H'Nguôt Ayŭn");
  expect(asWritten("H'Mai")).toBeNull();
  expect(asWritten("Thạch Sa Rươne")).toBeNull();
  expect(asWritten("")).toBeNull();
});
