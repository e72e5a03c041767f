//! What stands in a form is kept on every change, in the sealed store: a killed app opens the form again.
import { call } from "./app";

/** Typing settles this long before it is written; leaving the page writes at once. */
const SETTLE_MS = 250;
const pending = new Map<string, { form: unknown; timer: ReturnType<typeof setTimeout> }>();

async function write(key: string): Promise<void> {
  const waiting = pending.get(key);
  if (!waiting) return;
  clearTimeout(waiting.timer);
  pending.delete(key);
  await call("draft.put", { key, form: waiting.form });
}

function flush(): void {
  for (const key of [...pending.keys()]) void write(key).catch(() => undefined);
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
    const kept = await call("draft.get", { key });
    return kept.form === null || kept.at == null ? null : { form: kept.form as T, at: kept.at };
  },
  /** Writes what waits, for a step that leaves the page. */
  settle: write,
  /** Forgets it, after the record was saved or the person threw it away. */
  async drop(key: string): Promise<void> {
    clearTimeout(pending.get(key)?.timer);
    pending.delete(key);
    await call("draft.drop", { key });
  },
};
