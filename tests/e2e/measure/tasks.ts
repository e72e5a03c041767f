//! What the browser's main thread did: its tasks one by one from a trace, and what the long ones were busy with.
import type { Browser, CDPSession, Page } from "@playwright/test";

/** A task longer than this is felt: the next frame, the next touch waits for it. */
export const LONG_MS = 50;

interface Event {
  name: string;
  cat: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** Of it, what the thread ran: without what other programs of a shared machine took meanwhile. */
  tdur?: number;
  args: { name?: string; data?: { type?: string; functionName?: string; url?: string; lineNumber?: number } };
}
interface Span {
  what: string;
  from: number;
  to: number;
  /** What the thread ran of it. */
  ran: number;
}
export interface Tasks {
  tasks: number;
  longest_ms: number;
  over_50_ms: number;
  /** Time in tasks, of the time that was traced. */
  busy_ms: number;
  traced_ms: number;
  /** The longest ones, each with its own time by what it did. */
  longest: { at_ms: number; ms: number; of: Record<string, number> }[];
}

/** What each task was busy with costs time itself: asked for alone. */
const DETAIL = process.env["DETAIL"] === "1";

/** Traces while something is done. */
export async function trace(browser: Browser, page: Page, act: () => Promise<void>): Promise<Tasks> {
  await browser.startTracing(page, {
    categories: [
      "toplevel",
      ...(DETAIL ? ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8.execute", "v8"] : []),
    ],
  });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Event[] };
  return summed(traceEvents);
}

function summed(events: readonly Event[]): Tasks {
  const thread = mainThread(events);
  const here = events.filter((event) => event.ph === "X" && thread(event) && event.dur !== undefined);
  const span = (event: Event): Span => ({
    what: named(event),
    from: event.ts,
    to: event.ts + (event.dur ?? 0),
    ran: event.tdur ?? event.dur ?? 0,
  });
  const isTask = (event: Event) => event.name.endsWith("RunTask");
  const tasks = outermost(here.filter(isTask).map(span));
  const inner = here.filter((event) => !isTask(event)).map(span);
  const begun = Math.min(...here.map((event) => event.ts));
  const ended = Math.max(...here.map((event) => event.ts + (event.dur ?? 0)));
  const ms = (task: Span) => task.ran / 1000;
  const sorted = [...tasks].sort((a, b) => ms(b) - ms(a));
  const longest = sorted.slice(0, 8).map((task) => ({
    at_ms: round((task.from - begun) / 1000),
    ms: round(ms(task)),
    of: own(
      task,
      inner.filter((one) => one.from >= task.from && one.to <= task.to),
    ),
  }));
  return {
    tasks: tasks.length,
    longest_ms: longest[0]?.ms ?? 0,
    over_50_ms: tasks.filter((task) => ms(task) > LONG_MS).length,
    busy_ms: round(tasks.reduce((sum, task) => sum + ms(task), 0)),
    traced_ms: round((ended - begun) / 1000),
    longest,
  };
}

/** The renderer whose main thread did most: the page under measurement. */
function mainThread(events: readonly Event[]): (event: Event) => boolean {
  const busy = new Map<string, number>();
  const key = (event: Event) => `${event.pid}/${event.tid}`;
  const mains = new Set(
    events
      .filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain")
      .map((event) => key(event)),
  );
  for (const event of events)
    if (event.name.endsWith("RunTask") && mains.has(key(event)))
      busy.set(key(event), (busy.get(key(event)) ?? 0) + (event.dur ?? 0));
  const [most] = [...busy].sort((a, b) => b[1] - a[1]);
  if (!most) throw new Error("no main thread in the trace");
  return (event) => key(event) === most[0];
}

function named({ name, args }: Event): string {
  const { type, functionName, url, lineNumber } = args.data ?? {};
  if (name === "EventDispatch") return `event ${type}`;
  if (name === "FunctionCall")
    return `${name} ${functionName || "?"} ${url?.split("/").at(-1) ?? ""}:${lineNumber}`;
  return name;
}

/** Tasks run from inside a task are part of it. */
function outermost(spans: Span[]): Span[] {
  spans.sort((a, b) => a.from - b.from || b.to - a.to);
  let end = -1;
  return spans.filter((span) => span.from >= end && ((end = span.to), true));
}

/** Time of each sort of work that no work inside it took, in milliseconds, the most first. */
function own(task: Span, inside: Span[]): Record<string, number> {
  const took: Record<string, number> = {};
  const open: Span[] = [task];
  const add = (what: string, us: number) => (took[what] = (took[what] ?? 0) + us);
  add("(task)", task.ran);
  for (const span of inside.sort((a, b) => a.from - b.from || b.to - a.to)) {
    while (open.length > 1 && (open.at(-1)?.to ?? 0) <= span.from) open.pop();
    const around = open.length > 1 ? (open.at(-1)?.what ?? "") : "(task)";
    add(around, -span.ran);
    add(span.what, span.ran);
    open.push(span);
  }
  const most = Object.entries(took)
    .map(([what, us]) => [what, round(us / 1000)] as const)
    .filter(([, part]) => part >= 1)
    .sort((a, b) => b[1] - a[1]);
  return Object.fromEntries(most.slice(0, 8));
}
const round = (ms: number): number => Math.round(ms * 10) / 10;

/** The functions whose own lines ran longest while something is done, in milliseconds. */
export async function profile(page: CDPSession, act: () => Promise<void>): Promise<Record<string, number>> {
  await page.send("Profiler.enable");
  await page.send("Profiler.setSamplingInterval", { interval: 500 });
  await page.send("Profiler.start");
  await act();
  const { nodes, samples = [], timeDeltas = [] } = (await page.send("Profiler.stop")).profile;
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || "?"} ${url.split("/").at(-1)}:${lineNumber + 1}`,
    ]),
  );
  const took: Record<string, number> = {};
  for (const [n, id] of samples.entries()) {
    const name = names.get(id) ?? "?";
    took[name] = (took[name] ?? 0) + (timeDeltas[n] ?? 0) / 1000;
  }
  const most = Object.entries(took).sort((a, b) => b[1] - a[1]);
  return Object.fromEntries(most.slice(0, 30).map(([name, ms]) => [name, round(ms)]));
}
