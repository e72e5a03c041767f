//! A birth date as far as it is known: `1968`, `4/1968` or `2/4/1968`.

export interface Birth {
  /** ISO; the first day of what is known. */
  date: string;
  /** Code of the catalog `birth_precision`. */
  precision: "ngay" | "thang" | "nam";
}

/** ISO; null when there is no such day. */
function iso(year = "", month = "1", day = "1"): string | null {
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const moment = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== date ? null : date;
}

/** What was typed; null when it is no date. */
export function readBirth(text: string): Birth | null {
  const parts = /^\s*(?:(?:(\d{1,2})[/.\-\s])?(\d{1,2})[/.\-\s])?(\d{4})\s*$/.exec(text);
  if (!parts) return null;
  const [, day, month, year] = parts;
  const date = iso(year, month, day);
  if (date === null) return null;
  return { date, precision: day ? "ngay" : month ? "thang" : "nam" };
}

/** The same written back: no more than is known. */
export function writeBirth(date: string, precision: unknown): string {
  const [year = "", month = "", day = ""] = date.split("-");
  if (precision === "nam" || precision === "uoc_tinh") return year;
  if (precision === "thang") return `${Number(month)}/${year}`;
  return `${Number(day)}/${Number(month)}/${year}`;
}
