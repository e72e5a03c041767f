//! What households, people and material are called that an event names; each is asked for once.
import { call } from "../../lib/app";
import { t } from "../../lib/words.svelte";

export class Titles {
  #held = $state.raw<Record<string, string>>({});

  of = (id: string | null): string => (id === null ? "" : (this.#held[id] ?? ""));
  put(id: string, title: string): void {
    this.#held = { ...this.#held, [id]: title };
  }
  async want(ids: readonly (string | null)[], again = false): Promise<void> {
    const asked = ids.filter(
      (id, n) => ids.indexOf(id) === n && id !== null && (again || this.#held[id] === undefined),
    );
    const found = await Promise.all(
      asked.map(async (id) => {
        const record = await call("record.get", { id: id ?? "" }).catch(() => null);
        return [id, record?.title ?? t("not_here")] as const;
      }),
    );
    if (found.length > 0) this.#held = { ...this.#held, ...Object.fromEntries(found) };
  }
}
