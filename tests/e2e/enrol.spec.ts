//! A third and a fourth phone come in through the screens: one by a picture of the QR, one by the code read out.
import { expect, type Page, test } from "@playwright/test";
import { atHeading, push, tabTo } from "./look/keyboard.ts";
import { picture } from "./look/picture.ts";
import { DESK, open, PHONE, type Window } from "./look/window.ts";
import { PIN } from "./world/commune.ts";
import type { Person } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window;

test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  office = await open(browser, world.office, { size: DESK });
});
test.afterAll(async () => {
  office?.watch.calm();
  await world?.end();
});

/** The office makes a one-time code for a member; its card is shown. */
async function invite(page: Page, member: string) {
  await page.getByRole("link", { name: "Thiết bị" }).click();
  await page.getByRole("button", { name: "Mời máy mới" }).click();
  await page.getByRole("button", { name: /^Mời ai/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: member }).click();
  await page.getByRole("button", { name: "Tạo mã mời" }).click();
  const qr = page.getByRole("img", { name: `Mã QR mời máy của ${member}` });
  await expect(qr).toBeVisible();
  return qr;
}

async function phone(person: Person, browser: Parameters<typeof open>[0]): Promise<Window> {
  await person.start(false);
  const window = await open(browser, person, { size: PHONE });
  await expect(window.page.getByRole("heading", { level: 1, name: "Tổ Số" })).toBeVisible();
  return window;
}

/** Whose phone, how it is called, and the PIN twice. */
async function introduce(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "chị", exact: true }).click();
  await page.getByLabel("Tên máy").fill(name);
  await page.getByRole("button", { name: "Tiếp: đặt PIN" }).click();
  await typePin(page);
  await expect(page.getByText("Nhập lại 6 số PIN")).toBeVisible();
  await typePin(page);
}

async function typePin(page: Page): Promise<void> {
  const keys = page.getByRole("group", { name: /PIN/ });
  for (const digit of PIN) await keys.getByRole("button", { name: digit, exact: true }).click();
}

/** The number on the phone's screen, read out. */
async function readOut(page: Page): Promise<string> {
  await expect(page.getByRole("heading", { name: "Đọc số này cho cán bộ xã" })).toBeVisible();
  const number = (await page.locator(".digits").textContent())?.replace(/\D/g, "") ?? "";
  expect(number).toMatch(/^\d{6}$/);
  return number;
}

async function approve(page: Page, holder: string, device: string, number: string): Promise<void> {
  const box = page.getByLabel(`Số ${holder} đọc`);
  const wrong = String((Number(number) + 1) % 1_000_000).padStart(6, "0");
  await box.fill(wrong);
  await expect(page.getByText("Số không khớp")).toBeVisible();
  await page.getByRole("button", { name: `Duyệt ${device}` }).click();
  await expect(box, "another number lets nobody in").toBeVisible();
  await box.fill(number);
  await expect(page.getByText("Khớp với máy xã")).toBeVisible();
  await picture(page, "ghi-danh", "3-xa-doi-chieu");
  await page.getByRole("button", { name: `Duyệt ${device}` }).click();
  await expect(page.getByText(`Đã duyệt ${device}`)).toBeVisible();
}

/** The phone asks by itself every few seconds, fetches what is its own, and goes in; who is in a hurry asks at once. */
async function letIn(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: "Hỏi lại ngay" })
    .click({ timeout: 2_000 })
    .catch(() => undefined);
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible({ timeout: 60_000 });
}

test("a picture of the QR lets a phone ask, and the number read out lets it in", async ({ browser }) => {
  const qr = await invite(office.page, "Y Blôk Êban");
  await picture(office.page, "ghi-danh", "1-ma-moi");
  const shot = await qr.screenshot();

  const blok = world.person("Blôk", PIN);
  const { page, watch, close } = await phone(blok, browser);
  await picture(page, "ghi-danh", "0-mo-dau");
  await page.getByRole("button", { name: "Quét mã QR" }).click();
  await page.locator("input[type=file]").setInputFiles({
    name: "ma-moi.png",
    mimeType: "image/png",
    buffer: shot,
  });
  await expect(page.getByText(`Đã có mã mời của ${world.hub.url}.`)).toBeVisible();
  await introduce(page, "Máy của Blôk");
  const number = await readOut(page);
  await picture(page, "ghi-danh", "2-doc-so");
  await expect(office.page.getByText("Mã đã dùng.")).toBeVisible({ timeout: 20_000 });
  await approve(office.page, "Y Blôk Êban", "Máy của Blôk", number);

  await letIn(page);
  await page.getByRole("link", { name: "Hộ", exact: true }).click();
  await expect(page.getByText("H'Nguôt Ayŭn")).toBeVisible({ timeout: 20_000 });
  expect(
    (await blok.call("household.list", { scope: "all" })).total,
    "his team's households and no other",
  ).toBe(12);
  watch.calm();
  await close();
});

test("the code read out over the counter does as well, without touching the screen", async ({ browser }) => {
  await invite(office.page, "Vi Thị Lan");
  const code = (await office.page.locator("p.code").textContent())?.trim() ?? "";
  const second = world.person("Lan 2", PIN);
  const { page, watch, close } = await phone(second, browser);
  const { keyboard } = page;
  await push(page, "Nhập địa chỉ và mã");
  await atHeading(page, "Nhập địa chỉ và mã");
  await tabTo(page, "Địa chỉ máy xã");
  await keyboard.type(world.hub.url);
  await tabTo(page, "Mã mời");
  // As it is heard: small letters, no dashes.
  await keyboard.type(code.replaceAll("-", "").toLowerCase());
  await keyboard.press("Enter");
  await atHeading(page, "Máy này của ai");
  await push(page, "chị", "Space");
  await tabTo(page, "Tên máy");
  await keyboard.press("Control+A");
  await keyboard.type("Máy tính bảng của Lan");
  await push(page, "Tiếp: đặt PIN");
  await atHeading(page, "Đặt PIN");
  await keyboard.type(PIN + PIN);
  await atHeading(page, "Ghi danh máy này");
  await approve(office.page, "Vi Thị Lan", "Máy tính bảng của Lan", await readOut(page));
  await letIn(page);
  await atHeading(page, /Lan/);
  expect((await second.call("profile.state")).enrolled).toBe("active");
  watch.calm();
  await close();
});

test("a code that nobody made is refused in words, and what was typed stays", async ({ browser }) => {
  const stranger = world.person("Người lạ", PIN);
  const { page, watch, close } = await phone(stranger, browser);
  await page.getByRole("button", { name: "Nhập địa chỉ và mã" }).click();
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Chưa có địa chỉ máy xã");
  await page.getByLabel("Địa chỉ máy xã").fill(world.hub.url);
  await page.getByLabel("Mã mời").fill("0000000000000");
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await introduce(page, "Máy lạ");
  await expect(page.getByRole("alert")).toContainText("Mã không đúng");
  await expect(page.getByLabel("Địa chỉ máy xã")).toHaveValue(world.hub.url);
  watch.calm();
  await close();
});
