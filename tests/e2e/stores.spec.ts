//! Digital stores: opened at a door without a network, looked at, asleep after half a year, awake again, and at the office.
import { expect, type Page, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { atHeading, goBy, on, push, pushTo, tabTo, told } from "./look/keyboard.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, type Place, settled } from "./look/places.ts";
import { countTaps } from "./look/taps.ts";
import { DESK, goTo, open, PHONE, SMALL, unlock, type Window } from "./look/window.ts";
import { answer, openHousehold, press, save, send, typedDay } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import { dayFrom } from "./world/lived.ts";
import type { Json, Person } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window, lan: Window;
const OPENED = "Tạp hóa Lò Pọm";
const ASLEEP = "Mật ong Pá Khôm";
const QUIET = "Thổ cẩm Sùng Dợ";
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  office = await open(browser, world.office, { size: DESK });
  lan = await open(browser, world.lan);
});
test.afterEach(() => [office, lan].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

const stores = async (at: Person): Promise<Json[]> => (await at.call("store.list")).items;
const store = async (title: string, at = world.lan): Promise<Json> =>
  (await stores(at)).find((one) => one.title === title);
const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
const stands = (page: Page) => page.getByRole("region", { name: "Tình trạng cửa hàng" });
/** The shown text of the page after whatever was saved there. */
const atStore = (page: Page, title: string) =>
  expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
const toldOf = (page: Page, text: string | RegExp) => page.getByRole("status").filter({ hasText: text });

/** A store that was looked at so many days ago, as an earlier day wrote it down. */
async function lookedAt(title: string, household: string, days: number, more: object): Promise<string> {
  const team = world.teams[0] ?? "";
  const of = { household: world.house[household] };
  const id = await world.lan.make(team, "digital_store", { ...of, name: title, ...more });
  const found = { checked_on: dayFrom(-days), level: "dang_ban", state: "hoat_dong" };
  await world.lan.make(team, "store_check", { ...of, store: id, ...found });
  return id;
}

test("without a network a store is opened from its household, and stands in both places", async () => {
  await world.hub.stop();
  const { page } = lan;
  await openHousehold(page, "lo van pom", "Lò Văn Pọm");
  await press(page.getByRole("button", { name: "Việc khác với hộ này" }));
  await press(page.getByRole("dialog").getByRole("button", { name: "Thêm cửa hàng số" }));
  await expect(page.locator("[data-field=household]")).toHaveCount(0);
  await answer(page, "name", OPENED);
  await answer(page, "sector", "Tạp hóa");
  await answer(page, "platforms", "Shopee");
  await answer(page, "payments", "Mã QR ngân hàng");
  await answer(page, "opened_on", typedDay(0));
  await answer(page, "url", "https://example.vn/tap-hoa-lo-pom");
  await picture(page, "cua-hang-so", "1-them");
  await save(page, "Lưu cửa hàng số", "Đã lưu");
  await atStore(page, OPENED);
  await expect(stands(page)).toContainText("Chưa kiểm tra");
  await expect(page.getByText("Chờ gửi").first()).toBeVisible();
  await picture(page, "cua-hang-so", "2-chua-kiem-tra");
  await press(page.getByRole("link", { name: "Hộ Lò Văn Pọm" }));
  await press(page.getByRole("link", { name: new RegExp(OPENED) }));
  await atStore(page, OPENED);
});

test("its first check in five taps from the list; what was begun is there after the app was closed", async ({
  browser,
}) => {
  let { page } = lan;
  await goTo(page, "#/stores");
  await settled(page);
  await expect(page.getByText("1 đang mở · 0 đang hoạt động")).toBeVisible();
  const count = await countTaps(page);
  await row(page, OPENED).getByRole("link").tap();
  await page.getByRole("link", { name: "Kiểm tra lần đầu" }).tap();
  await page.getByRole("button", { name: "Chỉ nhận thanh toán QR" }).tap();
  const kept = page.waitForResponse((told) => told.request().postData()?.includes("draft.put") ?? false);
  await page.getByRole("button", { name: "Hoạt động", exact: true }).tap();
  await expect(page.getByText("Mức này chưa có gian hàng")).toBeVisible();
  await kept;
  expect((await count()).all).toBe(4);

  await lan.close();
  lan = await open(browser, world.lan);
  page = lan.page;
  if (await page.getByRole("button", { name: "1", exact: true }).isVisible()) await unlock(page, PIN);
  await goTo(page, "#/");
  await press(page.getByRole("button", { name: "Ghi nhanh" }));
  await press(page.getByRole("button", { name: /^Ghi tiếp: kiểm tra cửa hàng số/i }));
  await expect(page.getByRole("button", { name: "Chỉ nhận thanh toán QR" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await picture(page, "cua-hang-so", "3-kiem-tra-dau");
  await press(page.getByRole("button", { name: "Có sản phẩm đang bán" }));
  await expect(page.getByText("Mức này chưa có gian hàng")).toHaveCount(0);
  await save(page, "Lưu kiểm tra", "Đã lưu kiểm tra: đang hoạt động");
  // Back where the form was gone on with.
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
  await goTo(page, "#/stores");
  await press(row(page, OPENED).getByRole("link"));
  await atStore(page, OPENED);
  await expect(stands(page)).toContainText("còn 180 ngày");
  await picture(page, "cua-hang-so", "4-dang-hoat-dong");
});

test("a check is taken back, and counts again only when it is written again", async () => {
  const { page } = lan;
  await press(page.getByRole("link", { name: "Kiểm tra lại" }));
  await press(page.getByRole("button", { name: "Ngừng", exact: true }));
  await save(page, "Lưu kiểm tra", "Đã lưu kiểm tra: đã ngừng");
  await expect(stands(page)).toContainText("Đã ngừng");
  await press(page.getByRole("button", { name: "Hoàn tác" }));
  await expect(stands(page)).toContainText("Đang hoạt động");
  expect((await store(OPENED)).trade).toBe("active");
  // The line of what was taken back goes with the page's next look.
  await expect(page.getByRole("button", { name: /^Mức 3/ })).toHaveCount(1);
  await press(page.getByRole("button", { name: /^Mức 3/ }));
  const sheet = page.getByRole("dialog");
  await press(sheet.getByRole("button", { name: "Xóa kiểm tra cửa hàng số" }));
  await press(sheet.getByRole("button", { name: "Ghi nhầm cửa hàng" }));
  await press(sheet.getByRole("button", { name: "Xóa kiểm tra cửa hàng số" }));
  await expect(stands(page)).toContainText("Chưa kiểm tra");
  await press(toldOf(page, "Đã xóa").getByRole("button", { name: "Hoàn tác" }));
  await expect(stands(page)).toContainText("Đang hoạt động");
});

test("what nobody looked at for half a year sleeps, is found by its chip, and wakes in three taps", async () => {
  const { page } = lan;
  await lookedAt(ASLEEP, "Giàng A Chứ", 200, { sector: "nong_san", platforms: ["buudien"] });
  await lookedAt(QUIET, "Sùng Thị Dợ", 170, { sector: "thu_cong" });
  await goTo(page, "#/stores");
  await settled(page);
  const titles = (await stores(world.lan)).map((one) => one.title);
  await expect(page.getByRole("listitem").locator(".t")).toHaveText(titles);
  await expect(row(page, ASLEEP)).toContainText("Ngủ đông");
  await expect(row(page, ASLEEP)).toContainText("quá 20 ngày");
  await expect(row(page, QUIET)).toContainText("còn 10 ngày");
  await picture(page, "cua-hang-so", "5-danh-sach");
  await page.getByRole("searchbox").fill("giang a chu");
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await expect(row(page, ASLEEP)).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await press(page.getByRole("button", { name: /^Cần kiểm tra lại/ }));
  await expect(page.getByRole("listitem")).toHaveCount(1);

  const count = await countTaps(page);
  await row(page, ASLEEP).getByRole("link").tap();
  await expect(stands(page)).toContainText("Lâu chưa ai kiểm tra");
  await page.getByRole("link", { name: "Kiểm tra lại" }).tap();
  await page.getByRole("button", { name: /^Vẫn như lần trước/ }).tap();
  await expect(toldOf(page, "Đã lưu kiểm tra: đang hoạt động")).toBeVisible();
  const done = await count();
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(3);
  await atStore(page, ASLEEP);
  await expect(page.getByText("2 lần")).toBeVisible();
  await picture(page, "cua-hang-so", "6-lai-hoat-dong");
});

test("a step up with orders is five taps; who looked and when is written with it", async () => {
  const { page } = lan;
  await goTo(page, "#/stores");
  await settled(page);
  const count = await countTaps(page);
  await row(page, QUIET).getByRole("link").tap();
  await page.getByRole("link", { name: "Kiểm tra lại" }).tap();
  await page.getByRole("button", { name: "Có đơn hàng trong 90 ngày" }).tap();
  await page.getByRole("button", { name: "10 đến 49 đơn" }).tap();
  // The browser's own flash under the finger is over.
  await page.waitForTimeout(400);
  await picture(page, "cua-hang-so", "7-kiem-tra-lai");
  await page.getByRole("button", { name: "Lưu kiểm tra" }).tap();
  await expect(toldOf(page, "Đã lưu kiểm tra: đang hoạt động")).toBeVisible();
  const done = await count();
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(5);
  const { id } = await store(QUIET);
  const { items } = await world.lan.call("record.list", {
    kind: "store_check",
    filter: { store: id },
    sort: "newest",
  });
  expect(items.map((one: Json) => one.fields)).toEqual([
    {
      store: id,
      household: world.house["Sùng Thị Dợ"],
      checked_on: dayFrom(0),
      level: "co_don",
      state: "hoat_dong",
      orders: "tu_10",
      members: [world.members.Lan],
      photo: [],
    },
    expect.objectContaining({ checked_on: dayFrom(-170), level: "dang_ban" }),
  ]);
});

test("a store is closed by a day, is not checked then, and opens when that day is cleared", async () => {
  const { page } = lan;
  await press(page.getByRole("link", { name: `Sửa ${QUIET}` }));
  await answer(page, "closed_on", typedDay(0));
  await save(page, "Lưu cửa hàng số", "Đã lưu");
  await expect(stands(page)).toContainText("Đã ngừng");
  await expect(stands(page)).toContainText("Đã đóng ngày");
  await expect(page.getByRole("link", { name: "Kiểm tra lại" })).toHaveCount(0);
  await picture(page, "cua-hang-so", "8-da-ngung");
  await press(page.getByRole("link", { name: "Sửa, mở lại cửa hàng" }));
  await answer(page, "closed_on", "");
  await save(page, "Lưu cửa hàng số", "Đã lưu");
  await expect(stands(page)).toContainText("Đang hoạt động");
  await press(page.getByRole("link", { name: `Sửa ${QUIET}` }));
  await press(page.getByRole("button", { name: "Xóa cửa hàng số" }));
  const sheet = page.getByRole("dialog");
  await press(sheet.getByRole("button", { name: "Ghi hai lần" }));
  await press(sheet.getByRole("button", { name: "Xóa cửa hàng số" }));
  await expect(row(page, OPENED)).toBeVisible();
  await expect(row(page, QUIET)).toHaveCount(0);
  await press(toldOf(page, "Đã xóa").getByRole("button", { name: "Hoàn tác" }));
  await expect(row(page, QUIET)).toBeVisible();
});

test("the office sees the same once it was sent", async () => {
  await world.hub.start();
  await send(lan.page);
  await send(office.page);
  const state = async (at: Person) =>
    (await stores(at)).map(({ title, trade, level, checked_on, days_left, sync }) => ({
      title,
      trade,
      level,
      checked_on,
      days_left,
      sync,
    }));
  const sent = await state(world.lan);
  expect(sent.map(({ sync }) => sync)).toEqual(["kept", "kept", "kept"]);
  expect(await state(world.office)).toEqual(sent);
  const { page } = office;
  await goTo(page, "#/stores");
  await settled(page);
  await expect(page.getByText("3 đang mở · 3 đang hoạt động")).toBeVisible();
  await expect(row(page, ASLEEP)).toContainText("Hộ Giàng A Chứ");
  await picture(page, "cua-hang-so", "9-van-phong");
  await press(row(page, QUIET).getByRole("link"));
  await atStore(page, QUIET);
  await expect(page.getByText("Đã về xã").first()).toBeVisible();
  await picture(page, "cua-hang-so", "10-van-phong-mot-cua-hang");
});

test("a store from its first letter to its second check without a mouse", async () => {
  const { page } = lan;
  const { keyboard } = page;
  const NAME = "Quán ăn Cầm Oanh";
  await goTo(page, "#/");
  // A page that comes takes the focus to its heading: who presses a key before stands where they did not look.
  await settled(page);
  await goBy(page, "Hộ");
  await tabTo(page, /^Tìm hộ/);
  await keyboard.type("cam thi oanh");
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await pushTo(page, /Cầm Thị Oanh/, /Cầm Thị Oanh/);
  await push(page, "Việc khác với hộ này");
  await pushTo(page, "Thêm cửa hàng số", "Thêm cửa hàng số");
  await push(page, "Lưu cửa hàng số");
  await on(page, /^Tên cửa hàng/);
  await keyboard.type(NAME);
  await push(page, "Ăn uống", "Space");
  await push(page, "Ví điện tử", "Space");
  await pushTo(page, "Lưu cửa hàng số", NAME);
  await told(page, "Đã lưu");
  await pushTo(page, "Kiểm tra lần đầu", "Kiểm tra lần đầu");
  await push(page, /Có gian hàng, chưa có sản phẩm$/, "Space");
  await push(page, "Ít hoạt động", "Space");
  await push(page, "Thêm chi tiết");
  await on(page, /^Số sản phẩm đang bày/);
  await keyboard.type("4");
  await pushTo(page, "Lưu kiểm tra", NAME);
  await told(page, "Đã lưu kiểm tra: ngủ đông");
  await push(page, /^Mức 2/);
  await expect(page.getByRole("dialog")).toContainText("Số sản phẩm đang bày");
  await keyboard.press("Escape");
  await on(page, /^Mức 2/);
  await pushTo(page, "Kiểm tra lại", "Kiểm tra lại");
  await pushTo(page, /^Vẫn như lần trước/, NAME);
  await push(page, "Hoàn tác");
  await told(page, "Đã hoàn tác");
  await expect(page.getByText("1 lần")).toBeVisible();
  await pushTo(page, "Quay lại", /Cầm Thị Oanh/);
  await goTo(page, "#/stores");
  await atHeading(page, "Cửa hàng số");
  await tabTo(page, /^Tìm cửa hàng/);
  await keyboard.type("quan an");
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await push(page, /^Ngủ đông/, "Space");
  await pushTo(page, new RegExp(NAME), NAME);
});

async function places(): Promise<Place[]> {
  const { id } = await store(QUIET);
  const sheet = async (page: Page) =>
    page
      .getByRole("button", { name: /^(Mức|Level) 4/ })
      .first()
      .click();
  const details = async (page: Page) =>
    page.getByRole("button", { name: /^(Thêm chi tiết|More details)$/ }).click();
  return [
    { name: "cửa hàng số", address: "#/stores" },
    { name: "cửa hàng số, lọc", address: "#/stores?show=stopped" },
    { name: "cửa hàng", address: `#/stores/${id}` },
    { name: "một lần kiểm tra", address: `#/stores/${id}`, then: sheet },
    { name: "kiểm tra cửa hàng", address: `#/stores/${id}/check`, then: details },
    { name: "cửa hàng mới", address: "#/stores/new" },
    { name: "sửa cửa hàng", address: `#/stores/${id}/edit` },
    { name: "hộ có cửa hàng", address: `#/households/${world.house["Sùng Thị Dợ"]}` },
  ];
}

test("no rule of axe is broken in either language and theme", async ({ browser }) => {
  await axeWalk(browser, world.lan, await places(), PHONE);
  await axeWalk(browser, world.office, await places(), DESK, ["vi"]);
});

test("nothing is lost on a small phone, nor with the largest letters", async ({ browser }) => {
  const found: string[] = [];
  for (const [size, text] of [
    [SMALL, "max"],
    [SMALL, "normal"],
    [PHONE, "largest"],
  ] as const) {
    const { page, watch, close } = await open(browser, world.lan, { size, text, theme: "dark" });
    for (const place of await places()) {
      await goAndWait(page, place);
      for (const problem of await layoutProblems(page)) found.push(`${place.name} (${text}): ${problem}`);
      if (place.address.endsWith("/check")) await picture(page, "cua-hang-so", `11-${text}`);
      await page.keyboard.press("Escape");
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
});
