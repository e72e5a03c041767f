//! What is due is planned ahead with the phone, which tells it in the morning: counts only, for a locked phone shows it.
import { call } from "./app";
import { phone } from "./phone.svelte";
import { settings } from "./settings.svelte";
import { t } from "./words.svelte";

const plan = (on: boolean, ask: boolean) =>
  call("reminder.set", {
    on,
    ask,
    one: t("remind_one_thing"),
    many: t("remind_things", { count: "{count}" }),
  });

/** Switches them; the phone asks its owner when it must. Throws what the phone refused with. */
export async function setReminders(on: boolean): Promise<void> {
  await plan(on, true);
  settings.remind = on;
  await phone.look();
}

/** Plans anew when the profile was opened, and when the phone is put away: then the day's work is done. */
export function followReminders(): () => void {
  const again = () => {
    if (!settings.remind || phone.parts.reminders !== "on") return;
    // A plan that is not renewed is told late, and nothing is lost: the next one comes when the app is put away again.
    plan(true, false).catch(() => undefined);
  };
  const away = () => document.hidden && again();
  again();
  document.addEventListener("visibilitychange", away);
  return () => document.removeEventListener("visibilitychange", away);
}
