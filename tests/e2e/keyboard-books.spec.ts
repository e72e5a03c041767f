//! The books without a mouse. A member's: a product and where it is sold, a household from its first line to its last. The
//! office's: what came too late after a hand-over, and the last work of a lost phone.
import { expect, type Page, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { atHeading, goBy, on, push, pushTo, tabTo, told } from "./look/keyboard.ts";
import { settled } from "./look/places.ts";
import { DESK, open, type Window } from "./look/window.ts";
import { OFFICE_SECRET } from "./world/commune.ts";
import { answersLate } from "./steps.ts";
import { comeLate, setAside } from "./world/waits.ts";
import { World } from "./world/world.ts";

let world: World;
let lan: Window, office: Window;
let lost: string;
const LATE = ["Lò Văn Pọm", "Giàng A Chứ"] as const;
const [TAKEN, LEFT] = LATE;
const LOST = "Lầu Y Dợ";
const ALSO_LOST = "Cứ Y Chia";

test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  await comeLate(world, LATE);
  lost = await setAside(world, LOST);
  lan = await open(browser, world.lan);
});
test.afterEach(() => [lan, office].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

/** Writes anew what stands in the field that has the focus. */
async function retype(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

const stored = async (id?: string, at = world.lan) => (await at.call("record.get", { id })).fields;
/** What the page's address ends with: the record it shows. */
const shown = (page: Page) => new URL(page.url()).hash.split("/").at(-1) ?? "";

test("a product, taken back and written again, and where it is sold", async () => {
  const { page } = lan;
  await goBy(page, "Kinh tế");
  for (const kept of [false, true]) {
    await pushTo(page, "Thêm sản phẩm", "Thêm sản phẩm");
    await push(page, "Lưu sản phẩm");
    await on(page, /^Tên sản phẩm/);
    await page.keyboard.type("Măng khô Nà Hin");
    await push(page, "Thực phẩm", "Space");
    await on(page, "Thực phẩm");
    await pushTo(page, "Lưu sản phẩm", "Măng khô Nà Hin");
    await told(page, "Đã lưu");
    if (kept) break;
    await push(page, "Hoàn tác");
    await told(page, "Đã hoàn tác");
    await atHeading(page, "Kinh tế");
    await expect(page.getByRole("listitem").filter({ hasText: "Măng khô" })).toHaveCount(0);
  }
  expect(await stored(shown(page))).toMatchObject({ name: "Măng khô Nà Hin", group: "thuc_pham" });

  await pushTo(page, "Thêm gian hàng", "Thêm gian hàng");
  await push(page, "Có", "Space");
  await atHeading(page, "Thêm gian hàng");
  await push(page, /^Sàn/);
  await push(page, /^Bưu điện/);
  await on(page, /^Sàn.*Bưu điện/);
  await tabTo(page, /^Đường dẫn/);
  await page.keyboard.type("https://example.vn/mang");
  await push(page, "Đang bán", "Space");
  await pushTo(page, "Lưu gian hàng", "Măng khô Nà Hin");
  await pushTo(page, /^Bưu điện/, "Măng khô Nà Hin");
  const id = shown(page);

  await pushTo(page, /^Sửa Bưu điện/, "Sửa gian hàng");
  await tabTo(page, /^Đường dẫn/);
  await retype(page, "https://example.vn/mang-kho");
  await page.keyboard.press("Enter");
  await atHeading(page, "Măng khô Nà Hin");
  await expect(page.getByText("https://example.vn/mang-kho")).toBeVisible();
  await push(page, "Hoàn tác");
  await told(page, "Đã hoàn tác");
  await on(page, "Ngừng");
  expect((await stored(id)).url).toBe("https://example.vn/mang");
  await push(page, "Vẫn đang bán", "Space");
  await pushTo(page, "Lưu kiểm tra", "Măng khô Nà Hin");
  await told(page, "Đã lưu kiểm tra");
  const looks = await world.lan.call("record.list", { kind: "listing_check", filter: { listing: id } });
  expect(looks.items).toHaveLength(1);
});

test("a household is begun, its people come and go, it is deleted and taken back", async () => {
  const { page } = lan;
  const { keyboard } = page;
  await pushTo(page, "Quay lại", "Kinh tế");
  await goBy(page, "Hộ");
  await pushTo(page, /^Thêm hộ/, "Thêm hộ mới");
  await push(page, "Lưu hộ mới");
  await on(page, /^Tên chủ hộ/);
  await keyboard.type("Cứ A Thào");
  await push(page, "Cụm Pá Khôm", "Space");
  await push(page, "Thêm chi tiết");
  await on(page, "Hộ gia đình");
  await pushTo(page, "Lưu hộ mới", /Cứ A Thào/);
  const id = shown(page);
  expect(await stored(id)).toMatchObject({ head_name: "Cứ A Thào", cluster: "Cụm Pá Khôm" });

  const menu = "Việc khác với hộ này";
  await push(page, menu);
  await pushTo(page, "Thêm người trong hộ", "Thêm người trong hộ");
  await push(page, "Đồng ý", "Space");
  await on(page, "Đồng ý");
  await tabTo(page, /^Họ và tên/);
  await keyboard.type("Cứ Thị Dua");
  await keyboard.press("Enter");
  await atHeading(page, /Cứ A Thào/);
  await pushTo(page, /Cứ Thị Dua/, "Sửa người dân");
  const person = shown(page);
  await push(page, "Xóa người dân");
  await push(page, "Ghi nhầm", "Space");
  await pushTo(page, "Xóa người dân", /Cứ A Thào/);
  await push(page, "Hoàn tác");
  await told(page, "Đã hoàn tác");
  expect((await world.lan.call("record.get", { id: person })).deleted).toBeNull();

  await push(page, menu);
  await pushTo(page, "Sửa thông tin hộ", "Sửa hộ");
  await push(page, "Đồng ý", "Space");
  await tabTo(page, /^Điện thoại/);
  await keyboard.type("0912345678");
  await settled(page);
  await pushTo(page, "Quay lại", /Cứ A Thào/);
  await push(page, menu);
  await pushTo(page, "Sửa thông tin hộ", "Sửa hộ");
  await pushTo(page, "Bỏ, ghi lại từ đầu", "Sửa hộ");
  await expect(page.getByRole("textbox", { name: /^Điện thoại/ })).toHaveCount(0);
  await tabTo(page, /^Tên chủ hộ/);
  await retype(page, "Cứ A Tháo");
  await keyboard.press("Enter");
  await atHeading(page, /Cứ A Tháo/);
  expect(await stored(id)).not.toHaveProperty("phone");

  for (const sheet of ["Lịch sử sửa", "Hộ có thể trùng"]) {
    await push(page, menu);
    await push(page, sheet);
    await expect(page.getByRole("dialog", { name: sheet })).toBeVisible();
    await keyboard.press("Escape");
    await on(page, menu);
  }
  await push(page, menu);
  await push(page, "Xóa hộ");
  await keyboard.press("Escape");
  await on(page, menu);
  await keyboard.press("Enter");
  await push(page, "Xóa hộ");
  await tabTo(page, "Vì sao xóa");
  await keyboard.type("Chuyển đi nơi khác");
  await pushTo(page, "Xóa hộ", "Hộ");
  await told(page, "Đã xóa");
  expect((await world.lan.call("record.get", { id })).deleted).toBe("Chuyển đi nơi khác");
  await push(page, "Hoàn tác");
  await told(page, "Đã hoàn tác");
  expect((await world.lan.call("record.get", { id })).deleted).toBeNull();
});

test("what waits for the office breaks no rule of axe", async ({ browser }) => {
  const shown = async (page: Page) =>
    page.getByRole("button", { name: /^(Xem nội dung|Show what is in it)$/ }).click();
  const places = [
    { name: "sửa muộn", address: "#/duplicates/late" },
    { name: "để riêng", address: "#/duplicates/tray", then: shown },
  ];
  await axeWalk(browser, world.office, places, DESK);
});

test("the office takes one late edit over and leaves another", async ({ browser }) => {
  await world.office.call("profile.lock");
  office = await open(browser, world.office, { size: DESK });
  const { page } = office;
  await expect(page.getByRole("textbox")).toBeFocused();
  await page.keyboard.type(OFFICE_SECRET);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^(Hôm nay|Chào )/ })).toBeVisible();
  await goBy(page, "Việc cần quyết");
  await pushTo(page, /^Sửa muộn sau bàn giao/, "Trùng và lệch");
  await push(page, `Lấy bản sửa muộn của ${TAKEN}`);
  await told(page, `Đã lấy bản sửa muộn: ${TAKEN}`);
  await atHeading(page, "Trùng và lệch");
  await push(page, `Giữ như đang có: ${LEFT}`);
  await told(page, `Đã giữ như đang có: ${LEFT}`);
  await expect(page.getByRole("heading", { name: "Không có sửa muộn" })).toBeVisible();
  await atHeading(page, "Trùng và lệch");
  expect((await stored(world.house[TAKEN], world.office)).phone).toBe("+84933333333");
  expect((await stored(world.house[LEFT], world.office)).phone).toBe("+84944444444");
});

test("the office reads what a lost phone gave last, and writes it down again", async () => {
  const { page } = office;
  await goBy(page, "Việc cần quyết");
  // What was decided a moment ago leaves the list first.
  await expect(page.getByRole("link", { name: /^Sửa muộn/ })).toHaveCount(0);
  await pushTo(page, /^Việc giữ riêng chờ xem/, "Trùng và lệch");
  // Longer than the focus waits for a button that may not be pushed meanwhile.
  const late = await answersLate(page, "tray.show", 1500);
  await push(page, "Xem nội dung");
  await late.answered();
  await expect(page.getByText(LOST)).toBeVisible();
  await on(page, "Thu lại");
  await push(page, "Cho tính cả gói");
  await page.keyboard.press("Escape");
  await on(page, "Cho tính cả gói");
  await push(page, "Ghi lại dưới tên tôi");
  await push(page, "Ghi lại dưới tên tôi");
  await told(page, /^Đã ghi lại \d+ thay đổi/);
  await expect(page.getByRole("heading", { name: "Không có việc để riêng" })).toBeVisible();
  await atHeading(page, "Trùng và lệch");
  expect((await stored(lost, world.office)).head_name).toBe(LOST);
});

test("the last work of another lost phone counts as it is", async () => {
  const { page } = office;
  await lan.close();
  const id = await setAside(world, ALSO_LOST, world.lan);
  await goBy(page, "Hộ");
  await goBy(page, "Trùng và lệch");
  await push(page, /^Để riêng/);
  await push(page, "Cho tính cả gói");
  await push(page, "Cho tính cả gói");
  await told(page, /^Đã cho tính/);
  await expect(page.getByRole("heading", { name: "Không có việc để riêng" })).toBeVisible();
  await atHeading(page, "Trùng và lệch");
  await world.office.sync();
  expect((await stored(id, world.office)).head_name).toBe(ALSO_LOST);
});
