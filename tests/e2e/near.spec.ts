//! The nearest doors first: only for whoever switched the device's location on, and never more exact than 100 m.
import { expect, test } from "@playwright/test";
import { settled } from "./look/places.ts";
import { goTo, open, type Window } from "./look/window.ts";
import { editHousehold, openHousehold, press, save } from "./steps.ts";
import { live } from "./world/lived.ts";
import { World } from "./world/world.ts";

/** On the path, and what of it may be written down. */
const EXACT = { latitude: 22.336714, longitude: 103.843961 };
const ROUNDED = "22.337,103.844";

let world: World;
let lan: Window;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  await live(world);
  lan = await open(browser, world.lan);
});
test.afterEach(() => lan?.watch.calm());
test.afterAll(() => world?.end());

const chip = () => lan.page.getByRole("button", { name: "Gần tôi" });
const gps = (word: string) => lan.page.getByRole("group", { name: "Dùng vị trí của máy" }).getByText(word);

test("until it is switched on nothing asks where the device is", async () => {
  const { page } = lan;
  await page.evaluate(() => {
    navigator.geolocation.getCurrentPosition = () => {
      throw new Error("asked for the place");
    };
  });
  await goTo(page, "#/households?near=1");
  await settled(page);
  await expect(chip()).toHaveCount(0);
  await openHousehold(page, "lo van pom", "Lò Văn Pọm");
  await editHousehold(page);
  await expect(page.locator("[data-field=language]")).toBeVisible();
  await expect(page.locator("[data-field=location]")).toHaveCount(0);
  await page.reload();
});

test("a device that says no leaves it off, and says what to do", async () => {
  const { page } = lan;
  await page.context().clearPermissions();
  await goTo(page, "#/me");
  await press(gps("Bật"));
  await expect(page.getByRole("status").filter({ hasText: "Máy chưa cho dùng vị trí" })).toBeVisible();
  await expect(gps("Tắt")).toHaveAttribute("aria-pressed", "true");
});

test("a household's place is taken where one stands, and rounded", async () => {
  const { page } = lan;
  await page.context().grantPermissions(["geolocation"], { origin: world.lan.url });
  await page.context().setGeolocation(EXACT);
  await press(gps("Bật"));
  await expect(gps("Bật")).toHaveAttribute("aria-pressed", "true");
  await openHousehold(page, "lo van pom", "Lò Văn Pọm");
  await editHousehold(page);
  await press(page.getByRole("button", { name: "Lấy vị trí đang đứng" }));
  await expect(page.getByText("22.337 · 103.844")).toBeVisible();
  await save(page, "Lưu chỗ đã sửa", "Đã sửa");
  const held = await world.lan.call("record.get", { id: world.house["Lò Văn Pọm"] });
  expect(held.fields.location).toBe(ROUNDED);
});

test("the nearest comes first, with how far it is, and follows where one goes", async () => {
  const { page } = lan;
  await world.lan.call("record.save", {
    id: world.house["Giàng A Chứ"],
    patch: { location: "22.350,103.844" },
  });
  await goTo(page, "#/households");
  await press(page.getByRole("button", { name: "Xóa ô tìm" }));
  await press(chip());
  const rows = page.getByRole("listitem");
  await expect(page.getByText("2 hộ đã ghi vị trí, gần trước")).toBeVisible();
  await expect(rows.nth(0)).toContainText("Lò Văn Pọm");
  await expect(rows.nth(0)).toContainText("ngay gần đây");
  await expect(rows.nth(1)).toContainText("Giàng A Chứ");
  await expect(rows.nth(1)).toContainText("cách 1,4 km");
  // Neither the address nor what a browser keeps of it holds the place.
  expect(page.url()).not.toMatch(/22\.3|103\.8/);
  await press(chip());
  await expect(rows).not.toHaveCount(2);
  await page.context().setGeolocation({ latitude: 22.3498, longitude: 103.8441 });
  await press(chip());
  await expect(rows.nth(0)).toContainText("Giàng A Chứ");
});
