//! A page that shows records looks at them when it opens, and again when they change.
import { untrack } from "svelte";
import { type Changed, onChanged } from "./app";

/**
 * Calls `look` now, again when what `of` names is another, and after every change of `kinds` (of any, without) as long
 * as the effect it is called in lives. One look at a time: changes meanwhile bring one more look after it, so that an
 * older answer never covers a newer one.
 *
 * What `look` reads makes nobody look again: pages write what they read, and would ask without end.
 */
export function follow(
  look: () => Promise<unknown>,
  kinds?: readonly string[],
  of: () => unknown = () => null,
): void {
  let busy = false;
  let again = false;
  async function one(): Promise<void> {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        await look();
      } while (again);
    } finally {
      busy = false;
    }
  }
  const wanted = (changed: Changed) => !kinds || kinds.some((kind) => changed.kinds.includes(kind));
  $effect(() => {
    void of();
    void untrack(one);
    return onChanged((changed) => {
      if (wanted(changed)) void one();
    });
  });
}
