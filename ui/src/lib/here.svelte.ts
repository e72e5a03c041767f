//! Where the person stands, for whoever switched it on: rounded to about 100 m before anything else here sees it, held in
//! memory only, never in an address and never on its way anywhere but into a household's own field.
import { settings } from "./settings.svelte";

/** As the app writes a place: thousandths of a degree, latitude first. */
const rounded = ({ latitude, longitude }: GeolocationCoordinates): string =>
  `${latitude.toFixed(3)},${longitude.toFixed(3)}`;
/** A place found a moment ago is good enough between two doors. */
const FRESH_MS = 60_000;
const PATIENCE_MS = 20_000;

export type Lost = "denied" | "none";
export type Found = { at: string } | { lost: Lost };

/** Asks the device once; the first time its own question comes up. */
export function whereIAm(): Promise<Found> {
  return new Promise((answer) => {
    if (!settings.gps || !("geolocation" in navigator)) return answer({ lost: "none" });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => answer({ at: rounded(coords) }),
      ({ code, PERMISSION_DENIED }) => answer({ lost: code === PERMISSION_DENIED ? "denied" : "none" }),
      { maximumAge: FRESH_MS, timeout: PATIENCE_MS, enableHighAccuracy: false },
    );
  });
}

/** A place looked for once, and what came of it. */
export class Here {
  at = $state.raw<string | null>(null);
  lost = $state.raw<Lost | null>(null);
  looking = $state(false);

  async look(): Promise<string | null> {
    this.looking = true;
    this.lost = null;
    const found = await whereIAm();
    this.looking = false;
    if ("at" in found) this.at = found.at;
    else this.lost = found.lost;
    return this.at;
  }
  forget(): void {
    this.at = null;
    this.lost = null;
  }
}
