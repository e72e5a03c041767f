//! What people do, by the words they read on their screens.
import { expect, type Locator, type Page, type Request } from "@playwright/test";
import { settled } from "./look/places.ts";
import { goTo } from "./look/window.ts";
import { dayFrom } from "./world/lived.ts";

/** Goes to the list, types part of a name without tone marks, opens the one that is shown. */
export async function openHousehold(page: Page, typed: string, name: string): Promise<void> {
  await goTo(page, "#/households");
  await page.getByRole("searchbox").fill(typed);
  await settled(page);
  await press(page.getByRole("listitem").filter({ hasText: name }).first().getByRole("link"));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  await settled(page);
}

/** Opens the form of a household from its menu. */
export async function editHousehold(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Việc khác với hộ này" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sửa thông tin hộ" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Sửa");
  await settled(page);
}

/** A finger where the screen is touched, else the mouse: left lying under a toast, a mouse would hold it there. */
export async function press(target: Locator): Promise<void> {
  const touched = await target.page().evaluate(() => navigator.maxTouchPoints > 0);
  return touched ? target.tap() : target.click();
}

/** Writes into fields by their labels; folded ones are opened first. */
export async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) {
    const field = page.getByRole("textbox", { name: new RegExp(`^${label}`) });
    const more = page.getByRole("button", { name: "Thêm chi tiết" });
    await expect(field.or(more).first()).toBeVisible();
    if (!(await field.isVisible())) await press(more);
    await field.fill(text);
  }
}

/** Presses the page's own save, and hears that it is saved. */
export async function save(page: Page, button: string, told: string | RegExp): Promise<void> {
  await press(page.getByRole("button", { name: button }));
  await expect(page.getByRole("status").filter({ hasText: told })).toBeVisible();
}

/** A visit where the head was met: two topics, one thing helped with, saved from the second step. */
export async function visit(page: Page, name: string): Promise<void> {
  await page
    .getByRole("link", { name: `Ghi lượt thăm hộ ${name}` })
    .or(page.getByRole("link", { name: "Ghi lượt thăm" }))
    .first()
    .click();
  await page.getByRole("button", { name: "Gặp chủ hộ" }).click();
  const topics = page.getByRole("group", { name: "Đã nói chuyện về gì?" });
  await topics.getByRole("button", { name: "VNeID" }).click();
  await topics.getByRole("button", { name: "Dịch vụ công" }).click();
  await page.getByRole("button", { name: "Hỗ trợ VNeID" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Người dân tự làm được" }).click();
  await save(page, "Lưu luôn", `Đã lưu lượt thăm hộ ${name}`);
}

/** Nobody opens: two taps. */
export async function nobodyHome(page: Page, id: string): Promise<void> {
  await goTo(page, `#/visit/${id}`);
  await save(page, "Vắng nhà", "Đã lưu: Vắng nhà");
}

/** A new household; a likely twin is said to be another one. */
export async function addHousehold(page: Page, name: string, cluster: string): Promise<void> {
  await goTo(page, "#/households/new");
  await settled(page);
  await fill(page, { "Tên chủ hộ": name });
  await page
    .getByRole("group", { name: "Cụm đã có trong thôn" })
    .getByRole("button", { name: cluster })
    .click();
  await save(page, "Lưu hộ mới", `Đã thêm hộ ${name}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
}

/** Presses send on the page of syncing, and waits until that exchange is over and nothing waits. */
export async function send(page: Page): Promise<void> {
  await goTo(page, "#/sync");
  await settled(page);
  // What was saved a while ago may have gone by itself meanwhile.
  // Where nothing waited the heading is there before, and what others wrote still comes.
  const over = page.waitForResponse(
    (response) => response.url().endsWith("/call") && response.request().postDataJSON()?.name === "sync.run",
  );
  await press(page.getByRole("button", { name: /^(Gửi về xã ngay|Hỏi máy xã lần nữa)$/ }));
  await over;
  await expect(page.getByRole("heading", { name: /^Mọi (thứ|ghi chép) đã an toàn ở xã$/ })).toBeVisible();
}

/** Holds the answers of one call back, as a busy phone does; `answered` waits for the first one and ends it. */
export async function answersLate(page: Page, name: string, ms: number) {
  const asks = (request: Request) => request.postDataJSON()?.name === name;
  const first = page.waitForResponse((response) => asks(response.request()));
  await page.route("**/call", async (route) => {
    if (asks(route.request())) await new Promise((later) => setTimeout(later, ms));
    await route.fallback();
  });
  return {
    async answered() {
      await first;
      await page.unroute("**/call");
    },
  };
}

/** Answers one field of a form: typed, or the choice with these words, in the sheet where it opens one. */
export async function answer(page: Page, name: string, value: string): Promise<void> {
  const field = page.locator(`[data-field=${name}]`);
  await expect(field).toBeVisible();
  const typed = field.locator("input:not([aria-hidden]), textarea");
  if ((await typed.count()) > 0) return typed.first().fill(value);
  const choice = field.getByRole("button", { name: value, exact: true });
  if ((await choice.count()) > 0) return press(choice);
  await press(field.getByRole("button").first());
  const sheet = page.getByRole("dialog");
  await press(sheet.getByRole("button").filter({ hasText: value }).first());
  await expect(sheet).toHaveCount(0);
}

/** A day as it is typed. */
export const typedDay = (days: number): string => dayFrom(days).split("-").reverse().join("/");

/** What was typed as it is read: a day without the noughts before it. */
export const read = (value: string): string =>
  /^\d\d\/\d\d\/\d{4}$/.test(value) ? value.replace(/\b0/g, "") : value;

/** A line of a book: its name in the middle of a sentence, its answers by field, and how the list tells it. */
export interface Line {
  kind: string;
  word: string;
  answers: Record<string, string>;
  told: string;
}

/** A new line from its book's own page, read in the list and on its page. */
export async function write(page: Page, line: Line): Promise<void> {
  await goTo(page, `#/books/${line.kind}`);
  await settled(page);
  await press(page.getByRole("link", { name: `Thêm ${line.word}` }));
  for (const [field, value] of Object.entries(line.answers)) await answer(page, field, value);
  await save(page, `Lưu ${line.word}`, "Đã lưu");
  const row = page
    .getByRole("listitem")
    .filter({ hasText: read(line.told) })
    .first();
  await press(row.getByRole("link"));
  await settled(page);
  for (const value of Object.values(line.answers))
    await expect(page.getByRole("main")).toContainText(read(value));
  await press(page.getByRole("button", { name: "Quay lại" }));
  await expect(row).toBeVisible();
}
