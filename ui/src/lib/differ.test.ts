import { describe, expect, it } from "vitest";
import { differing, near } from "./differ";

const marked = (text: string, other: string): string =>
  differing(text, other)
    .map((piece) => (piece.same ? piece.text : `[${piece.text}]`))
    .join("");

describe("letters that differ between two versions", () => {
  it("marks a single tone mark at the end of a name", () => {
    expect(marked("Vừ Thị Mỷ", "Vừ Thị Mị")).toBe("Vừ Thị M[ỷ]");
    expect(marked("Vừ Thị Mị", "Vừ Thị Mỷ")).toBe("Vừ Thị M[ị]");
  });
  it("marks what one has more than the other", () => {
    expect(marked("Lò Văn Thoạn", "Lò Thoan")).toBe("Lò [Văn ]Tho[ạ]n");
    expect(marked("Lò Thoan", "Lò Văn Thoạn")).toBe("Lò Tho[a]n");
  });
  it("marks nothing in equal texts and all of a text against an empty one", () => {
    expect(marked("Khe Nóng", "Khe Nóng")).toBe("Khe Nóng");
    expect(marked("Khe Nóng", "")).toBe("[Khe Nóng]");
  });
  it("takes letters written in two ways as the same", () => {
    expect(marked("Mỷ".normalize("NFD"), "Mỷ")).toBe("Mỷ");
  });
  it("are only marked where the two are versions of one", () => {
    expect(near("Vừ Thị Mỷ", "Vừ Thị Mị")).toBe(true);
    expect(near("cạnh cầu treo", "dưới trạm nước")).toBe(false);
  });
});
