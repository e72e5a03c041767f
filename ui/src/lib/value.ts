//! Values as records hold them: anything may stand there, and is read as what it should be or as nothing.

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** An address to show; anything but a web page is none. */
export function webAddress(value: unknown): string | null {
  try {
    const url = new URL(text(value).trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
