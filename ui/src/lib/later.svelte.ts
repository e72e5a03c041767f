//! Small pieces of drawing put off until the frame is on the screen, a few at a time: on a slow phone the next touch waits
//! for no more than one of them.
import { flushSync } from "svelte";

/** What one turn may take, in milliseconds; a piece that was begun is ended. */
const TURN_MS = 4;
let pieces: (() => void)[] = [];
/** The same twice: whoever asks to be drawn must not be asked again when all is drawn. */
let begun = false;
let waiting = $state(false);
let held = 0;
let atOnce = false;

function drawUntil(end: number) {
  try {
    while (pieces.length > 0 && performance.now() < end) flushSync(pieces.shift());
  } finally {
    // One that cannot be drawn keeps no other from it.
    if (pieces.length > 0) next();
    else begun = waiting = false;
  }
}
function turn() {
  if (performance.now() < held) return void next();
  drawUntil(performance.now() + TURN_MS);
}
/** After the next frame, so that what is there already is seen first. */
const next = () => requestAnimationFrame(() => setTimeout(turn));

export const later = {
  /** Draws it in its turn; what is answered takes it out again. */
  draw(piece: () => void): () => void {
    pieces.push(piece);
    if (!begun) {
      begun = waiting = true;
      next();
    }
    return () => void (pieces = pieces.filter((one) => one !== piece));
  },
  /** Draws nothing for that long: what flies past is gone before anybody reads it. */
  hold(ms: number): void {
    held = performance.now() + ms;
  },
  /** Whoever goes by Tab waits for nothing to be drawn: not until they touch or type again. */
  get atOnce() {
    return atOnce;
  },
  /** Whether anything is still to be drawn. */
  get waiting() {
    return waiting;
  },
};

// Tab goes from one thing to the next: what is to be drawn is there before it.
addEventListener(
  "keydown",
  ({ key }) => {
    if (key !== "Tab") return;
    atOnce = true;
    drawUntil(Infinity);
  },
  true,
);
const end = () => (atOnce = false);
addEventListener("pointerdown", end, true);
addEventListener("beforeinput", end, true);
