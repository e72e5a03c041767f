// Lan's first day with the real window: let in by a typed code, one visit written down, the window closed and opened
// again, and everything still there. A real hub, a real office, no mocks. Run by `cargo xtask test`.

import { join } from "node:path";
import { withCommune } from "./commune.mjs";
import { asked, folder, must, until, withWindow } from "./driver.mjs";

const [driver, window, hub, toso, pictures] = asked("driver", "window", "hub", "toso", "pictures");
/** Nobody real is behind it. */
const PIN = "135790";
const HEAD = "Lầu Bá Đủa";

async function typePin(page, pin) {
  for (const digit of pin) await page.press(digit);
}

async function comesIn(page, office, invited) {
  await page.press("Nhập địa chỉ và mã");
  await page.type("Địa chỉ máy xã", office.url);
  await page.type("Mã mời", await office.invite(invited));
  await page.picture("1-code");
  await page.press("Tiếp tục");
  await page.type("Tên máy", "Máy của Lan");
  await page.press("Tiếp: đặt PIN");
  await page.reads("Chọn 6 số PIN");
  await typePin(page, PIN);
  await page.reads("Nhập lại 6 số PIN");
  await typePin(page, PIN);
  const number = await until("the check number is shown", () =>
    page.run(() => document.querySelector(".digits")?.textContent.replace(/\s/g, "")),
  );
  must(/^\d{6}$/.test(number), `six digits, not ${number}`);
  await page.picture("2-check-number");
  await office.approve(number);
  // The device asks by itself every few seconds, fetches what is its own, and goes in.
  await page.reads("Ghi nhanh");
  console.log("Lan is let in by a typed code, after the office compared the number");
}

async function visits(page) {
  await page.press("Hộ");
  await page.press("Thêm hộ mới");
  await page.type("Tên chủ hộ", HEAD);
  await page.press("Lưu hộ mới");
  await page.reads(`Hộ ${HEAD}`);
  await page.picture("3-household");
  await page.press(`Ghi lượt thăm hộ ${HEAD}`);
  await page.press("Gặp chủ hộ");
  await page.reads("Đã nói chuyện về gì?");
  await page.press("Lưu luôn");
  await page.reads(`Đã lưu lượt thăm hộ ${HEAD}`, "Thăm, gặp chủ hộ");
  await page.picture("4-visit");
  console.log("a visit to a new household is saved");
}

async function findsAgain(page) {
  await page.reads("Mở khóa");
  await page.picture("5-locked");
  must((await page.call("space.list").catch((error) => error)).told?.error.code === "locked", "it is locked");
  await typePin(page, PIN);
  await page.press("Hộ");
  await page.type("Tìm hộ: tên, cụm, số điện thoại, không cần gõ dấu", "lau ba dua");
  await page.picture("6-found");
  await page.follow(HEAD);
  await page.reads(`Hộ ${HEAD}`, "Thăm, gặp chủ hộ");
  await page.picture("7-again");
  console.log("after a restart the household is found without tone marks, its visit in its timeline");
}

await folder(async (home) => {
  await withCommune({ hub, toso, home }, async (office) => {
    const invited = await office.begin("Tổ Huồi Tụ", "Lò Thị Lan");
    const profile = join(home, "lan");
    const lan = { driver, window, profile, home, pictures };
    await withWindow(lan, async (page) => {
      await comesIn(page, office, invited);
      await visits(page);
    });
    await withWindow(lan, findsAgain);
  });
});
