//! A village meeting counted in the hall and a class by list, written down without a network; the office reads both.
import { expect, type Page, test } from "@playwright/test";
import { kept, quick } from "./doors.ts";
import { axeWalk } from "./look/axe.ts";
import { on, push, pushTo, tabTo, told } from "./look/keyboard.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, type Place, settled } from "./look/places.ts";
import { countTaps } from "./look/taps.ts";
import { DESK, goTo, open, PHONE, SMALL, unlock, type Window } from "./look/window.ts";
import { press, save, send } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import { dayFrom } from "./world/lived.ts";
import type { Json, Person } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window, lan: Window;
const MEETING = "Họp thôn Bản Nà Hin";
const CLASS = "Lớp kỹ năng số Bản Nà Hin";
const BROADCAST = "Phát thanh Bản Nà Hin";
const DAUGHTER = "Lò Thị Ẻn";
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  const consent = { consent: "dong_y", relation_to_head: "con" };
  await world.lan.make(world.teams[0] ?? "", "citizen", {
    household: world.house["Lò Văn Pọm"],
    full_name: DAUGHTER,
    ...consent,
  });
  await world.lan.sync();
  office = await open(browser, world.office, { size: DESK });
  lan = await open(browser, world.lan);
});
test.afterEach(() => [office, lan].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

const event = async (title: string, at: Person = world.lan): Promise<Json> => {
  const { items } = await at.call("record.list", { kind: "event", limit: 100 });
  return items.find((one: Json) => one.fields.title === title);
};
const people = async (id: string, at: Person = world.lan): Promise<Json[]> =>
  (await at.call("record.list", { kind: "event_attendance", filter: { event: id }, limit: 100 })).items;
const tap = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).tap();
const pressed = (page: Page, name: string | RegExp) =>
  expect(page.getByRole("button", { name, exact: true })).toHaveAttribute("aria-pressed", "true");
const row = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
/** The browser's own flash under the finger is over. */
const still = (page: Page) => page.waitForTimeout(400);
/** How many came, as the page of an event says it. */
const came = (page: Page) => page.getByRole("region", { name: "Số người dự" });

test("no network: a village meeting with its count in seven taps from Hôm nay", async () => {
  await world.hub.stop();
  const { page } = lan;
  await goTo(page, "#/");
  await settled(page);
  const count = await countTaps(page);
  await tap(page, "Ghi nhanh");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sự kiện/ })
    .tap();
  await tap(page, "Họp thôn");
  await page.getByRole("textbox", { name: "Số người dự" }).tap();
  await page.keyboard.type("42");
  await tap(page, "Lưu sự kiện");
  await expect(page.getByRole("status").filter({ hasText: `Đã lưu: ${MEETING}` })).toBeVisible();
  const done = await count();
  test.info().annotations.push({ type: "taps", description: `${done.all}: ${done.steps.join(" | ")}` });
  expect(done.all, done.steps.join("\n")).toBeLessThanOrEqual(7);
  await atEvent(page, MEETING);
  await expect(came(page)).toContainText("42 người dự");
  await expect(came(page)).toContainText("Đếm");
  expect((await event(MEETING)).fields).toMatchObject({
    event_kind: "hop_thon",
    day: dayFrom(0),
    villages: [world.villages[0]],
    attendance: "dem",
    people: 42,
  });
});
const atEvent = (page: Page, title: string) =>
  expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();

test("taken back by its undo, it is in no list; written again, with women, the old and topics", async () => {
  const { page } = lan;
  await tap(page, "Hoàn tác");
  await expect(page.getByText("Chưa có sự kiện nào")).toBeVisible();
  await picture(page, "su-kien", "1-chua-co");
  await page.getByRole("link", { name: "Ghi sự kiện" }).tap();
  await tap(page, "Họp thôn");
  for (const leap of ["10", "10", "10", "10"]) await tap(page, `Thêm ${leap}: Số người dự`);
  await tap(page, "Thêm 1: Số người dự");
  await tap(page, "Thêm 1: Số người dự");
  await page.getByRole("textbox", { name: "Nữ" }).fill("230");
  await expect(page.getByText("Phần này nhiều hơn tổng số")).toBeVisible();
  await page.getByRole("textbox", { name: "Nữ" }).fill("23");
  await expect(page.getByText("Phần này nhiều hơn tổng số")).toHaveCount(0);
  await page.getByRole("textbox", { name: "Từ 60 tuổi" }).fill("9");
  await page.getByRole("group", { name: "Nói về gì?" }).getByRole("button").first().tap();
  await page.getByRole("textbox", { name: /^Địa điểm/ }).fill("Nhà văn hóa");
  await page.evaluate(() => scrollTo(0, 0));
  await still(page);
  await picture(page, "su-kien", "2-ghi");
  await page.evaluate(() => scrollTo(0, 700));
  await picture(page, "su-kien", "2-ghi-tiep");
  await tap(page, "Thêm người trình bày, câu hỏi, kết quả");
  await page.getByRole("textbox", { name: /^Kết quả/ }).fill("18 người mở được VNeID");
  await still(page);
  await picture(page, "su-kien", "2-ghi-them");
  await save(page, "Lưu sự kiện", `Đã lưu: ${MEETING}`);
  await atEvent(page, MEETING);
  await picture(page, "su-kien", "3-da-luu");
  const { fields } = await event(MEETING);
  expect(fields).toMatchObject({ people: 42, women: 23, elders: 9, place: "Nhà văn hóa" });
  expect(fields.topics).toHaveLength(1);
});

test("a class by list: begun, left, found again after a reload, and saved with three people", async () => {
  const { page } = lan;
  await quick(page);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sự kiện/ })
    .tap();
  // The kind of the last event is there already.
  await pressed(page, "Họp thôn");
  await tap(page, "Lớp kỹ năng số");
  await tap(page, "Điểm danh");
  await tap(page, "Thêm người dự");
  const sheet = page.getByRole("dialog", { name: "Ai dự?" });
  await sheet.getByRole("searchbox").fill("lo van pom");
  await sheet.getByRole("button", { name: /^Lò Văn Pọm/ }).tap();
  await sheet
    .getByRole("group", { name: "Ai của hộ Lò Văn Pọm" })
    .getByRole("button", { name: DAUGHTER })
    .tap();
  await sheet.getByRole("searchbox").fill("");
  await sheet.getByRole("button", { name: /^Giàng A Chứ/ }).tap();
  await still(page);
  await picture(page, "su-kien", "4-diem-danh");
  await sheet.getByRole("searchbox").fill("Cô giáo Hạnh");
  await kept(page, "Cô giáo Hạnh", () =>
    sheet.getByRole("button", { name: /^Ghi tên “Cô giáo Hạnh”/ }).tap(),
  );
  await tap(page, "Xong, 3 người dự");
  await expect(page.getByText("3 người của 2 hộ")).toBeVisible();
  await picture(page, "su-kien", "5-da-chon");

  await goTo(page, "#/households");
  await settled(page);
  await page.reload();
  if (await page.getByRole("button", { name: "1", exact: true }).isVisible()) await unlock(page, PIN);
  await quick(page);
  await page.getByRole("button", { name: /^Ghi tiếp: sự kiện/i }).tap();
  await expect(page.getByText(/Phần ghi dở lúc/)).toBeVisible();
  await pressed(page, "Lớp kỹ năng số");
  for (const name of [DAUGHTER, "Giàng A Chứ", "Cô giáo Hạnh"]) await expect(row(page, name)).toBeVisible();
  await save(page, "Lưu sự kiện", `Đã lưu: ${CLASS}`);
  await atEvent(page, CLASS);
  await expect(came(page)).toContainText("3 người dự");
  expect((await world.lan.call("draft.get", { key: "form/event/new" })).form).toBe(null);
  const { id, fields } = await event(CLASS);
  expect(fields.people).toBeUndefined();
  expect(
    (await people(id)).map((one) => one.fields.citizen ?? one.fields.household ?? one.fields.name),
  ).toHaveLength(3);
});

test("who signed, one more household, one taken back: every tap is kept", async () => {
  const { page } = lan;
  const { id } = await event(CLASS);
  await page.getByRole("checkbox", { name: `Đã ký: ${DAUGHTER}` }).tap();
  await expect
    .poll(async () => (await people(id)).filter((one) => one.fields.signed === "co").length)
    .toBe(1);
  await page.getByRole("link", { name: "Thêm người dự" }).tap();
  await pressed(page, /^Giàng A Chứ/);
  await tap(page, /^Vừ Thị Mỷ/);
  await tap(page, /^Quàng Thị Ín/);
  await tap(page, /^Quàng Thị Ín/);
  await still(page);
  await picture(page, "su-kien", "6-them-nguoi");
  const key = `form/event_attendance/${id}.new`;
  await kept(page, "thoong", () => page.getByRole("searchbox").fill("thoong"));
  expect((await world.lan.call("draft.get", { key })).form).toEqual({ typed: "thoong" });
  await tap(page, "Xong, 4 người dự");
  await expect.poll(async () => (await world.lan.call("draft.get", { key })).form).toBe(null);
  await atEvent(page, CLASS);
  await expect(came(page)).toContainText("4 người dự");
  await tap(page, "Bỏ Cô giáo Hạnh khỏi danh sách");
  await expect(came(page)).toContainText("3 người dự");
  await tap(page, "Hoàn tác");
  await expect(came(page)).toContainText("4 người dự");
  await tap(page, "Bỏ Hộ Vừ Thị Mỷ khỏi danh sách");
  await expect(came(page)).toContainText("3 người dự");
  await expect(page.getByRole("checkbox", { name: `Đã ký: ${DAUGHTER}` })).toBeChecked();
  await picture(page, "su-kien", "7-lop");
  expect(await people(id)).toHaveLength(3);
});

test("a broadcast by estimate, without a mouse: written, corrected, deleted and back", async () => {
  const { page } = lan;
  await goTo(page, "#/events");
  await settled(page);
  await page.keyboard.press("Tab");
  await pushTo(page, "Ghi sự kiện", CLASS);
  await push(page, /^\d+ loại khác$/);
  await push(page, "Phát thanh", "Space");
  await push(page, "Ước tính", "Space");
  await tabTo(page, "Số người dự");
  await page.keyboard.type("140");
  await push(page, "150", "Space");
  await pushTo(page, "Lưu sự kiện", BROADCAST);
  await told(page, `Đã lưu: ${BROADCAST}`);
  await expect(came(page)).toContainText("150 người dự, khoảng chừng");
  await pushTo(page, "Sửa sự kiện", "Sửa sự kiện");
  await tabTo(page, /^Địa điểm/, 120);
  await page.keyboard.type("Loa Pá Khôm");
  await pushTo(page, "Lưu sự kiện", BROADCAST);
  await told(page, "Đã lưu");
  await expect(page.getByText("Loa Pá Khôm")).toBeVisible();
  await pushTo(page, "Sửa sự kiện", "Sửa sự kiện");
  await push(page, "Xóa sự kiện");
  await push(page, "Ghi nhầm", "Space");
  await pushTo(page, "Xóa sự kiện", "Sự kiện");
  await expect(row(page, BROADCAST)).toHaveCount(0);
  await push(page, "Hoàn tác");
  await told(page, "Đã hoàn tác");
  await expect(row(page, BROADCAST)).toContainText("khoảng 150 người · Ước tính");
  await pushTo(page, new RegExp(`^${CLASS}`), CLASS);
  await pushTo(page, "Thêm người dự", "Ai dự?");
  await push(page, /Thào A Lử/, "Space");
  await on(page, /Thào A Lử/);
  await pushTo(page, "Xong, 4 người dự", CLASS);
  expect((await event(BROADCAST)).fields).toMatchObject({
    attendance: "uoc_tinh",
    people: 150,
    place: "Loa Pá Khôm",
  });
});

test("the list: month, kinds with how many, search without tone marks", async () => {
  const { page } = lan;
  await goTo(page, "#/events");
  await settled(page);
  await expect(page.getByText(/^Tháng \d+: 3 buổi, 19\d lượt người dự$/)).toBeVisible();
  await picture(page, "su-kien", "8-danh-sach");
  await tap(page, /^Họp thôn/);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  await tap(page, /^Họp thôn/);
  await page.getByRole("searchbox").fill("ky nang");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  await expect(row(page, CLASS)).toBeVisible();
});

test("the hub is back: the office reads both with the right numbers", async () => {
  await world.hub.start();
  await send(lan.page);
  const { page } = office;
  await send(page);
  await goTo(page, "#/books");
  await page.getByRole("link", { name: /^Sự kiện/ }).click();
  await settled(page);
  await expect(row(page, MEETING)).toContainText("42 người · Đếm");
  await expect(row(page, BROADCAST)).toContainText("khoảng 150 người · Ước tính");
  await picture(page, "su-kien", "9-xa-thay");
  const { id } = await event(CLASS);
  const listed = await people(id, world.office);
  expect(listed).toHaveLength((await people(id)).length);
  await expect(row(page, CLASS)).toContainText(`${listed.length} người · Điểm danh`);
  await press(row(page, CLASS).getByRole("link"));
  await expect(page.getByRole("listitem").filter({ hasText: DAUGHTER })).toContainText("Hộ Lò Văn Pọm");
  await picture(page, "su-kien", "10-lop-o-xa");
});

const places = async (): Promise<Place[]> => {
  const [counted, listed] = [(await event(MEETING)).id, (await event(CLASS)).id];
  return [
    { name: "danh sách", address: "#/events" },
    { name: "ghi", address: "#/events/new" },
    {
      name: "điểm danh",
      address: "#/events/new",
      then: async (page) => {
        await page.getByRole("button", { name: /^(Điểm danh|By list)$/ }).click();
        await page.getByRole("button", { name: /^(Thêm người dự|Add people)$/ }).click();
        await expect(page.getByRole("dialog").getByRole("listitem").first()).toBeVisible();
      },
    },
    { name: "họp", address: `#/events/${counted}` },
    { name: "lớp", address: `#/events/${listed}` },
    { name: "thêm người", address: `#/events/${listed}/people/new` },
    { name: "sửa", address: `#/events/${counted}/edit` },
  ];
};

test("no rule of axe is broken, in two languages and two themes", async ({ browser }) => {
  await axeWalk(browser, world.lan, await places(), PHONE);
});

test("with the largest letters on a small phone everything stays in sight", async ({ browser }) => {
  const found: string[] = [];
  for (const [size, text] of [
    [SMALL, "max"],
    [SMALL, "normal"],
    [PHONE, "largest"],
  ] as const) {
    const { page, watch, close } = await open(browser, world.lan, { size, text });
    for (const place of await places()) {
      await goAndWait(page, place);
      if (text === "max" && process.env["LOOK"])
        await page.screenshot({ path: `/tmp/max-${place.name}.png` });
      for (const problem of await layoutProblems(page))
        found.push(`${place.name} (${size.width}, ${text}): ${problem}`);
      await page.keyboard.press("Escape");
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
  const dark = await open(browser, world.lan, { theme: "dark" });
  await goAndWait(dark.page, { name: "ghi", address: "#/events/new" });
  await picture(dark.page, "su-kien", "11-toi");
  await dark.close();
});
