//! One line after every save: what happened, and its undo. Stays eight seconds, longer while it has the focus.
export interface Toast {
  text: string;
  undo?: (() => Promise<void>) | undefined;
  tone?: "stop" | undefined;
}
const SHOWN_MS = 8000;

let shown = $state.raw<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get shown() {
    return shown;
  },
  /** Shows a line; the one before goes. */
  say(text: string, more: Omit<Toast, "text"> = {}) {
    shown = { text, ...more };
    toast.release();
  },
  hide() {
    clearTimeout(timer);
    shown = null;
  },
  /** While a person is on it, it stays. */
  hold: () => clearTimeout(timer),
  release() {
    clearTimeout(timer);
    timer = setTimeout(() => (shown = null), SHOWN_MS);
  },
};
