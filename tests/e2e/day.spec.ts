//! A member's day of thirty doors without a network, killed twice in the middle of a form, and the one sync at night.
import { type Browser, expect, test } from "@playwright/test";
import {
  contact,
  ended,
  findDoor,
  helpWith,
  kept,
  lineOf,
  meetNew,
  quick,
  talk,
  visitDoor,
} from "./doors.ts";
import { picture } from "./look/picture.ts";
import { settled } from "./look/places.ts";
import { DESK, goTo, open, unlock, type Window } from "./look/window.ts";
import { answer, openHousehold, save, send, write } from "./steps.ts";
import { PIN } from "./world/commune.ts";
import { dayFrom } from "./world/lived.ts";
import {
  COMMUNE,
  COMPLAINT,
  type Door,
  DOORS,
  EVENING,
  HELPS,
  LAST_TIME,
  made,
  MET,
  MORE,
  NEVER_MET,
  PARTS,
  told,
  UNNAMED,
  VISITS,
} from "./world/thirty.ts";
import { word } from "./world/words.ts";
import { World } from "./world/world.ts";

const STORY = "ba-muoi-nha";
/** Weeks ago, and in no month of the day's. */
const BEFORE = -40;
let world: World;
let office: Window, lan: Window;
/** Records of each kind at the office before the day. */
let before: Record<string, number>;

test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = await World.begin();
  const [team = ""] = world.teams;
  for (const head_name of MORE)
    world.house[head_name] = await world.office.make(team, "household", {
      head_name,
      village: world.villages[0],
      cluster: "Cụm Đầu Nương",
      consent: "dong_y",
    });
  for (const id of Object.values(world.house))
    await world.office.call("assign.set", { household: id, members: [world.members.Lan] });
  await world.office.sync();
  await world.lan.sync();
  for (const [head, topics] of Object.entries(LAST_TIME))
    await world.lan.make(team, "visit", {
      household: world.house[head],
      day: dayFrom(BEFORE),
      contact: "gap_chu_ho",
      members: [world.members.Lan],
      topics,
    });
  await world.syncAll();
  before = await counts();
  office = await open(browser, world.office, { size: DESK });
  lan = await open(browser, world.lan);
});
test.afterEach(() => [office, lan].forEach((window) => window?.watch.calm()));
test.afterAll(() => world?.end());

const KINDS = [...new Set([...Object.keys(made().lan), ...Object.keys(made().office)])];
/** All records of a kind the office holds. */
async function all(kind: string): Promise<{ id: string; title: string; fields: Record<string, any> }[]> {
  const page = await world.office.call("record.list", { kind, limit: 1000 });
  expect(page.next, "one page holds them all").toBe(null);
  return page.items;
}
async function counts(): Promise<Record<string, number>> {
  const found: [string, number][] = [];
  for (const kind of KINDS) found.push([kind, (await all(kind)).length]);
  return Object.fromEntries(found);
}

/** The battery is flat: nothing is tidied up. Charged, the app asks for the PIN and shows the day. */
async function flat(browser: Browser): Promise<void> {
  lan.watch.calm();
  lan.watch.programAnswers(false);
  await world.lan.stop(true);
  await lan.close();
  await world.lan.start(false);
  lan = await open(browser, world.lan);
  await unlock(lan.page, PIN);
  await expect(lan.page.getByRole("button", { name: "Ghi nhanh" })).toBeVisible();
}

/** Takes up the one form that was left, where it was left. */
async function goOn(what: string, step: string): Promise<void> {
  const { page } = lan;
  await quick(page);
  await expect(page.getByRole("button", { name: /^Ghi tiếp/ })).toHaveCount(1);
  await picture(page, STORY, step);
  await page.getByRole("button", { name: new RegExp(`^Ghi tiếp: ${what}`) }).tap();
  await expect(page.getByText(/Phần ghi dở lúc .* còn nguyên ở đây/)).toBeVisible();
}
async function nothingLeft(): Promise<void> {
  await quick(lan.page);
  await expect(lan.page.getByRole("button", { name: /^Ghi tiếp/ })).toHaveCount(0);
}

async function flatAtDoor(browser: Browser, door: Door): Promise<void> {
  const [help] = door.helps ?? [];
  if (!help) throw new Error("the battery goes after a help");
  await contact(lan.page, door);
  await talk(lan.page, door.topics ?? []);
  await kept(lan.page, `"outcome":"${help.outcome}"`, () => helpWith(lan.page, help));
  await flat(browser);
  await goOn(`lượt thăm hộ ${door.head}`, "2-ghi-tiep");
  const { page } = lan;
  await expect(page.getByRole("heading", { level: 1, name: "Nói gì, giúp gì?" })).toBeVisible();
  const topics = page.getByRole("group", { name: "Đã nói chuyện về gì?" });
  await expect(topics.locator("[aria-pressed=true]")).toHaveCount(door.topics?.length ?? 0);
  await expect(
    page.getByRole("listitem").filter({ hasText: word("outcome", help.outcome).toLocaleLowerCase("vi") }),
  ).toHaveCount(1);
  await picture(page, STORY, "3-lai-o-buoc-2");
  await save(page, "Lưu luôn", `Đã lưu lượt thăm hộ ${door.head}`);
  await nothingLeft();
  await openHousehold(page, door.head, door.head);
}

/** One door, from today's page until all of it is saved. */
async function goThrough(browser: Browser, door: Door): Promise<void> {
  const { page } = lan;
  if (door.added) await meetNew(page, door.head, door.added);
  await findDoor(page, door.head);
  if (door.flat) return flatAtDoor(browser, door);
  if (door.undone) {
    await contact(page, { contact: "vang_nha" });
    const absent = page.getByRole("status").filter({ hasText: "Đã lưu: Vắng nhà" });
    await absent.getByRole("button", { name: "Hoàn tác" }).tap();
    await expect(page.getByRole("status").filter({ hasText: "Đã hoàn tác" })).toBeVisible();
    await findDoor(page, door.head);
  }
  await visitDoor(page, door);
  for (const line of door.lines ?? []) await lineOf(page, door.head, line);
}

test("in the morning the commune writes its books, and everybody has them", async () => {
  for (const line of COMMUNE) await write(office.page, line);
  await send(office.page);
  await send(lan.page);
  await goTo(lan.page, "#/");
  await settled(lan.page);
  expect(DOORS).toHaveLength(30);
  await expect(month(0, 0)).toBeVisible();
  await picture(lan.page, STORY, "1-sang");
  await world.hub.stop();
});

/** The bar of the month: households met that are with the commune, and those that wait here. */
const month = (kept: number, waiting: number) => {
  const left = Object.keys(world.house).length - kept - waiting;
  const name = `${kept} hộ đã về xã, ${waiting} hộ chờ gửi, còn ${left} hộ`;
  return lan.page.getByRole("img", { name, exact: true });
};

for (const [part, doors] of Object.entries(PARTS))
  test(`without a network, ten doors: ${part}`, async ({ browser }) => {
    for (const door of doors) await test.step(door.head, () => goThrough(browser, door));
  });

test("somebody at the market is helped, nobody asked for a name", async () => {
  const { page } = lan;
  await quick(page);
  await page.getByRole("button", { name: /^Hỗ trợ/ }).tap();
  const what = word("assistance_category", UNNAMED.category);
  await page.getByRole("button", { name: `Hỗ trợ ${what}`, exact: true }).tap();
  await ended(page, UNNAMED);
  await expect(page.getByRole("status").filter({ hasText: `Đã lưu lượt hỗ trợ: ${what}` })).toBeVisible();
});

test("the battery goes in the middle of a complaint, whose words are there again", async ({ browser }) => {
  const { feedback_kind = "", text = "" } = COMPLAINT.answers;
  await quick(lan.page);
  await lan.page.getByRole("button", { name: /^Phản ánh/ }).tap();
  await answer(lan.page, "feedback_kind", feedback_kind);
  await kept(lan.page, text, () => answer(lan.page, "text", text));
  await flat(browser);
  await goOn("phản ánh", "4-ghi-tiep-phan-anh");
  const { page } = lan;
  await expect(page.locator("[data-field=text] textarea")).toHaveValue(text);
  await expect(page.locator("[data-field=feedback_kind]")).toContainText(feedback_kind);
  await save(page, "Lưu phản ánh", "Đã lưu");
  await nothingLeft();
});

test("in the evening the day goes into the team's books", async () => {
  for (const line of EVENING) await write(lan.page, line);
});

test("before the network is back everything waits, and the month says so", async () => {
  const { page } = lan;
  await goTo(page, "#/");
  const known = MET.filter((door) => !door.added).length;
  await expect(month(0, known)).toBeVisible();
  await picture(page, STORY, "5-toi-cho-gui");
  await goTo(page, "#/sync");
  // All that was made, and the visit that was taken back.
  const undone = DOORS.filter((door) => door.undone).length;
  const waiting = Object.values(made().lan).reduce((sum, count) => sum + count, undone);
  await expect(page.getByRole("heading", { name: `${waiting} việc chờ gửi` })).toBeVisible();
});

test("at night one sync, and everything is safe at the commune", async () => {
  const { page } = lan;
  await world.hub.start();
  await send(page);
  await picture(page, STORY, "6-an-toan");
  await goTo(page, "#/");
  await expect(month(MET.filter((door) => !door.added).length, 0)).toBeVisible();
  await send(office.page);
});

test("the office has each record of the day, and each once", async () => {
  const { lan: hers, office: theirs } = made();
  const expected = Object.fromEntries(
    KINDS.map((kind) => [kind, (before[kind] ?? 0) + (hers[kind] ?? 0) + (theirs[kind] ?? 0)]),
  );
  expect(await counts()).toEqual(expected);

  const heads = new Map((await all("household")).map(({ id, fields }) => [id, fields.head_name]));
  const of = (fields: Record<string, any>) => heads.get(fields.household) ?? null;
  const today = (kind: string) =>
    all(kind).then((records) => records.map(({ fields }) => fields).filter(({ day }) => day === dayFrom(0)));
  const visits = (await today("visit")).map((fields) =>
    told(of(fields), fields.contact, [...(fields.topics ?? [])].sort().join("+"), fields.next_visit_on),
  );
  expect(visits.sort()).toEqual([...VISITS].sort());
  const helps = (await today("assistance")).map((fields) =>
    told(of(fields), fields.category, fields.outcome, fields.fail_reason, fields.follow_up_on),
  );
  expect(helps.sort()).toEqual([...HELPS].sort());
  for (const door of DOORS)
    for (const { kind } of door.lines ?? [])
      expect((await all(kind)).map(({ fields }) => of(fields))).toContain(door.head);
  await openHousehold(office.page, "cam thi oanh", "Cầm Thị Oanh");
  await expect(office.page.getByText("Thăm, gặp chủ hộ")).toHaveCount(1);
  await picture(office.page, STORY, "7-xa-thay");
});

test("who says no is not named: neither at the door nor in what went to the commune", async () => {
  for (const { head } of DOORS.filter((door) => door.anonymous)) {
    const entries = await world.office.call("household.timeline", { id: world.house[head], limit: 50 });
    expect(entries.map(({ what }: { what: string }) => what)).not.toContain("visit");
  }
});

test("the list shows who was never met, the books what the month holds", async () => {
  const { page } = lan;
  await goTo(page, "#/households");
  await settled(page);
  await page.getByRole("group", { name: "Lọc" }).getByRole("button", { name: "Chưa gặp", exact: true }).tap();
  await expect(page.getByText(`${NEVER_MET.length} hộ`, { exact: true })).toBeVisible();
  await settled(page);
  const names = await page.getByRole("listitem").locator(".t").allInnerTexts();
  expect(names.sort()).toEqual([...NEVER_MET].sort());
  await picture(page, STORY, "8-chua-gap");

  await goTo(page, "#/books");
  await settled(page);
  const own = page.getByRole("region", { name: /^Việc của tôi tháng/ });
  const done = HELPS.filter((help) => /tu_lam_duoc|co_ho_tro/.test(help)).length;
  for (const [name, count] of [
    ["lượt thăm", DOORS.length],
    ["hộ đã gặp", MET.length],
    ["lượt hỗ trợ", HELPS.length],
    ["trong đó làm được", done],
    ["ca trực", 1],
    ["ngày công", 1],
    ["giờ công", 9],
    ["lớp tập huấn", 1],
    ["phản ánh đã nghe", 1],
  ] as const) {
    const figure = own.locator("div", { has: page.getByText(name, { exact: true }) });
    await expect(figure.getByRole("definition")).toHaveText(String(count));
  }
  await picture(page, STORY, "9-thang-cua-toi");
});
