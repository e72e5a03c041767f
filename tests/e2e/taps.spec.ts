//! Quicker than the notebook: what each thing costs from a cold Hôm nay among 750 households, with no presets.
import { expect, type Page, test } from "@playwright/test";
import { countTaps } from "./look/taps.ts";
import { settled } from "./look/places.ts";
import { goTo, open, type Window } from "./look/window.ts";
import { World } from "./world/world.ts";

const HOUSEHOLDS = 750;
const FAR = "Vàng A Chống 700";
let world: World;
let lan: Window;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  world = await World.begin();
  const [team] = world.teams;
  for (let n = 1; n <= HOUSEHOLDS; n += 1)
    await world.office.make(team ?? "", "household", {
      head_name: `Vàng A Chống ${n}`,
      village: world.villages[0],
      cluster: "Cụm Đầu Nương",
    });
  await world.office.sync();
  await world.lan.sync();
  lan = await open(browser, world.lan);
});
test.afterEach(() => lan?.watch.calm());
test.afterAll(() => world?.end());

/** The app is opened and shows its day; the count begins there. */
async function cold(): Promise<Page> {
  const { page } = lan;
  await goTo(page, "#/");
  await page.reload();
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
  await settled(page);
  return page;
}
const told = (page: Page, text: string) =>
  expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();
/** From today's page to the form of a household that is not on the screen. */
async function find(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Ghi nhanh" }).tap();
  await page.getByRole("searchbox", { name: "Ghi lượt thăm: gõ tên hộ" }).tap();
  await page.keyboard.type("chong 700");
  await page.getByRole("button", { name: `Ghi lượt thăm hộ ${FAR}` }).tap();
}

test("a visit with two topics and one help that worked: at most 10", async () => {
  const page = await cold();
  const count = await countTaps(page);
  await find(page);
  await page.getByRole("button", { name: "Gặp chủ hộ" }).tap();
  const topics = page.getByRole("group", { name: "Đã nói chuyện về gì?" });
  await topics.getByRole("button", { name: "VNeID" }).tap();
  await topics.getByRole("button", { name: "Dịch vụ công" }).tap();
  await page.getByRole("button", { name: "Hỗ trợ VNeID" }).tap();
  await page.getByRole("dialog").getByRole("button", { name: "Người dân tự làm được" }).tap();
  await page.getByRole("button", { name: "Lưu luôn" }).tap();
  await told(page, `Đã lưu lượt thăm hộ ${FAR}`);
  const done = await count();
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(10);
});

test("nobody home: at most 5", async () => {
  const page = await cold();
  const count = await countTaps(page);
  await find(page);
  await page.getByRole("button", { name: "Vắng nhà" }).tap();
  await told(page, "Đã lưu: Vắng nhà");
  const done = await count();
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(5);
});

test("help for somebody without a name: at most 6", async () => {
  const page = await cold();
  const count = await countTaps(page);
  await page.getByRole("button", { name: "Ghi nhanh" }).tap();
  await page.getByRole("button", { name: /^Hỗ trợ/ }).tap();
  await page.getByRole("button", { name: "Hỗ trợ Ví điện tử" }).tap();
  await page.getByRole("button", { name: "Người dân tự làm được" }).tap();
  await told(page, "Đã lưu");
  const done = await count();
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(6);
});

test("a shift at the service centre: at most 5", async () => {
  const page = await cold();
  const count = await countTaps(page);
  await page.getByRole("button", { name: "Ghi nhanh" }).tap();
  await page.getByRole("button", { name: /^Trực ở xã/ }).tap();
  await page.getByRole("button", { name: "Trung tâm Phục vụ hành chính công" }).tap();
  await page.getByRole("button", { name: "Sáng" }).tap();
  await page.getByRole("button", { name: "Lưu ca trực" }).tap();
  await told(page, "Đã lưu");
  const done = await count();
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(5);
});
