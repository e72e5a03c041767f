//! Every page, with data in it, in both languages and both themes: no rule of axe is broken.
import { type Browser, expect, test } from "@playwright/test";
import { axeProblems } from "./look/axe.ts";
import { goAndWait, memberPlaces, officePlaces, type Place } from "./look/places.ts";
import { DESK, open, PHONE } from "./look/window.ts";
import { leaveWaiting, live } from "./world/lived.ts";
import type { Person } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
test.beforeAll(async () => {
  world = await World.begin();
  await live(world);
});
test.afterAll(() => world?.end());

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

test("the member's pages", async ({ browser }) => {
  test.setTimeout(180_000);
  await leaveWaiting(world, world.lan);
  await check(browser, world.lan, memberPlaces(world), PHONE);
});

test("the office's pages", async ({ browser }) => {
  test.setTimeout(180_000);
  await check(browser, world.office, officePlaces(world), DESK);
});

test("the locked door, and the door of a device that nobody knows yet", async ({ browser }) => {
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
});
