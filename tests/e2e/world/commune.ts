//! The invented commune: two teams, three people with devices, thirty households of six peoples. Nobody is meant.

export const COMMUNE = "Xã Mường Khằm";
export const PIN = "135790";
export const OFFICE_SECRET = "mật khẩu văn phòng";

export const VILLAGES = [
  { name: "Bản Nà Hin", kind: "ban", team: "Tổ Bản Nà Hin" },
  { name: "Buôn Ea Mây", kind: "buon", team: "Tổ Buôn Ea Mây" },
] as const;

/** Members by the names stories use; `team` is a place in the list above. */
export const MEMBERS = {
  Lan: { full_name: "Vi Thị Lan", team: 0, position: "to_truong", gender: "nu", roles: ["member", "lead"] },
  Páo: { full_name: "Vừ A Páo", team: 0, position: "thanh_vien", gender: "nam", roles: ["member"] },
  Blok: { full_name: "Y Blôk Êban", team: 1, position: "to_truong", gender: "nam", roles: ["member"] },
} as const;
export const OFFICER = "Nguyễn Thu Hòa";

interface House {
  head_name: string;
  cluster: string;
  people: number;
  language: string;
  phone?: string;
  consent: string;
  address?: string;
}

/** Of the first team: Thái, H'Mông and Kinh; of the second: Ê Đê, Khmer and Kinh. */
const HEADS: readonly [readonly string[], readonly string[]] = [
  [
    "Vừ Thị Mỷ",
    "Lò Văn Pọm",
    "Giàng A Chứ",
    "Quàng Thị Ín",
    "Vi Văn Thoong",
    "Sùng Thị Dợ",
    "Lường Văn Ún",
    "Thào A Lử",
    "Nguyễn Văn Hòa",
    "Cầm Thị Oanh",
    "Mùa A Khua",
    "Lô Thị Xuân",
    "Hạng Thị Máy",
    "Trần Thị Nghĩa",
    "Lò Thị Hặc",
    "Vàng A Phử",
    "Hà Văn Ngoạn",
    "Ly Thị Dí",
  ],
  [
    "H'Brơi Niê",
    "Y Thuột Mlô",
    "H'Linh Êban",
    "Thạch Sa Rươne",
    "Kim Thị Sà Rây",
    "Y Bhiơ Kbuôr",
    "Phạm Quốc Khánh",
    "H'Nguôt Ayŭn",
    "Sơn Thị Sô Phia",
    "Danh Hoàng",
    "Đỗ Thị Kim Huệ",
    "Y Djăk Byă",
  ],
];
const CLUSTERS = [
  ["Cụm Huồi Lả", "Cụm Đầu Nương", "Cụm Pá Khôm"],
  ["Xóm Bến Nước", "Xóm Mới"],
] as const;
const LANGUAGES = [
  ["hmong", "thai", "vi"],
  ["e_de", "khmer", "vi"],
] as const;

/** Households of a team, in a fixed order. */
export function households(team: 0 | 1): House[] {
  return HEADS[team].map((head_name, n) => {
    const clusters = CLUSTERS[team];
    const house: House = {
      head_name,
      cluster: clusters[n % clusters.length] ?? "",
      people: 2 + ((n * 3) % 6),
      language: LANGUAGES[team][n % 3] ?? "vi",
      consent: "dong_y",
    };
    if (n % 3 !== 2) house.phone = `09120${String(10_000 + n * 137 + team * 40_000).slice(-5)}`;
    if (n % 2 === 0) house.address = n % 4 === 0 ? "Đầu dốc, sau nhà văn hóa" : "Cạnh cầu treo";
    return house;
  });
}

export const PRODUCTS = [
  {
    name: "Xôi nếp nương Nà Hin",
    subject_name: "HTX Nà Hin",
    group: "thuc_pham",
    state: "duoc_cong_nhan",
    stars: 3,
  },
  { name: "Mật ong rừng Pá Khôm", subject_name: "Hộ Lò Văn Pọm", group: "thuc_pham", state: "tiem_nang" },
] as const;
