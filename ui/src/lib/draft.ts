//! What stands in a form is kept on every change, in the sealed store: a killed app opens the form again.
import { call } from "./app";

/** Typing settles this long before it is written; leaving the page writes at once. */
const SETTLE_MS = 250;
const pending = new Map<string, { form: unknown; timer: ReturnType<typeof setTimeout> }>();

/** What is still being asked for a form. Two requests may overtake each other: the next one begins after it. */
const asked = new Map<string, Promise<unknown>>();

function inTurn<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const answer = (asked.get(key) ?? Promise.resolve()).then(ask, ask);
  asked.set(key, answer);
  const over = () => asked.get(key) === answer && asked.delete(key);
  answer.then(over, over);
  return answer;
}

/** What waits for a form, which does not wait any longer. */
function take(key: string): { form: unknown } | undefined {
  const waiting = pending.get(key);
  clearTimeout(waiting?.timer);
  pending.delete(key);
  return waiting;
}

async function write(key: string): Promise<void> {
  const waiting = take(key);
  if (waiting) await inTurn(key, () => call("draft.put", { key, form: waiting.form }));
}

/** The page may be gone before its turn comes: what waits is sent at once. */
function flush(): void {
  for (const key of [...pending.keys()])
    void call("draft.put", { key, form: take(key)?.form }).catch(() => undefined);
}
addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => document.hidden && flush());

export const draft = {
  /** Keeps the form under `kind/<screen>/<record or new>`. */
  keep(key: string, form: unknown): void {
    clearTimeout(pending.get(key)?.timer);
    const timer = setTimeout(() => void write(key).catch(() => undefined), SETTLE_MS);
    pending.set(key, { form: structuredClone(form), timer });
  },
  /** What stood there, if anything. */
  async find<T>(key: string): Promise<{ form: T; at: number } | null> {
    await write(key);
    const kept = await inTurn(key, () => call("draft.get", { key }));
    return kept.form === null || kept.at == null ? null : { form: kept.form as T, at: kept.at };
  },
  /** Writes what waits, for a step that leaves the page. */
  settle: write,
  /** Forgets it, after the record was saved or the person threw it away. */
  async drop(key: string): Promise<void> {
    take(key);
    await inTurn(key, () => call("draft.drop", { key }));
  },
};
