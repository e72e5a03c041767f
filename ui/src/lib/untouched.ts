//! Whether somebody has begun to use a page: what comes late must not move it under their thumb or their eyes.
const BY = ["keydown", "pointerdown", "touchstart", "wheel"] as const;

/** Listens from now on; the answer tells whether nothing was pressed, touched or rolled since. */
export function untouched(): () => boolean {
  const listening = new AbortController();
  for (const how of BY)
    addEventListener(how, () => listening.abort(), {
      capture: true,
      passive: true,
      signal: listening.signal,
    });
  return () => !listening.signal.aborted;
}
