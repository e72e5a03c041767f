//! The three teams' twelve members and the office's staff. Stories call some of them by their short names.

/// A member of a team, or of the office.
#[derive(Debug)]
pub(super) struct Named {
    /// What stories call this person, when they do.
    pub(super) short: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) woman: bool,
    pub(super) born: u16,
    /// Position in the team, a code of the catalog.
    pub(super) position: &'static str,
}

const fn named(
    short: Option<&'static str>,
    name: &'static str,
    woman: bool,
    born: u16,
    position: &'static str,
) -> Named {
    Named {
        short,
        name,
        woman,
        born,
        position,
    }
}

/// Team 1, 2 and 3: one a village.
pub(super) const TEAMS: [[Named; 4]; 3] = [
    [
        named(None, "Quàng Văn Khun", false, 1979, "to_truong"),
        named(Some("Lan"), "Lò Thị Lan", true, 1994, "thanh_vien"),
        named(Some("Páo"), "Vừ A Páo", false, 1997, "thanh_vien"),
        named(None, "Giàng Mỷ Sua", true, 2001, "thanh_vien"),
    ],
    [
        named(None, "Y Wiêng Mlô", false, 1982, "to_truong"),
        named(None, "H'Thoan Êban", true, 1990, "to_pho"),
        named(None, "Đặng Thị Ước", true, 1988, "thanh_vien"),
        named(None, "Y Dhin Kbuôr", false, 2000, "thanh_vien"),
    ],
    [
        named(None, "Thạch Thị Sô Phia", true, 1985, "to_truong"),
        named(None, "Sơn Chan Tha", false, 1976, "thanh_vien"),
        named(None, "Đào Văn Đoài", false, 1991, "thanh_vien"),
        named(None, "Danh Thị Rây", true, 1999, "thanh_vien"),
    ],
];

/// The office's staff: chị Hoa.
pub(super) const OFFICE: Named = named(Some("Hoa"), "Trần Thị Quỳnh Hoa", true, 1987, "thanh_vien");
