import { describe, expect, it, vi } from "vitest";

vi.mock("./words.svelte", () => ({ t: (key: string) => key }));
const { bytes, dayOf, daysBetween, initial, number, phone, plusDays, typedDay } = await import("./format");

describe("days", () => {
  it("are those of +07:00, whatever the device's zone", () => {
    expect(dayOf(Date.parse("2026-11-23T16:59:59Z"))).toBe("2026-11-23");
    expect(dayOf(Date.parse("2026-11-23T17:00:00Z"))).toBe("2026-11-24");
  });
  it("are typed day first and nothing else is taken for one", () => {
    expect(typedDay("23/11/2026")).toBe("2026-11-23");
    expect(typedDay(" 3.2.2026 ")).toBe("2026-02-03");
    for (const odd of ["", "11/23/2026", "31/2/2026", "2026-11-23", "23/11/26", "0/1/2026"])
      expect(typedDay(odd)).toBeNull();
  });
  it("are counted over months and years", () => {
    expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(plusDays("2026-03-01", -1)).toBe("2026-02-28");
    expect(daysBetween("2026-11-21", "2026-11-23")).toBe(2);
  });
});

describe("words for figures", () => {
  it("are those of Viet Nam", () => {
    expect(number(1204)).toBe("1.204");
    expect(bytes(999)).toBe("999 B");
    expect(bytes(9400)).toBe("9 KB");
    expect(bytes(1_100_000)).toBe("1,1 MB");
    expect(phone("+84912345678")).toBe("0912 345 678");
    expect(phone("+8562012345678")).toBe("+8562012345678");
  });
  it("take the letter of the given name, which stands last", () => {
    expect(initial("Lò Thị Ánh")).toBe("Á");
    expect(initial("H’Bia Niê")).toBe("N");
    expect(initial("  ")).toBe("");
  });
});
