//! A backup moved in pieces between this page and the app: a page has no business with paths.
import { call, inWindow } from "./app";

const PIECE = 1 << 20;

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** True where a page can hand a file to the person; the window tells where it lies instead. */
export const canHand = !inWindow;

/** Hands the backup that was made to the person, as a file of that name; `tell` hears how far it is, 0 to 1. */
export async function hand(name: string, tell: (part: number) => void): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; ;) {
    const piece = await call("backup.read", { offset });
    const bytes = bytesOf(piece.bytes);
    if (bytes.length === 0) break;
    parts.push(bytes);
    offset += bytes.length;
    tell(offset / piece.all);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Gives a file to the app to come back from; `tell` hears how far it is. */
export async function give(file: File, tell: (part: number) => void): Promise<void> {
  let offset = 0;
  do {
    const bytes = new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer());
    await call("backup.put", { offset, bytes: base64Of(bytes) });
    offset += bytes.length;
    tell(file.size === 0 ? 1 : offset / file.size);
  } while (offset < file.size);
}
