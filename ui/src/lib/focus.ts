//! Where the focus goes when the page changes under it, so that a screen reader tells what came.
import { tick } from "svelte";

/** To the title of the page: a step was taken, a save ended. */
export async function focusTitle(): Promise<void> {
  await tick();
  document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
}

/** To the first field that is wrong. */
export async function focusWrong(): Promise<void> {
  await tick();
  const field = document.querySelector<HTMLElement>(
    "[data-field]:has(.bad-line) :is(input, textarea, button)",
  );
  field?.focus();
  field?.scrollIntoView({ block: "center" });
}
