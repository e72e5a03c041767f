//! Turning this device to another person, or to practice. The page begins anew: nothing of who was here before stays in it.
import { call } from "./app";
import { keepSettingsOf, takeSettingsOf } from "./settings.svelte";

const current = async (): Promise<string> =>
  (await call("profile.list", {})).find((one) => one.current)?.id ?? "";

async function turn(ask: () => Promise<unknown>): Promise<void> {
  keepSettingsOf(await current());
  await ask();
  takeSettingsOf(await current());
  history.replaceState(null, "", "#/");
  location.reload();
}

/** To one of `profile.list`. */
export const turnTo = (id: string) => turn(() => call("profile.choose", { id }));
/** To somebody who enrols next. */
export const makeRoom = () => turn(() => call("profile.add", {}));
/** To the invented commune; who practises keeps how the app looks. */
export async function practise(): Promise<void> {
  await call("practice.start", {});
  history.replaceState(null, "", "#/");
  location.reload();
}
/** Out of it, to the lock of who was here before. */
export async function endPractice(): Promise<void> {
  await call("profile.lock", {});
  history.replaceState(null, "", "#/");
  location.reload();
}
