//! Tone-free comparing of short lists on the page; searching records is the store's.

/** Lower case without marks: "Đống Đa" → "dong da". */
export const fold = (text: string): string =>
  text.toLocaleLowerCase("vi").normalize("NFD").replace(/\p{M}/gu, "").replaceAll("\u0111", "d");
