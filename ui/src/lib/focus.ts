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

/** The person works by keyboard now: what has the focus matters to them, and no keys of a phone's screen pop up by it. */
let keys = false;
export const byKeys = (): boolean => keys;

/** Whether nothing has the focus: what had it is gone, or may not be pushed now. */
const lost = (): boolean => document.activeElement === null || document.activeElement === document.body;

/** Back to where it was before, or to the title when that is gone; nothing when it has a place already. */
export async function focusAgain(before: Element | null): Promise<void> {
  await tick();
  if (!lost()) return;
  if (before instanceof HTMLElement && before.isConnected) before.focus();
  if (lost()) document.querySelector<HTMLElement>("h1")?.focus();
}

/** To the first of these fields that is shown, when they came by a key. */
export async function focusField(names: readonly string[]): Promise<void> {
  await tick();
  if (!keys) return;
  const fields = names.map((name) => document.querySelector(`[data-field="${name}"]`));
  fields
    .find((field) => field !== null)
    ?.querySelector<HTMLElement>("input, textarea, button")
    ?.focus();
}

/** How long a button may stay barred by the work it began before the title has the focus, until it is free again. */
const PATIENCE_MS = 1000;

/**
 * Nobody who works without a mouse is left nowhere. A button that may not be pushed while its work goes on has the focus
 * again afterwards; when what had it went away, the open question has it, or the title of the page. Whoever moves the
 * focus by purpose is quicker: this looks one frame later.
 */
export function keepFocus(): void {
  let last: HTMLElement | null = null;
  let asked = false;
  /** What was barred for too long: it has the focus again when it is free, if the title has it still. */
  let barredLong: HTMLElement | null = null;
  const waits = () => barredLong !== null && document.activeElement?.tagName === "H1";
  const look = (patient: boolean) => {
    if (!keys || last === null || !lost()) return;
    const barred = last.matches(":disabled");
    if (last.isConnected && barred && patient) return;
    const free = last.isConnected && !barred ? last : null;
    const sheet = document.querySelector("dialog[open] :is(button, input)");
    barredLong = last.isConnected && barred ? last : null;
    (free ?? (sheet as HTMLElement | null) ?? document.querySelector("h1"))?.focus({ preventScroll: true });
  };
  const giveBack = () => {
    if (!waits() || barredLong?.matches(":disabled")) return;
    if (barredLong?.isConnected) barredLong.focus({ preventScroll: true });
    barredLong = null;
  };
  addEventListener("focusin", ({ target }) => {
    last = target as HTMLElement;
    if (last.tagName !== "H1") barredLong = null;
  });
  addEventListener("focusout", ({ target, relatedTarget }) => {
    const left = target as HTMLElement;
    if (relatedTarget !== null) return;
    // A browser may tell it a moment before the element goes.
    queueMicrotask(() => {
      if (last !== left || !left.isConnected) return;
      if (left.matches(":disabled")) setTimeout(look, PATIENCE_MS, false);
      // By purpose: by Esc out of a search, or for another window.
      else last = null;
    });
  });
  const watch = new MutationObserver(() => {
    if (asked || !keys || last === null || !(lost() || waits())) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      look(true);
      giveBack();
    });
  });
  const begin = () => {
    keys = true;
    watch.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["disabled"],
    });
  };
  // Whoever works by touch pays nothing for it.
  const end = () => {
    keys = false;
    watch.disconnect();
  };
  addEventListener("keydown", () => keys || begin(), true);
  addEventListener("pointerdown", end, true);
}
