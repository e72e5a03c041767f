//! Nothing of a person is kept without their own yes, and nothing of it is shown anywhere after a no.
import { expect, test } from "@playwright/test";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { goTo, open, type Window } from "./look/window.ts";
import { dayFrom } from "./world/lived.ts";
import { answer, editHousehold, fill, openHousehold, save, send } from "./steps.ts";
import { World } from "./world/world.ts";

let world: World;
let lan: Window, pao: Window;
const HEAD = "Lò Văn Pọm";
const SHY = "Sùng A Lềnh";
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  lan = await open(browser, world.lan);
  pao = await open(browser, world.pao);
});
test.afterEach(() => [lan, pao].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

test("no answer is ticked beforehand, and only a yes opens the phone number", async () => {
  const { page } = lan;
  await goTo(page, "#/households/new");
  await settled(page);
  await fill(page, { "Tên chủ hộ": SHY });
  const asked = page.locator("[data-field=consent]");
  await expect(asked).toContainText("Cô bác có đồng ý không?");
  await expect(asked.locator("[aria-pressed=true]")).toHaveCount(0);
  const phone = page.locator("[data-field=phone]");
  await expect(phone).toHaveCount(0);
  await answer(page, "consent", "Đồng ý");
  await picture(page, "dong-y", "1-hoi-truoc");
  await answer(page, "phone", "0912 555 666");
  // They think again before it is saved: what was typed is not kept.
  await answer(page, "consent", "Không đồng ý");
  await expect(phone).toHaveCount(0);
  await save(page, "Lưu hộ mới", `Đã thêm hộ ${SHY}`);
  const id = page.url().split("/").at(-1) ?? "";
  const { fields } = await world.lan.call("record.get", { id });
  expect(fields).toMatchObject({ head_name: SHY, consent: "khong_dong_y" });
  expect(fields).not.toHaveProperty("phone");
  expect(JSON.stringify(await world.lan.call("record.history", { id }))).not.toContain("912555666");
});

test("a visit at the door of whoever said no still counts", async () => {
  const { page } = lan;
  await page.getByRole("link", { name: `Ghi lượt thăm hộ ${SHY}` }).click();
  await page.getByRole("button", { name: "Gặp chủ hộ" }).click();
  await page
    .getByRole("group", { name: "Đã nói chuyện về gì?" })
    .getByRole("button", { name: "VNeID" })
    .click();
  await save(page, "Lưu luôn", `Đã lưu lượt thăm hộ ${SHY}`);
  const month = await world.lan.call("month.mine");
  expect(month.visits).toBe(1);
});

test("a person who says no is not written down", async () => {
  const { page } = lan;
  const id = world.house[HEAD] ?? "";
  await goTo(page, `#/households/${id}/person/new`);
  await settled(page);
  await expect(page.locator("[data-field=full_name]")).toHaveCount(0);
  await answer(page, "consent", "Không đồng ý");
  await expect(page.getByText("Không đồng ý thì không ghi gì về người này.")).toBeVisible();
  await picture(page, "dong-y", "2-khong-dong-y");
  await expect(page.getByRole("button", { name: "Lưu người này" })).toBeDisabled();
  await answer(page, "consent", "Đồng ý");
  await answer(page, "full_name", "Lò Thị Ín");
  await save(page, "Lưu người này", "Đã thêm");
  const refused = world.lan.make(world.teams[0] ?? "", "citizen", { household: id, full_name: "Lò Văn Ọi" });
  await expect(refused).rejects.toMatchObject({ code: "invalid" });
});

test("a yes that is taken back takes effect on every phone", async () => {
  const id = world.house[HEAD] ?? "";
  await send(lan.page);
  await send(pao.page);
  await openHousehold(pao.page, "lo van pom", HEAD);
  await expect(pao.page.getByRole("link", { name: `Gọi cho hộ ${HEAD}` })).toBeVisible();
  const { phone } = (await world.pao.call("record.get", { id })).fields;
  await openHousehold(lan.page, "lo van pom", HEAD);
  await editHousehold(lan.page);
  await answer(lan.page, "consent", "Đã rút lại");
  await save(lan.page, "Lưu", "Đã sửa");
  await expect(lan.page.getByRole("link", { name: `Gọi cho hộ ${HEAD}` })).toHaveCount(0);
  await picture(lan.page, "dong-y", "3-da-rut");
  // Páo writes on it meanwhile, without a network.
  await world.pao.call("record.save", { id, patch: { note: "Nhà có chó" } });
  for (const { page } of [lan, pao, lan]) await send(page);
  for (const [person, { page }] of [
    [world.lan, lan],
    [world.pao, pao],
  ] as const) {
    const { fields } = await person.call("record.get", { id });
    expect(fields).toMatchObject({ head_name: HEAD, consent: "rut_lai" });
    for (const field of ["phone", "note", "landmark"]) expect(fields).not.toHaveProperty(field);
    const written = JSON.stringify(await person.call("record.history", { id }));
    expect(written).not.toContain(phone);
    expect(written).not.toContain("Nhà có chó");
    await goTo(page, "#/households");
    await page.getByRole("searchbox").fill(`0${String(phone).slice(3)}`);
    await settled(page);
    await expect(page.getByRole("listitem").filter({ hasText: HEAD })).toHaveCount(0);
  }
});

test("pictures are a question of their own", async () => {
  const { page } = lan;
  const team = world.teams[0] ?? "";
  const id = world.house["Vừ Thị Mỷ"] ?? "";
  const visit = { household: id, day: dayFrom(-1), contact: "gap_chu_ho", photo: ["a".repeat(58)] };
  const refused = world.lan.make(team, "visit", visit);
  await expect(refused).rejects.toMatchObject({
    code: "invalid",
    body: { error: { detail: { photo: "consent_needed" } } },
  });
  await goTo(page, `#/books/consent/new?household=${id}`);
  await settled(page);
  await answer(page, "purpose", "Chụp ảnh");
  await answer(page, "decision", "Đồng ý");
  await save(page, "Lưu đồng ý", "Đã lưu");
  const made = await world.lan.make(team, "visit", visit);
  expect((await world.lan.call("record.get", { id: made })).fields.photo).toHaveLength(1);
  await world.lan.make(team, "consent", {
    household: id,
    purpose: "hinh_anh",
    decision: "rut_lai",
    given_on: dayFrom(0),
  });
  expect((await world.lan.call("record.get", { id: made })).fields).not.toHaveProperty("photo");
  const { items } = await world.lan.call("record.list", { kind: "visit" });
  expect(items.map((one: { id: string }) => one.id)).toContain(made);
  const told = [items, await world.lan.call("household.timeline", { id })];
  expect(JSON.stringify(told)).not.toContain(visit.photo[0]);
});
