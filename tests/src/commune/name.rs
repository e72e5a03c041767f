//! Invented names of five peoples. The people decides only how a name is built and is written nowhere.

use super::random::Random;

/// How names are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum People {
    Kinh,
    Thai,
    Hmong,
    Ede,
    Khmer,
}

/// Family names, middle and given names of men, middle and given names of women.
struct Words {
    family: &'static [&'static str],
    man: (&'static [&'static str], &'static [&'static str]),
    woman: (&'static [&'static str], &'static [&'static str]),
}

const KINH: Words = Words {
    family: &[
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Đào",
    ],
    man: (
        &["Văn", "Hữu", "Đức", "Công", "Xuân", "Đình"],
        &[
            "Khởi", "Thuận", "Lộc", "Bình", "Đoài", "Tường", "Hưởng", "Nghĩa", "Quyền", "Vượng",
            "Chiến", "Đạt",
        ],
    ),
    woman: (
        &["Thị", "Thu", "Ngọc", "Bích", "Thị Kim"],
        &[
            "Thơm", "Duyên", "Hường", "Nhàn", "Quế", "Liễu", "Đào", "Yến", "Mận", "Thoa", "Ước",
            "Chuyên",
        ],
    ),
};

const THAI: Words = Words {
    family: &[
        "Lò", "Quàng", "Cà", "Lường", "Tòng", "Vi", "Lô", "Kha", "Cầm", "Bạc",
    ],
    man: (
        &["Văn", "Bun", "Khăm"],
        &[
            "Pâng", "Ín", "Dọn", "Xiên", "Khun", "Thoan", "Inh", "Phóng", "Ộn", "Piến", "Chựa",
            "Ngoan",
        ],
    ),
    woman: (
        &["Thị"],
        &[
            "Hặc",
            "Pánh",
            "Ún",
            "Ọi",
            "Chom",
            "Bó",
            "Xôm",
            "Muôn",
            "Thưởng",
            "Kẹo",
            "Ing",
            "Pọm",
            "Hiêng",
            "Lả",
            "Dương",
            "Soan",
        ],
    ),
};

const HMONG: Words = Words {
    family: &[
        "Vừ", "Giàng", "Lầu", "Sùng", "Mùa", "Thào", "Hờ", "Cứ", "Và", "Xồng", "Hạng", "Lỳ",
    ],
    man: (
        &["A", "Bá", "Chứ", "Nỏ", "Nhìa"],
        &[
            "Páo", "Chu", "Dế", "Tủa", "Lử", "Sình", "Nếnh", "Chống", "Pó", "Rùa", "Xà", "Thái",
        ],
    ),
    woman: (
        &["Thị", "Mỷ", "Y"],
        &[
            "Dợ", "Xía", "Chía", "Sua", "Pà", "Say", "Máy", "Dính", "Ka", "Bâu", "Mo", "Chở",
        ],
    ),
};

const EDE: Words = Words {
    family: &[
        "Niê", "Mlô", "Êban", "Byă", "Ayŭn", "Ktla", "Kbuôr", "Hđơk", "Êñuôl", "Kđoh",
    ],
    man: (
        &["Y"],
        &[
            "Thuyên", "Khăm", "Bhiông", "Dhin", "Jut", "Krông", "Moan", "Nuên", "Phem", "Wiêng",
            "Blŏk", "Săm", "Tluh", "Ngun", "Rin",
        ],
    ),
    woman: (
        &["H'"],
        &[
            "Bia", "Lim", "Juăn", "Nga", "Blao", "Mrai", "Duê", "Yăm", "Wen", "Thoan", "Dar",
            "Luyn", "Bŭn", "Ngoel", "Krih",
        ],
    ),
};

const KHMER: Words = Words {
    family: &[
        "Thạch", "Sơn", "Kim", "Danh", "Châu", "Lâm", "Kiên", "Tăng", "Liêu", "Trà",
    ],
    man: (
        &["Sóc", "Sa", "Sô", "Chan", "Ra"],
        &[
            "Rươl", "Phone", "Ươl", "Tha", "Phol", "Rinh", "Kha", "Thi", "Vuông", "Môl", "Rết",
            "Phước",
        ],
    ),
    woman: (
        &["Thị", "Thị Sà", "Thị Sô", "Thị Đa"],
        &[
            "Phol", "Hên", "Phia", "Ni", "Chanh", "Rây", "Mum", "Diên", "Rone", "Phal", "Lên",
            "Vanh",
        ],
    ),
};

impl People {
    fn words(self) -> &'static Words {
        match self {
            Self::Kinh => &KINH,
            Self::Thai => &THAI,
            Self::Hmong => &HMONG,
            Self::Ede => &EDE,
            Self::Khmer => &KHMER,
        }
    }

    /// A family name, which children get from their father; among the Ê Đê a clan, which they get from their mother.
    pub(super) fn family(self, random: &mut Random) -> &'static str {
        random.pick(self.words().family)
    }

    /// Whether the children's family name is the mother's.
    pub(super) fn follows_mother(self) -> bool {
        self == Self::Ede
    }

    /// A full name of this family.
    pub(super) fn name(self, family: &str, woman: bool, random: &mut Random) -> String {
        let words = self.words();
        let (middles, givens) = if woman { words.woman } else { words.man };
        let middle = random.pick(middles);
        let given = random.pick(givens);
        match (self, woman) {
            (Self::Ede, true) => format!("{middle}{given} {family}"),
            (Self::Ede, false) => format!("{middle} {given} {family}"),
            _ => format!("{family} {middle} {given}"),
        }
    }
}
