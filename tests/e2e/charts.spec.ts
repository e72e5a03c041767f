//! Charts: what was written down is what is drawn and read, of the team and of a member, without a network, on any screen.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { atHeading, push, tabTo } from "./look/keyboard.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, type Place, settled } from "./look/places.ts";
import { DESK, goTo, open, PHONE, SMALL, type Window } from "./look/window.ts";
import { press, send } from "./steps.ts";
import { dayFrom } from "./world/lived.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window, lan: Window;
test.describe.configure({ mode: "serial" });

/** A day of the month so many months back; of this one, today. */
function dayBack(back: number, at = 10): string {
  if (back === 0) return dayFrom(0);
  const [year = 0, month = 0] = dayFrom(0).split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 - back, at)).toISOString().slice(0, 10);
}
/** How a month is called in the tables. */
function monthBack(back: number): string {
  const [year = 0, month = 0] = dayBack(back, 1).split("-").map(Number);
  const [, now = 0, day = 0] = dayFrom(0).split("-").map(Number);
  const over = back > 0 || new Date(Date.UTC(year, now, 0)).getUTCDate() === day;
  return `${month}/${year}${over ? "" : `, đến ${day}/${now}`}`;
}

type Who = "Lan" | "Páo";
interface Held {
  by: Who;
  back: number;
  kind: string;
  how: "dem" | "diem_danh" | "uoc_tinh";
  people?: number;
  women?: number;
  elders?: number;
}
const HELD: readonly Held[] = [
  { by: "Lan", back: 0, kind: "hop_thon", how: "dem", people: 42, women: 23, elders: 9 },
  { by: "Lan", back: 1, kind: "lop_ky_nang", how: "diem_danh", people: 3 },
  { by: "Páo", back: 1, kind: "cho_phien", how: "uoc_tinh", people: 60 },
  { by: "Páo", back: 2, kind: "hop_thon", how: "dem", people: 35, women: 20 },
  { by: "Lan", back: 2, kind: "lop_ky_nang", how: "dem", people: 18, women: 11, elders: 2 },
  { by: "Lan", back: 4, kind: "hop_thon", how: "dem" },
  { by: "Páo", back: 5, kind: "loa_truyen_thanh", how: "uoc_tinh", people: 120 },
  { by: "Lan", back: 8, kind: "hop_thon", how: "dem", people: 28, women: 15, elders: 6 },
  { by: "Páo", back: 11, kind: "hop_thon", how: "dem", people: 31 },
];
const KIND_WORDS: Record<string, string> = {
  hop_thon: "Họp thôn, khu phố",
  lop_ky_nang: "Lớp kỹ năng số",
  cho_phien: "Chợ phiên, hội chợ",
  loa_truyen_thanh: "Phát thanh",
};

async function fill(): Promise<void> {
  const [team = ""] = world.teams;
  const { members, house, products } = world;
  const of = (by: Who) => (by === "Lan" ? world.lan : world.pao);
  for (const [n, one] of HELD.entries()) {
    const list = one.how === "diem_danh";
    const event = await of(one.by).make(team, "event", {
      event_kind: one.kind,
      title: `${KIND_WORDS[one.kind] ?? ""} ${n + 1}`,
      day: dayBack(one.back),
      attendance: one.how,
      presenters: [members[one.by]],
      ...(one.women === undefined ? {} : { women: one.women }),
      ...(one.elders === undefined ? {} : { elders: one.elders }),
      ...(one.people === undefined || list ? {} : { people: one.people }),
    });
    for (let at = 0; list && at < (one.people ?? 0); at += 1)
      await of(one.by).make(team, "event_attendance", { event, name: `Người dự ${at + 1}` });
  }
  const shop = async (by: Who, name: string, opened: number, looks: [number, string, string][]) => {
    const fields = { household: house[name], name: `Cửa hàng ${name}`, opened_on: dayBack(opened, 3) };
    const store = await of(by).make(team, "digital_store", { ...fields, members: [members[by]] });
    for (const [back, level, state] of looks)
      await of(by).make(team, "store_check", {
        store,
        household: house[name],
        checked_on: dayBack(back, 20),
        level,
        state,
        members: [members[by]],
      });
  };
  await shop("Lan", "Lò Văn Pọm", 5, [[1, "dang_ban", "hoat_dong"]]);
  await shop("Páo", "Sùng Thị Dợ", 4, [[3, "co_don", "hoat_dong"]]);
  await shop("Lan", "Giàng A Chứ", 2, []);
  await shop("Páo", "Vừ Thị Mỷ", 10, [[9, "dang_ban", "hoat_dong"]]);
  const certificate = { stars: 3, issued_on: dayBack(10) };
  for (const product of products.slice(0, 2))
    await world.lan.make(team, "ocop_certificate", { product, ...certificate });
  const list = (by: Who, product: string | undefined, platform: string, state: string, back: number) =>
    of(by).make(team, "listing", {
      product,
      platform,
      state,
      listed_on: dayBack(back),
      members: [members[by]],
    });
  const seen = await list("Lan", products[0], "buudien", "dang_ban", 4);
  for (const [back, method] of [
    [4, "chu_the_khai"],
    [1, "truc_tuyen"],
  ] as const)
    await world.lan.make(team, "listing_check", {
      listing: seen,
      product: products[0],
      checked_on: dayBack(back, 12),
      method,
      result: "dang_ban",
      members: [members.Lan],
    });
  await list("Páo", products[1], "shopee", "da_dang_chua_kiem", 2);
  await world.syncAll();
}

test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  await fill();
  office = await open(browser, world.office, { size: DESK });
  lan = await open(browser, world.lan);
});
test.afterEach(() => [office, lan].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

const card = (page: Page, name: string) => page.getByRole("region", { name, exact: true }).first();
/** The figures of a chart, as whoever opens "Xem số liệu" reads them: what each row is of, and its cells. */
async function figures(page: Page, name: string): Promise<Record<string, string[]>> {
  const section = page
    .locator("section.chart")
    .filter({ has: page.getByRole("heading", { name, exact: true }) });
  const details = section.locator("details");
  if ((await details.getAttribute("open")) === null) await press(details.locator("summary"));
  const rows = await details.locator("tbody tr").all();
  const read = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
  return Object.fromEntries(read.map(([of = "", ...cells]) => [of, cells]));
}
const whose = (page: Page, name: string) => press(page.getByRole("button", { name, exact: true }));

/** The rows of events as they must read, counted from what was written down. */
function expected(months: number, by?: Who): Record<string, string[]> {
  const backs = Array.from({ length: months }, (_, n) => months - 1 - n);
  const row = (back: number): [string, string[]] => {
    const held = HELD.filter((one) => one.back === back && (by === undefined || one.by === by));
    const sum = (of: (one: Held) => number | undefined) => held.reduce((all, one) => all + (of(one) ?? 0), 0);
    const part = (of: (one: Held) => number | undefined) => {
      const told = held.filter((one) => of(one) !== undefined);
      const people = told.reduce((all, one) => all + (one.people ?? of(one) ?? 0), 0);
      return people === 0 ? "chưa ghi" : `${sum(of)}/${people}`;
    };
    const unknown = held.length > 0 && held.every((one) => one.people === undefined);
    return [
      monthBack(back),
      [
        String(held.length),
        unknown ? "chưa ghi" : String(sum((one) => one.people)),
        String(sum((one) => (one.how === "uoc_tinh" ? one.people : 0))),
        part((one) => one.women),
        part((one) => one.elders),
      ],
    ];
  };
  return Object.fromEntries(backs.map(row));
}

test("events and who came are drawn as they were written down, of the team and of the member", async () => {
  await world.hub.stop();
  const { page } = lan;
  await goTo(page, "#/events");
  await settled(page);
  await press(page.getByRole("link", { name: "Biểu đồ" }));
  await expect(page.getByRole("heading", { level: 1, name: "Biểu đồ sự kiện" })).toBeVisible();
  await settled(page);
  await picture(page, "bieu-do", "1-su-kien");
  expect(await figures(page, "Sự kiện theo tháng")).toEqual(expected(6));
  expect(await figures(page, "Lượt người dự theo tháng")).toEqual(expected(6));
  await expect(page.getByText("1 buổi chưa ghi số người, không tính vào đây.")).toBeVisible();
  await press(page.getByRole("button", { name: "12 tháng" }));
  await expect(page.getByRole("button", { name: "12 tháng" })).toHaveAttribute("aria-pressed", "true");
  await settled(page);
  await expect(page.getByText("9 buổi", { exact: true })).toBeVisible();
  expect(await figures(page, "Sự kiện theo tháng")).toEqual(expected(12));
  await whose(page, "Của tôi");
  await expect(page.getByText("5 buổi", { exact: true })).toBeVisible();
  const own = await figures(page, "Sự kiện theo tháng");
  expect(own).toEqual(expected(12, "Lan"));
  expect(own).not.toEqual(expected(12));
  const kinds = await figures(page, "Theo loại sự kiện");
  expect(Object.entries(kinds).map(([kind, cells]) => [kind, cells[0], cells[1]])).toEqual([
    ["Họp thôn, khu phố", "3", "70"],
    ["Lớp kỹ năng số", "2", "21"],
  ]);
  expect(await figures(page, "Ai đến dự")).toEqual({ Nữ: ["49", "88"], "Từ 60 tuổi": ["17", "88"] });
});

test("what a chart shows is heard in a sentence, and an event written down meanwhile is on it", async () => {
  const { page } = lan;
  const chart = page.getByRole("img", { name: /^Sự kiện theo tháng:/ });
  await expect(chart).toHaveAttribute("aria-label", new RegExp(`${monthBack(0)} là 1, cao nhất 1`));
  const more = { event_kind: "hop_to", title: "Họp Tổ", day: dayFrom(0), attendance: "dem", people: 5 };
  const id = await world.lan.make(world.teams[0] ?? "", "event", {
    ...more,
    presenters: [world.members.Lan],
  });
  await expect(chart).toHaveAttribute("aria-label", new RegExp(`${monthBack(0)} là 2, cao nhất 2`));
  await world.lan.call("record.delete", { id, reason: "Ghi nhầm" });
  await expect(chart).toHaveAttribute("aria-label", new RegExp(`${monthBack(0)} là 1, cao nhất 1`));
});

test("stores by how they trade and how far they are", async () => {
  const { page } = lan;
  await goTo(page, "#/stores");
  await settled(page);
  await press(page.getByRole("link", { name: "Biểu đồ" }));
  await settled(page);
  await picture(page, "bieu-do", "2-cua-hang");
  const trade = await figures(page, "Cửa hàng đang mở theo tháng");
  // Active, dormant, unseen, all.
  expect(trade[monthBack(0)]).toEqual(["2", "1", "1", "4"]);
  expect(trade[monthBack(1)]).toEqual(["2", "1", "1", "4"]);
  expect(trade[monthBack(3)]).toEqual(["1", "1", "1", "3"]);
  const { open, active } = await world.lan.call("store.list");
  expect([open, active]).toEqual([4, 2]);
  expect(await figures(page, "Cửa hàng theo mức")).toEqual({
    "Mức 3: Có sản phẩm đang bán": ["1", "1", "0", "2"],
    "Mức 4: Có đơn hàng trong 90 ngày": ["1", "0", "0", "1"],
    "Chưa kiểm tra": ["0", "0", "1", "1"],
  });
  await whose(page, "Của tôi");
  await expect(page.getByText("2 cửa hàng", { exact: true })).toBeVisible();
  const own = await figures(page, "Cửa hàng đang mở theo tháng");
  expect(own[monthBack(0)]).toEqual(["1", "0", "1", "2"]);
  expect(own[monthBack(5)]).toEqual(["0", "0", "1", "1"]);
});

test("products on platforms by stage, and the listings somebody looked at", async () => {
  const { page } = lan;
  await goTo(page, "#/economy");
  await settled(page);
  await press(page.getByRole("link", { name: "Biểu đồ" }));
  await settled(page);
  await picture(page, "bieu-do", "3-kinh-te");
  const online = await figures(page, "Sản phẩm lên sàn theo tháng");
  // Seen, only said, not online, all.
  expect(online[monthBack(0)]).toEqual(["1", "1", "0", "2"]);
  expect(online[monthBack(3)]).toEqual(["0", "1", "1", "2"]);
  expect(online[monthBack(5)]).toEqual(["0", "0", "2", "2"]);
  const { online: now } = await world.lan.call("product.list");
  expect(now).toEqual({ products: 2, verified: 1, declared: 2 });
  expect(await figures(page, "Gian hàng đang ở đâu")).toEqual({
    "Đã đăng, chưa kiểm tra": ["1"],
    "Đang bán": ["1"],
  });
  const looks = await figures(page, "Gian hàng được kiểm tra theo tháng");
  expect([looks[monthBack(1)], looks[monthBack(4)], looks[monthBack(0)]]).toEqual([
    ["1", "0", "1"],
    ["0", "1", "1"],
    ["0", "0", "0"],
  ]);
  await whose(page, "Của tôi");
  await expect(page.getByText("1 gian hàng", { exact: true })).toBeVisible();
  const own = await figures(page, "Sản phẩm lên sàn theo tháng");
  expect(own[monthBack(0)]).toEqual(["1", "0", "0", "1"]);
});

test("the office sees the figures of every team; a member without work is told so in words", async () => {
  await world.hub.start();
  await send(office.page);
  const { page } = office;
  await goTo(page, "#/events/charts?months=12");
  await settled(page);
  await expect(page.getByRole("button", { name: "Mọi tổ" })).toHaveAttribute("aria-pressed", "true");
  await picture(page, "bieu-do", "4-van-phong");
  expect(await figures(page, "Sự kiện theo tháng")).toEqual(expected(12));
  await whose(page, "Của tôi");
  await expect(card(page, "Sự kiện theo tháng")).toContainText("Chưa đủ số liệu");
  await expect(page.locator("section.chart svg[role=img]")).toHaveCount(0);
});

test("charts and their figures without a mouse", async () => {
  const { page } = lan;
  const { keyboard } = page;
  await goTo(page, "#/stores/charts");
  await atHeading(page, "Biểu đồ cửa hàng số");
  await push(page, "Của tôi", "Space");
  await expect(page.getByRole("button", { name: "Của tôi" })).toHaveAttribute("aria-pressed", "true");
  await settled(page);
  await tabTo(page, /^Xem số liệu: Cửa hàng đang mở/);
  await keyboard.press("Enter");
  await expect(page.locator("details[open]")).toHaveCount(1);
  await keyboard.press("Tab");
  await expect(page.locator("[data-scrolls]").first()).toBeFocused();
});

const opened = async (page: Page) => {
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await page.evaluate(() => scrollTo(0, 0));
};
const PLACES: Place[] = ["economy", "stores", "events"].flatMap((screen) => [
  { name: screen, address: `#/${screen}/charts` },
  { name: `${screen}, 12, số liệu`, address: `#/${screen}/charts?months=12`, then: opened },
  { name: `${screen}, của tôi`, address: `#/${screen}/charts?of=me` },
]);

test("no rule of axe is broken in either language and theme", async ({ browser }) => {
  await axeWalk(browser, world.lan, PLACES, SMALL);
  await axeWalk(browser, world.office, PLACES, DESK);
});

async function looked(browser: Browser, wishes: Parameters<typeof open>[2]): Promise<string[]> {
  const found: string[] = [];
  const { page, watch, close } = await open(browser, world.lan, wishes);
  for (const place of PLACES) {
    await goAndWait(page, place);
    const problems = await layoutProblems(page);
    // The side bar's rows are those of a mouse.
    const ours = problems.filter((one) => wishes?.size !== DESK || !one.startsWith("target of 229 × 44"));
    found.push(...ours.map((problem) => `${place.name}: ${problem}`));
    const step = place.name.replace(", 12, số liệu", "");
    // Larger letters leave little of a chart on one screen.
    if (place.then && wishes?.text === "normal") await picture(page, "bieu-do", `5-${step}-dark`);
  }
  watch.calm();
  await close();
  return found;
}

test("nothing is lost on a small phone, in the dark, nor with the largest letters", async ({ browser }) => {
  expect(await looked(browser, { size: SMALL, text: "max", theme: "dark" })).toEqual([]);
  expect(await looked(browser, { size: SMALL, text: "normal", theme: "dark" })).toEqual([]);
  expect(await looked(browser, { size: PHONE, text: "largest" })).toEqual([]);
  expect(await looked(browser, { size: DESK, text: "normal", language: "en", theme: "dark" })).toEqual([]);
});
