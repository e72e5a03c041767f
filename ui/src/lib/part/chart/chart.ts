//! Months as they are written, and what somebody hears who does not see a chart.
import type { Output } from "../../app";
import { day, number } from "../../format";
import { t } from "../../words.svelte";
import { written } from "./layout";

export interface Step {
  month: number;
  year: number;
  /** What it is called, with the day it ends on while it is not over. */
  name: string;
  /** Not over: drawn with a dashed edge. */
  open: boolean;
}
export type Months = Output<"event.months">["months"];

export function steps(months: readonly Pick<Months[number], "month" | "until" | "whole">[]): Step[] {
  return months.map(({ month: iso, until, whole }) => {
    const [year = 0, month = 0] = iso.split("-").map(Number);
    const name = `${month}/${year}`;
    return {
      month,
      year,
      open: !whole,
      name: whole ? name : t("chart_until", { month: name, day: day(until) }),
    };
  });
}

/** `Sự kiện theo tháng: tháng 6/2026 có 2, …, cao nhất 5 (tháng 9/2026)`: what somebody hears who does not see it. */
export function sentence(title: string, on: readonly Step[], values: readonly (number | null)[]): string {
  const said = (n: number) => {
    const value = values[n] ?? null;
    return value === null ? t("chart_unknown") : number(value);
  };
  const highest = [...written(values, false, values.length)][0] ?? 0;
  const name = (n: number) => on[n]?.name ?? "";
  return t("chart_sentence", {
    title,
    first: said(0),
    first_month: name(0),
    last: said(on.length - 1),
    last_month: name(on.length - 1),
    most: said(highest),
    most_month: name(highest),
  });
}
