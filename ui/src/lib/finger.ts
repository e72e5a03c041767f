//! What the phone's own sheet says when it asks for a finger.
import { t } from "./words.svelte";

export const fingerWords = () => ({
  title: t("finger_title"),
  reason: t("finger_reason"),
  cancel: t("finger_cancel"),
});
