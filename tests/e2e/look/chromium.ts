import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The system's own Chromium: `CHROMIUM`, or the first one on `PATH`. Playwright downloads none. */
export function chromium(): string {
  const named = process.env["CHROMIUM"];
  if (named) return named;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error("no Chromium: install the package `chromium`, or name one in CHROMIUM");
}
