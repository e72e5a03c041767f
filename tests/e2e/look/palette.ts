//! A picture of a screen has few colours: 256 tell it as well in a third of the bytes.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const COLOURS = 256;

interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue of each, row by row. */
  rgb: Uint8Array;
}

/** The same picture with at most 256 colours; the bytes given when it is of another form than a browser draws. */
export function smaller(png: Buffer): Buffer {
  const pixels = read(png);
  if (!pixels) return png;
  const made = write(pixels);
  return made.length < png.length ? made : png;
}

function read(png: Buffer): Pixels | null {
  let header: Buffer | undefined;
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    const name = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + size);
    if (name === "IHDR") header = body;
    if (name === "IDAT") data.push(body);
    at += size + 12;
  }
  // Eight bits a channel, with or without alpha, not interlaced.
  const step = header?.[9] === 2 ? 3 : header?.[9] === 6 ? 4 : 0;
  if (!header || step === 0 || header[8] !== 8 || header[12] !== 0) return null;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const raw = unfilter(inflateSync(Buffer.concat(data)), width * step, height, step);
  const rgb = new Uint8Array(width * height * 3);
  for (let n = 0; n < width * height; n += 1) rgb.set(raw.subarray(n * step, n * step + 3), n * 3);
  return { width, height, rgb };
}

/** Undoes PNG's five ways to write a byte as a difference from its neighbours. */
function unfilter(packed: Buffer, line: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(line * height);
  for (let y = 0; y < height; y += 1) {
    const way = packed[y * (line + 1)] ?? 0;
    for (let x = 0; x < line; x += 1) {
      const at = y * line + x;
      const left = x >= step ? (out[at - step] ?? 0) : 0;
      const up = y > 0 ? (out[at - line] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (out[at - line - step] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][way] ?? 0;
      out[at] = (packed[y * (line + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The colours used most, each telling for its near shades: flat surfaces keep theirs exactly. */
function palette(rgb: Uint8Array): { colours: number[]; place: Map<number, number> } {
  const used = new Map<number, number>();
  for (let n = 0; n < rgb.length; n += 3) {
    const colour = ((rgb[n] ?? 0) << 16) | ((rgb[n + 1] ?? 0) << 8) | (rgb[n + 2] ?? 0);
    used.set(colour, (used.get(colour) ?? 0) + 1);
  }
  const byUse = [...used].sort(([a, x], [b, y]) => y - x || a - b).map(([colour]) => colour);
  const colours: number[] = [];
  // A shade so near to one taken already that no eye parts them takes no place of its own.
  for (let near = 12; colours.length === 0 || near > 0; near -= 4) {
    for (const colour of byUse)
      if (colours.length < COLOURS && colours.every((one) => distance(one, colour) > near))
        colours.push(colour);
    if (colours.length >= COLOURS) break;
  }
  const place = new Map<number, number>();
  for (const colour of byUse) {
    let best = 0;
    for (let n = 1; n < colours.length; n += 1)
      if (distance(colours[n] ?? 0, colour) < distance(colours[best] ?? 0, colour)) best = n;
    place.set(colour, best);
  }
  return { colours, place };
}

const distance = (a: number, b: number): number =>
  Math.abs((a >> 16) - (b >> 16)) +
  Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)) +
  Math.abs((a & 255) - (b & 255));

function write({ width, height, rgb }: Pixels): Buffer {
  const { colours, place } = palette(rgb);
  const raw = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const n = (y * width + x) * 3;
      const colour = ((rgb[n] ?? 0) << 16) | ((rgb[n + 1] ?? 0) << 8) | (rgb[n + 2] ?? 0);
      raw[y * (width + 1) + 1 + x] = place.get(colour) ?? 0;
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", table),
    chunk("IDAT", deflateSync(raw, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}
