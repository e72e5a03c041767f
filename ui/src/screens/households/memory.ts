//! What the list stood at, so that coming back from a household finds it there. Never in the address: a name typed into
//! the search is personal, and browsers keep addresses.
import { onChanged } from "../../lib/app";

export const memory = {
  text: "",
  /** Name carried over to a new household. */
  name: "",
  /** How far the list was read and scrolled, for the address and text they held for. */
  place: { of: "", rows: 0, y: 0 },
};

/** Another person may open the app next: the words are forgotten when it is locked. */
onChanged((changed) => {
  if (!changed.kinds.includes("profile")) return;
  memory.text = "";
  memory.name = "";
  memory.place = { of: "", rows: 0, y: 0 };
});
