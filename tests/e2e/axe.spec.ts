//! Every page, with data in it, in both languages and both themes: no rule of axe is broken.
import { type Browser, expect } from "@playwright/test";
import { axeProblems } from "./look/axe.ts";
import { test } from "./look/lived.ts";
import { goAndWait, memberPlaces, officePlaces, type Place } from "./look/places.ts";
import { DESK, open, PHONE } from "./look/window.ts";
import type { Person } from "./world/person.ts";

/** Pages in their full length: no bar that stays at the edge lies over what could be scrolled out from under it. */
const LONG = 4000;

// What is looked at is told by the found problems; a trace of it would double the time.
test.use({ trace: "off" });
test.describe.configure({ mode: "parallel" });
const LANGUAGES = ["vi", "en"] as const;
type Language = (typeof LANGUAGES)[number];

async function check(
  browser: Browser,
  person: Person,
  places: Place[],
  size: typeof PHONE,
  languages: readonly Language[] = LANGUAGES,
) {
  const found: string[] = [];
  for (const language of languages) {
    const { page, watch, close } = await open(browser, person, { size: { ...size, height: LONG }, language });
    for (const place of places) {
      await goAndWait(page, place);
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await expect(page.locator(`html[data-theme=${theme}]`)).toHaveCount(1);
        for (const problem of await axeProblems(page))
          found.push(`${place.name} (${language}, ${theme}): ${problem}`);
      }
      await page.keyboard.press("Escape");
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
}

for (const language of LANGUAGES) {
  test(`the member's pages, ${language}`, async ({ browser, lived: world }) => {
    await check(browser, world.lan, memberPlaces(world), PHONE, [language]);
  });

  test(`the office's pages, ${language}`, async ({ browser, lived: world }) => {
    await check(browser, world.office, officePlaces(world), DESK, [language]);
  });
}

test("the locked door, and the door of a device that nobody knows yet", async ({ browser, lived: world }) => {
  const stranger = world.person("mới", "246802");
  await stranger.start(false);
  await world.pao.call("profile.lock");
  const enrol = ["#/", "#/enrol/scan", "#/enrol/hand"];
  await check(
    browser,
    stranger,
    enrol.map((address) => ({ name: address, address })),
    PHONE,
  );
  await check(browser, world.pao, [{ name: "mở khóa", address: "#/" }], PHONE);
  await world.pao.call("profile.unlock", { pin: world.pao.pin });
});
