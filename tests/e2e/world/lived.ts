//! The commune some weeks later: households given out and visited, a clash, a duplicate, a product on a platform.
import type { Json, Person } from "./person.ts";
import type { World } from "./world.ts";

const DAY_MS = 86_400_000;

/** A day of the commune's own time, `days` from today. */
export function dayFrom(days: number): string {
  return new Date(Date.now() + 7 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);
}

export const CLASHING = "Vừ Thị Mỷ";
export const TWICE = "Giàng Thị Mẩy";

/** Fills a fresh commune with some weeks of work; all of it is with everybody at the end. */
export async function live(world: World): Promise<void> {
  const { office, lan, pao, house, members } = world;
  const names = Object.keys(house);
  for (const [n, name] of names.entries()) {
    const who = [members.Páo, members.Lan][n % 2];
    if (n < 14) await office.call("assign.set", { household: house[name], members: [who] });
  }
  await office.sync();
  await world.syncAll();
  await Promise.all([
    work(
      world,
      lan,
      members.Lan,
      names.filter((_, n) => n % 2 === 1),
    ),
    work(
      world,
      pao,
      members.Páo,
      names.filter((_, n) => n % 2 === 0),
    ),
  ]);
  const clashing = house[CLASHING];
  await lan.call("record.save", {
    id: clashing,
    patch: { head_name: "Vừ Thị Mỷ (Lan)", phone: "0912345678" },
  });
  await pao.call("record.save", { id: clashing, patch: { head_name: "Vừ Thị Mị", address: "Đầu dốc" } });
  for (const person of [lan, pao])
    await person.make(world.teams[0] ?? "", "household", {
      head_name: TWICE,
      village: world.villages[0],
      cluster: "Cụm Pá Khôm",
    });
  await lan.make(world.teams[0] ?? "", "ocop_certificate", {
    product: world.products[0],
    stars: 3,
    issued_on: dayFrom(-600),
  });
  world.listing = await lan.make(world.teams[0] ?? "", "listing", {
    product: world.products[0],
    platform: "buudien",
    state: "dang_ban",
    url: "https://example.vn/xoi-nep-nuong",
    listed_on: dayFrom(-20),
  });
  await lan.make(world.teams[0] ?? "", "listing_check", {
    listing: world.listing,
    product: world.products[0],
    checked_on: dayFrom(-10),
    method: "truc_tuyen",
    result: "dang_ban",
    members: [members.Lan],
  });
  world.event = await holdEvents(world);
  world.store = await keepStore(world, "Lò Văn Pọm");
  await world.syncAll();
}

/** A digital store of a household, looked at a month ago. */
async function keepStore({ lan, teams, house }: World, name: string): Promise<string> {
  const [team = ""] = teams;
  const of = { household: house[name] };
  const store = await lan.make(team, "digital_store", {
    ...of,
    name: "Tạp hóa Lò Pọm",
    sector: "tap_hoa",
    platforms: ["shopee"],
    payments: ["ngan_hang_qr"],
    url: "https://example.vn/tap-hoa-lo-pom",
  });
  const found = { level: "dang_ban", state: "hoat_dong", checked_on: dayFrom(-30) };
  await lan.make(team, "store_check", { ...of, store, ...found });
  return store;
}

/** A meeting by count two days ago, and a class whose people stand on a list; answers the class. */
async function holdEvents(world: World): Promise<string> {
  const { lan, house, villages } = world;
  const team = world.teams[0] ?? "";
  const at = { villages: [villages[0]], place: "Nhà văn hóa Nà Hin" };
  const counted = { attendance: "dem", people: 42, women: 23, elders: 9, topics: ["an_toan"] };
  const meeting = { event_kind: "hop_thon", title: "Họp thôn Bản Nà Hin", day: dayFrom(-2) };
  await lan.make(team, "event", { ...meeting, ...at, ...counted });
  const title = "Lớp kỹ năng số Bản Nà Hin";
  const learning = { event_kind: "lop_ky_nang", title, day: dayFrom(-6), attendance: "diem_danh" };
  const event = await lan.make(team, "event", { ...learning, ...at, topics: ["vneid"] });
  await lan.make(team, "event_attendance", { event, household: house["Lò Văn Pọm"], signed: "co" });
  await lan.make(team, "event_attendance", { event, household: house["Sùng Thị Dợ"] });
  await lan.make(team, "event_attendance", { event, name: "Cô giáo Hạnh" });
  return event;
}

/** Visits of a member: met, not met, one to come back to since two days, one for today; help with a question open. */
async function work(world: World, person: Person, member: string, names: string[]): Promise<void> {
  const team = world.teams[0] ?? "";
  const visits: [string, Json][] = names.slice(0, 5).map((name, n) => [
    name,
    {
      household: world.house[name],
      day: dayFrom(-n - 1),
      contact: n === 3 ? "vang_nha" : "gap_chu_ho",
      members: [member],
      topics: ["vneid", "an_toan"],
      ...(n === 1 ? { next_visit_on: dayFrom(-2), note: "Hẹn khi có căn cước mới" } : {}),
      ...(n === 2 ? { next_visit_on: dayFrom(0) } : {}),
    },
  ]);
  for (const [, fields] of visits) await person.make(team, "visit", fields);
  await person.make(team, "assistance", {
    household: world.house[names[0] ?? ""],
    day: dayFrom(-1),
    category: "vneid_tao",
    outcome: "hen_lai",
    follow_up_on: dayFrom(0),
    members: [member],
  });
  await person.make(team, "citizen", {
    household: world.house[names[0] ?? ""],
    consent: "dong_y",
    full_name: names[0],
    birth_date: "1971-01-01",
    birth_precision: "nam",
    gender: "nu",
    relation_to_head: "chu_ho",
  });
}

/** Work nobody but this phone knows yet. */
export async function leaveWaiting(world: World, person: Person): Promise<void> {
  const [, name = ""] = Object.keys(world.house);
  await person.make(world.teams[0] ?? "", "visit", {
    household: world.house[name],
    day: dayFrom(0),
    contact: "gap_thanh_vien",
    topics: ["dvc"],
  });
  await person.call("record.save", { id: world.house[name], patch: { people: 7 } });
}
