//! What a member does from door to door with a thumb: from today's page to a saved visit and the lines that follow it.
import { expect, type Page } from "@playwright/test";
import { settled } from "./look/places.ts";
import { goTo } from "./look/window.ts";
import { answer, fill, type Line, save } from "./steps.ts";
import type { Days, Door, Help } from "./world/thirty.ts";
import { short, word } from "./world/words.ts";

const DAYS: Record<Days, string> = { 3: "3 ngày", 7: "1 tuần", 30: "1 tháng" };
/** The tile of whoever was met or not, where it does not say the catalog's word. */
const TILES: Partial<Record<Door["contact"], string>> = {
  gap_thanh_vien: "Người khác trong nhà",
  da_chuyen: "Đã chuyển đi",
};
const tap = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).tap();

/** Opens *Ghi nhanh* on today's page; what was left unfinished has been read when it is there. */
export async function quick(page: Page): Promise<void> {
  await goTo(page, "#/");
  const unfinished = page.waitForResponse(
    (answer) => answer.request().postData()?.includes('"draft.list"') ?? false,
  );
  await tap(page, "Ghi nhanh");
  await unfinished;
  await settled(page);
}

/** From today's page to the form of a visit, by the name typed as phones write it: without tone marks. */
export async function findDoor(page: Page, head: string): Promise<void> {
  await quick(page);
  await page.getByRole("searchbox", { name: "Ghi lượt thăm: gõ tên hộ" }).tap();
  await page.keyboard.type(toneless(head));
  await page.getByRole("button", { name: `Ghi lượt thăm hộ ${head}`, exact: true }).tap();
  await expect(page.getByRole("heading", { level: 1, name: "Gặp ai?" })).toBeVisible();
  // What was told of the last door, and its undo, does not lie over the answers of this one.
  await expect(page.locator(".toast")).toHaveCount(0);
}
const toneless = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();

/** Taps the chips of what was talked about, also those that are not among the first. */
export async function talk(page: Page, topics: readonly string[]): Promise<void> {
  const group = page.getByRole("group", { name: "Đã nói chuyện về gì?" });
  for (const topic of topics) {
    const chip = group.getByRole("button", { name: short("topic", topic), exact: true });
    await expect(group.getByRole("button").first()).toBeVisible();
    if ((await chip.count()) === 0) await group.getByRole("button", { name: /mục nữa$/ }).tap();
    await chip.tap();
    await expect(chip).toHaveAttribute("aria-pressed", "true");
  }
}

/** One thing helped with in the middle of a visit: chosen, and how it ended. */
export async function helpWith(page: Page, help: Help): Promise<void> {
  const group = page.getByRole("group", { name: "Đã giúp làm gì?" });
  await expect(group.getByRole("button", { name: /^Hỗ trợ / }).first()).toBeVisible();
  const chip = group.getByRole("button", {
    name: `Hỗ trợ ${short("assistance_category", help.category)}`,
    exact: true,
  });
  const whole = word("assistance_category", help.category);
  if ((await chip.count()) > 0) await chip.tap();
  else {
    await group.getByRole("button", { name: "Việc khác" }).tap();
    const all = page.getByRole("dialog", { name: "Việc khác" });
    await all.getByRole("searchbox").tap();
    await page.keyboard.type(toneless(whole));
    await all.getByRole("button", { name: whole, exact: true }).tap();
  }
  const sheet = page.getByRole("dialog", { name: whole });
  await ended(page, help);
  await expect(sheet).toHaveCount(0);
}

/** How help ended, and first the day to ask again; the last tap ends the form. */
export async function ended(page: Page, help: Help): Promise<void> {
  if (help.ask) {
    await tap(page, "Thêm chi tiết, hẹn hỏi lại");
    await page
      .getByRole("group", { name: "Hẹn hỏi lại" })
      .getByRole("button", { name: DAYS[help.ask] })
      .tap();
  }
  if (help.outcome === "khong_lam_duoc") {
    await tap(page, "Chưa làm được, vì…");
    return page
      .getByRole("group", { name: "Vì sao không được" })
      .getByRole("button", { name: word("fail_reason", help.why ?? "") })
      .tap();
  }
  if (help.outcome === "lam_thay") await page.getByLabel("Tôi làm thay trên máy của dân").tap();
  if (["phai_bo_sung", "hen_lai", "bi_tu_choi"].includes(help.outcome)) await tap(page, "Kết quả khác");
  // The visit behind the sheet has a button of the same word.
  const outcomes = page.getByRole("group", { name: /^Kết quả: / });
  await outcomes.getByRole("button", { name: word("outcome", help.outcome), exact: true }).tap();
}

/** Whom they met; at a door where nobody was met that saves. */
export async function contact(page: Page, door: Pick<Door, "contact" | "anonymous">): Promise<void> {
  if (door.anonymous) await tap(page, "Ghi ẩn danh");
  const tile = TILES[door.contact] ?? word("contact", door.contact);
  await page.getByRole("button", { name: new RegExp(`^${tile}`) }).tap();
}

/** A whole visit, from the form's first step until it is told that it is saved. */
export async function visitDoor(page: Page, door: Door): Promise<void> {
  const saved = page.getByRole("status").filter({
    hasText: door.contact === "vang_nha" ? "Đã lưu: Vắng nhà" : `Đã lưu lượt thăm hộ ${door.head}`,
  });
  if (door.again) {
    await tap(page, "Ghi như lần trước rồi sửa");
    await tap(page, "Lưu lượt thăm");
    return expect(saved).toBeVisible();
  }
  await contact(page, door);
  if (!["gap_chu_ho", "gap_thanh_vien"].includes(door.contact)) return expect(saved).toBeVisible();
  await talk(page, door.topics ?? []);
  for (const help of door.helps ?? []) await helpWith(page, help);
  if (door.next) {
    await tap(page, "Hẹn lại");
    await page
      .getByRole("group", { name: "Bao giờ thăm lại?" })
      .getByRole("button", { name: DAYS[door.next] })
      .tap();
    await tap(page, "Lưu lượt thăm");
  } else await tap(page, "Lưu luôn");
  await expect(saved).toBeVisible();
}

/** A household nobody knew: their answer is asked for, then perhaps somebody of the house is written down too. */
export async function meetNew(page: Page, head: string, added: NonNullable<Door["added"]>): Promise<void> {
  await quick(page);
  await tap(page, "Thêm hộ mới");
  await settled(page);
  await fill(page, { "Tên chủ hộ": head });
  await page.getByRole("group", { name: "Cụm đã có trong thôn" }).getByRole("button").first().tap();
  await answer(page, "consent", added.consent);
  await save(page, "Lưu hộ mới", `Đã thêm hộ ${head}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(head);
  if (!added.person) return;
  await page.getByRole("link", { name: "Thêm người trong hộ" }).tap();
  await answer(page, "consent", "Đồng ý");
  await answer(page, "full_name", added.person);
  await save(page, "Lưu người này", `Đã thêm ${added.person}`);
}

/** A line of a book from the menu of the household whose page is open, and back to it. */
export async function lineOf(page: Page, head: string, line: Line): Promise<void> {
  await page.getByRole("button", { name: "Việc khác với hộ này" }).tap();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: `Thêm ${line.word}`, exact: true })
    .tap();
  for (const [field, value] of Object.entries(line.answers)) await answer(page, field, value);
  await save(page, `Lưu ${line.word}`, "Đã lưu");
  await expect(page.getByRole("heading", { level: 1, name: `Hộ ${head}` })).toBeVisible();
}

/** Does something, and waits until the app has kept a draft that holds this text. */
export async function kept(page: Page, holds: string, act: () => Promise<void>): Promise<void> {
  const put = page.waitForResponse((answer) => {
    const asked = answer.request().postData() ?? "";
    return asked.includes('"draft.put"') && asked.includes(holds);
  });
  await act();
  await put;
}
