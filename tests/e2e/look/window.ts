//! A person's window: a fresh browser on their app, as large as what they hold in the hand.
import type { Browser, Page } from "@playwright/test";
import type { Person } from "../world/person.ts";
import { Watch } from "./watch.ts";

export const PHONE = { width: 390, height: 844 };
export const SMALL = { width: 360, height: 720 };
export const DESK = { width: 1440, height: 900 };

interface Wishes {
  size?: { width: number; height: number };
  language?: "vi" | "en";
  theme?: "auto" | "light" | "dark";
  text?: "normal" | "large" | "largest" | "max";
}

export interface Window {
  page: Page;
  watch: Watch;
  close(): Promise<void>;
}

export async function open(browser: Browser, person: Person, wishes: Wishes = {}): Promise<Window> {
  const size = wishes.size ?? PHONE;
  const phone = size.width < 900;
  const context = await browser.newContext({
    viewport: size,
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: "reduce",
  });
  const chosen = {
    language: wishes.language ?? "vi",
    theme: wishes.theme ?? "auto",
    text: wishes.text ?? "normal",
    address: null,
  };
  await context.addInitScript((settings) => {
    if (!localStorage.getItem("settings")) localStorage.setItem("settings", JSON.stringify(settings));
  }, chosen);
  const page = await context.newPage();
  const watch = new Watch(page, person.url);
  await page.goto(person.link);
  return { page, watch, close: () => context.close() };
}

/** Goes to a page of the app without loading it anew, as a link does; the page before is gone when it answers. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate(async (hash) => {
    if (location.hash === hash) return;
    const gone = new Promise((told) => addEventListener("hashchange", told, { once: true }));
    location.hash = hash;
    await gone;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  }, address);
}

/** Types the PIN on the keypad. */
export async function unlock(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await page.getByRole("button", { name: digit, exact: true }).click();
}
