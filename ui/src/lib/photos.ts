//! Photos between this page and the app. The app makes each anew: small, turned upright, nothing but the picture in it.
import { call } from "./app";

/** Letters that are put together at a time: an argument list has an end. */
const PIECE = 0x8000;

/** Keeps a photo for a record of this space; its name. Throws what `file.add` does. */
export async function addPhoto(space: string, file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return (await call("file.add", { space, bytes: btoa(text) })).hash;
}

/** What an `img` shows: small enough for a list, or up to `side` pixels. Throws what `file.picture` does. */
export async function picture(hash: string, space?: string, side?: number): Promise<string> {
  const { bytes } = await call("file.picture", {
    hash,
    ...(space ? { space } : {}),
    ...(side ? { side } : {}),
  });
  return `data:image/jpeg;base64,${bytes}`;
}
