//! Every page by its address, and what shows that it stands there with its data.
import { expect, type Page } from "@playwright/test";
import { CLASHING } from "../world/lived.ts";
import type { World } from "../world/world.ts";
import { goTo } from "./window.ts";

export interface Place {
  name: string;
  address: string;
  /** Opens what lies on top: a sheet, a folded part. */
  then?: (page: Page) => Promise<void>;
}

/** The page is there, nothing of it is being fetched, and no toast of an earlier one lies over it. */
export async function goAndWait(page: Page, place: Place): Promise<void> {
  await goTo(page, place.address);
  await expect(page.locator("h1")).toHaveCount(1);
  await settled(page);
  await place.then?.(page);
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  // While a page is fetched there is none.
  await expect(page.locator("h1")).toHaveCount(1);
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null)))),
  );
}

const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole("button", { name }).first().click();
};

/** A book of the team's, and its form. */
const books = (kinds: readonly string[]): Place[] =>
  kinds.flatMap((kind) => [
    { name: `sổ ${kind}`, address: `#/books/${kind}` },
    { name: `thêm ${kind}`, address: `#/books/${kind}/new` },
  ]);
const TEAM_BOOKS = [
  "task",
  "dossier",
  "feedback",
  "duty",
  "activity_day",
  "training",
  "safety_report",
  "status",
  "consent",
  "household_badge",
  "village_profile",
] as const;
const COMMUNE_BOOKS = ["plan", "target", "school", "material", "membership", "catalog_item"] as const;

const events = (world: World): Place[] => [
  { name: "Sự kiện", address: "#/events" },
  { name: "biểu đồ sự kiện", address: "#/events/charts?months=12" },
  { name: "sự kiện", address: `#/events/${world.event}` },
];

export function memberPlaces(world: World): Place[] {
  const house = world.house[CLASHING] ?? "";
  const plain = world.house["Lò Văn Pọm"] ?? "";
  return [
    { name: "Hôm nay", address: "#/" },
    { name: "Ghi nhanh", address: "#/", then: press(/Ghi nhanh|Quick record/) },
    { name: "Hộ", address: "#/households" },
    { name: "Hộ, lọc", address: "#/households?filter=clash" },
    { name: "hộ mới", address: "#/households/new" },
    { name: "hồ sơ hộ", address: `#/households/${plain}` },
    { name: "hồ sơ hộ, hai bản", address: `#/households/${house}` },
    { name: "việc khác với hộ", address: `#/households/${plain}`, then: press(/Việc khác|More for/) },
    { name: "sửa hộ", address: `#/households/${plain}/edit` },
    { name: "người mới", address: `#/households/${plain}/person/new` },
    { name: "lượt thăm", address: `#/visit/${plain}` },
    { name: "hỗ trợ", address: `#/assistance/${plain}` },
    { name: "hỗ trợ không có hộ", address: "#/assistance" },
    { name: "Kinh tế", address: "#/economy" },
    { name: "biểu đồ kinh tế", address: "#/economy/charts" },
    { name: "sản phẩm", address: `#/economy/${world.products[0]}` },
    { name: "sản phẩm mới", address: "#/economy/new" },
    { name: "gian hàng", address: `#/economy/${world.products[0]}/listing/${world.listing}` },
    { name: "gian hàng mới", address: `#/economy/${world.products[0]}/listing/new` },
    { name: "sửa sản phẩm", address: `#/economy/${world.products[0]}/edit` },
    { name: "Cửa hàng số", address: "#/stores" },
    { name: "biểu đồ cửa hàng số", address: "#/stores/charts?of=me" },
    { name: "cửa hàng", address: `#/stores/${world.store}` },
    { name: "kiểm tra cửa hàng", address: `#/stores/${world.store}/check` },
    { name: "cửa hàng mới", address: "#/stores/new" },
    { name: "sửa cửa hàng", address: `#/stores/${world.store}/edit` },
    ...events(world),
    { name: "sự kiện mới", address: "#/events/new" },
    { name: "thêm người dự", address: `#/events/${world.event}/people/new` },
    { name: "sửa sự kiện", address: `#/events/${world.event}/edit` },
    { name: "Sổ của tổ", address: "#/books" },
    ...books(TEAM_BOOKS),
    { name: "Đồng bộ", address: "#/sync" },
    { name: "việc chờ gửi", address: "#/sync/waiting" },
    { name: "việc đã về xã", address: "#/sync/kept" },
    { name: "việc bị trả lại", address: "#/sync/refused" },
    { name: "các điều hai bản", address: "#/clash" },
    { name: "hai bản", address: `#/clash/${house}/head_name` },
    { name: "hộ nghi trùng", address: "#/duplicates" },
    { name: "Tôi", address: "#/me" },
    { name: "ai dùng máy", address: "#/me", then: press(/Người khác dùng máy|Somebody else uses/) },
    { name: "đổi PIN", address: "#/me/secret" },
    { name: "sao lưu", address: "#/me/backup" },
    { name: "không có trang", address: "#/nowhere" },
  ];
}

export function officePlaces(world: World): Place[] {
  const house = world.house[CLASHING] ?? "";
  return [
    { name: "Việc cần quyết", address: "#/office" },
    { name: "Hộ", address: "#/households" },
    { name: "hồ sơ hộ", address: `#/households/${house}` },
    { name: "Giao hộ", address: "#/assign" },
    { name: "Bàn giao hộ", address: "#/office/handover" },
    { name: "Trùng và lệch", address: "#/duplicates" },
    { name: "Kinh tế", address: "#/economy" },
    { name: "Cửa hàng số", address: "#/stores" },
    { name: "cửa hàng", address: `#/stores/${world.store}` },
    ...events(world),
    { name: "Sổ của tổ", address: "#/books" },
    ...books(COMMUNE_BOOKS),
    { name: "Tổ và thành viên", address: "#/team" },
    { name: "thành viên", address: `#/team/member/${world.members.Lan}` },
    { name: "thành viên mới", address: "#/team/member/new" },
    { name: "Thiết bị", address: "#/devices" },
    { name: "mời máy", address: "#/devices", then: press(/Mời máy mới|Invite a/) },
    { name: "Đồng bộ", address: "#/sync" },
    { name: "hai bản", address: `#/clash/${house}/head_name` },
    { name: "Tôi", address: "#/me" },
  ];
}
