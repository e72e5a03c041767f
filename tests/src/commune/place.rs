//! The invented commune's places: three villages, their clusters and the landmarks people tell the way by.

use super::name::People;
use super::random::Random;

/// The commune; no place of this name is meant.
pub(super) const COMMUNE: &str = "Xã Mường Khằm";

/// A village and who lives there.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: &'static str,
    /// Code of the catalog of kinds of places.
    pub(super) kind: &'static str,
    pub(super) clusters: &'static [&'static str],
    /// Two peoples, and how many of a hundred households are of the first.
    pub(super) peoples: (People, People, usize),
}

/// The villages, in the order of their numbers.
pub(super) const VILLAGES: [Place; 3] = [
    Place {
        name: "Bản Nà Hin",
        kind: "ban",
        clusters: &["Cụm Huồi Lả", "Cụm Đầu Nương", "Cụm Bãi Đá", "Cụm Pá Khôm"],
        peoples: (People::Thai, People::Hmong, 60),
    },
    Place {
        name: "Buôn Ea Mây",
        kind: "buon",
        clusters: &["Xóm Bến Nước", "Xóm Đồi Cà Phê", "Xóm Mới"],
        peoples: (People::Ede, People::Kinh, 60),
    },
    Place {
        name: "Ấp Bàu Sen",
        kind: "ap",
        clusters: &["Tổ 1", "Tổ 2", "Tổ 3", "Tổ 4"],
        peoples: (People::Khmer, People::Kinh, 60),
    },
];

const SIDES: &[&str] = &[
    "cạnh",
    "đối diện",
    "sau",
    "trên đường vào",
    "ngay dưới",
    "cách 200 m,",
];

const MARKS: &[&str] = &[
    "nhà văn hóa",
    "điểm trường mầm non",
    "cây gạo to",
    "cầu treo",
    "bể nước chung",
    "quán tạp hóa đầu ngõ",
    "sân bóng",
    "trạm phát sóng",
    "lò gạch cũ",
    "giếng làng",
    "bãi đỗ xe",
    "trạm y tế",
];

/// How to find the house.
pub(super) fn landmark(random: &mut Random) -> String {
    format!("{} {}", random.pick(SIDES), random.pick(MARKS))
}
