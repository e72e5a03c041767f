//! A form left in the middle, by whatever took it away, is opened again as it was.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { goAndWait } from "./look/places.ts";
import { goTo, open, type Window } from "./look/window.ts";
import { live } from "./world/lived.ts";
import { World } from "./world/world.ts";

let world: World;
test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  world = await World.begin();
  await live(world);
});
test.afterAll(() => world?.end());

interface Form {
  name: string;
  address: () => string;
  /** Label of a field of text, and what stands in it. */
  label: string;
  text: string;
}
const FORMS: readonly Form[] = [
  { name: "a new household", address: () => "#/households/new", label: "Tên chủ hộ", text: "Lò Thị Ẻn" },
  {
    name: "a household",
    address: () => `#/households/${world.house["Giàng A Chứ"]}/edit`,
    label: "Địa chỉ",
    text: "Bên suối Huồi Lả",
  },
  { name: "a new product", address: () => "#/economy/new", label: "Tên sản phẩm", text: "Măng khô Nà Hin" },
];

/** Types, and waits until the app has it. */
async function write(page: Page, form: Form): Promise<void> {
  await goAndWait(page, { name: form.name, address: form.address() });
  const kept = page.waitForResponse(
    (answer) => answer.request().postData()?.includes('"draft.put"') ?? false,
  );
  await page.getByLabel(form.label, { exact: false }).first().fill(form.text);
  await kept;
}

async function find(page: Page, form: Form): Promise<void> {
  await goAndWait(page, { name: form.name, address: form.address() });
  await expect(page.getByLabel(form.label, { exact: false }).first()).toHaveValue(form.text);
  await expect(page.getByText(/Phần ghi dở lúc|Đang ghi dở lúc/)).toBeVisible();
}

const again = (browser: Browser): Promise<Window> => open(browser, world.lan);

for (const form of FORMS)
  test(`${form.name}: the page is closed in the middle`, async ({ browser }) => {
    const first = await again(browser);
    await write(first.page, form);
    await first.close();
    const second = await again(browser);
    await find(second.page, form);
    second.watch.calm();
    await second.close();
  });

test("the program is killed in the middle, as by a flat battery", async ({ browser }) => {
  const form = FORMS[0];
  if (!form) throw new Error("no form");
  const first = await again(browser);
  await write(first.page, { ...form, text: "Lò Thị Ẻn Bé" });
  first.watch.programAnswers(false);
  await world.lan.stop(true);
  await first.close();
  await world.lan.start();
  const second = await again(browser);
  await find(second.page, { ...form, text: "Lò Thị Ẻn Bé" });
  await second.close();
});

test("what is typed at the last moment is written while the page closes", async ({ browser }) => {
  const form = FORMS[0];
  if (!form) throw new Error("no form");
  const first = await again(browser);
  await goAndWait(first.page, { name: form.name, address: form.address() });
  await first.page.getByLabel(form.label).first().fill("Lò Thị Ẻn Út");
  await first.page.close({ runBeforeUnload: true });
  const second = await again(browser);
  await find(second.page, { ...form, text: "Lò Thị Ẻn Út" });
  await second.close();
  await first.close();
});

test("who types at once on a slow phone is not overwritten by what was left unfinished", async ({
  browser,
}) => {
  for (const form of FORMS) {
    const first = await again(browser);
    await write(first.page, form);
    await first.close();
    const { page, close } = await again(browser);
    await page.route("**/call", async (route) => {
      if (route.request().postData()?.includes('"draft.get"'))
        await new Promise((late) => setTimeout(late, 1500));
      await route.continue();
    });
    await goTo(page, form.address());
    const field = page.getByLabel(form.label, { exact: false }).first();
    await field.fill("Vàng Thị Sáo");
    await expect(page.getByText(/Phần ghi dở lúc|Đang ghi dở lúc/)).toBeVisible();
    await expect(field).toHaveValue("Vàng Thị Sáo");
    await page.reload();
    await expect(field).toHaveValue("Vàng Thị Sáo");
    await close();
  }
});

test("begun afresh, nothing of it is left", async ({ browser }) => {
  const form = FORMS[0];
  if (!form) throw new Error("no form");
  const { page, close } = await again(browser);
  await goAndWait(page, { name: form.name, address: form.address() });
  await page.getByRole("button", { name: "Bỏ, ghi lại từ đầu" }).click();
  await expect(page.getByLabel(form.label).first()).toHaveValue("");
  await expect
    .poll(async () => (await world.lan.call("draft.get", { key: "form/household/new" })).form)
    .toBe(null);
  await close();
});

test("what is saved is not found again as unfinished, however late its last draft was written", async ({
  browser,
}) => {
  const { page, close, watch } = await again(browser);
  const house = world.house["Giàng A Chứ"] ?? "";
  const step = (name: string) => page.getByRole("button", { name }).click();
  await goAndWait(page, { name: "visit", address: `#/visit/${house}` });
  await page.route("**/call", async (route) => {
    if (route.request().postData()?.includes('"draft.put"'))
      await new Promise((later) => setTimeout(later, 1500));
    await route.continue();
  });
  const put = page.waitForRequest((request) => request.postData()?.includes('"draft.put"') ?? false);
  await step("Gặp chủ hộ");
  await put;
  await step("Lưu luôn");
  await expect(page.getByRole("status").filter({ hasText: "Đã lưu lượt thăm" })).toBeVisible();
  await page.unrouteAll({ behavior: "wait" });
  const kept = await world.lan.call("draft.get", { key: `form/visit/${house}` });
  expect(kept.form).toBe(null);
  watch.calm();
  await close();
});
