//! What a person chose for this device: language, look, size, how the app speaks to them. Nothing personal, so it may
//! stand outside the sealed store and hold before it is opened.
export type Language = "vi" | "en";
export type Theme = "auto" | "light" | "dark";
/** `auto` follows the size the system or the browser gives letters. */
export type TextSize = "auto" | "normal" | "large" | "largest" | "max";
export const ADDRESSES = ["anh", "chi", "bac", "co", "chu", "ong", "ba"] as const;
export type Address = (typeof ADDRESSES)[number];

interface Settings {
  language: Language;
  theme: Theme;
  text: TextSize;
  address: Address | null;
  /** Whether the app may ask the device where it is. */
  gps: boolean;
  /** Whether the phone tells in the morning what is due. */
  remind: boolean;
}
const KEY = "settings";

function kept(key: string): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Settings>;
  } catch {
    return {};
  }
}

export const settings: Settings = $state({
  language: "vi",
  theme: "auto",
  text: "auto",
  address: null,
  gps: false,
  remind: false,
  ...kept(KEY),
});

const OF = "settings/";
const FRESH: Omit<Settings, "language"> = {
  theme: "auto",
  text: "auto",
  address: null,
  gps: false,
  remind: false,
};

/** Puts what one person chose aside before another takes the device. */
export function keepSettingsOf(person: string): void {
  localStorage.setItem(OF + person, JSON.stringify(settings));
}

/** What that person chose; of somebody new only the language is known. */
export function takeSettingsOf(person: string): void {
  Object.assign(settings, FRESH, kept(OF + person));
  localStorage.setItem(KEY, JSON.stringify(settings));
}

/** How large the system's letters are: rows stack at their sizes as at the app's own. */
function systemSize(): TextSize {
  const probe = document.createElement("span");
  probe.className = "font-probe";
  document.body.append(probe);
  const pixels = parseFloat(getComputedStyle(probe).fontSize) || 16;
  probe.remove();
  if (pixels >= 28) return "max";
  if (pixels >= 21) return "largest";
  return pixels >= 18.5 ? "large" : "normal";
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** Keeps the page as chosen. Called once, in an effect root that lives as long as the page. */
export function followSettings(): void {
  const paint = () => {
    const chosen = settings.theme === "auto" ? (dark.matches ? "dark" : "light") : settings.theme;
    document.documentElement.dataset.theme = chosen;
    const auto = settings.text === "auto";
    document.documentElement.dataset.text = auto ? systemSize() : settings.text;
    document.documentElement.toggleAttribute("data-system-size", auto);
    document
      .querySelector('meta[name="theme-color"]')
      ?.setAttribute("content", chosen === "dark" ? "#1c274a" : "#22386f");
  };
  dark.addEventListener("change", paint);
  $effect.root(() => {
    $effect(() => {
      paint();
      localStorage.setItem(KEY, JSON.stringify(settings));
    });
  });
}
