//! What the list stood at, so that coming back from a household finds it there. Never in the address: a name typed into
//! the search is personal, and browsers keep addresses.
import type { WindowVirtualizerHandle } from "virtua/svelte";
import { onChanged } from "../../lib/app";

interface Place {
  of: string;
  rows: number;
  y: number;
  /** How tall the rows were, for those that are not drawn. */
  sizes?: ReturnType<WindowVirtualizerHandle["getCache"]> | undefined;
}
const TOP: Place = { of: "", rows: 0, y: 0 };

export const memory = {
  text: "",
  /** Name carried over to a new household. */
  name: "",
  /** How far the list was read and scrolled, for the address and text they held for. */
  place: { ...TOP },
};

/** Another person may open the app next: the words are forgotten when it is locked. */
onChanged((changed) => {
  if (!changed.kinds.includes("profile")) return;
  memory.text = "";
  memory.name = "";
  memory.place = { ...TOP };
});
