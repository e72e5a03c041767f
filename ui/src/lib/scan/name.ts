//! Names on cards stand in capitals. How people write them is proposed, never put in unseen: particles of some peoples' names
//! are written in ways no rule knows.

/** `VỪ THỊ MỶ` → `Vừ Thị Mỷ`, `H'NGUÔT AYŬN` → `H'Nguôt Ayŭn`; null for a name that is not all capitals. */
export function asWritten(name: string): string | null {
  const small = name.toLocaleLowerCase("vi");
  if (name !== name.toLocaleUpperCase("vi") || name === small) return null;
  return small.replace(/(^|[\s'’-])(\p{L})/gu, (_, before: string, letter: string) =>
    before.concat(letter.toLocaleUpperCase("vi")),
  );
}
