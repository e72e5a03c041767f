//! A photo of a code on paper: drawn from the squares the app itself draws, askew on a table, as a phone's camera has it.
import type { Page } from "@playwright/test";
import type { Json, Person } from "../world/person.ts";

export interface Paper {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A picture to be chosen as a file; `degrees` is how it lies. */
export async function photo(page: Page, by: Person, payload: string, degrees = 8): Promise<Paper> {
  const { size, rows }: Json = await by.call("qr.draw", { text: payload });
  const png = await page.evaluate(
    ({ size, rows, degrees }) => {
      const PX = 7;
      const side = Math.ceil((size + 8) * PX * 1.6);
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = side;
      const brush = canvas.getContext("2d");
      if (!brush) throw new Error("no canvas");
      brush.fillStyle = "#8a7a66";
      brush.fillRect(0, 0, side, side);
      brush.translate(side / 2, side / 2);
      brush.rotate((degrees * Math.PI) / 180);
      const paper = (size + 8) * PX;
      brush.fillStyle = "#e9eef0";
      brush.fillRect(-paper / 2, -paper / 2, paper, paper);
      brush.fillStyle = "#252a33";
      (rows as string[]).forEach((row, y) =>
        [...row].forEach((square, x) => {
          if (square === "1") brush.fillRect((x + 4) * PX - paper / 2, (y + 4) * PX - paper / 2, PX, PX);
        }),
      );
      return canvas.toDataURL("image/png").split(",")[1] ?? "";
    },
    { size, rows, degrees },
  );
  return { name: "anh.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") };
}

/** The payment code of a shop as its bank makes it: six digits of the bank, the account, the name in plain letters. */
export function vietqr(bank: string, account: string, name: string): string {
  const field = (id: string, value: string) => `${id}${String(value.length).padStart(2, "0")}${value}`;
  const to = field("00", bank) + field("01", account);
  const napas = field("00", "A000000727") + field("01", to) + field("02", "QRIBFTTA");
  const text = `000201010211${field("38", napas)}53037045802VN${field("59", name)}6304`;
  let sum = 0xffff;
  for (const byte of Buffer.from(text)) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = ((sum << 1) ^ (sum & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return text + sum.toString(16).toUpperCase().padStart(4, "0");
}
