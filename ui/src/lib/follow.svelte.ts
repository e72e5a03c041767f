//! A page that shows records looks at them when it opens, and again when they change.
import { untrack } from "svelte";
import { type Changed, onChanged } from "./app";
import { oneByOne } from "./oneByOne";

/**
 * Calls `look` now, again when what `of` names is another, and after every change of `kinds` (of any, without) as long
 * as the effect it is called in lives. One look at a time: changes meanwhile bring one more look after it, so that an
 * older answer never covers a newer one.
 *
 * Gives the way for the page itself to look again, which keeps to the same order; it ends with a look that began after
 * it was asked for.
 *
 * What `look` reads makes nobody look again: pages write what they read, and would ask without end.
 */
export function follow(
  look: () => Promise<unknown>,
  kinds?: readonly string[],
  of: () => unknown = () => null,
): () => Promise<void> {
  const again = oneByOne(look);
  const wanted = (changed: Changed) => !kinds || kinds.some((kind) => changed.kinds.includes(kind));
  $effect(() => {
    void of();
    void untrack(again);
    return onChanged((changed) => {
      if (wanted(changed)) void again();
    });
  });
  return again;
}
