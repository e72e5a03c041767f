//! One line after every save: what happened, and its undo. Stays eight seconds, longer while it has the focus.
export interface Toast {
  text: string;
  undo?: (() => Promise<void>) | undefined;
  tone?: "stop" | undefined;
}
const SHOWN_MS = 8000;

let shown = $state.raw<Toast | null>(null);
/** The page it was said on. */
let at = "";
const here = () => location.hash.split("?")[0] ?? "";
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get shown() {
    return shown;
  },
  /** Shows a line; the one before goes. */
  say(text: string, more: Omit<Toast, "text"> = {}) {
    shown = { text, ...more };
    at = here();
    toast.release();
  },
  hide() {
    clearTimeout(timer);
    shown = null;
  },
  /** The save itself goes on to another page: what it says goes with it. */
  follow() {
    at = here();
  },
  /** Another page is gone to: a thumb on its way to the next answer must not find an undo under it. */
  leave() {
    if (shown && at !== here()) toast.hide();
  },
  /** While a person is on it, it stays. */
  hold: () => clearTimeout(timer),
  release() {
    clearTimeout(timer);
    timer = setTimeout(() => (shown = null), SHOWN_MS);
  },
};
