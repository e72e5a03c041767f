//! Pictures as the calls `qr.…` take them: how light each pixel is, in base 64. Nothing of them is kept.

/** Pixels looked at, at most: the dense code of an identity card is read from fewer. */
const PIXELS = 1_000_000;

export interface Grey {
  width: number;
  height: number;
  grey: string;
}

/** What the calls `qr.…` look at: a picture, or whatever the phone's own scanner sees. */
export type Seen = Grey | { scanner: true };

/** A frame of the camera or a chosen picture, made smaller when it is larger than needed. */
export function greyOf(picture: CanvasImageSource, width: number, height: number): Grey | null {
  if (width < 1 || height < 1) return null;
  const scale = Math.min(1, Math.sqrt(PIXELS / (width * height)));
  const [across, down] = [Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale))];
  const canvas = document.createElement("canvas");
  canvas.width = across;
  canvas.height = down;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush) return null;
  brush.drawImage(picture, 0, 0, across, down);
  return { width: across, height: down, grey: base64(lightOf(brush.getImageData(0, 0, across, down).data)) };
}

/** One byte a pixel from four; what is see-through counts as white paper. */
export function lightOf(rgba: Uint8ClampedArray): Uint8Array {
  const light = new Uint8Array(rgba.length / 4);
  for (let n = 0; n < light.length; n++) {
    const at = n * 4;
    const seen = 0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0);
    const covered = (rgba[at + 3] ?? 255) / 255;
    light[n] = Math.round(seen * covered + 255 * (1 - covered));
  }
  return light;
}

/** In pieces: a whole picture is too much for one call. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
