//! Invented people whose every word is nobody else's.

/// Somebody to be looked for.
#[derive(Debug, Clone, Copy)]
pub struct Canary {
    pub whose: &'static str,
    pub name: &'static str,
    pub phone: &'static str,
    pub number: &'static str,
    pub address: &'static str,
    pub note: &'static str,
}

/// Written down in a household, on a visit, in a draft, a paper, a backup, a file that is carried.
pub const KEPT: Canary = Canary {
    whose: "kept",
    name: "Mẩyxuýtkhoắm",
    phone: "0987650431",
    number: "030187654321",
    address: "Nậmxuổngbảyđồi",
    note: "đaulưngtừtháprơi",
};

/// The same, and erased at the end.
pub const ERASED: Canary = Canary {
    whose: "erased",
    name: "Giốngquậtvẫyđử",
    phone: "0976540312",
    number: "040276543218",
    address: "Khecạnuốnổi",
    note: "nợxóđãtrảhếtở",
};

/// Typed where it does not belong, and refused.
pub const WRONG: Canary = Canary {
    whose: "wrong",
    name: "Sảiphấygiãodịu",
    phone: "0965430213",
    number: "050365432187",
    address: "Tảphìnxéođồi",
    note: "bịlừamấttiềnữ",
};

/// On a card and on a shop's payment code that were scanned, and shown, and left at that: the number of the card, the account,
/// and the words beside it are kept nowhere.
pub const SCANNED: Canary = Canary {
    whose: "scanned",
    name: "Khuấygiuộcthẳmđử",
    phone: "0954320679",
    number: "040185436790",
    address: "Huồicấunhảyđèo",
    note: "gửitiềnmậtẩnđi",
};

/// Who looks after a device: its name stands on it.
pub const KEEPER: Canary = Canary {
    whose: "keeper",
    name: "Hoằngđiệpvỹ",
    phone: "0912430765",
    number: "060454321876",
    address: "Bảnđửngvượt",
    note: "máycủađiệpvỹ",
};

impl Canary {
    /// Every text of it, a phone in the forms it is kept and typed in.
    pub fn texts(&self) -> Vec<String> {
        let (_, rest) = self.phone.split_at(1);
        let spaced = format!(
            "{} {} {}",
            &self.phone[..4],
            &self.phone[4..7],
            &self.phone[7..]
        );
        let mut all = vec![rest.to_owned(), spaced, self.number.to_owned()];
        all.extend([self.name, self.address, self.note].map(str::to_owned));
        all
    }
}
