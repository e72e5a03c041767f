//! Lines a commune writes into the catalogs: added to the built-in ones, or saying when one of them is offered.

/** Lines of a catalog: `[code, word, lists?]`. */
export type Items = readonly (readonly [string, string, (readonly string[])?])[];

/** A line of a catalog that the commune wrote; with the code of a built-in one it only says when that is offered. */
export interface Written {
  catalog: string;
  code: string;
  vi: string;
  en?: string | undefined;
  /** First and last day it is offered, ISO. */
  from?: string | undefined;
  to?: string | undefined;
}

/** All lines of a catalog, offered or not: the built-in ones in their order, then the commune's. */
export function every(name: string, built: Items, written: readonly Written[], english: boolean): Items {
  const added = written.filter(
    (line) => line.catalog === name && !built.some(([code]) => code === line.code),
  );
  if (added.length === 0) return built;
  return [...built, ...added.map(({ code, vi, en }) => [code, english ? (en ?? vi) : vi] as const)];
}

/** Those offered on a day, and those that a field holds already. */
export function offered(
  name: string,
  all: Items,
  written: readonly Written[],
  day: string,
  held?: unknown,
): Items {
  const off = written.filter(
    ({ catalog, from, to }) => catalog === name && ((from ?? day) > day || (to ?? day) < day),
  );
  if (off.length === 0) return all;
  const holds = (code: string) => (Array.isArray(held) ? held.includes(code) : held === code);
  return all.filter(([code]) => holds(code) || !off.some((line) => line.code === code));
}
