//! Pictures as a phone takes them.
import type { Page } from "@playwright/test";

/** What a camera writes beside the picture: where it was taken, by which phone. */
export const CANARY = "GPS-21.3856N-103.0169E-CHIM-YEN";

/** Large, colourful, with a segment that says more than the picture. */
export async function taken(page: Page, hue: number): Promise<Buffer> {
  const base64 = await page.evaluate(async (turn) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [4000, 3000];
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas");
    for (let n = 0; n < 4000; n += 1) {
      pen.fillStyle = `hsl(${(n * 37 + turn) % 360} 70% ${20 + (n % 60)}%)`;
      pen.fillRect((n * 733) % 4000, (n * 397) % 3000, 40 + (n % 160), 40 + (n % 90));
    }
    return canvas.toDataURL("image/jpeg", 0.95).split(",")[1] ?? "";
  }, hue);
  const jpeg = Buffer.from(base64, "base64");
  const said = Buffer.from(`Exif\0\0${CANARY}`);
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(said.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, said, jpeg.subarray(2)]);
}

/** As a page's field takes them. */
export const asFiles = (all: Buffer[]) =>
  all.map((buffer, n) => ({ name: `IMG_${n}.jpg`, mimeType: "image/jpeg", buffer }));
