//! Nine invented OCOP products, three a village.

/// A product of the commune.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) name: &'static str,
    /// Code of one of the six OCOP groups.
    pub(super) group: &'static str,
    pub(super) pack: &'static str,
    /// Price in đồng.
    pub(super) price: i64,
    /// Who makes it.
    pub(super) maker: &'static str,
}

const fn product(
    name: &'static str,
    group: &'static str,
    pack: &'static str,
    price: i64,
    maker: &'static str,
) -> Product {
    Product {
        name,
        group,
        pack,
        price,
        maker,
    }
}

/// By village, in the order of the villages.
pub(super) const PRODUCTS: [[Product; 3]; 3] = [
    [
        product(
            "Thịt trâu gác bếp Nà Hin",
            "thuc_pham",
            "gói 500 g",
            450_000,
            "Hợp tác xã Nà Hin",
        ),
        product(
            "Rượu ngô men lá Pá Khôm",
            "do_uong",
            "chai 500 ml",
            90_000,
            "Tổ hợp tác Pá Khôm",
        ),
        product(
            "Khăn piêu thêu tay Huồi Lả",
            "thu_cong",
            "chiếc",
            280_000,
            "Tổ hợp tác thêu Huồi Lả",
        ),
    ],
    [
        product(
            "Cà phê bột Ea Mây",
            "do_uong",
            "gói 250 g",
            75_000,
            "Hợp tác xã cà phê Ea Mây",
        ),
        product(
            "Cao cà gai leo Bến Nước",
            "duoc_lieu",
            "hũ 100 g",
            160_000,
            "Hộ kinh doanh Bến Nước",
        ),
        product(
            "Nhà dài Ea Mây đón khách",
            "du_lich",
            "đêm",
            350_000,
            "Tổ hợp tác du lịch Ea Mây",
        ),
    ],
    [
        product(
            "Mắm cá lóc Bàu Sen",
            "thuc_pham",
            "hũ 400 g",
            68_000,
            "Cơ sở mắm Bàu Sen",
        ),
        product(
            "Đường thốt nốt Bàu Sen",
            "thuc_pham",
            "gói 500 g",
            55_000,
            "Hợp tác xã Bàu Sen",
        ),
        product(
            "Sen đá chậu đất nung",
            "sinh_vat_canh",
            "chậu",
            120_000,
            "Hộ kinh doanh Tổ 4",
        ),
    ],
];
