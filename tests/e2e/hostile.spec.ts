//! Whatever is typed or pasted into a field is shown as text, or refused in words; it never runs, asks or breaks the page.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { HOSTILE, paste } from "./look/hostile.ts";
import { goAndWait, settled } from "./look/places.ts";
import { countPolicyReports, type Watch } from "./look/watch.ts";
import { DESK, open, PHONE } from "./look/window.ts";
import { CLASHING, live } from "./world/lived.ts";
import type { Person } from "./world/person.ts";
import { World } from "./world/world.ts";

let world: World;
test.beforeAll(async () => {
  world = await World.begin();
  await live(world);
});
test.afterAll(() => world?.end());

const TYPED =
  "main :is(input:not([type]), input[type=text], input[type=tel], input[type=url], input[type=search], textarea)";

/** Elements that only come to be when text is taken for a page. */
const RUN =
  "main :is(script, iframe, object, [onerror], [onload], a[href^='javascript:' i], img[src^='http'])";

async function stays(page: Page, watch: Watch, reports: () => Promise<number>, what: string) {
  expect(await reports(), `${what}: reports of the policy`).toBe(0);
  expect(await page.locator(RUN).count(), `${what}: text became a page`).toBe(0);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(wide, `${what}: scrolls sideways`).toBeLessThanOrEqual(0);
  watch.calm();
}

/** How a form's fields are come to, and how it is saved. */
interface Way {
  begin(page: Page): Promise<void>;
  save(page: Page): Promise<void>;
}
const FORM: Way = {
  async begin(page) {
    // A yes opens fields; what an earlier round left has it already.
    const yes = page.locator("[data-field=consent]").getByRole("button", { name: "Đồng ý", exact: true });
    if ((await yes.count()) > 0 && (await yes.getAttribute("aria-pressed")) !== "true") await yes.click();
    for (const folded of await page.getByRole("button", { name: "Thêm chi tiết" }).all())
      await folded.click();
  },
  save: (page) => page.locator("footer .btn.p").last().click(),
};
/** Help: what with comes first, and how it ended saves. */
const HELP: Way = {
  async begin(page) {
    const first = page.getByRole("button", { name: /^Hỗ trợ/ }).first();
    // What an earlier round left is gone on with where it stopped.
    if (await first.isVisible()) await first.click();
    await page.getByRole("button", { name: "Chi tiết" }).click();
  },
  save: (page) => page.getByRole("button", { name: "Người dân tự làm được" }).click(),
};

/** Every field of the form gets every text, a round each; then it is saved, and what comes is looked at. */
async function tryForm(browser: Browser, person: Person, address: string, size = PHONE, way = FORM) {
  const { page, watch, close } = await open(browser, person, { size });
  const reports = await countPolicyReports(page);
  await page.reload();
  for (const [round, hostile] of HOSTILE.entries()) {
    const what = `${address}, ${hostile.name}`;
    await goAndWait(page, { name: what, address });
    await way.begin(page);
    const fields = await page.locator(TYPED).all();
    expect(fields.length, `${what}: fields`).toBeGreaterThan(0);
    for (const [n, field] of fields.entries()) {
      const given = HOSTILE[(round + n) % HOSTILE.length] ?? hostile;
      if (await field.isVisible()) await paste(field, given);
    }
    await stays(page, watch, reports, what);
    await way.save(page);
    const new_ = page.getByRole("button", { name: "Không phải, vẫn thêm hộ mới" });
    const told = page
      .getByRole("alert")
      .or(page.getByRole("status").filter({ hasText: /\S/ }))
      .or(new_);
    await expect(told.first(), `${what}: saved or refused in words`).toBeVisible();
    if (await new_.isVisible()) await new_.click();
    await settled(page);
    await stays(page, watch, reports, `${what}, saved`);
    await goAndWait(page, { name: "Hôm nay", address: "#/" });
  }
  await close();
}

test.describe("a member's forms", () => {
  for (const [name, address] of [
    ["a new household", () => "#/households/new"],
    ["a household", () => `#/households/${world.house["Giàng A Chứ"]}/edit`],
    ["a person", () => `#/households/${world.house["Giàng A Chứ"]}/person/new`],
    ["a product", () => "#/economy/new"],
  ] as const)
    test(name, async ({ browser }) => {
      await tryForm(browser, world.lan, address());
    });
  test("help without a household", async ({ browser }) => {
    await tryForm(browser, world.lan, "#/assistance", PHONE, HELP);
  });
});

test("the office's form of a member", async ({ browser }) => {
  await tryForm(browser, world.office, "#/team/member/new", DESK);
});

test("searches", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan);
  const reports = await countPolicyReports(page);
  await page.reload();
  await goAndWait(page, { name: "Hộ", address: "#/households" });
  const box = page.getByRole("searchbox");
  for (const hostile of HOSTILE) {
    await paste(box, hostile);
    await settled(page);
    await stays(page, watch, reports, `search, ${hostile.name}`);
  }
  await box.fill("vu thi my");
  await expect(page.getByRole("listitem").first()).toContainText("Vừ");
  await close();
});

test("what stands on other people's screens", async ({ browser }) => {
  // Written past the form, as another version or another program might.
  const id = await world.pao.make(world.teams[0] ?? "", "household", {
    head_name: HOSTILE[1]?.text,
    address: HOSTILE[4]?.text,
    note: "ư".repeat(1500),
    consent: "dong_y",
    village: world.villages[0],
  });
  await world.pao.make(world.teams[0] ?? "", "listing", {
    product: world.products[1],
    platform: "khac",
    state: "dang_ban",
    url: "javascript:alert(1)",
  });
  await world.syncAll();
  for (const [person, size] of [
    [world.lan, PHONE],
    [world.office, DESK],
  ] as const) {
    const { page, watch, close } = await open(browser, person, { size });
    const reports = await countPolicyReports(page);
    await page.reload();
    for (const address of [
      "#/households",
      `#/households/${id}`,
      `#/households/${id}/edit`,
      `#/economy/${world.products[1]}`,
      `#/clash/${world.house[CLASHING]}/head_name`,
    ]) {
      await goAndWait(page, { name: address, address });
      await stays(page, watch, reports, address);
    }
    await goAndWait(page, { name: "hộ", address: `#/households/${id}` });
    await expect(page.getByText("<img src=https://evil.example/x onerror=alert(1)>").first()).toBeVisible();
    await close();
  }
});

test("addresses that somebody typed or cut short", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan);
  const reports = await countPolicyReports(page);
  for (const address of [
    "#/%E0%A4%A",
    "#/households/<script>alert(1)</script>",
    "#/households/00000000-0000-0000-0000-000000000000",
    "#/clash/x/y",
    "#/economy/x/listing/y/edit",
    `#/visit/${"a".repeat(4000)}`,
    "#javascript:alert(1)",
  ]) {
    await page.goto(`${world.lan.url}/${address}`);
    await page.reload();
    await expect(page.locator("h1"), address).toHaveCount(1);
    await settled(page);
    await stays(page, watch, reports, address);
  }
  await close();
});
