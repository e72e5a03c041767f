//! What of a phone's own parts this device has; on a desktop and in a browser none.
import { call, type Output } from "./app";

type Parts = Output<"phone.state">;
let parts: Parts = $state.raw({ scanner: false, finger: "none", reminders: "none" });

export const phone = {
  get parts() {
    return parts;
  },
  /** Looks again: at the start, and after something was switched. */
  async look(): Promise<void> {
    try {
      parts = await call("phone.state", {});
    } catch {
      // Without an answer nothing of a phone is offered; who cannot be reached is told elsewhere.
    }
  },
};
