//! How figures are laid out, without words: what they come to, steps of a scale, labels that do not run into each other.

/** Told apart in grey print too: full, striped, framed. */
export type Look = "solid" | "hatch" | "plain";
export interface Series {
  name: string;
  look: Look;
  /** One for each step; null where nobody knows. */
  values: readonly (number | null)[];
}
/** What each step comes to; null where one of its parts is not known and the others say nothing either. */
export function totals(series: readonly Series[]): (number | null)[] {
  const long = Math.max(0, ...series.map((one) => one.values.length));
  return Array.from({ length: long }, (_, n) => {
    const known = series.flatMap((one) => one.values[n] ?? []);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  });
}

/** Whole numbers from 0 to no less than `most`, at most five of them, in steps of 1, 2 or 5 and their tens. */
export function ticks(most: number): number[] {
  let step = 1;
  for (let tens = 1; Math.ceil(most / step) > 4; tens *= 10)
    step = [tens, 2 * tens, 5 * tens, 10 * tens].find((one) => Math.ceil(most / one) <= 4) ?? 10 * tens;
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, n) => n * step);
}

/** Every how many steps a label of a width fits, counted back from the last. */
export const every = (label: number, column: number): number =>
  column <= 0 ? 1 : Math.max(1, Math.ceil(label / column));

/** Steps whose value is written on the bar: all where all fit, else the last, and the highest where it stands free. */
export function written(values: readonly (number | null)[], fits: boolean, apart: number): Set<number> {
  if (fits) return new Set(values.keys());
  const last = values.length - 1;
  const highest = values.reduce<number>(
    (best, one, n) => ((one ?? -1) > (values[best] ?? -1) ? n : best),
    last,
  );
  return new Set(last - highest >= apart ? [highest, last] : [highest]);
}
