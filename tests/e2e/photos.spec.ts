//! Photos: chosen at a meeting without a network, kept small and without what a camera writes beside the picture.
import { expect, type Page, test } from "@playwright/test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { axeWalk } from "./look/axe.ts";
import { asFiles, CANARY, taken } from "./look/camera.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, settled } from "./look/places.ts";
import { goTo, open, PHONE, SMALL, type Window } from "./look/window.ts";
import { answer, save, typedDay } from "./steps.ts";
import { World } from "./world/world.ts";

let world: World;
let lan: Window;
let event = "";
const KEPT_MOST = 200_000;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  lan = await open(browser, world.lan);
  event = await world.lan.make(world.teams[0] ?? "", "event", {
    event_kind: "hop_thon",
    title: "Họp thôn Bản Nà Hin",
    day: typedDay(0).split("/").reverse().join("-"),
    attendance: "dem",
    people: 31,
  });
  await world.hub.stop();
});
test.afterEach(() => lan?.watch.calm());
test.afterAll(() => world?.end());

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const photos = (page: Page) => page.locator("[data-field=photo]").getByRole("listitem");

test("four are chosen at once; each is shown small and taken off again", async () => {
  const { page } = lan;
  const four = await Promise.all([0, 90, 180, 270].map((hue) => taken(page, hue)));
  await goTo(page, `#/events/${event}/edit`);
  await settled(page);
  const chosen = page.locator("[data-field=photo] input[type=file][multiple]");
  await chosen.setInputFiles(asFiles(four));
  await expect(photos(page)).toHaveCount(4);
  for (const image of await photos(page).getByRole("img").all())
    await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
  await photos(page).first().scrollIntoViewIfNeeded();
  await picture(page, "anh", "1-bon-anh");
  await photos(page).nth(3).getByRole("button", { name: "Bỏ ảnh 4" }).tap();
  await expect(photos(page)).toHaveCount(3);
  await photos(page).first().getByRole("button").first().tap();
  const large = page.getByRole("dialog").getByRole("img");
  await expect.poll(() => large.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(640);
  await page.keyboard.press("Escape");
  await save(page, "Lưu", "Đã lưu");
  const { fields } = await world.lan.call("record.get", { id: event });
  expect(fields.photo).toHaveLength(3);
});

test("kept ones are small, and nothing of what the camera said is on the disk", async () => {
  await lan.close();
  await world.lan.stop();
  const all = files(world.path("Lan"));
  const kept = all.filter((path) => /[\\/]files[\\/]/.test(path));
  expect(kept).toHaveLength(4);
  for (const path of kept) expect(statSync(path).size, path).toBeLessThanOrEqual(KEPT_MOST);
  for (const path of all) {
    const bytes = readFileSync(path);
    expect(bytes.includes(CANARY), path).toBe(false);
    expect(bytes.includes(Buffer.from(CANARY, "utf16le")), path).toBe(false);
  }
  await world.lan.start();
});

test("a bomb, and what is no picture, are refused in words, and the rest stays", async ({ browser }) => {
  lan = await open(browser, world.lan);
  const { page } = lan;
  await goTo(page, `#/events/${event}/edit`);
  await settled(page);
  await expect(photos(page)).toHaveCount(3);
  const chosen = page.locator("[data-field=photo] input[type=file][multiple]");
  // A PNG of 50,000 by 50,000 pixels, as its head says.
  const bomb = Buffer.from(
    "89504e470d0a1a0a0000000d49484452" + "0000c350" + "0000c350" + "0806000000" + "00000000",
    "hex",
  );
  for (const [name, buffer] of [
    ["bom.png", bomb],
    ["thu.jpg", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")],
  ] as const) {
    await chosen.setInputFiles({ name, mimeType: "image/png", buffer });
    await expect(page.getByRole("alert").first()).toBeVisible();
    await expect(photos(page)).toHaveCount(3);
  }
  await answer(page, "note", "Đủ ảnh");
  await save(page, "Lưu", "Đã lưu");
});

test("the form with photos breaks no rule of axe and loses nothing in the largest letters", async ({
  browser,
}) => {
  const place = { name: "sửa sự kiện có ảnh", address: `#/events/${event}/edit` };
  await axeWalk(browser, world.lan, [place], PHONE);
  const { page, watch, close } = await open(browser, world.lan, { size: SMALL, text: "max" });
  await goAndWait(page, place);
  await expect(photos(page)).toHaveCount(3);
  expect(await layoutProblems(page)).toEqual([]);
  watch.calm();
  await close();
});
