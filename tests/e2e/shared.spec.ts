//! One phone, two people: each with a PIN and a store of their own; and practice, which nobody takes for work.
import { expect, type Page, test } from "@playwright/test";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { goTo, open, unlock, type Window } from "./look/window.ts";
import { answer, openHousehold, save, send } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import { World } from "./world/world.ts";

let world: World;
let phone: Window;
const OTHER_PIN = "864213";
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  phone = await open(browser, world.lan);
});
test.afterEach(() => phone?.watch.calm());
test.afterAll(() => world?.end());

/** From any page to the list of who uses the phone. */
async function others(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Người khác dùng máy" }).click();
  await expect(page.getByRole("dialog", { name: "Ai dùng máy này?" })).toBeVisible();
}
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

test("Páo enrols on Lan's phone, beside her", async () => {
  const { page } = phone;
  // A form of hers that is left in the middle.
  await goTo(page, "#/books/feedback/new");
  await settled(page);
  await answer(page, "feedback_kind", "Sóng, điện, mạng");
  const kept = page.waitForResponse((told) => told.request().postData()?.includes("draft.put") ?? false);
  await answer(page, "text", "Cột sóng ở đầu bản tắt từ hôm mưa to");
  await kept;
  await goTo(page, "#/me");
  await others(page);
  await picture(page, "hai-nguoi-mot-may", "1-ai-dung-may");
  await page.getByRole("button", { name: /^Thêm người dùng máy này/ }).click();
  await expect(heading(page, "Tổ Số")).toBeVisible();
  await picture(page, "hai-nguoi-mot-may", "2-nguoi-moi");

  const { code } = await world.invite("Páo");
  await page.getByRole("button", { name: "Nhập địa chỉ và mã" }).click();
  await page.getByLabel("Địa chỉ máy xã").fill(world.hub.url);
  await page.getByLabel("Mã mời").fill(code);
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await page.getByRole("button", { name: "anh", exact: true }).click();
  await page.getByLabel("Tên máy").fill("Páo dùng chung");
  await page.getByRole("button", { name: "Tiếp: đặt PIN" }).click();
  await unlock(page, OTHER_PIN);
  await expect(page.getByText("Nhập lại 6 số PIN")).toBeVisible();
  await unlock(page, OTHER_PIN);
  await expect(heading(page, "Ghi danh máy này")).toBeVisible();
  const number = (await page.locator(".digits").textContent())?.replace(/\D/g, "") ?? "";
  const devices: { state: string; device: string }[] = await world.office.call("device.list");
  const waiting = devices.find((device) => device.state === "pending");
  await world.office.call("device.approve", { device: waiting?.device, check_number: number });
  await page
    .getByRole("button", { name: "Hỏi lại ngay" })
    .click({ timeout: 2_000 })
    .catch(() => undefined);
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible({ timeout: 60_000 });
});

test("what Lan began is hers alone, and her PIN opens it", async () => {
  const { page } = phone;
  await goTo(page, "#/me");
  await others(page);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Máy của lan/i })
    .click();
  await expect(page.getByText("Nhập 6 số PIN")).toBeVisible();
  await picture(page, "hai-nguoi-mot-may", "3-khoa-cua-lan");
  await unlock(page, OTHER_PIN);
  await expect(page.getByText(/Sai PIN|không đúng/i)).toBeVisible();
  await unlock(page, PIN);
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
  await page.getByRole("button", { name: "Ghi nhanh" }).click();
  await page.getByRole("button", { name: /^Ghi tiếp: phản ánh/i }).click();
  await expect(page.locator("[data-field=text] textarea")).toHaveValue(/Cột sóng ở đầu bản/);
  await save(page, "Lưu phản ánh", "Đã lưu");
  await send(page);
});

test("practice says what it is on every page, keeps nothing and sends nothing", async () => {
  const { page } = phone;
  await goTo(page, "#/me");
  await page.getByRole("button", { name: /^Tập thử/ }).click();
  const bar = page.getByRole("complementary", { name: "Tập thử" });
  await expect(bar).toContainText("TẬP THỬ");
  await settled(page);
  await picture(page, "tap-thu", "1-hom-nay");
  await openHousehold(page, "giang a mau", "Giàng A Mẫu");
  await picture(page, "tap-thu", "2-ho-so");
  await page
    .getByRole("link", { name: /^Ghi lượt thăm/ })
    .first()
    .click();
  await save(page, "Vắng nhà", "Đã lưu: Vắng nhà");
  await goTo(page, "#/sync");
  await page.getByRole("button", { name: "Gửi về xã ngay" }).click();
  await expect(page.getByText("Đang tập thử: không gì ở đây được gửi đi")).toBeVisible();
  await bar.getByRole("button", { name: "Thôi tập" }).click();
  await unlock(page, PIN);
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
  await goTo(page, "#/households");
  await page.getByRole("searchbox").fill("giang a mau");
  await settled(page);
  await expect(page.getByText("Giàng A Mẫu")).toHaveCount(0);
});
