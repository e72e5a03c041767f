//! Every page, with data in it, in both languages and both themes: no rule of axe is broken.
import { type Browser, expect } from "@playwright/test";
import { axeProblems } from "./look/axe.ts";
import { test } from "./look/lived.ts";
import { goAndWait, memberPlaces, officePlaces, type Place } from "./look/places.ts";
import { DESK, open, PHONE } from "./look/window.ts";
import type { Person } from "./world/person.ts";

async function check(browser: Browser, person: Person, places: Place[], size: typeof PHONE) {
  const found: string[] = [];
  for (const language of ["vi", "en"] as const) {
    const { page, watch, close } = await open(browser, person, { size, language });
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

test("the member's pages", async ({ browser, lived: world }) => {
  await check(browser, world.lan, memberPlaces(world), PHONE);
});

test("the office's pages", async ({ browser, lived: world }) => {
  await check(browser, world.office, officePlaces(world), DESK);
});

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
