import "./lib/door/token";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/surfaces.css";
import "./styles/table.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { keepFocus } from "./lib/focus";
import { followKeys } from "./lib/keys";
import { followLinks } from "./lib/route.svelte";
import { followSettings, settings } from "./lib/settings.svelte";
import { speak } from "./lib/words.svelte";

followSettings();
document.addEventListener("click", followLinks);
document.addEventListener("keydown", followKeys);
keepFocus();
const target = document.getElementById("app");
if (target) {
  // Vietnamese is here already; another language is waited for, so that no word jumps.
  void (settings.language === "vi" ? Promise.resolve() : speak(settings.language)).finally(() => {
    mount(App, { target });
    if (settings.language === "vi") void speak("vi");
  });
}
