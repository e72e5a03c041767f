//! Codes on paper, scanned from a photo without a network: an identity card, a receipt, a shop's payment code, a shop's
//! address. What is shown is confirmed, what is not shown stays nowhere; the office has the rest when it was sent.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { photo, vietqr } from "./look/code.ts";
import { on, tabTo } from "./look/keyboard.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, type Place, settled } from "./look/places.ts";
import { goTo, open, PHONE, SMALL, type Window } from "./look/window.ts";
import { answer, press, save, send } from "./steps.ts";
import { dayFrom } from "./world/lived.ts";
import type { Json } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
let lan: Window;
const HEAD = "Vừ Thị Mỷ";
const NUMBER = "040185436790";
const OLD = "187654390";
const CARD = `${NUMBER}|${OLD}|GIÀNG THỊ SÚA|02091985|Nữ|Huồi Lả, Mường Lống, Nghệ An|25042021|Mẹ|040158000088`;
const ACCOUNT = "3606205987651";
const SHOP = vietqr("970405", ACCOUNT, "TAP HOA VU MY");
const RECEIPT = "https://dichvucong.example.vn/tra-cuu?ma=H12.34-260915-0007";
const ADDRESS = "https://example.vn/mat-ong-ba-my";
/** Everything the page was told and asked, pictures among it. */
const spoken: string[] = [];
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  lan = await open(browser, world.lan);
  lan.page.on("response", async (response) => {
    if (!response.url().endsWith("/call")) return;
    spoken.push(response.request().postData() ?? "", await response.text().catch(() => ""));
  });
});
test.afterEach(() => lan?.watch.calm());
test.afterAll(() => world?.end());

const sheet = (page: Page) => page.getByRole("dialog");
/** Chooses a photo of a code in the open sheet. */
async function scan(page: Page, payload: string, degrees?: number): Promise<void> {
  const paper = await photo(page, world.lan, payload, degrees);
  await sheet(page).locator("input[type=file]").setInputFiles(paper);
}
const typed = (page: Page, field: string): Locator => page.locator(`[data-field=${field}] input`);
const chosen = (page: Page, field: string, word: string): Locator =>
  page.locator(`[data-field=${field}]`).getByRole("button", { name: word, exact: true, pressed: true });
async function newPerson(page: Page): Promise<void> {
  await goTo(page, `#/households/${world.house[HEAD]}/person/new`);
  await settled(page);
  const yes = chosen(page, "consent", "Đồng ý");
  if ((await yes.count()) === 0) await answer(page, "consent", "Đồng ý");
}

test("a card is scanned once there was a yes, compared, and fills the form", async () => {
  await world.hub.stop();
  const { page } = lan;
  await goTo(page, `#/households/${world.house[HEAD]}/person/new`);
  await settled(page);
  const button = page.getByRole("button", { name: "Quét thẻ căn cước" });
  await expect(button).toHaveCount(0);
  await answer(page, "consent", "Đồng ý");
  await press(button);
  await expect(sheet(page)).toContainText("Số trên thẻ và ảnh không được lưu");
  await picture(page, "quet-ma", "1-the-can-cuoc");

  // Another code lies before the camera: it is told what it is, and nothing of it.
  await scan(page, SHOP);
  await expect(sheet(page).getByRole("alert")).toContainText("Mã vừa quét là mã nhận tiền.");
  await expect(sheet(page)).not.toContainText("TAP HOA");
  await picture(page, "quet-ma", "2-ma-khac");

  await scan(page, CARD, 17);
  await expect(sheet(page).getByRole("heading", { name: "So với thẻ rồi mới điền" })).toBeVisible();
  await expect(sheet(page).getByRole("button", { name: "Giàng Thị Súa", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await expect(sheet(page)).toContainText("2/9/1985");
  for (const secret of [NUMBER, OLD, NUMBER.slice(-4), "Mẹ", "Huồi Lả"])
    await expect(sheet(page)).not.toContainText(secret);
  await picture(page, "quet-ma", "3-so-voi-the");
  const kept = page.waitForResponse((told) => told.request().postData()?.includes("draft.put") ?? false);
  await press(sheet(page).getByRole("button", { name: "Điền vào biểu mẫu" }));
  await expect(sheet(page)).toHaveCount(0);
  await kept;
  await expect(typed(page, "full_name")).toHaveValue("Giàng Thị Súa");
  await expect(typed(page, "birth_date")).toHaveValue("2/9/1985");
  await expect(chosen(page, "gender", "Nữ")).toBeVisible();
  await picture(page, "quet-ma", "4-da-dien");
  await save(page, "Lưu người này", "Đã thêm");

  const { items } = await world.lan.call("record.list", { kind: "citizen" });
  const { fields } = items.find((one: Json) => one.title === "Giàng Thị Súa");
  expect(fields).toMatchObject({
    household: world.house[HEAD],
    consent: "dong_y",
    full_name: "Giàng Thị Súa",
    birth_date: "1985-09-02",
    birth_precision: "ngay",
    gender: "nu",
    id_seen: true,
  });
  expect(fields.id_tag).toBeGreaterThanOrEqual(0);
  expect(fields.id_tag).toBeLessThan(65_536);
});

test("the same card again says who was written down, and the way there", async () => {
  const { page } = lan;
  await newPerson(page);
  await press(page.getByRole("button", { name: "Quét thẻ căn cước" }));
  await scan(page, CARD, 0);
  await expect(sheet(page)).toContainText("Có thể đã ghi rồi");
  await picture(page, "quet-ma", "5-da-ghi-roi");
  await press(sheet(page).getByRole("link", { name: "Mở Giàng Thị Súa" }));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(HEAD);
});

test("a head's card gives a new household its name and its address", async () => {
  const { page } = lan;
  await goTo(page, "#/households/new");
  await settled(page);
  await press(page.getByRole("button", { name: "Quét thẻ căn cước chủ hộ" }));
  await scan(page, "040170000077||LẦU BÁ ĐỦA|1970|Nam|Huồi Lả, Mường Lống|25042021");
  await expect(sheet(page)).toContainText("Huồi Lả, Mường Lống");
  await expect(sheet(page)).not.toContainText("1970");
  // As it stands on the card, for whoever wants it so.
  await press(sheet(page).getByRole("button", { name: "LẦU BÁ ĐỦA", exact: true }));
  await press(sheet(page).getByRole("button", { name: "Điền vào biểu mẫu" }));
  await expect(typed(page, "head_name")).toHaveValue("LẦU BÁ ĐỦA");
  await expect(typed(page, "address")).toHaveValue("Huồi Lả, Mường Lống");
  await save(page, "Lưu hộ mới", "Đã thêm hộ LẦU BÁ ĐỦA");
});

test("a receipt gives help its dossier code, without touching the screen", async () => {
  const { page } = lan;
  const { keyboard } = page;
  await goTo(page, `#/assistance/${world.house[HEAD]}`);
  await settled(page);
  await press(page.getByRole("button", { name: "Hỗ trợ Dịch vụ công trực tuyến" }));
  await press(page.getByRole("button", { name: "Thêm chi tiết, hẹn hỏi lại" }));
  await page.locator("[data-field=dossier_code] input").focus();
  await tabTo(page, "Quét giấy tiếp nhận");
  await keyboard.press("Enter");
  await scan(page, "H12.34-251399-0007");
  await expect(sheet(page).getByRole("alert")).toContainText("Đây là mã QR khác");
  await scan(page, RECEIPT, -12);
  await on(page, "Điền vào biểu mẫu");
  await expect(sheet(page)).toContainText("H12.34-260915-0007");
  await expect(sheet(page)).toContainText("15/9/2026");
  await picture(page, "quet-ma", "6-giay-tiep-nhan");
  await keyboard.press("Enter");
  await on(page, "Quét giấy tiếp nhận");
  await expect(typed(page, "dossier_code")).toHaveValue("H12.34-260915-0007");
  await press(page.getByRole("button", { name: /chờ kết quả$/ }));
  await expect(page.getByRole("status").filter({ hasText: "Đã lưu" })).toBeVisible();
  const { items } = await world.lan.call("record.list", { kind: "assistance" });
  expect(items[0].fields).toMatchObject({ category: "dvc", dossier_code: "H12.34-260915-0007" });
});

test("a shop's payment code is checked without a network, and only that there is one is written", async () => {
  const { page } = lan;
  const team = world.teams[0] ?? "";
  const store = await world.lan.make(team, "digital_store", {
    household: world.house[HEAD],
    name: "Tạp hóa Vừ Mỷ",
  });
  await goTo(page, `#/stores/${store}/check`);
  await settled(page);
  await press(page.getByRole("button", { name: "Chỉ nhận thanh toán QR" }));
  await press(page.getByRole("button", { name: "Ít hoạt động" }));
  await press(page.getByRole("button", { name: "Thêm chi tiết" }));
  await press(page.getByRole("button", { name: "Quét mã VietQR" }));
  await scan(page, SHOP.replace(ACCOUNT, ACCOUNT.replace("87", "78")));
  await expect(sheet(page).getByRole("alert")).toContainText("Mã nhận tiền này hỏng, sai tổng kiểm");
  await picture(page, "quet-ma", "7-ma-hong");
  await scan(page, SHOP, 25);
  await expect(sheet(page)).toContainText("Mã đúng");
  await expect(sheet(page)).toContainText("Agribank");
  await expect(sheet(page)).toContainText("TAP HOA VU MY");
  await expect(sheet(page)).not.toContainText(ACCOUNT.slice(-4));
  await picture(page, "quet-ma", "8-ma-dung");
  await press(sheet(page).getByRole("button", { name: "Ghi là có mã QR" }));
  await expect(chosen(page, "qr_present", "Có")).toBeVisible();
  await save(page, "Lưu kiểm tra", "Đã lưu kiểm tra");
  const { items } = await world.lan.call("record.list", { kind: "store_check", filter: { store } });
  expect(items).toHaveLength(1);
  expect(items[0].fields).toEqual({
    store,
    household: world.house[HEAD],
    checked_on: dayFrom(0),
    level: "nhan_qr",
    state: "it_hoat_dong",
    qr_present: "co",
    members: [world.members.Lan],
    photo: [],
  });
});

test("the address of a shop is scanned at the door and looked at in the office", async () => {
  const { page } = lan;
  const product = world.products[0] ?? "";
  await world.lan.call("record.save", { id: product, patch: { seller_ready: "co" } });
  await goTo(page, `#/economy/${product}/listing/new`);
  await settled(page);
  await answer(page, "platform", "Shopee");
  await press(page.getByRole("button", { name: "Quét mã gian hàng" }));
  await scan(page, "https://ten:matkhau@example.vn/mat-ong");
  await expect(sheet(page).getByRole("alert")).toContainText("Đây là mã QR khác");
  await expect(sheet(page)).not.toContainText("matkhau");
  await scan(page, ADDRESS);
  await expect(sheet(page)).toContainText(ADDRESS);
  await picture(page, "quet-ma", "9-gian-hang");
  await press(sheet(page).getByRole("button", { name: "Điền vào biểu mẫu" }));
  await expect(typed(page, "url")).toHaveValue(ADDRESS);
  await save(page, "Lưu gian hàng", "Đã lưu");

  await world.hub.start();
  await send(page);
  await world.office.sync();
  const found = async (kind: string) => (await world.office.call("record.list", { kind })).items;
  expect((await found("listing")).map((one: Json) => one.fields.url)).toContain(ADDRESS);
  expect((await found("citizen")).map((one: Json) => one.title)).toContain("Giàng Thị Súa");
});

test("of the card's number and the account nothing is anywhere", async () => {
  const { page } = lan;
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  // The app is not open while its disk is read.
  lan.watch.programAnswers(false);
  const disk = await world.lan.disk();
  expect(disk.size).toBeGreaterThan(3);
  expect(spoken.join("")).toContain("qr.vietqr");
  const records = [];
  for (const kind of ["citizen", "store_check", "household", "assistance"])
    for (const one of (await world.lan.call("record.list", { kind, limit: 1000 })).items)
      records.push(one, await world.lan.call("record.history", { id: one.id }));
  const drafts = await world.lan.call("draft.list");
  for (const secret of [NUMBER, OLD, ACCOUNT]) {
    expect(stored).not.toContain(secret);
    expect(JSON.stringify([records, drafts])).not.toContain(secret);
    expect(spoken.filter((text) => text.includes(secret))).toEqual([]);
    for (const [path, bytes] of disk) expect(bytes.includes(secret), path).toBe(false);
  }
});

/** The sheet as it opens, and with what a photo of a code in it shows. */
async function places(): Promise<Place[]> {
  const button = (name: RegExp) => async (page: Page) => page.getByRole("button", { name }).first().click();
  const details = button(/^(Thêm chi tiết|More details)$/);
  const [store = ""] = (await world.lan.call("store.list")).items.map((one: Json) => one.id);
  const card = async (page: Page) => {
    const yes = page
      .locator("[data-field=consent]")
      .getByRole("button", { name: /^(Đồng ý|Agrees?|Agreed)$/ });
    if ((await yes.getAttribute("aria-pressed")) !== "true") await yes.click();
    await button(/^(Quét thẻ căn cước|Scan the identity card)$/)(page);
  };
  const shows = (opened: (page: Page) => Promise<void>, payload: string) => async (page: Page) => {
    await opened(page);
    await scan(page, payload);
    await expect(sheet(page).locator("dl, [role=alert]").first()).toBeVisible();
  };
  const person = `#/households/${world.house[HEAD]}/person/new`;
  const paid = async (page: Page) => {
    if (await page.getByRole("button", { name: /^(Thêm chi tiết|More details)$/ }).isVisible())
      await details(page);
    await button(/^(Quét mã VietQR|Scan the VietQR code)$/)(page);
  };
  return [
    { name: "quét thẻ", address: person, then: card },
    { name: "quét mã nhận tiền", address: `#/stores/${store}/check`, then: shows(paid, SHOP) },
    { name: "thẻ đã quét", address: person, then: shows(card, CARD) },
    {
      name: "mã hỏng",
      address: `#/stores/${store}/check`,
      then: shows(paid, SHOP.replace("VU MY", "VU MI")),
    },
  ];
}

test("no rule of axe is broken in either language and theme", async ({ browser }) => {
  await axeWalk(browser, world.lan, await places(), PHONE);
});

test("nothing is lost on a small phone, nor with the largest letters", async ({ browser }) => {
  const found: string[] = [];
  for (const text of ["normal", "max"] as const) {
    const { page, watch, close } = await open(browser, world.lan, { size: SMALL, text, theme: "dark" });
    for (const place of await places()) {
      await goAndWait(page, place);
      for (const problem of await layoutProblems(page)) found.push(`${place.name} (${text}): ${problem}`);
      if (place.name === "thẻ đã quét") await picture(page, "quet-ma", `10-${text}`);
      await page.keyboard.press("Escape");
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
});
