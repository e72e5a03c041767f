//! One question at a time, so that an older answer never covers a newer one.

/**
 * Wraps `look`: while one runs, callers share one more look after it. The promise ends with a look that began after
 * the call, so what the caller had done before is in it. It throws what that look throws.
 */
export function oneByOne(look: () => Promise<unknown>): () => Promise<void> {
  let now: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  function begin(): Promise<void> {
    const one = (async () => {
      try {
        await look();
      } finally {
        now = null;
      }
    })();
    now = one;
    return one;
  }
  return () => {
    // One that waits for its turn has not asked yet: whoever comes now is in time for it.
    if (next) return next;
    if (!now) return begin();
    next = now
      .catch(() => undefined)
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
}
