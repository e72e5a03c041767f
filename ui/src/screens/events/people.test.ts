import { describe, expect, it } from "vitest";
import { addName, differ, houses, turnHouse, turnPerson, turnSigned } from "./people";

describe("the list of who came", () => {
  it("takes a household by one tap and gives it back by the next", () => {
    const one = turnHouse([], "h1");
    expect(one).toMatchObject([{ household: "h1", citizen: null }]);
    expect(turnHouse(turnHouse(one, "h2"), "h1")).toMatchObject([{ household: "h2" }]);
  });
  it("says who of the household it was, and counts a second one of it", () => {
    const came = turnHouse([], "h1");
    const father = turnPerson(came, "h1", "c1");
    expect(father).toMatchObject([{ id: came[0]?.id, citizen: "c1" }]);
    const both = turnPerson(father, "h1", "c2");
    expect(both).toHaveLength(2);
    expect(houses(both)).toBe(1);
    expect(turnPerson(both, "h1", "c1")).toMatchObject([{ citizen: "c2" }]);
    expect(turnPerson(father, "h1", "c1")).toMatchObject([{ household: "h1", citizen: null }]);
  });
  it("tells what has to be written", () => {
    const before = addName(turnHouse([], "h1"), "Cô Hạnh");
    const [house, guest] = before;
    const after = turnSigned(turnHouse(turnHouse(before, "h1"), "h2"), guest?.id ?? "");
    const { added, changed, gone } = differ(before, after);
    expect(added).toMatchObject([{ household: "h2" }]);
    expect(changed).toMatchObject([{ name: "Cô Hạnh", signed: "co" }]);
    expect(gone).toEqual([house]);
    expect(differ(after, after)).toEqual({ added: [], changed: [], gone: [] });
  });
});
