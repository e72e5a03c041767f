//! A small phone, its letters doubled: nothing is lost, and every target can be hit with a thumb.
import { type Browser, expect } from "@playwright/test";
import { layoutProblems } from "./look/layout.ts";
import { test } from "./look/lived.ts";
import { goAndWait, memberPlaces, officePlaces, type Place } from "./look/places.ts";
import { open, PHONE, SMALL } from "./look/window.ts";
import type { Person } from "./world/person.ts";

test.describe.configure({ mode: "parallel" });

async function check(browser: Browser, person: Person, places: Place[]) {
  const found: string[] = [];
  for (const [size, text] of [
    [SMALL, "max"],
    [SMALL, "normal"],
    [PHONE, "largest"],
  ] as const) {
    const { page, watch, close } = await open(browser, person, { size, text });
    for (const place of places) {
      await goAndWait(page, place);
      for (const problem of await layoutProblems(page))
        found.push(`${place.name} (${size.width}, ${text}): ${problem}`);
      await page.keyboard.press("Escape");
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
}

test("the member's pages keep everything in sight", async ({ browser, lived: world }) => {
  await check(browser, world.lan, memberPlaces(world));
});

test("so do the office's on a phone", async ({ browser, lived: world }) => {
  await check(browser, world.office, officePlaces(world));
});
