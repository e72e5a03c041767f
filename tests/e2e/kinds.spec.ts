//! Every kind of record: its schema answers, all of it has a name in both languages, its form opens with what it cannot do
//! without, and a story saves it. A kind that comes to the product without one of these fails here.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import KINDS from "../../ui/src/lib/generated/kinds.ts";
import english from "../../ui/src/lib/generated/words.en.ts";
import vietnamese from "../../ui/src/lib/generated/words.vi.ts";
import { goAndWait } from "./look/places.ts";
import { DESK, goTo, open } from "./look/window.ts";
import { answer, save } from "./steps.ts";
import { live } from "./world/lived.ts";
import type { Person } from "./world/person.ts";
import { made } from "./world/thirty.ts";
import { World } from "./world/world.ts";

type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

let world: World;
test.beforeAll(async () => {
  world = await World.begin();
  await live(world);
});
test.afterAll(() => world?.end());

/** Kinds the day of thirty doors counts at the office, and of the others the story and what is pressed in it. */
const DAY = made();
const STORIES: Partial<Record<Kind, readonly [file: string, presses: string]>> = {
  ocop_product: ["keyboard-books.spec.ts", "Lưu sản phẩm"],
  listing: ["keyboard-books.spec.ts", "Lưu gian hàng"],
  listing_check: ["economy.spec.ts", "Lưu kiểm tra"],
  ocop_certificate: ["economy.spec.ts", "Lưu chứng nhận"],
  ocop_subject: ["economy.spec.ts", "Lưu chủ thể"],
  digital_store: ["stores.spec.ts", "Lưu cửa hàng số"],
  store_check: ["stores.spec.ts", "Lưu kiểm tra"],
  event: ["events.spec.ts", "Lưu sự kiện"],
  event_attendance: ["events.spec.ts", "Thêm người dự"],
  member: ["keyboard-office.spec.ts", "Lưu thành viên"],
  unit: ["kinds.spec.ts", "Lưu thôn, bản"],
  team: ["kinds.spec.ts", "Lưu tổ"],
};
/** Forms that are not a book's: where they open, by whom, what has to stand there first. */
const FORMS: Partial<Record<Kind, { by: "lan" | "office"; at: () => string; shows: string }>> = {
  household: { by: "lan", at: () => "#/households/new", shows: "Tên chủ hộ" },
  citizen: { by: "lan", at: () => `#/households/${house()}/person/new`, shows: "Đồng ý" },
  visit: { by: "lan", at: () => `#/visit/${house()}`, shows: "Gặp chủ hộ" },
  assistance: { by: "lan", at: () => "#/assistance", shows: "VNeID" },
  ocop_product: { by: "lan", at: () => "#/economy/new", shows: "Tên sản phẩm" },
  listing: { by: "lan", at: () => `#/economy/${world.products[0]}/listing/new`, shows: "Sàn" },
  listing_check: {
    by: "lan",
    at: () => `#/economy/${world.products[0]}/listing/${world.listing}`,
    shows: "Vẫn đang bán",
  },
  ocop_certificate: {
    by: "lan",
    at: () => `#/economy/${world.products[0]}/certificate/new`,
    shows: "Hạng sao",
  },
  ocop_subject: { by: "lan", at: () => "#/economy/subjects/new", shows: "Tên chủ thể" },
  digital_store: { by: "lan", at: () => "#/stores/new", shows: "Tên cửa hàng" },
  store_check: { by: "lan", at: () => `#/stores/${world.store}/check`, shows: "Vẫn như lần trước" },
  event: { by: "lan", at: () => "#/events/new", shows: "Bao nhiêu người dự?" },
  event_attendance: { by: "lan", at: () => `#/events/${world.event}/people/new`, shows: "Lò Văn Pọm" },
  member: { by: "office", at: () => "#/team/member/new", shows: "Họ và tên" },
  unit: { by: "office", at: () => "#/team/unit/new", shows: "Loại" },
  team: { by: "office", at: () => "#/team/team/new", shows: "Tên tổ" },
};
/** Fields every kind has, on no form. */
const COMMON = ["deleted", "merged_into", "recorded_at"];
const house = () => world.house["Lò Văn Pọm"] ?? "";

test("every kind has a schema, and names for itself, its fields and its answers in both languages", async () => {
  const unnamed: string[] = [];
  for (const kind of kinds) {
    const schema = await world.lan.call("schema.get", { kind });
    const fields = KINDS[kind] as readonly { name: string; catalog?: string }[];
    const own = Object.keys(schema.properties).filter((name) => !COMMON.includes(name));
    expect(own.sort(), kind).toEqual(fields.map(({ name }) => name).sort());
    for (const { labels, catalogs } of [vietnamese, english]) {
      const told: Record<string, string> = labels;
      const lists: Record<string, readonly (readonly unknown[])[]> = catalogs;
      for (const key of [`kind.${kind}`, ...fields.map(({ name }) => `${kind}.${name}`)])
        if (!told[key]?.trim()) unnamed.push(key);
      for (const { catalog } of fields)
        if (catalog && !lists[catalog]?.every(([, name]) => String(name ?? "").trim())) unnamed.push(catalog);
    }
  }
  expect(unnamed).toEqual([]);
});

for (const kind of kinds)
  test(`the form of ${kind} opens`, async ({ browser }) => {
    const form = FORMS[kind];
    const book = kind in DAY.lan ? "lan" : "office";
    const person: Person = world[form?.by ?? book];
    const { page, watch, close } = await open(browser, person, book === "office" ? { size: DESK } : {});
    await goAndWait(page, { name: kind, address: form?.at() ?? `#/books/${kind}/new` });
    const main = page.getByRole("main");
    if (form) await expect(main.getByText(form.shows, { exact: false }).first()).toBeVisible();
    else {
      const asked = (KINDS[kind] as readonly { name: string; required?: boolean; when?: object }[]).filter(
        ({ required, when }) => required && !when,
      );
      expect(asked.length, "something cannot be left out").toBeGreaterThan(0);
      for (const { name } of asked) await expect(main.locator(`[data-field=${name}]`)).toBeVisible();
    }
    watch.calm();
    await close();
  });

test("every kind is saved by a story", () => {
  const saved = (kind: Kind): boolean => {
    if (DAY.lan[kind] || DAY.office[kind]) return true;
    const [file, presses] = STORIES[kind] ?? [];
    if (!file || !presses) return false;
    const text = readFileSync(new URL(file, import.meta.url), "utf8");
    return text.includes(`page, "${presses}"`);
  };
  expect(kinds.filter((kind) => !saved(kind))).toEqual([]);
});

test("a village comes to the commune, and a team to the village", async ({ browser }) => {
  const { page, watch, close } = await open(browser, world.office, { size: DESK });
  await goTo(page, "#/team/unit/new");
  await answer(page, "name", "Bản Huồi Cạn");
  await answer(page, "unit_kind", "Bản");
  await save(page, "Lưu thôn, bản", "Đã lưu thôn, bản");
  await goTo(page, "#/team/team/new");
  await answer(page, "name", "Tổ Bản Huồi Cạn");
  await answer(page, "unit", "Bản Huồi Cạn");
  await save(page, "Lưu tổ", "Đã lưu tổ");
  await expect(page.getByRole("main")).toContainText("Tổ Bản Huồi Cạn");
  const teams = await world.office.call("record.list", { kind: "team", limit: 50 });
  expect(teams.items.map(({ fields }: { fields: { name: string } }) => fields.name)).toContain(
    "Tổ Bản Huồi Cạn",
  );
  watch.calm();
  await close();
});
