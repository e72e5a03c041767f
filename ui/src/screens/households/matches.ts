//! Which letters of a line the search found, tone marks aside.
import { fold } from "../../lib/fold";

export interface Part {
  text: string;
  found: boolean;
}

/** Splits a line into what the typed words match at the beginning of its words, and the rest. Folding keeps the number
 *  of letters as long as the line is in one form (NFC), which is what the store keeps. */
export function matches(line: string, typed: string): Part[] {
  // Nothing is typed where a long list is scrolled through.
  if (typed === "") return [{ text: line, found: false }];
  const plain = fold(line);
  const words = fold(typed)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (words.length === 0 || plain.length !== line.length) return [{ text: line, found: false }];
  const marked = new Array<boolean>(line.length).fill(false);
  const starts = [...plain.matchAll(/[\p{L}\p{N}]+/gu)];
  for (const word of words)
    for (const start of starts)
      if (start[0].startsWith(word)) marked.fill(true, start.index, start.index + word.length);
  // A space between two found words is found too, so that a whole name is one mark.
  for (let n = 1; n + 1 < line.length; n++)
    if (line[n] === " " && marked[n - 1] && marked[n + 1]) marked[n] = true;
  const parts: Part[] = [];
  for (const [n, letter] of [...line].entries()) {
    const found = marked[n] ?? false;
    const last = parts.at(-1);
    if (last && last.found === found) last.text += letter;
    else parts.push({ text: letter, found });
  }
  return parts;
}
