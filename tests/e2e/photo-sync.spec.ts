//! A village meeting with four photos taken where there is no network, cut at any byte while they go, whole at the office.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { asFiles, taken } from "./look/camera.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, settled } from "./look/places.ts";
import { countTaps } from "./look/taps.ts";
import { DESK, goTo, open, SMALL, type Window } from "./look/window.ts";
import { send } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import type { Person } from "./world/person.ts";
import { Road } from "./world/road.ts";
import { World } from "./world/world.ts";

let world: World;
let road: Road;
let mai: Person;
let phone: Window, office: Window;
let event = "";
let names: string[] = [];
/** Where the road is cut follows from this; `SEED=…` plays one again. */
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
let rolled = SEED;
const roll = (below: number): number => {
  rolled = (Math.imul(rolled, 1_664_525) + 1_013_904_223) >>> 0;
  return rolled % below;
};
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  console.log(`SEED=${SEED}`);
  world = await World.begin();
  road = await Road.to(world.hub.url);
  mai = world.person("Mai", PIN);
  const { code } = await world.invite("Lan");
  await mai.start(false);
  const asked = await mai.call("enrol.start", { url: road.url, code, name: "Máy thứ hai", pin: PIN });
  await world.office.call("device.approve", { device: asked.device_id, check_number: asked.check_number });
  await mai.call("enrol.state");
  await mai.sync();
  phone = await open(browser, mai, { size: SMALL });
  office = await open(browser, world.office, { size: DESK });
});
test.afterEach(() => [phone, office].forEach((window) => window?.watch.calm()));
test.afterAll(async () => {
  road?.end();
  await world?.end();
});

const photoCard = (page: Page) => page.getByRole("region", { name: "Ảnh" });
const atSync = async (page: Page) => {
  await goTo(page, "#/sync");
  await settled(page);
};
const photos = (page: Page) => page.getByRole("list", { name: "Ảnh", exact: true }).getByRole("listitem");
/** Bytes of a photo as a device has them. */
async function size(person: Person, hash: string): Promise<number> {
  return (await person.call("file.info", { hash })).size;
}

test("without a network a meeting is written down with four photos; what they weigh is told", async () => {
  road.cut();
  const { page } = phone;
  const four = await Promise.all([15, 105, 195, 285].map((hue) => taken(page, hue)));
  await goTo(page, "#/");
  await settled(page);
  const count = await countTaps(page);
  await page.getByRole("button", { name: "Ghi nhanh" }).tap();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sự kiện/ })
    .tap();
  await page.getByRole("button", { name: "Họp thôn", exact: true }).tap();
  await page.getByRole("textbox", { name: "Số người dự" }).tap();
  await page.keyboard.type("38");
  // What the phone's own chooser takes besides is its own.
  const chooser = page.waitForEvent("filechooser");
  await page.locator("[data-field=photo]").getByRole("button", { name: "Chọn ảnh" }).tap();
  await (await chooser).setFiles(asFiles(four));
  await expect(page.locator("[data-field=photo]").getByRole("listitem")).toHaveCount(4);
  await page.getByRole("button", { name: "Lưu sự kiện" }).tap();
  await expect(page.getByRole("status").filter({ hasText: /^Đã lưu: Họp thôn/ })).toBeVisible();
  const done = await count();
  console.log(`an event with a count and photos: ${done.all} taps`);
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(8);
  const { items } = await mai.call("record.list", { kind: "event", limit: 10 });
  ({ id: event } = items[0]);
  names = items[0].fields.photo;
  expect(names).toHaveLength(4);
  // Whoever wrote it down is there as the one who held it.
  expect(items[0].fields.presenters).toEqual([world.members["Lan"]]);
  await atSync(page);
  await expect(photoCard(page)).toContainText(/4 ảnh chờ gửi, \d+ KB/);
  await photoCard(page).scrollIntoViewIfNeeded();
  await picture(page, "gui-anh", "1-cho-gui");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "gui-anh", "2-cho-gui-toi");
  await page.emulateMedia({ colorScheme: "light" });
  await photoCard(page)
    .getByRole("button", { name: /^Gửi ảnh về xã, \d+ KB$/ })
    .tap();
  await expect(photoCard(page)).toContainText("Mất mạng giữa chừng");
});

test("the page with photos that wait breaks no rule of axe and loses nothing in the largest letters", async ({
  browser,
}) => {
  const place = { name: "đồng bộ, ảnh chờ", address: "#/sync" };
  await axeWalk(browser, mai, [place], SMALL);
  const { page, watch, close } = await open(browser, mai, { size: SMALL, text: "max" });
  await goAndWait(page, place);
  await expect(photoCard(page)).toBeVisible();
  expect(await layoutProblems(page)).toEqual([]);
  await photoCard(page).scrollIntoViewIfNeeded();
  await picture(page, "gui-anh", "3-chu-lon");
  watch.calm();
  await close();
});

/** A window whose web view tells what the device is connected by. */
async function connected(browser: Browser, type: string): Promise<Window> {
  const window = await open(browser, mai, { size: SMALL });
  await window.page.addInitScript((type) => {
    Object.defineProperty(navigator, "connection", { value: { type }, configurable: true });
  }, type);
  await window.page.reload();
  await settled(window.page);
  return window;
}

test("over a phone's own network they wait until somebody says otherwise", async ({ browser }) => {
  const { page, watch, close } = await connected(browser, "cellular");
  await atSync(page);
  await expect(photoCard(page)).toContainText("Đang dùng mạng di động");
  await photoCard(page)
    .getByRole("button", { name: /^Gửi ảnh về xã/ })
    .tap();
  const sheet = page.getByRole("dialog", { name: "Dùng mạng di động?" });
  await expect(sheet).toContainText(/4 ảnh, nhiều nhất \d+ KB/);
  // The flash under the finger is over.
  await page.waitForTimeout(400);
  await picture(page, "gui-anh", "4-mang-di-dong");
  await sheet.getByRole("button", { name: "Đợi Wi-Fi" }).tap();
  await expect(sheet).toHaveCount(0);
  expect((await mai.call("file.status")).waiting.files).toBe(4);
  watch.calm();
  await close();
});

test("while they go it is told how far, and they can be stopped", async () => {
  const { page } = phone;
  road.mend();
  await send(page);
  await atSync(page);
  road.slow(700);
  await photoCard(page)
    .getByRole("button", { name: /^Gửi ảnh về xã/ })
    .tap();
  await expect(photoCard(page)).toContainText(/[0-3] trên 4 ảnh, \d+ K?B trên \d+ KB/);
  const stop = photoCard(page).getByRole("button", { name: "Dừng ảnh" });
  await expect(stop).toBeVisible();
  await photoCard(page).scrollIntoViewIfNeeded();
  await picture(page, "gui-anh", "5-dang-gui");
  await stop.tap();
  await expect(photoCard(page)).toContainText("Đã dừng. Phần đã đi vẫn giữ");
  road.slow(0);
  await picture(page, "gui-anh", "5-da-dung");
  expect((await mai.call("file.status")).waiting.files).toBeGreaterThan(0);
});

test("cut again and again they go on from there, and all four arrive", async () => {
  const { page } = phone;
  const { waiting } = await mai.call("file.status");
  const give = photoCard(page).getByRole("button", { name: /^Gửi ảnh về xã/ });
  for (let cuts = 0; cuts < 3; cuts += 1) {
    const at = 1 + roll(Math.floor(waiting.bytes / 4));
    await atSync(page);
    road.cut(at);
    await give.tap();
    await expect(photoCard(page), `SEED=${SEED}, cut after ${at}`).toContainText("Mất mạng giữa chừng");
    road.mend();
  }
  await expect(page.getByRole("heading", { name: "Mọi ghi chép đã an toàn ở xã" })).toBeVisible();
  await expect(page.getByText(/^Còn \d ảnh chỉ có trên máy này/)).toBeVisible();
  await picture(page, "gui-anh", "5-bi-cat");
  expect((await mai.call("file.status")).waiting.files, `SEED=${SEED}`).toBeGreaterThan(0);
  await give.tap();
  await expect(page.getByRole("status").filter({ hasText: /^Xã đã nhận \d ảnh/ })).toBeVisible();
  await expect(photoCard(page)).toHaveCount(0);
  expect((await mai.call("file.status")).waiting, `SEED=${SEED}`).toEqual({ files: 0, bytes: 0 });
});

test("the office fetches one where it is missed and the rest together: the same pictures", async ({
  browser,
}) => {
  const { page } = office;
  await send(page);
  await goTo(page, `#/events/${event}`);
  await settled(page);
  await expect(photos(page)).toHaveCount(4);
  await expect(photos(page).first()).toContainText("Ảnh chưa về máy này");
  await photos(page).first().scrollIntoViewIfNeeded();
  await picture(page, "gui-anh", "6-o-xa-chua-co");
  const small = await open(browser, world.office, { size: SMALL, theme: "dark" });
  await goTo(small.page, `#/events/${event}`);
  await settled(small.page);
  await photos(small.page).first().scrollIntoViewIfNeeded();
  await picture(small.page, "gui-anh", "6-chua-co-toi");
  expect(await layoutProblems(small.page)).toEqual([]);
  await small.close();
  await axeWalk(
    browser,
    world.office,
    [{ name: "sự kiện, ảnh chưa về", address: `#/events/${event}` }],
    SMALL,
  );
  await photos(page).first().getByRole("button", { name: "Tải ảnh 1 trên 4" }).click();
  await expect(photos(page).first().getByRole("img")).toBeVisible();
  expect((await world.office.call("file.status")).missing.files).toBe(3);
  await atSync(page);
  await expect(photoCard(page)).toContainText(/3 ảnh chưa về máy này/);
  await picture(page, "gui-anh", "7-o-xa-cho-tai");
  await photoCard(page)
    .getByRole("button", { name: /^Tải ảnh về máy/ })
    .click();
  await expect(page.getByRole("status").filter({ hasText: "Đã tải 3 ảnh về máy" })).toBeVisible();
  await expect(photoCard(page)).toHaveCount(0);
  await goTo(page, `#/events/${event}`);
  await settled(page);
  await expect(photos(page).getByRole("img")).toHaveCount(4);
  await photos(page).first().scrollIntoViewIfNeeded();
  await picture(page, "gui-anh", "8-o-xa-du");
  expect((await world.office.call("record.get", { id: event })).fields.photo).toEqual(names);
  for (const name of names) expect(await size(world.office, name)).toBe(await size(mai, name));
});

test("on Wi-Fi what waits goes by itself after a sync", async ({ browser }) => {
  const bytes = (await taken(phone.page, 60)).toString("base64");
  const { hash } = await mai.call("file.add", { space: world.teams[0], bytes });
  await mai.call("record.save", { id: event, patch: { photo: [...names, hash] } });
  const { page, watch, close } = await connected(browser, "wifi");
  await send(page);
  await expect.poll(async () => (await mai.call("file.status")).waiting.files).toBe(0);
  watch.calm();
  await close();
});
