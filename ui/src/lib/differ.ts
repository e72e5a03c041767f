//! Which letters of two versions differ, so that an eye finds a tone mark in a name.

export interface Piece {
  text: string;
  same: boolean;
}

/** Longer texts are compared whole: their letters would say nothing. */
const LONGEST = 200;

const letters = (text: string): string[] =>
  [...new Intl.Segmenter("vi", { granularity: "grapheme" }).segment(text.normalize("NFC"))].map(
    (found) => found.segment,
  );

/** Pieces of `text`, those that also stand in `other` (in order) marked as the same. */
export function differing(text: string, other: string): Piece[] {
  if (text.length > LONGEST || other.length > LONGEST) return [{ text, same: text === other }];
  const [mine, theirs] = [letters(text), letters(other)];
  // Longest common run of letters, counted from the end.
  const common = mine.map(() => new Array<number>(theirs.length + 1).fill(0));
  common.push(new Array<number>(theirs.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = mine.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = mine[i] === theirs[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const pieces: Piece[] = [];
  let j = 0;
  mine.forEach((letter, i) => {
    while (j < theirs.length && theirs[j] !== letter && at(i, j + 1) === at(i, j)) j++;
    const same = theirs[j] === letter && at(i, j) === at(i + 1, j + 1) + 1;
    if (same) j++;
    const last = pieces.at(-1);
    if (last?.same === same) last.text += letter;
    else pieces.push({ text: letter, same });
  });
  return pieces;
}

/** Whether two texts are versions of one: marks in what has little in common would only be noise. */
export function near(text: string, other: string): boolean {
  const same = differing(text, other).reduce((sum, piece) => sum + (piece.same ? piece.text.length : 0), 0);
  return 2 * same >= Math.max(text.length, other.length);
}
