//! The team's books: everything a team writes down beside visits and help, from the first tap to the commune.
import { expect, test } from "@playwright/test";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { DESK, goTo, open, unlock, type Window } from "./look/window.ts";
import { answer, type Line, read, save, send, typedDay, write } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window, lan: Window;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  office = await open(browser, world.office, { size: DESK });
  lan = await open(browser, world.lan);
});
test.afterEach(() => [office, lan].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

const TEAM: readonly Line[] = [
  {
    kind: "task",
    word: "việc",
    answers: { title: "Mang loa ra nhà văn hóa", priority: "Gấp", due_on: typedDay(0) },
    told: "Mang loa ra nhà văn hóa",
  },
  {
    kind: "dossier",
    word: "hồ sơ",
    answers: { procedure: "Đăng ký thường trú", code: "H12.34-261126-0007" },
    told: "Đăng ký thường trú",
  },
  { kind: "activity_day", word: "ngày công", answers: { hours: "6" }, told: "6" },
  {
    kind: "training",
    word: "tập huấn",
    answers: { title: "Dùng VNeID cho người cao tuổi" },
    told: "Dùng VNeID cho người cao tuổi",
  },
  {
    kind: "safety_report",
    word: "vụ lừa đảo",
    answers: { fraud_kind: "Giả danh ngân hàng" },
    told: "Giả danh ngân hàng",
  },
  {
    kind: "status",
    word: "tình trạng số",
    answers: { household: "Lò Văn Pọm", topic: "Tài khoản ngân hàng", value: "Có" },
    told: "Tài khoản ngân hàng",
  },
  {
    kind: "household_badge",
    word: "danh hiệu",
    answers: { household: "Lò Văn Pọm", badge: "Gia đình số", result: "Đạt" },
    told: "Gia đình số",
  },
  {
    kind: "village_profile",
    word: "hồ sơ thôn",
    answers: { village: "Bản", households_total: "96" },
    told: typedDay(0),
  },
];
const COMMUNE: readonly Line[] = [
  {
    kind: "plan",
    word: "kế hoạch",
    answers: { title: "Tháng cao điểm chuyển đổi số" },
    told: "Tháng cao điểm",
  },
  {
    kind: "target",
    word: "chỉ tiêu",
    answers: { indicator: "Hộ đã gặp", value: "90", from: "01/11/2026", to: "30/11/2026" },
    told: "Hộ đã gặp",
  },
  {
    kind: "school",
    word: "trường học",
    answers: { name: "Trường THCS Mường Khằm", school_level: "Trung học cơ sở" },
    told: "Trường THCS Mường Khằm",
  },
  {
    kind: "material",
    word: "tài liệu",
    answers: { title: "Ba bước nhận ra cuộc gọi lừa", material_kind: "Tờ rơi" },
    told: "Ba bước nhận ra cuộc gọi lừa",
  },
  {
    kind: "catalog_item",
    word: "mục danh mục",
    answers: { catalog: "Nơi trực", code: "cho_phien", vi: "Chợ phiên Nà Hin" },
    told: "Chợ phiên Nà Hin",
  },
];

test("a duty shift is two choices and a tap, from today's page and back to it", async () => {
  const { page } = lan;
  await goTo(page, "#/");
  await page.getByRole("button", { name: "Ghi nhanh" }).click();
  await picture(page, "so-cua-to", "1-ghi-nhanh");
  await page.getByRole("button", { name: /^Trực ở xã/ }).click();
  await answer(page, "place", "Trung tâm Phục vụ hành chính công");
  await answer(page, "shift", "Sáng");
  await picture(page, "so-cua-to", "2-truc");
  await save(page, "Lưu ca trực", "Đã lưu");
  await expect(page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
});

test("what somebody asks to be passed on is there after the app was closed in the middle", async ({
  browser,
}) => {
  const { page } = lan;
  await page.getByRole("button", { name: "Ghi nhanh" }).click();
  await page.getByRole("button", { name: /^Phản ánh/ }).click();
  await answer(page, "feedback_kind", "Sóng, điện, mạng");
  const kept = page.waitForResponse((told) => told.request().postData()?.includes("draft.put") ?? false);
  await answer(page, "text", "Cột sóng ở đầu bản tắt từ hôm mưa to");
  await kept;
  await lan.close();
  lan = await open(browser, world.lan);
  if (await lan.page.getByRole("button", { name: "1", exact: true }).isVisible()) await unlock(lan.page, PIN);
  await goTo(lan.page, "#/");
  await lan.page.getByRole("button", { name: "Ghi nhanh" }).click();
  await lan.page.getByRole("button", { name: /^Ghi tiếp: phản ánh/i }).click();
  await expect(lan.page.locator("[data-field=text] textarea")).toHaveValue(/Cột sóng ở đầu bản/);
  await save(lan.page, "Lưu phản ánh", "Đã lưu");
});

for (const line of TEAM)
  test(`the team's book of ${line.kind}`, async () => {
    await write(lan.page, line);
    await picture(lan.page, "so-cua-to", `so-${line.kind}`);
  });

test("a task whose day has come stands on today's page, is done with a tap and comes back", async () => {
  const { page } = lan;
  await goTo(page, "#/");
  const row = page.getByRole("listitem").filter({ hasText: "Mang loa ra nhà văn hóa" });
  await expect(row).toContainText("Gấp");
  await picture(page, "so-cua-to", "5-viec-hom-nay");
  await row.getByRole("button", { name: "Xong việc: Mang loa ra nhà văn hóa" }).click();
  const told = page.getByRole("status").filter({ hasText: "Đã xong: Mang loa ra nhà văn hóa" });
  await expect(told).toBeVisible();
  await expect(row).toHaveCount(0);
  await told.getByRole("button", { name: "Hoàn tác" }).click();
  await expect(row).toBeVisible();
});

test("a status is not rewritten: a newer one counts, a mistaken one is deleted and comes back", async () => {
  const { page } = lan;
  await goTo(page, "#/books/status");
  await page.getByRole("link", { name: /Tài khoản ngân hàng/ }).click();
  await expect(page.getByText("Không sửa được: lần ghi mới hơn sẽ được tính.")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Sửa/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Xóa tình trạng số" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: "Ghi nhầm" }).click();
  await sheet.getByRole("button", { name: "Xóa tình trạng số" }).click();
  const gone = page.getByRole("status").filter({ hasText: "Đã xóa" });
  await expect(gone).toBeVisible();
  await gone.getByRole("button", { name: "Hoàn tác" }).click();
  await expect(page.getByRole("link", { name: /Tài khoản ngân hàng/ })).toBeVisible();
});

for (const line of COMMUNE)
  test(`the commune's book of ${line.kind} is written by staff`, async () => {
    await write(office.page, line);
  });

test("everybody reads the commune's books, only staff add to them", async () => {
  await send(office.page);
  await send(lan.page);
  await send(office.page);
  const { page } = lan;
  for (const line of COMMUNE) {
    await goTo(page, `#/books/${line.kind}`);
    await expect(
      page
        .getByRole("listitem")
        .filter({ hasText: read(line.told) })
        .first(),
    ).toBeVisible();
    await expect(page.getByRole("link", { name: /^Thêm/ })).toHaveCount(0);
  }
  for (const line of TEAM) {
    await goTo(office.page, `#/books/${line.kind}`);
    await expect(
      office.page
        .getByRole("listitem")
        .filter({ hasText: read(line.told) })
        .first(),
    ).toBeVisible();
  }
});

test("what the commune added to a catalog is offered in the team's forms, without another app", async () => {
  const { page } = lan;
  await goTo(page, "#/books/duty/new");
  await settled(page);
  const place = page.locator("[data-field=place]");
  await expect(place.getByRole("button", { name: "Chợ phiên Nà Hin" })).toBeVisible();
});

test("a member's own month counts what the books hold", async () => {
  const { page } = lan;
  await goTo(page, "#/books");
  await settled(page);
  const month = page.getByRole("region", { name: /^Việc của tôi tháng/ });
  await expect(month).toContainText("ca trực");
  for (const [word, count] of [
    ["ca trực", "1"],
    ["ngày công", "1"],
    ["giờ công", "6"],
    ["phản ánh đã nghe", "1"],
  ] as const)
    await expect(month.locator("div").filter({ hasText: word }).getByRole("definition")).toHaveText(count);
  await picture(page, "so-cua-to", "3-thang-cua-toi");
  await goTo(office.page, "#/books");
  await picture(office.page, "so-cua-to", "4-van-phong");
});
