//! Whose app this is and whether it is open: what the first screen and every head line ask.
import { call, CallError, onChanged, type Output } from "./app";

export type Profile = Output<"profile.state">;
let state = $state.raw<Profile | null>(null);
let gone = $state(false);

export const profile = {
  get state() {
    return state;
  },
  /** True when the program behind the page does not answer. */
  get gone() {
    return gone;
  },
  get staff() {
    return state?.roles.some((role) => role === "staff" || role === "admin" || role === "leader") ?? false;
  },
  async look(): Promise<void> {
    try {
      state = await call("profile.state", {});
      gone = false;
    } catch (error) {
      gone = !(error instanceof CallError) || ["app_gone", "wrong_token"].includes(error.code);
    }
  },
  async lock(): Promise<void> {
    await call("profile.lock", {});
    await profile.look();
  },
};

/** A lock asked for elsewhere, or by revocation, shows at once; so do new rights and names. */
onChanged((changed) => {
  if (["profile", "sync", "member", "team", "unit"].some((kind) => changed.kinds.includes(kind)))
    void profile.look();
});

/** Minutes without a touch after which the profile locks itself. */
const IDLE_MS = 5 * 60_000;

/** Locks after a while of nobody there. Called once. */
export function lockWhenIdle(): void {
  let last = Date.now();
  const stir = () => (last = Date.now());
  for (const name of ["pointerdown", "keydown", "scroll"]) addEventListener(name, stir, { passive: true });
  const check = () => {
    if (state?.state === "unlocked" && Date.now() - last > IDLE_MS) void profile.lock();
  };
  setInterval(check, 10_000);
  document.addEventListener("visibilitychange", () => !document.hidden && check());
}
