//! The phone falls into the water: its backup, made at home, comes back on a new one with the work nobody had yet.
import { expect, test } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { goTo, open, unlock } from "./look/window.ts";
import { nobodyHome, send } from "./steps.ts";
import { World } from "./world/world.ts";

let world: World;
test.beforeAll(async () => {
  world = await World.begin();
});
test.afterAll(() => world?.end());

test("a backup proves itself, opens with its code alone, and brings unsent work to the commune", async ({
  browser,
}) => {
  const lan = await open(browser, world.lan);
  await world.hub.stop();
  await nobodyHome(lan.page, world.house["Giàng A Chứ"] ?? "");
  await goTo(lan.page, "#/me");
  await settled(lan.page);
  await expect(lan.page.getByText(/máy còn trống/)).toBeVisible();
  await lan.page.getByRole("link", { name: /^Sao lưu/ }).click();
  await lan.page.getByRole("button", { name: "Sao lưu ngay" }).click();
  await expect(lan.page.getByText("Đã mở lại và so: khớp từng bản ghi")).toBeVisible();
  await expect(lan.page.getByText(/1 lần ghi chưa gửi/)).toBeVisible();
  const code = (await lan.page.locator(".code").textContent()) ?? "";
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
  await picture(lan.page, "may-roi-xuong-suoi", "1-sao-luu");
  const [file] = await Promise.all([
    lan.page.waitForEvent("download"),
    lan.page.getByRole("button", { name: "Lưu tệp" }).click(),
  ]);
  await expect(lan.page.getByRole("button", { name: "Đã lưu tệp" })).toBeVisible();
  const bytes = await readFile(await file.path());
  expect(bytes.includes("Giàng A Chứ")).toBe(false);
  lan.watch.calm();
  await lan.close();
  await world.lan.stop(true);

  const fresh = world.person("Lan, máy mới", "975310");
  await fresh.start(false);
  const { page, watch, close } = await open(browser, fresh);
  await page.getByRole("button", { name: "Lấy lại từ bản sao lưu" }).click();
  await page.getByRole("button", { name: "Lấy lại", exact: true }).click();
  await expect(page.getByText("Chưa chọn tệp")).toBeVisible();
  await page
    .getByLabel("Tệp sao lưu")
    .setInputFiles({ name: file.suggestedFilename(), mimeType: "", buffer: bytes });
  await page.getByLabel("Mã mở bản sao lưu").fill(code.replace(/[2-9]/, "1"));
  await page.getByLabel("PIN hoặc mật khẩu mới").fill("975310");
  await page.getByLabel("Nhập lại mật khẩu").fill("975310");
  await page.getByRole("button", { name: "Lấy lại", exact: true }).click();
  await expect(page.getByText("Mã này không mở được bản sao lưu")).toBeVisible();
  await picture(page, "may-roi-xuong-suoi", "2-lay-lai");
  await page.getByLabel("Mã mở bản sao lưu").fill(code.toLowerCase());
  await page.getByRole("button", { name: "Lấy lại", exact: true }).click();
  await expect(page.getByText("Đã lấy lại, khớp từng bản ghi")).toBeVisible();
  await page.getByRole("button", { name: "Mở khóa để dùng" }).click();
  await unlock(page, "975310");
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
  await world.hub.start();
  await send(page);
  await world.office.sync();
  const visits = await world.office.call("record.list", { kind: "visit" });
  expect(visits.items.length).toBe(1);
  watch.calm();
  await close();
});
