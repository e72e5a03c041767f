//! Screens that no story pauses at, as they stand in a lived-in commune: the visit's steps, help, the list, the dark.
import { expect } from "@playwright/test";
import { test } from "./look/lived.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, settled } from "./look/places.ts";
import { DESK, open } from "./look/window.ts";
import { CLASHING } from "./world/lived.ts";

test("a visit in three steps, help, the list", async ({ browser, lived: world }) => {
  const { page, watch, close } = await open(browser, world.lan);
  await goAndWait(page, { name: "Hộ", address: "#/households" });
  await picture(page, "ho", "1-danh-sach");
  await page.getByRole("searchbox").fill("lo van");
  await settled(page);
  await expect(page.getByRole("listitem").first()).toContainText("Lò Văn");
  await picture(page, "ho", "2-tim-khong-dau");

  await goAndWait(page, { name: "lượt thăm", address: `#/visit/${world.house["Sùng Thị Dợ"]}` });
  await picture(page, "tham", "1-gap-ai");
  await page.getByRole("button", { name: "Gặp chủ hộ" }).click();
  await settled(page);
  const topics = page.getByRole("group", { name: "Đã nói chuyện về gì?" });
  await topics.getByRole("button", { name: "VNeID" }).click();
  await topics.getByRole("button", { name: "Dịch vụ công" }).click();
  await picture(page, "tham", "2-noi-gi");
  await page.getByRole("button", { name: "Hỗ trợ VNeID" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await picture(page, "tham", "3-giup-gi");
  await page.getByRole("dialog").getByRole("button", { name: "Người dân tự làm được" }).click();
  await page.getByRole("button", { name: "Hẹn lại" }).click();
  await settled(page);
  await picture(page, "tham", "4-hen-lai");

  // It once came to the list of households instead: the visit's page was made anew for this address.
  await goAndWait(page, { name: "hỗ trợ", address: "#/assistance" });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Đã giúp làm gì?");
  await picture(page, "ho-tro", "1-viec-gi");
  await goAndWait(page, { name: "Ghi nhanh", address: "#/" });
  await page.getByRole("button", { name: "Ghi nhanh" }).click();
  await settled(page);
  await picture(page, "ghi-nhanh", "1-chon");
  watch.calm();
  await close();
});

test("in the dark", async ({ browser, lived: world }) => {
  const phone = await open(browser, world.lan, { theme: "dark" });
  for (const [step, address] of [
    ["1-hom-nay", "#/"],
    ["2-ho-so", `#/households/${world.house["Lò Văn Pọm"]}`],
    ["3-dong-bo", "#/sync"],
    ["4-hai-ban", `#/clash/${world.house[CLASHING]}/head_name`],
  ] as const) {
    await goAndWait(phone.page, { name: step, address });
    await picture(phone.page, "toi", step);
  }
  phone.watch.calm();
  await phone.close();
  const office = await open(browser, world.office, { theme: "dark", size: DESK });
  for (const [step, address] of [
    ["5-can-quyet", "#/office"],
    ["6-thiet-bi", "#/devices"],
  ] as const) {
    await goAndWait(office.page, { name: step, address });
    await picture(office.page, "toi", step);
  }
  office.watch.calm();
  await office.close();
});
