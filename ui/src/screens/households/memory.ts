//! What the list stood at, so that coming back from a household finds it there. Never in the address: a name typed into
//! the search is personal, and browsers keep addresses.
export const memory = {
  text: "",
  /** Name carried over to a new household. */
  name: "",
  /** How far the list was read and scrolled, for the address and text they held for. */
  place: { of: "", rows: 0, y: 0 },
};

/** Forgets the words, when another person may open the app. */
export function forget(): void {
  memory.text = "";
  memory.name = "";
}
