//! The office's evening without a mouse: assign, tell two households for one, choose a version, take in a member, invite a
//! device, hand over, revoke.
import { expect, type Page, test } from "@playwright/test";
import { atHeading, goBy, on, push, pushTo, tabTo, told } from "./look/keyboard.ts";
import { DESK, open, type Window } from "./look/window.ts";
import { OFFICE_SECRET, VILLAGES } from "./world/commune.ts";
import { CLASHING, live, TWICE } from "./world/lived.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  await live(world);
  await world.office.call("profile.lock");
  office = await open(browser, world.office, { size: DESK });
});
test.afterEach(() => office?.watch.calm());
test.afterAll(() => world?.end());

/** Chooses in a list of the browser's own by its arrow keys. */
async function choose(page: Page, wanted: RegExp): Promise<void> {
  const now = () =>
    page.evaluate(() => (document.activeElement as HTMLSelectElement).selectedOptions[0]?.text ?? "");
  await page.keyboard.press("Home");
  for (let n = 0; n < 50 && !wanted.test(await now()); n += 1) await page.keyboard.press("ArrowDown");
  expect(await now()).toMatch(wanted);
}

test("unlock by passphrase, give a cluster to a member, take it back", async () => {
  const { page } = office;
  const { keyboard } = page;
  await expect(page.getByRole("textbox")).toBeFocused();
  await keyboard.type(OFFICE_SECRET);
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^(Hôm nay|Chào )/ })).toBeVisible();

  await goBy(page, "Giao hộ");
  await tabTo(page, /^Cụm Pá Khôm/);
  await keyboard.press("Space");
  await tabTo(page, /^Giao cho/, 200);
  await choose(page, /^Vi Thị Lan/);
  await tabTo(page, /^Giao \d+ hộ$/);
  await keyboard.press("Enter");
  await told(page, /^Đã giao \d+ hộ cho /);
  await atHeading(page, "Giao hộ");
  await tabTo(page, "Hoàn tác");
  await keyboard.press("Enter");
  await told(page, "Đã hoàn tác");
});

test("one household is given to somebody from its own page", async () => {
  const { page } = office;
  await goBy(page, "Hộ");
  await pushTo(page, /Cầm Thị Oanh/, /Cầm Thị Oanh/);
  const menu = /^Việc khác với hộ này/;
  await push(page, menu);
  await push(page, "Giao hộ cho ai");
  await push(page, /^Vừ A Páo/, "Space");
  await push(page, "Lưu người phụ trách");
  await told(page, "Đã lưu người phụ trách");
  await on(page, menu);
  const { fields } = await world.office.call("record.get", { id: world.house["Cầm Thị Oanh"] });
  expect(fields.assigned).toContain(world.members.Páo);
});

test("one household written twice is told apart from two, a version is chosen", async () => {
  const { page } = office;
  const { keyboard } = page;
  await goBy(page, "Trùng và lệch");
  await tabTo(page, new RegExp(`${TWICE}, ${TWICE}`));
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Có phải một hộ?" })).toBeFocused();
  await tabTo(page, "Gộp thành một hộ");
  await keyboard.press("Enter");
  await told(page, "Đã gộp vào hộ");
  await atHeading(page, "Trùng và lệch");
  await tabTo(page, /^Hai bản/);
  await keyboard.press("Enter");
  await atHeading(page, "Hai bản khác nhau");
  await tabTo(page, new RegExp(CLASHING.slice(0, 6)));
  await keyboard.press("Enter");
  await atHeading(page, "Chọn bản đúng");
  await tabTo(page, "Chọn “Vừ Thị Mị”");
  await keyboard.press("Enter");
  await told(page, "Đã chọn “Vừ Thị Mị”");
});

test("a member comes to a team and is invited", async () => {
  const { page } = office;
  const { keyboard } = page;
  await goBy(page, "Tổ và thành viên");
  await tabTo(page, `Thêm thành viên vào ${VILLAGES[0].team}`);
  await keyboard.press("Enter");
  await atHeading(page, "Thêm thành viên");
  await tabTo(page, /^Họ và tên/);
  await keyboard.type("Lường Văn Chiến");
  await tabTo(page, "Lưu thành viên");
  await keyboard.press("Enter");
  await told(page, "Đã lưu thành viên");

  await goBy(page, "Thiết bị");
  await tabTo(page, "Mời máy mới");
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Mời máy mới" })).toBeFocused();
  await tabTo(page, /^Mời ai/);
  await keyboard.press("Enter");
  const list = page.getByRole("dialog");
  await tabTo(page, "Tìm");
  await keyboard.type("chien");
  await tabTo(page, /^Lường Văn Chiến/);
  await keyboard.press("Enter");
  await expect(list).toHaveCount(0);
  await tabTo(page, "Tạo mã mời");
  await keyboard.press("Enter");
  await expect(page.getByRole("img", { name: /mã/i })).toBeVisible();
});

test("households go to another team, a lost phone is revoked", async () => {
  const { page } = office;
  const { keyboard } = page;
  await goBy(page, "Bàn giao hộ");
  await tabTo(page, /^Từ tổ/);
  await choose(page, new RegExp(VILLAGES[0].team));
  await tabTo(page, /^Sang tổ/);
  await choose(page, new RegExp(VILLAGES[1].team));
  await tabTo(page, /^Hộ Lò Văn Pọm/, 200);
  await keyboard.press("Space");
  await tabTo(page, "Bàn giao 1 hộ", 200);
  await keyboard.press("Enter");
  await tabTo(page, "Bàn giao 1 hộ");
  await keyboard.press("Enter");
  await told(page, "Đã bàn giao 1 hộ");

  await goBy(page, "Thiết bị");
  await tabTo(page, "Việc khác với Máy của Páo");
  await keyboard.press("Enter");
  await tabTo(page, "Thu hồi quyền máy này");
  await keyboard.press("Enter");
  await tabTo(page, "Mất máy");
  await keyboard.press("Space");
  await tabTo(page, "Thu hồi quyền máy này");
  await keyboard.press("Enter");
  await told(page, "Đã thu hồi quyền của Máy của Páo");
});
