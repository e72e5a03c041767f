//! Households given out with a mouse: cards dragged from column to column, one alone or all that are ticked.
import { expect, type Page, test } from "@playwright/test";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { DESK, goTo, open, type Window } from "./look/window.ts";
import { World } from "./world/world.ts";

let world: World;
let office: Window;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  office = await open(browser, world.office, { size: DESK });
  await goTo(office.page, "#/assign");
  await settled(office.page);
});
test.afterEach(() => office?.watch.calm());
test.afterAll(() => world?.end());

const column = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const card = (page: Page, from: string, name: RegExp) =>
  column(page, from).getByRole("listitem").filter({ hasText: name });
const told = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text });

/** Whom the records say looks after households, and how many each. */
async function held(): Promise<Record<string, number>> {
  const { items } = await world.office.call("record.list", { kind: "household", limit: 1000 });
  const counts: Record<string, number> = {};
  for (const one of items)
    for (const member of one.fields.assigned ?? []) counts[member] = (counts[member] ?? 0) + 1;
  return counts;
}

test("a card let go over a member's column is theirs, and undone is nobody's", async () => {
  const { page } = office;
  await card(page, "Chưa giao", /Cụm Huồi Lả/).dragTo(column(page, "Vừ A Páo"));
  await expect(told(page, "Đã giao 6 hộ cho Vừ A Páo")).toBeVisible();
  await expect(card(page, "Vừ A Páo", /Cụm Huồi Lả/)).toBeVisible();
  expect(await held()).toEqual({ [world.members.Páo ?? ""]: 6 });
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await expect(card(page, "Chưa giao", /Cụm Huồi Lả/)).toBeVisible();
  expect(await held()).toEqual({});
});

test("a ticked card takes all that are ticked along; one that is not goes alone", async () => {
  const { page } = office;
  await page.getByRole("checkbox", { name: /Cụm Huồi Lả/ }).check();
  await page.getByRole("checkbox", { name: /Cụm Pá Khôm/ }).check();
  await card(page, "Chưa giao", /Cụm Đầu Nương/).dragTo(column(page, "Vi Thị Lan"));
  await expect(told(page, "Đã giao 6 hộ cho Vi Thị Lan")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /Cụm Huồi Lả/ })).toBeChecked();
  await card(page, "Chưa giao", /Cụm Huồi Lả/).dragTo(column(page, "Vừ A Páo"));
  await expect(told(page, "Đã giao 12 hộ cho Vừ A Páo")).toBeVisible();
  expect(await held()).toEqual({ [world.members.Páo ?? ""]: 12, [world.members.Lan ?? ""]: 6 });
  await picture(page, "giao-ho", "2-keo");
});

test("let go where it was, or outside any column, changes nothing; over nobody's column it is taken back", async () => {
  const { page } = office;
  const before = await held();
  let written = 0;
  page.on("request", (request) => {
    if (request.postData()?.includes('"assign.many"')) written += 1;
  });
  await card(page, "Vi Thị Lan", /Cụm Đầu Nương/).dragTo(column(page, "Vi Thị Lan"), {
    targetPosition: { x: 20, y: 150 },
  });
  await card(page, "Vi Thị Lan", /Cụm Đầu Nương/).dragTo(page.getByRole("heading", { level: 1 }));
  await settled(page);
  expect(await held()).toEqual(before);
  await card(page, "Vi Thị Lan", /Cụm Đầu Nương/).dragTo(column(page, "Chưa giao"));
  await expect(told(page, "Đã thu về 6 hộ")).toBeVisible();
  expect(written, "only what was let go over another's column is written").toBe(1);
  expect(await held()).toEqual({ [world.members.Páo ?? ""]: 12 });
});
