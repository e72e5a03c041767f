import { expect, test } from "vitest";
import { readBirth, writeBirth } from "./birth";

test("an old woman knows her year only, and no day is made up for her", () => {
  const born = readBirth(" 1948 ");
  expect(born).toEqual({ date: "1948-01-01", precision: "nam" });
  expect(writeBirth("1948-01-01", "nam")).toBe("1948");
  expect(writeBirth("1948-01-01", "uoc_tinh")).toBe("1948");
});

test("a month or a day is kept as far as it is said, day first", () => {
  expect(readBirth("4/1999")).toEqual({ date: "1999-04-01", precision: "thang" });
  expect(readBirth("2-4-1999")).toEqual({ date: "1999-04-02", precision: "ngay" });
  expect(writeBirth("1999-04-01", "thang")).toBe("4/1999");
  expect(writeBirth("1999-04-02", "ngay")).toBe("2/4/1999");
});

test("what is no date is none", () => {
  for (const typed of ["", "31/2/1999", "13/1999", "99"]) expect(readBirth(typed)).toBeNull();
});
