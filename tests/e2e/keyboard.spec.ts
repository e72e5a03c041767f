//! The member's main way through the app, without ever touching the screen.
import { expect, test } from "@playwright/test";
import { atHeading, on, push, pushTo, tabTo, told } from "./look/keyboard.ts";
import { DESK, open, PHONE } from "./look/window.ts";
import { PIN } from "./world/commune.ts";
import { live } from "./world/lived.ts";
import { World } from "./world/world.ts";

let world: World;
test.beforeAll(async () => {
  world = await World.begin();
  await live(world);
});
test.afterAll(() => world?.end());

for (const [name, size] of [
  ["a phone with a keyboard", PHONE],
  ["a wide screen", DESK],
] as const)
  test(`unlock, find, record in three steps, undo, send: ${name}`, async ({ browser }) => {
    await world.lan.call("profile.lock");
    const { page, watch, close } = await open(browser, world.lan, { size });
    const { keyboard } = page;
    await expect(page.getByText("Nhập 6 số PIN")).toBeVisible();
    await keyboard.type(PIN);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Lan");

    await tabTo(page, "Hộ");
    await keyboard.press("Enter");
    await atHeading(page, "Hộ");
    await tabTo(page, /^Tìm hộ/);
    await keyboard.type("lo van pom");
    await expect(page.getByRole("listitem")).toHaveCount(1);
    await tabTo(page, /Lò Văn Pọm/);
    await keyboard.press("Enter");
    await atHeading(page, /Lò Văn Pọm/);

    await tabTo(page, /^Ghi lượt thăm/);
    await keyboard.press("Enter");
    await atHeading(page, "Gặp ai?");
    await tabTo(page, /^Gặp chủ hộ/);
    await keyboard.press("Enter");
    await atHeading(page, "Nói gì, giúp gì?");
    await tabTo(page, /VNeID/);
    await keyboard.press("Space");

    const helped = page.getByRole("dialog");
    await tabTo(page, "Hỗ trợ VNeID");
    await keyboard.press("Enter");
    await expect(helped).toBeVisible();
    await keyboard.press("Escape");
    await expect(helped).toHaveCount(0);
    await expect(page.locator(":focus")).toHaveText(/VNeID/);
    await keyboard.press("Enter");
    await tabTo(page, "Người dân tự làm được");
    await keyboard.press("Enter");
    await expect(helped).toHaveCount(0);
    await expect(page.locator(":focus"), "the focus is somewhere after the sheet").not.toHaveCount(0);

    await tabTo(page, "Hẹn lại");
    await keyboard.press("Enter");
    await atHeading(page, "Hẹn thăm lại");
    await tabTo(page, "1 tuần");
    await keyboard.press("Space");
    await tabTo(page, "Lưu lượt thăm");
    await keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Đã lưu lượt thăm" })).toBeVisible();
    // A key pressed before the page come to has the focus lands on the page left.
    await atHeading(page, /^Hộ/);
    const before = (await world.lan.call("record.list", { kind: "visit", limit: 500 })).items.length;
    await tabTo(page, "Hoàn tác");
    await keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Đã hoàn tác" })).toBeVisible();
    const after = (await world.lan.call("record.list", { kind: "visit", limit: 500 })).items.length;
    expect(after).toBe(before - 1);

    await page.evaluate(() => (location.hash = "#/"));
    await atHeading(page, /Lan/);
    await tabTo(page, /Đồng bộ/);
    await keyboard.press("Enter");
    await atHeading(page, "Đồng bộ");
    await tabTo(page, /^(Gửi về xã ngay|Hỏi máy xã lần nữa)$/);
    await keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Mọi thứ đã an toàn ở xã" })).toBeVisible();
    watch.calm();
    await close();
  });

test("a member changes how the app speaks and its PIN, locks it and comes back", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.pao);
  const { keyboard } = page;
  await push(page, /^Tôi/);
  await atHeading(page, "Tôi");
  await push(page, "English", "Space");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Me");
  await on(page, "English");
  await keyboard.press("Shift+Tab");
  await on(page, "Tiếng Việt");
  await keyboard.press("Space");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tôi");
  await push(page, "Tối", "Space");
  await expect(page.locator("html[data-theme=dark]")).toHaveCount(1);
  await push(page, "Lớn", "Space");
  await on(page, "Lớn");

  await push(page, "Đổi PIN");
  await atHeading(page, "Đổi PIN");
  const [wrong, fresh] = ["000000", "864213"];
  // The last digit is pushed on the screen's own keys, which may not be pushed while the work goes on.
  await keyboard.type(wrong + fresh + fresh.slice(0, 5));
  await push(page, "3");
  await expect(page.getByText("Mã PIN hoặc mật khẩu không đúng")).toBeVisible();
  await on(page, "3");
  await keyboard.type(PIN + fresh + fresh);
  await atHeading(page, "Tôi");
  await told(page, "Đã đổi PIN");
  await push(page, /^Khóa ngay/);
  await expect(page.getByText("Nhập 6 số PIN")).toBeVisible();
  await keyboard.type(fresh);
  await atHeading(page, "Tôi");

  await pushTo(page, "Đổi PIN", "Đổi PIN");
  await push(page, "Dùng mật khẩu thay PIN");
  const phrase = "nương lúa bên suối";
  for (const [field, text] of [
    ["Nhập PIN đang dùng", fresh],
    ["Mật khẩu mới", phrase],
    ["Nhập lại mật khẩu mới", phrase],
  ] as const) {
    await tabTo(page, field);
    await keyboard.type(text);
  }
  await push(page, "Đổi mật khẩu");
  await atHeading(page, "Tôi");
  await told(page, "Đã đổi mật khẩu");
  await push(page, /^Khóa ngay/);
  await expect(page.getByRole("textbox")).toBeFocused();
  await keyboard.type(phrase);
  await keyboard.press("Enter");
  await atHeading(page, "Tôi");
  watch.calm();
  await close();
});
