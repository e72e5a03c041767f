//! A school team's evening: parents, by class, instead of households; and nothing about pupils anywhere.
import { expect, test } from "@playwright/test";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { goTo, open, type Window } from "./look/window.ts";
import { answer, press, save, send } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import { World } from "./world/world.ts";

let world: World;
let teacher: Window;
let team = "";
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  const { office, commune: at } = world;
  const school = await office.make(at, "school", {
    name: "Trường THCS Mường Khằm",
    school_level: "thcs",
  });
  team = await office.make(at, "team", {
    name: "Tổ Trường THCS Mường Khằm",
    team_kind: "truong_hoc",
    unit: at,
    school,
  });
  const member = await office.make(at, "member", {
    full_name: "Trần Thị Thảo",
    team,
    position: "thanh_vien",
  });
  await office.sync();
  const { code } = await office.call("member.invite", { member, roles: ["school"], teams: [team] });
  const thao = world.person("Thảo", PIN);
  await thao.start(false);
  const asked = await thao.call("enrol.start", { url: world.hub.url, code, name: "Máy của Thảo", pin: PIN });
  await office.call("device.approve", { device: asked.device_id, check_number: asked.check_number });
  await thao.call("enrol.state");
  await thao.sync();
  teacher = await open(browser, thao);
});
test.afterEach(() => teacher?.watch.calm());
test.afterAll(() => world?.end());

test("the app speaks of parents and classes", async () => {
  const { page } = teacher;
  await expect(page.getByRole("link", { name: "Phụ huynh", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Hộ", exact: true })).toHaveCount(0);
  await goTo(page, "#/households");
  await settled(page);
  await expect(page.getByText("Chưa có phụ huynh nào trong máy")).toBeVisible();
  await picture(page, "buoi-toi-o-truong", "1-phu-huynh");
});

test("parents come to the list with their class, and with nobody of their homes", async () => {
  const { page } = teacher;
  for (const [name, group] of [
    ["Lò Văn Thủy", "6A"],
    ["Giàng Thị Pà", "6A"],
    ["Vũ Đình Tâm", "7A"],
  ] as const) {
    await goTo(page, "#/households/new");
    await settled(page);
    await page.getByRole("textbox", { name: "Tên phụ huynh" }).fill(name);
    await page.getByRole("textbox", { name: /^Lớp/ }).fill(group);
    await picture(page, "buoi-toi-o-truong", "2-them-phu-huynh");
    await save(page, "Lưu phụ huynh mới", `Đã thêm phụ huynh ${name}`);
    await expect(page.getByRole("heading", { level: 1, name: `Phụ huynh ${name}` })).toBeVisible();
    await settled(page);
    await expect(page.getByText(/Thêm người|Người trong/)).toHaveCount(0);
  }
  await picture(page, "buoi-toi-o-truong", "3-ho-so");
});

test("a talk at the gate, help with school fees without a name, a complaint, an hour of work", async () => {
  const { page } = teacher;
  await goTo(page, "#/");
  await press(page.getByRole("button", { name: "Ghi nhanh" }));
  await page.getByRole("searchbox", { name: "Ghi lượt thăm: gõ tên phụ huynh" }).fill("thuy");
  await press(page.getByRole("button", { name: "Ghi lượt thăm phụ huynh Lò Văn Thủy" }));
  await press(page.getByRole("button", { name: "Gặp phụ huynh" }));
  const topics = page.getByRole("group", { name: "Đã nói chuyện về gì?" });
  await press(topics.getByRole("button", { name: "Thanh toán" }));
  await save(page, "Lưu luôn", "Đã lưu lượt thăm phụ huynh Lò Văn Thủy");

  await goTo(page, "#/assistance");
  await settled(page);
  await press(page.getByRole("button", { name: "Hỗ trợ Ví điện tử" }));
  await press(page.getByRole("button", { name: "Người dân tự làm được" }));
  await expect(page.getByRole("status").filter({ hasText: "Đã lưu" })).toBeVisible();

  await goTo(page, "#/books/feedback/new");
  await answer(page, "feedback_kind", "Sóng, điện, mạng");
  await answer(page, "text", "Cổng trường không có sóng");
  await save(page, "Lưu phản ánh", "Đã lưu");
  await goTo(page, "#/books/activity_day/new");
  await answer(page, "hours", "2");
  await save(page, "Lưu ngày công", "Đã lưu");
});

test("sent at night: the commune counts the evening, and holds no pupil", async () => {
  await send(teacher.page);
  await picture(teacher.page, "buoi-toi-o-truong", "4-da-gui");
  await world.office.sync();
  const count = async (kind: string) =>
    (await world.office.call("record.list", { space: team, kind, limit: 100 })).items.length;
  for (const [kind, all] of Object.entries({
    household: 3,
    visit: 1,
    assistance: 1,
    feedback: 1,
    activity_day: 1,
    citizen: 0,
  }))
    expect(await count(kind), kind).toBe(all);
});
