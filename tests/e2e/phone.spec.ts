//! What a phone has of its own, as its owner meets it: a scanner behind the page, a finger at the lock, reminders, an
//! invitation that opened the app. No phone is here: its own calls are answered as one would, all others by the app.
import { expect, type Page, type Route, test } from "@playwright/test";
import { axeProblems } from "./look/axe.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { goTo, open, PHONE, SMALL, unlock, type Window } from "./look/window.ts";
import { answer, press } from "./steps.ts";
import type { Json } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
let lan: Window;
const HEAD = "Vừ Thị Mỷ";
const CARD = {
  full_name: "GIÀNG THỊ SÚA",
  birth_date: "1985-09-02",
  birth_precision: "ngay",
  gender: "nu",
  address: null,
  id_tag: 7,
  doubts: [],
  same: [],
};
/** What the phone is told to do next; `null` keeps it looking until it is stopped. */
const hand = {
  finger: "off",
  reminders: "off",
  scans: [] as (Json | string | null)[],
  touches: [] as string[],
  planned: [] as Json[],
  invitation: null as string | null,
};
let stop: () => void = () => undefined;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  lan = await open(browser, world.lan);
  await lan.page.route("**/call", answerAsPhone);
  await lan.page.reload();
  await settled(lan.page);
});
test.afterEach(() => lan?.watch.calm());
test.afterAll(() => world?.end());

const told = (route: Route, body: unknown) => route.fulfill({ json: body });
/** Refused with that code, in the words of the registry. */
const refused = (route: Route, code: string) =>
  route.fulfill({ status: 400, json: { error: { code, message: "", hint: "", message_en: "" } } });

async function answerAsPhone(route: Route): Promise<void> {
  const { name, input } = route.request().postDataJSON() as { name: string; input: Json };
  if (name === "phone.state")
    return told(route, { scanner: true, finger: hand.finger, reminders: hand.reminders });
  if (name === "phone.stop") {
    stop();
    return told(route, { done: true });
  }
  if (name === "phone.invitation") {
    const text = hand.invitation;
    hand.invitation = null;
    return told(route, text === null ? null : { text });
  }
  if (name.startsWith("qr.") && input.scanner === true) {
    const seen = hand.scans.shift() ?? null;
    if (seen === null) {
      await new Promise<void>((stopped) => (stop = stopped));
      return refused(route, "cancelled");
    }
    return typeof seen === "string" ? refused(route, seen) : told(route, seen);
  }
  if (name === "finger.on" || name === "finger.unlock") {
    const how = hand.touches.shift() ?? "cancelled";
    if (how !== "well") {
      if (how === "finger_lost") hand.finger = "off";
      return refused(route, how);
    }
    if (name === "finger.unlock") await world.lan.call("profile.unlock", { pin: world.lan.pin });
    else if (input.pin !== world.lan.pin) return refused(route, "pin_wrong");
    hand.finger = "on";
    return told(route, { done: true });
  }
  if (name === "finger.off") {
    hand.finger = "off";
    return told(route, { done: true });
  }
  if (name === "reminder.set") {
    if (input.on && input.ask && hand.reminders === "off") return refused(route, "reminders_denied");
    hand.planned.push(input);
    return told(route, { count: input.on ? 2 : 0 });
  }
  return route.fallback();
}

const sheet = (page: Page) => page.locator("dialog:not(.lens)");
async function scanCard(page: Page): Promise<void> {
  await goTo(page, "#/");
  await goTo(page, `#/households/${world.house[HEAD]}/person/new`);
  await settled(page);
  const yes = page.locator("[data-field=consent]").getByRole("button", { name: "Đồng ý", exact: true });
  if ((await yes.getAttribute("aria-pressed")) !== "true") await answer(page, "consent", "Đồng ý");
  await press(page.getByRole("button", { name: "Quét thẻ căn cước" }));
}
const lens = (page: Page) => page.getByRole("dialog", { name: "Đưa mã QR vào giữa khung." });
const seenThrough = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor === "rgba(0, 0, 0, 0)");

test("the phone's own scanner looks behind the page, and the way back stays in sight", async () => {
  const { page } = lan;
  hand.scans = [null, CARD];
  await scanCard(page);
  await expect(lens(page)).toBeVisible();
  expect(await seenThrough(page)).toBe(true);
  for (const over of [
    page.getByRole("heading", { level: 1 }),
    sheet(page),
    page.getByText("Đang mở máy ảnh"),
  ])
    await expect(over, "nothing of the page lies over what the camera sees").toBeHidden();
  for (const size of [SMALL, PHONE]) {
    await page.setViewportSize(size);
    expect(await layoutProblems(page)).toEqual([]);
  }
  await picture(page, "dien-thoai", "1-trinh-quet");
  await press(lens(page).getByRole("button", { name: "Thôi quét" }));
  await expect(lens(page)).toHaveCount(0);
  expect(await seenThrough(page)).toBe(false);
  await expect(sheet(page)).toContainText("Đã dừng quét.");
  await picture(page, "dien-thoai", "2-da-dung");
  await press(sheet(page).getByRole("button", { name: "Quét lại" }));
  await expect(sheet(page).getByRole("heading", { name: "So với thẻ rồi mới điền" })).toBeVisible();
  expect(await seenThrough(page)).toBe(false);
  await press(sheet(page).getByRole("button", { name: "Điền vào biểu mẫu" }));
  await expect(page.locator("[data-field=full_name] input")).toHaveValue("Giàng Thị Súa");
});

test("what the scanner refuses is told, and where it cannot look the page's camera does", async () => {
  const { page } = lan;
  hand.scans = ["camera_denied"];
  await scanCard(page);
  await expect(sheet(page)).toContainText("Máy ảnh chưa được phép dùng");
  await page.keyboard.press("Escape");
  hand.scans = ["other_qr"];
  await scanCard(page);
  await expect(sheet(page).getByRole("alert")).toBeVisible();
  await page.keyboard.press("Escape");
  // No camera at all in this browser: what the page's own looks end in.
  hand.scans = ["no_scanner"];
  await scanCard(page);
  await expect(sheet(page)).toContainText("Máy này không có máy ảnh dùng được");
  // Leaving while it looks ends the look.
  await page.keyboard.press("Escape");
  hand.scans = [null];
  let ended = false;
  await scanCard(page);
  await expect(lens(page)).toBeVisible();
  const end = stop;
  stop = () => {
    ended = true;
    end();
  };
  await goTo(page, "#/households");
  await expect.poll(() => ended).toBe(true);
  expect(await seenThrough(page)).toBe(false);
});

test("a finger is switched on with the PIN, and opens the lock", async () => {
  const { page } = lan;
  await goTo(page, "#/me");
  await settled(page);
  const finger = page.getByRole("group", { name: "Mở bằng vân tay" });
  const on = finger.getByRole("button", { name: "Bật", exact: true });
  await press(on);
  await expect(sheet(page)).toContainText("Nhập PIN đang dùng");
  await picture(page, "dien-thoai", "3-bat-van-tay");
  hand.touches = ["well", "well"];
  await unlock(page, world.lan.pin === "111222" ? "222333" : "111222");
  await expect(sheet(page)).toContainText("PIN");
  await expect(sheet(page).locator(".late")).toBeVisible();
  await unlock(page, world.lan.pin);
  await expect(sheet(page)).toHaveCount(0);
  await expect(on).toHaveAttribute("aria-pressed", "true");
  await picture(page, "dien-thoai", "4-toi");

  // Asked for once by itself; who goes back finds the keypad and the button.
  hand.touches = ["cancelled", "finger_denied", "well"];
  await page.getByRole("button", { name: "Khóa ngay" }).click();
  const touch = page.getByRole("button", { name: "Mở bằng vân tay" });
  await expect(touch).toBeEnabled();
  await expect(page.getByText("Máy không nhận vân tay lúc này")).toHaveCount(0);
  await picture(page, "dien-thoai", "5-khoa");
  await press(touch);
  await expect(page.getByText("Máy không nhận vân tay lúc này")).toBeVisible();
  await press(touch);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tôi");

  // Somebody added a finger to the phone.
  hand.touches = ["finger_lost"];
  await goTo(page, "#/me");
  await page.getByRole("button", { name: "Khóa ngay" }).click();
  await expect(page.getByText("Vân tay của máy đã đổi nên không mở được nữa")).toBeVisible();
  await expect(touch).toHaveCount(0);
  await unlock(page, world.lan.pin);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tôi");
});

test("reminders are asked for once, planned when the phone is put away, and taken back", async () => {
  const { page } = lan;
  await goTo(page, "#/me");
  await settled(page);
  const group = page.getByRole("group", { name: "Nhắc việc đến hạn" });
  const on = group.getByRole("button", { name: "Bật", exact: true });
  await press(on);
  await expect(page.getByRole("alert").filter({ hasText: "Máy chưa cho Tổ Số gửi thông báo" })).toBeVisible();
  await expect(on).toHaveAttribute("aria-pressed", "false");
  hand.reminders = "on";
  await press(on);
  await expect(on).toHaveAttribute("aria-pressed", "true");
  expect(hand.planned.at(-1)).toMatchObject({
    on: true,
    one: "Hôm nay có 1 việc đến hạn",
    many: "Hôm nay có {count} việc đến hạn",
  });
  const before = hand.planned.length;
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    Object.defineProperty(document, "hidden", { value: false, configurable: true });
  });
  await expect.poll(() => hand.planned.length).toBe(before + 1);
  expect(hand.planned.at(-1)).toMatchObject({ on: true, ask: false });
  await press(group.getByRole("button", { name: "Tắt", exact: true }));
  await expect(on).toHaveAttribute("aria-pressed", "false");
  expect(hand.planned.at(-1)).toMatchObject({ on: false });
  expect(await axeProblems(page)).toEqual([]);
});

test("an invitation that opened the app leads to whose device it is", async ({ browser }) => {
  const fresh = world.person("Dua", "482913");
  await fresh.start(false);
  const window = await open(browser, fresh);
  await window.page.route("**/call", answerAsPhone);
  hand.invitation = (await world.invite("Lan")).qr;
  await window.page.reload();
  await expect(window.page.getByRole("heading", { level: 1 })).toHaveText("Máy này của ai");
  // A link may come from anybody: where it leads is said first.
  await expect(window.page.getByRole("status").first()).toContainText(world.hub.url);
  await picture(window.page, "dien-thoai", "6-mo-bang-loi-moi");
  window.watch.calm();
  await window.close();
});
