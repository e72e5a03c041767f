//! A page that nobody touches asks for nothing: a phone in a pocket keeps its battery.
import { type Browser, expect } from "@playwright/test";
import { test } from "./look/lived.ts";
import { goAndWait, memberPlaces, officePlaces, type Place } from "./look/places.ts";
import { DESK, open, PHONE } from "./look/window.ts";
import type { Person } from "./world/person.ts";

/** How long each page is left alone. */
const ALONE_MS = 500;
/** Pages that follow a thing under way ask now and then; one that asks without end asked 48 times. */
const MOST = 12;
/** An exchange that falls into one of these times asks too, and then it is over: a page comes to rest. */
const TIMES = 8;

async function check(browser: Browser, person: Person, places: Place[], size: typeof PHONE) {
  const found: string[] = [];
  const { page, watch, close } = await open(browser, person, { size });
  let calls = 0;
  page.on("request", (request) => (calls += Number(new URL(request.url()).pathname === "/call")));
  for (const place of places) {
    await goAndWait(page, place);
    // What a page asks for late, behind its first picture, is let through.
    await page.waitForTimeout(ALONE_MS);
    const asked: number[] = [];
    do {
      calls = 0;
      await page.waitForTimeout(ALONE_MS);
      asked.push(calls);
    } while (calls > MOST && asked.length < TIMES);
    if (calls > MOST) found.push(`${place.name}: ${asked.join(", ")} calls in ${ALONE_MS} ms each`);
    await page.keyboard.press("Escape");
  }
  watch.calm();
  await close();
  expect(found).toEqual([]);
}

test("the member's pages are quiet", async ({ browser, lived: world }) => {
  await check(browser, world.lan, memberPlaces(world), PHONE);
});

test("so are the office's", async ({ browser, lived: world }) => {
  await check(browser, world.office, officePlaces(world), DESK);
});
