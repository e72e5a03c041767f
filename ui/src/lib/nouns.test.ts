import { describe, expect, it } from "vitest";
import { ofSchool } from "./nouns";

describe("a school team's nouns", () => {
  it("take the place of whole words, with their capitals", () => {
    expect(ofSchool("Hộ {{name}}", "vi")).toBe("Phụ huynh {{name}}");
    expect(ofSchool("Tên chủ hộ", "vi")).toBe("Tên phụ huynh");
    expect(ofSchool("Tìm hộ: tên, cụm, số điện thoại", "vi")).toBe("Tìm phụ huynh: tên, lớp, số điện thoại");
    expect(ofSchool("Households of my cluster", "en")).toBe("Parents of my class");
  });
  it("leave names in braces, parts of words and other meanings alone", () => {
    expect(ofSchool("{{what}} hộ {{household}}", "vi")).toBe("{{what}} phụ huynh {{household}}");
    expect(ofSchool("{{what}} of {{household}}", "en")).toBe("{{what}} of {{household}}");
    expect(ofSchool("Cha mẹ, người giám hộ", "vi")).toBe("Cha mẹ, người giám hộ");
    expect(ofSchool("Hộ kinh doanh", "vi")).toBe("Hộ kinh doanh");
  });
});
