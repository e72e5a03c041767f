import { describe, expect, it } from "vitest";
import { before, fuller, proposed, rows, taken } from "./pair";

const one = { head_name: "Lò Văn Thoạn", cluster: "Khe Nóng", people: 5, consent: "dong_y" };
const two = {
  head_name: "Lò Văn Thoan",
  cluster: "Khe Nóng",
  people: 6,
  landmark: "dưới trạm nước",
  phone: "+84912345678",
};
const all = rows("household", one, two);

describe("two households that may be one", () => {
  it("are laid side by side in the order of the form, without fields neither has", () => {
    expect(all.map((row) => row.field)).toEqual([
      "head_name",
      "cluster",
      "consent",
      "landmark",
      "phone",
      "people",
    ]);
    expect(all.filter((row) => row.same).map((row) => row.field)).toEqual(["cluster"]);
  });
  it("the fuller one is proposed to stay, and takes from the other what it lacks", () => {
    expect(fuller(all)).toBe(1);
    expect(taken(all, 1, {})).toEqual({ consent: "dong_y" });
    expect(taken(all, 0, {})).toEqual({ landmark: "dưới trạm nước", phone: "+84912345678" });
  });
  it("a person's choice decides field by field, and is taken back as it was", () => {
    const fields = taken(all, 1, { head_name: 0, people: 1 });
    expect(fields).toEqual({ head_name: "Lò Văn Thoạn", consent: "dong_y" });
    expect(before(fields, two)).toEqual({ head_name: "Lò Văn Thoan", consent: null });
  });
  it("an order of ticks is no difference", () => {
    const [row] = rows("household", { assigned: ["a", "b"] }, { assigned: ["b", "a"] });
    expect(row?.same).toBe(true);
    expect(row && proposed(row, 0)).toBe(0);
  });
});
