//! What a scroll asks for, done after the frame that shows it: the page is scrolled by another thread already, and a slow
//! phone's next touch waits for two short pieces of work and not for one long one.

/** Holds back the window's scroll events until their frame is on the screen, the newest of them only; the answer ends it. */
export function scrollAfterFrame(): () => void {
  const listening = new AbortController();
  let waiting = false;
  const put = (event: Event) => {
    // What the app itself says about a scroll is meant for now.
    if (!event.isTrusted || event.target !== document) return;
    event.stopImmediatePropagation();
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (!listening.signal.aborted) dispatchEvent(new Event("scroll"));
    });
  };
  addEventListener("scroll", put, { capture: true, signal: listening.signal });
  return () => listening.abort();
}
