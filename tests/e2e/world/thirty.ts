//! A day of Lan's: thirty doors and what happens at each, and what of it has to be at the commune in the evening.
import { type Line, typedDay } from "../steps.ts";
import { dayFrom } from "./lived.ts";

/** One thing helped with; codes of the catalogs. */
export interface Help {
  category: string;
  outcome: string;
  /** Why it failed. */
  why?: string;
  /** Days until it is asked again. */
  ask?: Days;
}
/** Days offered as chips. */
export type Days = 3 | 7 | 30;

export interface Door {
  head: string;
  contact: "gap_chu_ho" | "gap_thanh_vien" | "vang_nha" | "tu_choi" | "da_chuyen" | "khong_vao_duoc";
  topics?: readonly string[];
  helps?: readonly Help[];
  /** Days until the next visit. */
  next?: Days;
  /** Written as the last time. */
  again?: true;
  /** They do not want to be named: it counts for the village. */
  anonymous?: true;
  /** First saved as nobody home, and taken back. */
  undone?: true;
  /** The battery is flat in the middle of it. */
  flat?: true;
  /** Not known before: their answer when asked, and somebody of the house who agrees too. */
  added?: { consent: string; person?: string };
  /** Lines of books, from the household's own menu. */
  lines?: readonly Line[];
}

/** Households the commune knows beside the eighteen of the first team. */
export const MORE: readonly string[] = [
  "Lò Thị Piếng",
  "Giàng Thị Súa",
  "Cà Văn Hom",
  "Sùng A Tủa",
  "Quàng Văn Pâng",
  "Mùa Thị Chía",
  "Đinh Thị Bưởi",
  "Vàng Thị Mo",
  "Tòng Văn Xương",
  "Ngô Văn Lực",
];

/** Who was met weeks ago, and what was talked about. */
export const LAST_TIME: Record<string, readonly string[]> = {
  "Lò Văn Pọm": ["vneid", "an_toan"],
  "Lò Thị Hặc": ["dvc"],
};

const alone = (category: string): Help => ({ category, outcome: "tu_lam_duoc" });
const together = (category: string): Help => ({ category, outcome: "co_ho_tro" });

const MORNING: readonly Door[] = [
  { head: "Vừ Thị Mỷ", contact: "gap_chu_ho", topics: ["vneid", "an_toan"], helps: [alone("vneid_tao")] },
  { head: "Lò Văn Pọm", contact: "gap_chu_ho", again: true },
  {
    head: "Giàng A Chứ",
    contact: "gap_thanh_vien",
    topics: ["thanh_toan"],
    helps: [together("thanh_toan")],
    next: 7,
  },
  { head: "Quàng Thị Ín", contact: "gap_chu_ho", topics: ["suc_khoe"], undone: true },
  { head: "Vi Văn Thoong", contact: "tu_choi" },
  {
    head: "Sùng Thị Dợ",
    contact: "gap_chu_ho",
    topics: ["dvc"],
    helps: [{ category: "dvc", outcome: "cho_ket_qua", ask: 3 }],
    lines: [
      {
        kind: "dossier",
        word: "hồ sơ",
        answers: { procedure: "Đăng ký khai sinh", code: "H12.34-261126-0011" },
        told: "Đăng ký khai sinh",
      },
    ],
  },
  {
    head: "Lường Văn Ún",
    contact: "gap_chu_ho",
    topics: ["vneid"],
    helps: [{ category: "vneid_tao", outcome: "khong_lam_duoc", why: "khong_dien_thoai" }],
    lines: [
      {
        kind: "status",
        word: "tình trạng số",
        answers: { topic: "Điện thoại thông minh", value: "Không" },
        told: "Điện thoại thông minh",
      },
    ],
  },
  { head: "Thào A Lử", contact: "khong_vao_duoc" },
  {
    head: "Nguyễn Văn Hòa",
    contact: "gap_chu_ho",
    topics: ["tmdt", "thue"],
    helps: [together("qr_nhan_tien")],
    lines: [
      {
        kind: "consent",
        word: "đồng ý",
        answers: { purpose: "Chụp ảnh", decision: "Đồng ý" },
        told: "Chụp ảnh",
      },
      {
        kind: "household_badge",
        word: "danh hiệu",
        answers: { badge: "Hộ kinh doanh số", result: "Đạt" },
        told: "Hộ kinh doanh số",
      },
    ],
  },
  {
    head: "Cầm Thị Oanh",
    contact: "gap_chu_ho",
    topics: ["vneid", "giao_duc"],
    helps: [together("giao_duc")],
    flat: true,
  },
];

const MIDDAY: readonly Door[] = [
  { head: "Mùa A Khua", contact: "gap_chu_ho", topics: ["an_toan"], anonymous: true },
  { head: "Lô Thị Xuân", contact: "da_chuyen" },
  {
    head: "Hạng Thị Máy",
    contact: "gap_thanh_vien",
    topics: ["an_toan", "du_lieu_ca_nhan"],
    helps: [{ category: "an_toan", outcome: "chi_tu_van" }],
    lines: [
      {
        kind: "safety_report",
        word: "vụ lừa đảo",
        answers: { fraud_kind: "Giả danh cơ quan nhà nước", loss: "Không mất" },
        told: "Giả danh cơ quan nhà nước",
      },
    ],
  },
  {
    head: "Trần Thị Nghĩa",
    contact: "gap_chu_ho",
    topics: ["thanh_toan", "suc_khoe", "bdhvs"],
    helps: [{ category: "bhyt_so_suc_khoe", outcome: "lam_thay" }, alone("vi_dien_tu")],
    next: 30,
  },
  { head: "Lò Thị Hặc", contact: "vang_nha" },
  { head: "Vàng A Phử", contact: "gap_chu_ho", topics: ["nong_nghiep"] },
  {
    head: "Hà Văn Ngoạn",
    contact: "gap_chu_ho",
    topics: ["dvc"],
    helps: [{ category: "dvc", outcome: "phai_bo_sung" }],
  },
  { head: "Ly Thị Dí", contact: "gap_thanh_vien", topics: ["chu_truong"] },
  {
    head: "Hờ A Dình",
    contact: "gap_chu_ho",
    topics: ["vneid"],
    helps: [together("vneid_tao")],
    added: { consent: "Đồng ý", person: "Hờ Thị Pà" },
  },
  { head: "Lò Thị Piếng", contact: "vang_nha" },
];

const AFTERNOON: readonly Door[] = [
  { head: "Giàng Thị Súa", contact: "gap_chu_ho", topics: ["thien_tai"] },
  {
    head: "Cà Văn Hom",
    contact: "gap_chu_ho",
    topics: ["vneid"],
    helps: [{ category: "vneid_sua", outcome: "khong_lam_duoc", why: "khong_song" }],
    next: 3,
  },
  { head: "Sùng A Tủa", contact: "khong_vao_duoc" },
  { head: "Quàng Văn Pâng", contact: "gap_thanh_vien", topics: ["ai", "an_toan"] },
  { head: "Phàng Thị Gầu", contact: "gap_chu_ho", topics: ["an_toan"], added: { consent: "Không đồng ý" } },
  { head: "Mùa Thị Chía", contact: "tu_choi" },
  {
    head: "Đinh Thị Bưởi",
    contact: "gap_chu_ho",
    topics: ["tmdt"],
    helps: [together("gian_hang"), { category: "chu_ky_so", outcome: "hen_lai", ask: 7 }],
  },
  { head: "Vàng Thị Mo", contact: "gap_chu_ho", topics: ["suc_khoe"], helps: [alone("bhyt_so_suc_khoe")] },
  { head: "Tòng Văn Xương", contact: "gap_thanh_vien", topics: ["thue"] },
  { head: "Ngô Văn Lực", contact: "gap_chu_ho", topics: ["dvc"], helps: [together("dvc")] },
];
export const PARTS = { morning: MORNING, midday: MIDDAY, afternoon: AFTERNOON } as const;
export const DOORS: readonly Door[] = [...MORNING, ...MIDDAY, ...AFTERNOON];

/** What somebody asks to be passed on: the second form the battery leaves in the middle. */
export const COMPLAINT: Line = {
  kind: "feedback",
  word: "phản ánh",
  answers: { feedback_kind: "Sóng, điện, mạng", text: "Đường dây qua suối Huồi Lả võng sát mặt nước" },
  told: "Sóng, điện, mạng",
};

/** What the day itself leaves in the team's books. */
export const EVENING: readonly Line[] = [
  {
    kind: "task",
    word: "việc",
    answers: { title: "Nhờ bưu điện sửa loa Pá Khôm", priority: "Thường", due_on: typedDay(3) },
    told: "Nhờ bưu điện sửa loa Pá Khôm",
  },
  { kind: "duty", word: "ca trực", answers: { place: "Nhà văn hóa", shift: "Tối" }, told: "Nhà văn hóa" },
  { kind: "activity_day", word: "ngày công", answers: { hours: "9" }, told: "Kê khai" },
  {
    kind: "training",
    word: "tập huấn",
    answers: { title: "Nhận ra cuộc gọi giả danh" },
    told: "Nhận ra cuộc gọi giả danh",
  },
  {
    kind: "village_profile",
    word: "hồ sơ thôn",
    answers: { village: "Bản Nà Hin", households_total: "98", source: "Trưởng bản đếm" },
    told: "Trưởng bản đếm",
  },
];

/** What the commune writes down in the morning, in the office's window. */
export const COMMUNE: readonly Line[] = [
  {
    kind: "plan",
    word: "kế hoạch",
    answers: { title: "Ba mươi hộ một ngày" },
    told: "Ba mươi hộ một ngày",
  },
  {
    kind: "target",
    word: "chỉ tiêu",
    answers: { indicator: "Lượt thăm", value: "30", from: typedDay(0), to: typedDay(30) },
    told: "Lượt thăm",
  },
  {
    kind: "membership",
    word: "thời gian trong tổ",
    answers: { member: "Vi Thị Lan", team: "Tổ Bản Nà Hin", position: "Tổ trưởng", from: typedDay(-400) },
    told: "Tổ trưởng",
  },
  {
    kind: "school",
    word: "trường học",
    answers: { name: "Trường Tiểu học Nà Hin", school_level: "Tiểu học" },
    told: "Trường Tiểu học Nà Hin",
  },
  {
    kind: "material",
    word: "tài liệu",
    answers: { title: "Bốn bước mở VNeID", material_kind: "Video" },
    told: "Bốn bước mở VNeID",
  },
  {
    kind: "catalog_item",
    word: "mục danh mục",
    answers: { catalog: "Nơi trực", code: "cho_na_hin", vi: "Chợ Nà Hin" },
    told: "Chợ Nà Hin",
  },
];

const met = (door: Door) => door.contact === "gap_chu_ho" || door.contact === "gap_thanh_vien";
/** Doors that count as a household met. */
export const MET = DOORS.filter((door) => met(door) && !door.anonymous);
/** Heads of the households where nobody was ever met, after the day. */
export const NEVER_MET = DOORS.filter((door) => !MET.includes(door) && !LAST_TIME[door.head]).map(
  (door) => door.head,
);

/** A visit as it is read at the commune. */
export const visitOf = (door: Door): string => {
  const topics = door.again ? LAST_TIME[door.head] : door.topics;
  const next = door.next ?? (door.contact === "vang_nha" ? 3 : undefined);
  return told(
    door.anonymous ? null : door.head,
    door.contact,
    [...(topics ?? [])].sort().join("+"),
    next === undefined ? null : dayFrom(next),
  );
};
/** Help as it is read there. */
export const helpOf = (door: Door, help: Help): string =>
  told(
    door.anonymous ? null : door.head,
    help.category,
    help.outcome,
    help.why ?? null,
    help.ask === undefined ? null : dayFrom(help.ask),
  );
/** One record as one line, to be compared whole. */
export const told = (...parts: readonly (string | null | undefined)[]): string =>
  parts.map((part) => part ?? "–").join(" | ");

/** Help for somebody at the market whose household nobody asked for. */
export const UNNAMED: Help = { category: "vi_dien_tu", outcome: "tu_lam_duoc" };
export const VISITS = DOORS.map(visitOf);
export const HELPS = [
  ...DOORS.flatMap((door) => (door.helps ?? []).map((help) => helpOf(door, help))),
  told(null, UNNAMED.category, UNNAMED.outcome, null, null),
];

/** How many of each kind the day has made, by whom. */
export function made(): { lan: Record<string, number>; office: Record<string, number> } {
  const added = DOORS.filter((door) => door.added);
  const lan: Record<string, number> = {
    household: added.length,
    citizen: added.filter((door) => door.added?.person).length,
    visit: VISITS.length,
    assistance: HELPS.length,
  };
  const lines = [COMPLAINT, ...EVENING, ...DOORS.flatMap((door) => door.lines ?? [])];
  for (const { kind } of lines) lan[kind] = (lan[kind] ?? 0) + 1;
  return { lan, office: Object.fromEntries(COMMUNE.map(({ kind }) => [kind, 1])) };
}
