//! What a person's thumb does, counted in the browser itself: each tap, each key that writes no letter, each text field
//! that gets the focus.
import type { Page } from "@playwright/test";

interface Counted {
  taps: number;
  keys: number;
  fields: number;
  /** What was done, in words, for whoever reads a failed count. */
  steps: string[];
}

/** Begins to count, with nothing counted yet; the page must not be loaded anew meanwhile. */
export async function countTaps(page: Page): Promise<() => Promise<Counted & { all: number }>> {
  await page.evaluate(() => {
    const counted: Counted = { taps: 0, keys: 0, fields: 0, steps: [] };
    const name = (target: EventTarget | null): string => {
      const found = target instanceof Element ? target.closest("button, a, input, textarea, label") : null;
      return (found?.getAttribute("aria-label") ?? found?.textContent ?? "").trim().slice(0, 40);
    };
    const texts = "input:not([type=checkbox], [type=radio], [type=button]), textarea";
    Object.assign(window, { counted });
    const listen = (type: string, told: (event: Event) => void) =>
      addEventListener(type, (event) => event.isTrusted && told(event), { capture: true });
    listen("pointerdown", (event) => {
      counted.taps += 1;
      counted.steps.push(`tap ${name(event.target)}`);
    });
    listen("keydown", (event) => {
      if ((event as KeyboardEvent).key.length === 1) return;
      counted.keys += 1;
      counted.steps.push(`key ${(event as KeyboardEvent).key}`);
    });
    listen("focusin", (event) => {
      if (!(event.target instanceof Element && event.target.matches(texts))) return;
      counted.fields += 1;
      counted.steps.push(`field ${name(event.target)}`);
    });
  });
  return async () => {
    const counted = await page.evaluate(() => (window as unknown as { counted: Counted }).counted);
    return { ...counted, all: counted.taps + counted.keys + counted.fields };
  };
}
