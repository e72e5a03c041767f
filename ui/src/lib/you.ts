//! How the app speaks to the person who holds it: anh, chị, bác … as they chose, else "anh chị".
import { settings } from "./settings.svelte";
import { t } from "./words.svelte";

export const you = (): string => t(`you_${settings.address ?? "none"}`);
