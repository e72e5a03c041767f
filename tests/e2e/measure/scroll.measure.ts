//! How smooth a list of 10,000 households is on a slow phone: it is opened, scrolled by touch and by wheel, searched.
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { type Browser, type CDPSession, expect, type Page, test } from "@playwright/test";
import { settled } from "../look/places.ts";
import { goTo, open } from "../look/window.ts";
import type { Person } from "../world/person.ts";
import { World } from "../world/world.ts";
import { LONG_MS, profile, type Tasks, trace } from "./tasks.ts";

const HOUSEHOLDS = Number(process.env["HOUSEHOLDS"] ?? 10_000);
/** How much slower than this machine the phone's processor is. */
const SLOWER = 4;
const TYPED = "chia 77";

const SURNAMES = [
  "Vàng A",
  "Giàng Thị",
  "Lò Văn",
  "Quàng Thị",
  "Sùng A",
  "Mùa Thị",
  "Hạng A",
  "Cà Văn",
  "Lường Thị",
];
const GIVEN = ["Chía", "Dợ", "Pâng", "Xuân", "Páo", "Mẩy", "Thoong", "Ún", "Súa", "Hặc", "Tủa"];
const CLUSTERS = ["Cụm Huồi Lả", "Cụm Đầu Nương", "Cụm Pá Khôm", "Cụm Nà Hin Trong", "Cụm Bến Đò"];
const of = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

/** All of it on Lan's phone, and at the commune: what waits would be sent while the list is looked at. */
async function fill(world: World): Promise<void> {
  const [team = ""] = world.teams;
  const one = (n: number) =>
    world.lan.make(team, "household", {
      head_name: `${of(SURNAMES, n)} ${of(GIVEN, Math.floor(n / SURNAMES.length))} ${n}`,
      village: world.villages[0],
      cluster: of(CLUSTERS, n),
      people: 2 + (n % 6),
      consent: "dong_y",
      ...(n % 3 === 0 ? { address: "Đầu dốc, sau nhà văn hóa" } : {}),
    });
  let next = 0;
  const hands = Array.from({ length: 4 }, async () => {
    while (next < HOUSEHOLDS) await one((next += 1));
  });
  await Promise.all(hands);
  await world.lan.sync();
}

interface Typed {
  /** From the last letter to the results drawn. */
  result_ms: number;
  /** From each letter to the next frame drawn, the slowest. */
  letter_ms: number;
}
interface Watched {
  long: number[];
  letters: number[];
  shown: number | null;
}
declare global {
  interface Window {
    watched: Watched;
  }
}

/** What the page itself notices: tasks its observer calls long. */
async function watchPage(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched: Watched = { long: [], letters: [], shown: null };
    window.watched = watched;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) watched.long.push(entry.duration);
    }).observe({ type: "longtask" });
  });
}

/** Frames after letters, and the first sight of the result. */
async function watchLetters(page: Page): Promise<void> {
  await page.evaluate((typed) => {
    const { watched } = window;
    const painted = (then: (at: number) => void) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => then(performance.now());
        port2.postMessage(null);
      });
    let last = 0;
    addEventListener(
      "input",
      (event) => {
        last = event.timeStamp;
        painted((at) => watched.letters.push(at - event.timeStamp));
      },
      { capture: true },
    );
    const told = document.querySelector("p[aria-live=polite]");
    new MutationObserver(() => {
      if (told?.textContent?.includes(`“${typed}”`))
        painted((at) => (watched.shown ??= Math.max(1, at - last)));
    }).observe(told ?? document.body, { subtree: true, childList: true, characterData: true });
  }, TYPED);
}

async function longTasks(page: Page): Promise<{ longest_ms: number; over_50_ms: number }> {
  const long = await page.evaluate(() => window.watched.long.splice(0));
  return { longest_ms: Math.round(Math.max(0, ...long)), over_50_ms: long.length };
}

/** A thumb's stroke over most of the screen, let go in full swing. */
async function swipe(phone: CDPSession, from: number, to: number): Promise<void> {
  const MOVES = 8;
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    phone.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x: 195, y }] });
  await touch("touchStart", from);
  for (let n = 1; n <= MOVES; n++) await touch("touchMove", from + ((to - from) * n) / MOVES);
  await touch("touchEnd");
}
const wheel = (phone: CDPSession, distance: number, speed: number) =>
  phone.send("Input.synthesizeScrollGesture", {
    x: 195,
    y: 400,
    yDistance: distance,
    speed,
    gestureSourceType: "mouse",
  });

/** Waits in the page itself: to ask for roles and names from outside would be work of its own. */
const until = (page: Page, shows: () => boolean) =>
  page.waitForFunction(shows, undefined, { polling: "raf" });
const rows = () => document.querySelector("[aria-posinset]") !== null;

async function typeLetters(page: Page): Promise<Typed> {
  await page.keyboard.type(TYPED, { delay: 90 });
  await until(page, () => window.watched.shown !== null);
  const { shown, letters } = await page.evaluate(() => window.watched);
  return { result_ms: Math.round(shown ?? 0), letter_ms: Math.round(Math.max(...letters)) };
}

/** How fast the page's thread is just now: a fixed piece of work, the best of five, slowed down like all else. */
const calibrate = (page: Page) =>
  page.evaluate(() => {
    const once = () => {
      const begun = performance.now();
      let sum = 0;
      for (let n = 0; n < 2e7; n++) sum = (sum + n * 7) % 1_000_003;
      return performance.now() - begun + (sum < 0 ? 1 : 0);
    };
    return Math.round(Math.min(once(), once(), once(), once(), once()));
  });

async function size(
  page: Page,
): Promise<{ elements: number; rows: number; scroll_px: number; row_px: number[] }> {
  return page.evaluate(() => ({
    elements: document.querySelectorAll("*").length,
    rows: document.querySelectorAll("[aria-posinset]").length,
    scroll_px: document.documentElement.scrollHeight,
    row_px: [...document.querySelectorAll("[aria-posinset]")].map(
      (row) => row.getBoundingClientRect().height,
    ),
  }));
}

/** Says which functions took the time instead, best of screens that were built with `--minify false`. */
const PROFILE = process.env["PROFILE"] === "1";
/** Folders with screens as `npm run build` left them, to be measured instead of those inside the program. */
const SCREENS = process.env["UI"]?.split(",") ?? [undefined];
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html" };
async function withScreens(page: Page, { url: own, link }: Person, folder: string): Promise<void> {
  await page.route(new RegExp(`^${own}/(assets/.*)?(\\?.*)?$`), async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(folder, pathname === "/" ? "index.html" : pathname);
    const type = TYPES[extname(path)];
    // What the screens inside the program asked for last has other names.
    if (!type || !existsSync(path)) return route.fallback();
    const { "content-security-policy": policy = "" } =
      pathname === "/" ? (await route.fetch()).headers() : {};
    await route.fulfill({
      body: readFileSync(path),
      headers: { "content-type": type, ...(policy ? { "content-security-policy": policy } : {}) },
    });
  });
  // Away from the page that asks for the other screens.
  await page.goto(`${own}/favicon.svg`);
  await page.goto(link);
}

async function measure(browser: Browser, world: World, screens: string | undefined) {
  const { page, watch, close } = await open(browser, world.lan);
  if (screens) await withScreens(page, world.lan, screens);
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
  await settled(page);
  const phone = await page.context().newCDPSession(page);
  await watchPage(page);
  await phone.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const found: Record<string, Tasks & { loop_ms: number; observer: object; dom: object }> = {};
  const part = async (name: string, act: () => Promise<void>) => {
    if (PROFILE) return console.log(name, JSON.stringify(await profile(phone, act)));
    const loop_ms = await calibrate(page);
    // What was thrown away before is no part of it: the browser tidied it up at the beginning of one of them.
    await phone.send("HeapProfiler.collectGarbage");
    await longTasks(page);
    const tasks = await trace(browser, page, act);
    found[name] = { loop_ms, ...tasks, observer: await longTasks(page), dom: await size(page) };
  };
  await part("open", async () => {
    await goTo(page, "#/households");
    await until(page, rows);
  });
  await part("touch", async () => {
    for (let n = 0; n < 25; n++) await swipe(phone, 700, 150);
  });
  await part("wheel", async () => {
    await wheel(phone, -36_000, 6_000);
  });
  await part("back", async () => {
    for (let n = 0; n < 10; n++) await swipe(phone, 150, 700);
  });
  await page.evaluate(() => scrollTo(0, 0));
  await page.getByRole("searchbox").tap();
  await watchLetters(page);
  let typed: Typed | undefined;
  await part("search", async () => {
    typed = await typeLetters(page);
  });
  await part("cleared", async () => {
    for (const _ of TYPED) await page.keyboard.press("Backspace");
    await until(page, () =>
      /^[\d.]+ hộ$/.test(document.querySelector("p[aria-live=polite]")?.textContent ?? ""),
    );
  });
  watch.calm();
  await close();
  return { screens, households: HOUSEHOLDS, slower: SLOWER, long_ms: LONG_MS, typed, parts: found };
}

test("a list of ten thousand households under a thumb", async ({ browser }) => {
  const world = await World.begin();
  try {
    const begun = Date.now();
    await fill(world);
    console.error(`filled in ${Math.round((Date.now() - begun) / 1000)} s`);
    for (const screens of SCREENS) console.log(JSON.stringify(await measure(browser, world, screens)));
  } finally {
    await world.end();
  }
});
