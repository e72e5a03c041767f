//! Work that the commune returned: found, read word by word and taken off the list, without a mouse; and how it looks.
import { expect, test } from "@playwright/test";
import { axeWalk } from "./look/axe.ts";
import { atHeading, goBy, pushTo, push, told } from "./look/keyboard.ts";
import { layoutProblems } from "./look/layout.ts";
import { picture } from "./look/picture.ts";
import { goAndWait, type Place } from "./look/places.ts";
import { DESK, open, PHONE, SMALL } from "./look/window.ts";
import { NEW_MEMBER, NEW_NAME, NOT_TAKEN, notTaken, returnSome } from "./world/returned.ts";
import { World } from "./world/world.ts";

let world: World;
let places: Place[];
test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  world = await World.begin();
  await returnSome(world);
  await notTaken(world);
  const list = await world.lan.call("sync.records", { state: "refused" });
  expect(list).toHaveLength(3);
  places = [
    { name: "Đồng bộ", address: "#/sync" },
    { name: "việc bị trả lại", address: "#/sync/refused" },
    ...list.map(({ title, space, id }: Record<"title" | "space" | "id", string>) => ({
      name: title,
      address: `#/sync/refused/${space}/${id}`,
    })),
  ];
});
test.afterAll(() => world?.end());

test("no rule of axe is broken, in two languages and two themes", async ({ browser }) => {
  await axeWalk(browser, world.lan, places, PHONE);
});

test("the largest letters on a small phone lose nothing", async ({ browser }) => {
  const found: string[] = [];
  for (const [size, text] of [
    [SMALL, "max"],
    [SMALL, "normal"],
    [PHONE, "largest"],
  ] as const) {
    const { page, watch, close } = await open(browser, world.lan, { size, text });
    for (const place of places) {
      await goAndWait(page, place);
      for (const problem of await layoutProblems(page)) found.push(`${place.name} (${text}): ${problem}`);
    }
    watch.calm();
    await close();
  }
  expect(found).toEqual([]);
});

test("what was returned is found and read to the last word, a phone with a keyboard", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan);
  await goBy(page, "Đồng bộ");
  await picture(page, "tra-lai", "1-dong-bo");
  await pushTo(page, new RegExp(`^Xã trả lại: .*${NEW_MEMBER}`), NEW_MEMBER);
  const main = page.getByRole("main");
  await expect(main).toContainText("Những gì đã ghi vẫn còn nguyên");
  await expect(main).toContainText("0987 654 321");
  await picture(page, "tra-lai", "2-mot-viec");
  // Nothing of her counts, so there is no record to open.
  await expect(main.getByRole("link")).toHaveCount(0);
  await push(page, "Quay lại");
  await atHeading(page, "Đồng bộ");
  watch.calm();
  await close();
});

test("one after the other leaves the list, at a desk without a mouse", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.lan, { size: DESK });
  await goBy(page, "Đồng bộ");
  await pushTo(page, /^Bị trả lại ?3/, "Bị trả lại");
  await picture(page, "tra-lai", "3-danh-sach");
  await pushTo(page, /^Tổ Bản Nà Hin/, "Tổ Bản Nà Hin");
  await expect(page.getByRole("main")).toContainText(NEW_NAME);
  await pushTo(page, "Mở bản ghi đang có", /./);
  // Alt and the left arrow, which is the browser's own.
  await page.goBack();
  await atHeading(page, "Tổ Bản Nà Hin");
  await push(page, "Đã xem, bỏ khỏi danh sách");
  await told(page, "Đã bỏ khỏi danh sách bị trả lại");
  await atHeading(page, "Bị trả lại");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(2);
  await pushTo(page, new RegExp(`^${NEW_MEMBER}`), NEW_MEMBER);
  await push(page, "Đã xem, bỏ khỏi danh sách");
  await atHeading(page, "Bị trả lại");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);

  // What the commune may still take cannot be put off the list: it leaves with the next exchange.
  await pushTo(page, new RegExp(`^${NOT_TAKEN}`), NOT_TAKEN);
  await expect(page.getByRole("button", { name: "Đã xem, bỏ khỏi danh sách" })).toHaveCount(0);
  await expect(page.getByRole("main")).toContainText("không cần nhập lại");
  await picture(page, "tra-lai", "4-xa-chua-nhan");
  await pushTo(page, "Mở bản ghi đang có", NOT_TAKEN);
  await world.hub.start();
  await goBy(page, "Đồng bộ");
  await push(page, "Hỏi máy xã lần nữa");
  await expect(page.getByRole("link", { name: /^Bị trả lại ?0/ })).toBeVisible();
  expect(await world.lan.call("sync.records", { state: "refused" })).toEqual([]);
  watch.calm();
  await close();
});
