//! A shop's payment code (EMVCo, VietQR among them): whether it is whole, whose bank it is, and the shop's name.
//!
//! The account or card number is looked at for its form and dropped here: nothing that leaves this file holds it, nor the
//! purpose that may stand beside it.

use super::{PAYLOAD_MAX, hidden, line};
use std::collections::BTreeMap;
use std::fmt;

/// Characters of a shop's name.
const NAME_MAX: usize = 60;
/// Characters of an account or card number, at most.
const ACCOUNT_MAX: usize = 19;
/// How every such code begins: the version of its format.
const BEGIN: &str = "000201";
/// NAPAS, in the account template of a VietQR.
const NAPAS: &str = "A000000727";
/// How it ends: the id and length of the checksum, then four digits.
const END: &str = "6304";

/// What the form shows for a yes.
#[derive(Clone, PartialEq, Eq)]
pub struct VietQr {
    /// Bank or wallet by its number at NAPAS; `None` for one this version does not know, and for a code of another network.
    pub bank: Option<&'static str>,
    /// A VietQR of NAPAS, which every bank's app can pay.
    pub napas: bool,
    /// Name of the shop, when the code has one.
    pub name: Option<String>,
    /// Made for one payment: no code that hangs at a shop.
    pub once: bool,
}

impl fmt::Debug for VietQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hidden(f, "VietQr")
    }
}

/// Why a payload is no payment code that can be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is something else.
    Other,
    /// It was one: the checksum does not fit what stands before it.
    Damaged,
}

/// Reads a payment code and checks it, without any network.
///
/// # Errors
/// [`Wrong::Damaged`] for a payment code whose checksum is missing or wrong, or that falls apart; [`Wrong::Other`] for
/// everything else, a code of another country or currency among it.
pub fn read(payload: &str) -> Result<VietQr, Wrong> {
    let text = payload.trim();
    if payload.len() > PAYLOAD_MAX || !(text.starts_with(BEGIN) || text.contains(NAPAS)) {
        return Err(Wrong::Other);
    }
    let whole = checked(text).ok_or(Wrong::Damaged)?;
    let fields = fields(whole).ok_or(Wrong::Damaged)?;
    let is = |id: u8, value: &str| fields.get(&id).is_some_and(|found| *found == value);
    if !is(0, "01") || !is(53, "704") || !is(58, "VN") {
        return Err(Wrong::Other);
    }
    let accounts = || fields.range(26..=51).map(|(_, template)| *template);
    let napas = accounts()
        .filter(|template| template.contains(NAPAS))
        .find_map(account);
    if accounts().next().is_none() || napas.is_none() && accounts().any(|one| one.contains(NAPAS)) {
        return Err(Wrong::Other);
    }
    let number = napas.map_or("", |account| account.number);
    let name = fields.get(&59).and_then(|name| line(name, NAME_MAX));
    Ok(VietQr {
        bank: napas.and_then(|account| bank(account.bin)),
        napas: napas.is_some(),
        name: name.filter(|name| !holds(name, number)),
        once: is(1, "12"),
    })
}

/// What stands before the checksum, when that fits.
fn checked(text: &str) -> Option<&str> {
    let (whole, sum) = text.split_at_checked(text.len().checked_sub(4)?)?;
    let sum = sum.bytes().all(|b| b.is_ascii_hexdigit()).then_some(sum)?;
    (u16::from_str_radix(sum, 16).ok()? == crc(whole.as_bytes()))
        .then(|| whole.strip_suffix(END))
        .flatten()
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| {
            (sum << 1) ^ if sum & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}

/// Fields by their id: two digits of id, two of length, the value. Lengths count characters; apps that write Vietnamese
/// letters count bytes. `None` when a text does not come out even either way, and for an id that stands twice.
fn fields(text: &str) -> Option<BTreeMap<u8, &str>> {
    let characters = |text: &str, count: usize| {
        let ends = text.char_indices().map(|(at, _)| at).skip(1);
        ends.chain([text.len()]).nth(count - 1)
    };
    parts(text, characters).or_else(|| parts(text, |_, count| Some(count)))
}

fn parts(mut text: &str, end: impl Fn(&str, usize) -> Option<usize>) -> Option<BTreeMap<u8, &str>> {
    let number = |digits: &str| {
        let all = digits.bytes().all(|b| b.is_ascii_digit());
        all.then(|| digits.parse::<u8>().ok()).flatten()
    };
    let mut found = BTreeMap::new();
    while !text.is_empty() {
        let (id, rest) = text.split_at_checked(2)?;
        let (length, rest) = rest.split_at_checked(2)?;
        let length = usize::from(number(length).filter(|length| *length > 0)?);
        let (value, rest) = rest.split_at_checked(end(rest, length)?)?;
        if found.insert(number(id)?, value).is_some() {
            return None;
        }
        text = rest;
    }
    Some(found)
}

/// Where a VietQR pays to. The number is borrowed, to be compared and forgotten.
#[derive(Clone, Copy)]
struct Account<'a> {
    bin: &'a str,
    number: &'a str,
}

/// Reads the account template of NAPAS.
fn account(template: &str) -> Option<Account<'_>> {
    let outer = fields(template)?;
    if outer.get(&0) != Some(&NAPAS) {
        return None;
    }
    let inner = fields(outer.get(&1)?)?;
    let (bin, number) = (*inner.get(&0)?, *inner.get(&1)?);
    let is_bin = bin.len() == 6 && bin.bytes().all(|b| b.is_ascii_digit());
    let is_number =
        number.len() <= ACCOUNT_MAX && number.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_bin && is_number).then_some(Account { bin, number })
}

/// True when a name has the account's number in it, with or without spaces: some shops are called so.
fn holds(name: &str, number: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    !number.is_empty()
        && plain
            .to_ascii_lowercase()
            .contains(&number.to_ascii_lowercase())
}

/// Bank or wallet of a number at NAPAS, as people call it.
fn bank(bin: &str) -> Option<&'static str> {
    let found = BANKS.iter().find(|(known, _)| *known == bin);
    found.map(|(_, name)| *name)
}

/// Members of NAPAS by number. One that is missing is told as unknown.
const BANKS: [(&str, &str); 44] = [
    ("970400", "SaigonBank"),
    ("970403", "Sacombank"),
    ("970405", "Agribank"),
    ("970406", "Vikki Bank (DongA Bank)"),
    ("970407", "Techcombank"),
    ("970408", "GPBank"),
    ("970409", "Bac A Bank"),
    ("970410", "Standard Chartered"),
    ("970412", "PVcomBank"),
    ("970414", "MBV (OceanBank)"),
    ("970415", "VietinBank"),
    ("970416", "ACB"),
    ("970418", "BIDV"),
    ("970419", "NCB"),
    ("970421", "VRB"),
    ("970422", "MB"),
    ("970423", "TPBank"),
    ("970424", "Shinhan Bank"),
    ("970425", "ABBANK"),
    ("970426", "MSB"),
    ("970427", "VietABank"),
    ("970428", "Nam A Bank"),
    ("970429", "SCB"),
    ("970430", "PGBank"),
    ("970431", "Eximbank"),
    ("970432", "VPBank"),
    ("970433", "VietBank"),
    ("970434", "Indovina Bank"),
    ("970436", "Vietcombank"),
    ("970437", "HDBank"),
    ("970438", "BaoViet Bank"),
    ("970439", "Public Bank Vietnam"),
    ("970440", "SeABank"),
    ("970441", "VIB"),
    ("970443", "SHB"),
    ("970444", "VCBNeo (CBBank)"),
    ("970446", "Co-opBank"),
    ("970448", "OCB"),
    ("970449", "LPBank"),
    ("970452", "KienlongBank"),
    ("970454", "BVBank"),
    ("970457", "Woori Bank"),
    ("970458", "UOB"),
    ("971005", "Viettel Money"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A gift to people after a flood, for one payment.
    const FLOOD: &str = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C";
    const VACCINE: &str = "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA53037045405790005802VN62220818Ung Ho Quy Vac Xin63043ACF";

    /// A field.
    fn tlv(id: &str, value: &str) -> String {
        format!("{id}{:02}{value}", value.chars().count())
    }

    fn sealed(text: &str) -> String {
        let text = format!("{text}{END}");
        let sum = crc(text.as_bytes());
        format!("{text}{sum:04X}")
    }

    fn shop(bin: &str, number: &str, name: &str) -> String {
        let to = tlv("00", bin) + &tlv("01", number);
        let napas = tlv("00", NAPAS) + &tlv("01", &to) + &tlv("02", "QRIBFTTA");
        let mut text = format!("{BEGIN}010211{}", tlv("38", &napas));
        text += &(tlv("53", "704") + &tlv("58", "VN") + &tlv("59", name) + &tlv("60", "NGHE AN"));
        sealed(&text)
    }

    #[test]
    fn codes_in_the_wild_are_whole_and_made_for_one_payment() {
        for payload in [FLOOD, VACCINE] {
            let read = read(payload).unwrap();
            assert_eq!(
                (read.bank, read.napas, read.once),
                (Some("VietinBank"), true, true)
            );
            assert_eq!(read.name, None);
        }
        assert_eq!(crc(b"123456789"), 0x29b1);
    }

    #[test]
    fn a_code_at_a_shop_tells_its_bank_and_name_and_nothing_else() {
        let payload = shop("970405", "3606205123456", "TAP HOA LO POM");
        let read = read(&payload).unwrap();
        assert_eq!((read.bank, read.once), (Some("Agribank"), false));
        assert_eq!(read.name.as_deref(), Some("TAP HOA LO POM"));
        assert_eq!(
            format!("{read:?} {:?}", read.clone()),
            "VietQr(…) VietQr(…)"
        );
        let unknown = super::read(&shop("970999", "1", "A")).unwrap();
        assert_eq!((unknown.bank, unknown.napas), (None, true));
    }

    #[test]
    fn letters_of_vietnamese_are_counted_either_way() {
        let name = "Tạp hóa Lò Pọm";
        assert_eq!(
            read(&shop("970422", "1", name)).unwrap().name.as_deref(),
            Some(name)
        );
        let bytes = format!("59{:02}{name}", name.len());
        let text = shop("970422", "1", name).replace(&tlv("59", name), &bytes);
        let text = text.rsplit_once(END).unwrap().0;
        assert_eq!(read(&sealed(text)).unwrap().name.as_deref(), Some(name));
    }

    #[test]
    fn a_name_with_the_account_in_it_is_not_told() {
        for name in ["QUAN 3606205123456", "3606 2051 23456 POM"] {
            assert_eq!(
                read(&shop("970405", "3606205123456", name)).unwrap().name,
                None
            );
        }
        let turned = shop("970405", "1", "POM\u{202e}OL");
        assert_eq!(read(&turned).unwrap().name, None);
    }

    #[test]
    fn one_wrong_character_anywhere_is_seen() {
        let payload = shop("970405", "3606205123456", "TAP HOA LO POM");
        for at in 0..payload.len() {
            for other in ['0', '7', 'X', ' '] {
                let mut wrong = payload.clone();
                wrong.replace_range(at..=at, &other.to_string());
                let same = wrong.trim().eq_ignore_ascii_case(&payload);
                assert_eq!(read(&wrong).is_ok(), same, "{at} {other}");
                if !same && at >= BEGIN.len() {
                    assert_eq!(read(&wrong), Err(Wrong::Damaged), "{at} {other}");
                }
            }
            assert!(read(payload.get(..at).unwrap()).is_err());
        }
    }

    #[test]
    fn what_cannot_be_paid_here_is_something_else() {
        let dong = tlv(
            "38",
            &(tlv("00", NAPAS) + &tlv("01", &(tlv("00", "970405") + "010190"))),
        );
        let other = [
            String::new(),
            "https://shopee.vn".to_owned(),
            "x".repeat(PAYLOAD_MAX + 1),
            sealed(&format!("{BEGIN}{dong}53038405802VN")),
            sealed(&format!("{BEGIN}{dong}53037045802US")),
            sealed(&format!("{BEGIN}53037045802VN")),
            // No bank, an account that is none.
            sealed(&format!(
                "{BEGIN}{}53037045802VN",
                tlv("38", &tlv("00", NAPAS))
            )),
            shop("97040", "1", "A"),
            shop("970405", "1 2", "A"),
        ];
        for payload in other {
            assert_eq!(read(&payload), Err(Wrong::Other), "{payload}");
        }
        // Whole by its checksum, and falling apart.
        for text in [
            "000201990",
            "00020138",
            "0002010002015303704",
            "0002015300",
            "000201ab01x",
        ] {
            assert_eq!(read(&sealed(text)), Err(Wrong::Damaged), "{text}");
        }
    }

    #[test]
    fn a_code_of_another_network_has_no_bank() {
        let text = format!(
            "{BEGIN}010211{}53037045802VN5903POM",
            tlv("26", "0006A00001")
        );
        let read = read(&sealed(&text)).unwrap();
        assert_eq!(
            (read.bank, read.napas, read.name.as_deref()),
            (None, false, Some("POM"))
        );
    }

    #[test]
    fn banks_stand_once_and_in_order() {
        assert!(BANKS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
