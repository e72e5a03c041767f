//! Answers that come late, as on a busy phone: nothing moves under a thumb, a key or the eyes.
import { expect, type Page, test } from "@playwright/test";
import { settled } from "./look/places.ts";
import { DESK, goTo, open } from "./look/window.ts";
import { answersLate, press } from "./steps.ts";
import { dayFrom, live } from "./world/lived.ts";
import { World } from "./world/world.ts";

let world: World;
test.beforeAll(async () => {
  world = await World.begin();
  await live(world);
});
test.afterAll(() => world?.end());

const LOW = { ...DESK, height: 600 };
const DOWN = 700;
const HALF_ROW = 50;
const A_LITTLE = 4;
const SLOW_FRAME_MS = 300;
const ROWS = 25;
const scrolled = (page: Page) => page.evaluate(() => Math.round(scrollY));

interface Place {
  row: string;
  /** Where it stands in the window, in pixels. */
  top: number;
}
const topOf = async (page: Page, row: string): Promise<number> => {
  const box = await page.getByRole("listitem").filter({ hasText: row }).boundingBox();
  return Math.round(box?.y ?? NaN);
};

/** Goes down the list and to one of its households; which one that was, and where it stood. */
async function goIn(page: Page): Promise<Place> {
  await goTo(page, "#/households");
  await settled(page);
  const told = page.evaluate(() => new Promise((done) => addEventListener("scroll", done, { once: true })));
  await page.mouse.move(LOW.width / 2, LOW.height / 2);
  await page.mouse.wheel(0, DOWN);
  await told;
  // A busy browser takes its time on the way; whoever presses before it is there presses on what moves.
  await expect.poll(() => scrolled(page)).toBeGreaterThanOrEqual(DOWN);
  // Rows are measured when they are drawn, and the list makes up for it.
  await expect(page.locator("[style*='pointer-events']")).toHaveCount(0);
  await settled(page);
  // A row that is in sight: a click on another one would scroll to it first.
  const rows = await page.getByRole("listitem").all();
  const tops = await Promise.all(rows.map(async (row) => (await row.boundingBox())?.y ?? 0));
  const chosen = rows[tops.findIndex((top) => top > LOW.height / 3)]!;
  // Which one, and where it stands when it is pressed: one under the button for a new household is scrolled from there first.
  const pressed = page.evaluate(
    () =>
      new Promise<{ row: string; top: number }>((done) => {
        const seen = ({ target }: Event) => {
          const row = (target as Element).closest("[aria-posinset]");
          const top = Math.round(row?.getBoundingClientRect().y ?? NaN);
          done({ row: row?.querySelector(".t")?.textContent ?? "no row was pressed", top });
        };
        addEventListener("click", seen, { once: true, capture: true });
      }),
  );
  await press(chosen.getByRole("link"));
  const { row, top } = await pressed;
  await expect(page.getByRole("button", { name: "Việc khác với hộ này" })).toBeVisible();
  await settled(page);
  return { row, top };
}

for (const text of ["normal", "largest"] as const)
  test(`the list stands where it was left, in ${text} letters`, async ({ browser }) => {
    const { page, watch, close } = await open(browser, world.lan, { size: LOW, text });
    const { row, top } = await goIn(page);
    await page.goBack();
    // A row that was flung past is measured when it is drawn: the others may move by what it was guessed wrong.
    await expect.poll(async () => Math.abs((await topOf(page, row)) - top)).toBeLessThan(HALF_ROW);
    watch.calm();
    await close();
  });

test("whoever presses a household while the list still moves a little goes to it", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan, { size: LOW });
  await goTo(page, "#/households");
  await settled(page);
  const place = await page.getByRole("listitem").first().getByRole("link").boundingBox();
  await page.mouse.move(place!.x + place!.width / 2, place!.y + place!.height / 2);
  await page.mouse.down();
  // As when a row above turns out taller than was thought, or the last turn of the wheel is told late.
  await page.evaluate((little) => {
    const told = new Promise((done) => addEventListener("scroll", done, { once: true }));
    scrollBy(0, little);
    return told.then(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }, A_LITTLE);
  await page.mouse.up();
  await expect(page.getByRole("button", { name: "Việc khác với hộ này" })).toBeVisible();
  watch.calm();
  await close();
});

test("a change that comes while the list is read leaves it where it was left", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan, { size: LOW });
  const { row, top } = await goIn(page);
  const late = await answersLate(page, "household.list", 1500);
  const asked = page.waitForRequest((request) => request.postDataJSON()?.name === "household.list");
  await page.goBack();
  await asked;
  const fields = { household: world.house["Lò Văn Pọm"], day: dayFrom(0), contact: "gap_thanh_vien" };
  await world.lan.make(world.teams[0] ?? "", "visit", { ...fields, topics: ["dvc"] });
  await late.answered();
  await expect.poll(async () => Math.abs((await topOf(page, row)) - top)).toBeLessThan(HALF_ROW);
  watch.calm();
  await close();
});

test("whoever is at the search when the households come late is left there", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan, { size: LOW });
  await goIn(page);
  const late = await answersLate(page, "household.list", 1500);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Hộ" })).toBeFocused();
  const search = page.getByRole("searchbox");
  do await page.keyboard.press("Tab");
  while (!(await search.evaluate((field) => field === document.activeElement)));
  const here = await scrolled(page);
  await expect(page.getByRole("listitem")).toHaveCount(0);
  await late.answered();
  await expect(page.getByRole("listitem").first()).toBeVisible();
  await settled(page);
  await expect(search).toBeInViewport();
  expect(await scrolled(page)).toBe(here);
  watch.calm();
  await close();
});

test("what needs a person never pushes away what stands on Đồng bộ already", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan, { size: LOW });
  const late = await answersLate(page, "notices.list", 1500);
  await goTo(page, "#/sync");
  const kept = page.getByRole("link", { name: /^Đã về xã/ });
  await expect(kept).toBeVisible();
  const stood = (await kept.boundingBox())?.y;
  await late.answered();
  await expect(page.getByRole("heading", { name: "Cần anh chị xem" })).toBeVisible();
  expect((await kept.boundingBox())?.y).toBe(stood);
  watch.calm();
  await close();
});

test("whoever tabs down the list faster than it is drawn passes every household in its order", async ({
  browser,
}) => {
  const { page, watch, close } = await open(browser, world.office, { size: LOW });
  // As on a machine so busy that each frame takes its time, and so does what comes with it: rows are measured late too.
  await page.evaluate((ms) => {
    const soon = requestAnimationFrame;
    window.requestAnimationFrame = (does) => Number(setTimeout(() => soon(does), ms));
    const Measures = ResizeObserver;
    window.ResizeObserver = class extends Measures {
      constructor(does: ResizeObserverCallback) {
        super((sizes, observer) => void setTimeout(() => does(sizes, observer), ms));
      }
    };
  }, SLOW_FRAME_MS);
  await goTo(page, "#/households");
  const search = page.getByRole("searchbox");
  await settled(page);
  await search.focus();
  const focused = () =>
    page.evaluate(() => {
      const row = document.activeElement?.closest("[aria-posinset]");
      return row ? Number(row.getAttribute("aria-posinset")) : null;
    });
  let at: number | null = null;
  for (let chip = 0; at === null && chip < 20; chip += 1) {
    await page.keyboard.press("Tab");
    at = await focused();
  }
  const passed: (number | null)[] = [at];
  while (passed.length < ROWS) {
    await page.keyboard.press("Tab");
    passed.push(await focused());
  }
  expect(passed).toEqual(Array.from({ length: ROWS }, (_, row) => row + 1));
  // And up again.
  for (let row = ROWS - 1; row > 0; row -= 1) {
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe(row);
  }
  watch.calm();
  await close();
});

test("what one talks about and helps with stands there at once, in its order", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Lan");
  const late = await answersLate(page, "record.list", 1500);
  await goTo(page, `#/visit/${world.house["Lò Văn Pọm"]}`);
  await press(page.getByRole("button", { name: "Gặp chủ hộ" }));
  await expect(page.getByRole("heading", { level: 1, name: "Nói gì, giúp gì?" })).toBeVisible();
  const helps = page.getByRole("button", { name: /^Hỗ trợ/ });
  const first = await helps.allTextContents();
  expect(first.length).toBeGreaterThan(3);
  expect(await page.getByRole("group", { name: "Đã nói chuyện về gì?" }).getByRole("button").count()).toBe(
    6 + 1,
  );
  await late.answered();
  await settled(page);
  expect(await helps.allTextContents()).toEqual(first);
  watch.calm();
  await close();
});
