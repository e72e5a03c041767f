//! A product from candidate to certificate, to a platform, to a look at it, to its end and its second certificate: on two
//! phones without a network, and at the office. Figures are asked for as of the day before, on and after.
import { expect, type Page, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, type Place, settled } from "./look/places.ts";
import { countTaps } from "./look/taps.ts";
import { DESK, goTo, open, PHONE, SMALL, type Window } from "./look/window.ts";
import { answer, press, save, typedDay } from "./steps.ts";
import { dayFrom } from "./world/lived.ts";
import type { Json, Person } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
let lan: Window, pao: Window, office: Window;
const HONEY = "Mật ong bạc hà Pá Khôm";
const ENDED = "Chè dây Nà Hin";
/** Days a certificate of 36 months has, for one that was issued so many days ago and ended ten days ago. */
const ENDED_AGO = 10;
let product = "";
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  [lan, pao] = [await open(browser, world.lan), await open(browser, world.pao)];
  office = await open(browser, world.office, { size: DESK });
});
test.afterEach(() => [lan, pao, office].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

const list = async (at: Person, day?: string): Promise<Json> => at.call("product.list", day ? { day } : {});
const shown = (page: Page) => new URL(page.url()).hash.split("/")[2] ?? "";
const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
const standing = async (at: Person, title: string, day?: string): Promise<Json> =>
  (await list(at, day)).items.find((one: Json) => one.title === title);
/** The day a certificate of that day ends on, by the calendar. */
function threeYearsFrom(issued: string): string {
  const [y = 0, m = 0, d = 0] = issued.split("-").map(Number);
  const last = new Date(Date.UTC(y + 3, m, 0)).getUTCDate();
  return new Date(Date.UTC(y + 3, m - 1, Math.min(d, last))).toISOString().slice(0, 10);
}
const after = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

async function addProduct(page: Page, name: string, group: string): Promise<string> {
  await goTo(page, "#/economy/new");
  await settled(page);
  await answer(page, "name", name);
  await answer(page, "group", group);
  await save(page, "Lưu sản phẩm", "Đã lưu");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return shown(page);
}

test("without a network a candidate is written down, certified, and put on a platform", async () => {
  await world.hub.stop();
  const { page } = lan;
  product = await addProduct(page, HONEY, "Thực phẩm");
  await expect(page.getByText("Chưa có chứng nhận", { exact: true }).first()).toBeVisible();
  expect((await standing(world.lan, HONEY)).standing).toBe("candidate");

  await press(page.getByRole("link", { name: "Thêm chứng nhận" }));
  await answer(page, "certificate_kind", "Công nhận lần đầu");
  await answer(page, "stars", "4");
  await answer(page, "decision_no", "1208/QĐ-UBND");
  await picture(page, "ocop-vong-doi", "1-chung-nhan");
  await save(page, "Lưu chứng nhận", "Đã lưu");
  await expect(page.getByText("OCOP 4 sao").first()).toBeVisible();

  // Whether the maker can sell at all is asked first, once.
  await press(page.getByRole("link", { name: "Thêm gian hàng" }));
  await expect(page.getByText("Chủ thể đã xác thực được người bán chưa?")).toBeVisible();
  await picture(page, "ocop-vong-doi", "2-san-sang");
  await press(page.getByRole("button", { name: "Có", exact: true }));
  await answer(page, "platform", "Bưu điện");
  await answer(page, "url", "https://example.vn/mat-ong");
  await answer(page, "state", "Đang bán");
  await save(page, "Lưu gian hàng", "Đã lưu");
  await expect(page.getByText("Chưa kiểm tra lần nào")).toBeVisible();
  await press(page.getByRole("link", { name: "Thêm gian hàng" }));
  await expect(page.locator("[data-field=platform]")).toBeVisible();
  // Who makes it is written down once, and named by the product.
  await goTo(page, "#/economy/subjects");
  await settled(page);
  await press(page.getByRole("link", { name: "Thêm chủ thể" }));
  await answer(page, "name", "HTX Ong Pá Khôm");
  await answer(page, "subject_kind", "Hợp tác xã");
  await save(page, "Lưu chủ thể", "Đã lưu");
  await expect(row(page, "HTX Ong Pá Khôm")).toContainText("Hợp tác xã");
  await goTo(page, "#/economy");
  await settled(page);
  await expect(row(page, HONEY)).toContainText("Đã lên sàn, chưa kiểm tra");
  expect((await list(world.lan)).online).toMatchObject({ verified: 0, declared: 1 });
  await picture(page, "ocop-vong-doi", "3-moi-khai");
});

test("another phone, without a network too, looks at it in five taps or fewer", async () => {
  await world.hub.start();
  await world.lan.sync();
  await world.pao.sync();
  await world.hub.stop();
  const { page } = pao;
  await goTo(page, "#/economy");
  await settled(page);
  const count = await countTaps(page);
  await row(page, HONEY).getByRole("link").tap();
  await page.getByRole("link", { name: /^Bưu điện/ }).tap();
  await page.getByRole("button", { name: "Vẫn đang bán" }).tap();
  await page.getByRole("button", { name: "Lưu kiểm tra" }).tap();
  await expect(page.getByRole("status").filter({ hasText: "Đã lưu kiểm tra: Đang bán" })).toBeVisible();
  const taps = await count();
  console.log(`a listing checked again: ${taps.all} taps`);
  expect(taps.all).toBeLessThanOrEqual(5);
  expect((await list(world.pao)).online).toMatchObject({ verified: 1, declared: 1 });

  // Taken back, and written again: of two looks none is left over.
  await press(page.getByRole("button", { name: "Hoàn tác" }));
  await expect(page.getByRole("status").filter({ hasText: "Đã hoàn tác" })).toBeVisible();
  expect((await list(world.pao)).online).toMatchObject({ verified: 0, declared: 1 });
  await press(page.getByRole("link", { name: /^Bưu điện/ }));
  await press(page.getByRole("button", { name: "Vẫn đang bán" }));
  await save(page, "Lưu kiểm tra", "Đã lưu kiểm tra: Đang bán");
  await press(page.getByRole("link", { name: /^Bưu điện/ }));
  await expect(page.getByRole("region", { name: "Các lần kiểm tra" }).getByRole("listitem")).toHaveCount(1);
  await picture(page, "ocop-vong-doi", "4-da-kiem-tra");
});

test("figures are those of the day that is asked for: at the end of a certificate, and when a look is 91 days old", async () => {
  await world.hub.start();
  await world.syncAll();
  const { page } = office;
  const issued = dayFrom(0);
  const last = threeYearsFrom(issued);
  for (const [day, products] of [
    [after(issued, -1), 0],
    [issued, 1],
    [last, 1],
    [after(last, 1), 0],
  ] as const)
    expect((await list(world.office, day)).online.products, day).toBe(products);
  for (const [day, verified] of [
    [issued, 1],
    [after(issued, 90), 1],
    [after(issued, 91), 0],
  ] as const)
    expect((await list(world.office, day)).online, day).toMatchObject({ verified, declared: 1 });
  expect((await standing(world.office, HONEY, after(last, 1))).standing).toBe("expired");

  await goTo(page, "#/economy");
  await settled(page);
  const gauge = page.getByRole("region", { name: "OCOP lên sàn" });
  await expect(gauge).toContainText("100 %");
  await picture(page, "ocop-vong-doi", "5-xa");
  await press(gauge.getByRole("button", { name: "Tính đến hôm nay" }));
  await gauge.getByRole("textbox", { name: "Tính đến ngày nào?" }).fill(typedDay(91));
  await expect(gauge).toContainText("0 %");
  await expect(gauge).toContainText("mới khai 1");
  await expect(row(page, HONEY)).toContainText("Đã lên sàn, chưa kiểm tra");
  await gauge.getByRole("textbox", { name: "Tính đến ngày nào?" }).fill(typedDay(-1));
  await expect(gauge).toContainText("Chưa có sản phẩm nào còn chứng nhận");
});

test("one that ended is certified again on another phone, and counts once both have met", async () => {
  await world.hub.stop();
  const { page } = lan;
  const id = await addProduct(page, ENDED, "Đồ uống");
  await press(page.getByRole("link", { name: "Thêm chứng nhận" }));
  await answer(page, "stars", "3");
  await answer(page, "issued_on", typedDay(-(3 * 365 + ENDED_AGO + 1)));
  await save(page, "Lưu chứng nhận", "Đã lưu");
  await expect(page.getByText(/^Chứng nhận hết hạn/)).toBeVisible();
  expect((await standing(world.lan, ENDED)).standing).toBe("expired");
  await picture(page, "ocop-vong-doi", "6-het-han");
  await world.hub.start();
  await world.lan.sync();
  await world.pao.sync();
  await world.hub.stop();

  await goTo(pao.page, `#/economy/${id}`);
  await press(pao.page.getByRole("link", { name: "Thêm chứng nhận" }));
  await answer(pao.page, "certificate_kind", "Đánh giá lại");
  await answer(pao.page, "stars", "4");
  await save(pao.page, "Lưu chứng nhận", "Đã lưu");
  await expect(pao.page.getByText(/^Chứng nhận đến/)).toBeVisible();
  expect((await standing(world.lan, ENDED)).standing).toBe("expired");
  await world.hub.start();
  await world.syncAll();
  for (const person of [world.lan, world.pao, world.office])
    expect(await standing(person, ENDED)).toMatchObject({ standing: "certified", stars: 4 });
  await goTo(page, "#/economy");
  await settled(page);
  await press(page.getByRole("button", { name: /^Còn chứng nhận/ }));
  await expect(row(page, ENDED)).toContainText("OCOP 4 sao");
});

test("its pages break no rule of axe, and lose nothing in the largest letters", async ({ browser }) => {
  const listing = (await standing(world.lan, HONEY)).listings[0].id;
  const places: Place[] = [
    { name: "Kinh tế", address: "#/economy" },
    { name: "Kinh tế, ngày khác", address: `#/economy?day=${dayFrom(91)}` },
    { name: "sản phẩm", address: `#/economy/${product}` },
    { name: "chứng nhận mới", address: `#/economy/${product}/certificate/new` },
    { name: "gian hàng", address: `#/economy/${product}/listing/${listing}` },
    { name: "gian hàng mới", address: `#/economy/${world.products[1]}/listing/new` },
    { name: "chủ thể", address: "#/economy/subjects" },
    { name: "chủ thể mới", address: "#/economy/subjects/new" },
  ];
  await axeWalk(browser, world.lan, places, PHONE);
  const found: string[] = [];
  for (const text of ["max", "normal"] as const) {
    const { page, watch, close } = await open(browser, world.lan, { size: SMALL, text });
    for (const place of places) {
      await goAndWait(page, place);
      for (const problem of await layoutProblems(page)) found.push(`${place.name} (${text}): ${problem}`);
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
});
