//! The one door to Rust: `call` and `onChanged`, the same in the Tauri window and in a browser before `toso serve`.
import type { Calls } from "./generated/calls";
import { paced } from "./paced";

/** What a refused call answers; the words come in both languages (see `words.svelte.ts`). */
export class CallError extends Error {
  constructor(
    readonly code: string,
    readonly said: { message: string; hint: string; message_en: string; hint_en?: string },
    readonly detail: Record<string, unknown> = {},
    readonly saved: unknown = undefined,
  ) {
    super(code);
    this.name = "CallError";
  }
}

/** Records that changed here, by a save or by a sync; `ids` is empty when all of `kinds` may have changed. */
export interface Changed {
  kinds: string[];
  ids: string[];
}

export type Name = keyof Calls;
export type Input<N extends Name> = Calls[N]["input"];
export type Output<N extends Name> = Calls[N]["output"];

interface Door {
  call(name: string, input: unknown): Promise<unknown>;
  listen(tell: (changed: Changed) => void): () => void;
}

export const inWindow = "__TAURI_INTERNALS__" in window;
const door: Promise<Door> = inWindow
  ? import("./door/window").then((module) => module.windowDoor)
  : import("./door/browser").then((module) => module.browserDoor);

/** The hub is spoken to by one at a time: what is asked of it while an exchange runs waits this long for its turn. */
const TURN_MS = 15_000;
const AGAIN_MS = 300;

/** The same with a mark for each half of a letter, which JSON cannot carry to Rust. */
function whole(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(whole);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key.toWellFormed(), whole(held)]));
}

/** Asks the app. Throws `CallError`. */
export async function call<N extends Name>(name: N, asked: Input<N>): Promise<Output<N>> {
  const input = whole(asked);
  const began = Date.now();
  for (;;) {
    try {
      return (await (await door).call(name, input)) as Output<N>;
    } catch (error) {
      const waits = error instanceof CallError && error.code === "sync_running" && name !== "sync.run";
      if (!waits || Date.now() - began > TURN_MS) throw error;
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

/** How often an exchange under way is looked at. */
const STEP_MS = 400;
const listeners = new Set<(changed: Changed) => void>();
let listening = false;

/** Tells of every change until the returned function is called. */
export function onChanged(tell: (changed: Changed) => void): () => void {
  listeners.add(tell);
  if (!listening) {
    listening = true;
    const tell = (changed: Changed) => listeners.forEach((each) => each(changed));
    const step = paced(tell, STEP_MS);
    // Each step of an exchange is told by the app, and each is looked at by all who follow it; saves are told at once.
    const steps = ["sync", "file"];
    const isStep = ({ kinds, ids }: Changed) =>
      kinds.length === 1 && steps.includes(kinds[0] ?? "") && ids.length === 0;
    void door.then((d) => d.listen((changed) => (isStep(changed) ? step : tell)(changed)));
  }
  return () => listeners.delete(tell);
}

interface Refusal {
  code: string;
  message: string;
  hint: string;
  message_en: string;
  hint_en?: string;
  detail?: Record<string, unknown>;
  saved?: unknown;
}

/** Reads `{error: {…}}`, whatever brought it; anything else is the app's own failure. */
export function refusal(body: unknown): CallError {
  const error = (body as { error?: Refusal } | null)?.error;
  if (!error || typeof error.code !== "string") return own("internal");
  return new CallError(error.code, error, error.detail, error.saved);
}

/** An error this side of the door finds; its words are those of the registry. */
export function own(code: string): CallError {
  return new CallError(code, { message: "", hint: "", message_en: "" });
}
