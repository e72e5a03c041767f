//! The text of the QR by which staff invite a device: where the hub is, who must answer there, and the one-time code.
//!
//! `toso:1?c=CODE&a=AUTHORITY[&t=TLS]&u=ADDRESS`: keys in any order, those a reader does not know skipped; what an address
//! may hold beside letters is written `%XX`.

use crate::enrol::Code;
use crate::id::HubKey;
use crate::pack::Bad;
use std::fmt;

/// Bytes of the whole text at most: a QR that a cheap camera reads holds less.
const TEXT: usize = 1024;
/// Bytes of a code as written.
const CODE: usize = 32;
/// Bytes of an address.
const ADDRESS: usize = 300;
const SCHEME: &str = "toso:";
const VERSION: &str = "1";

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The one-time code.
    pub code: Code,
    /// The authority the commune began with: who answers must be it, or have come after it.
    pub authority: HubKey,
    /// SHA-256 of the TLS certificate the hub shows; none when it shows none of its own.
    pub tls: Option<[u8; 32]>,
    /// Address of the hub, not yet looked at.
    pub url: String,
}

impl Invitation {
    /// Reads what a camera saw.
    ///
    /// # Errors
    /// `bad_qr`; `qr_version` for one made by a later app.
    pub fn read(text: &str) -> Result<Self, Bad> {
        let bad = Bad { code: "bad_qr" };
        if text.len() > TEXT {
            return Err(bad);
        }
        let (version, fields) = text
            .trim()
            .strip_prefix(SCHEME)
            .and_then(|rest| rest.split_once('?'))
            .ok_or(bad)?;
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match version {
            VERSION => Self::of(fields).ok_or(bad),
            later if number(later) => Err(Bad { code: "qr_version" }),
            _ => Err(bad),
        }
    }

    fn of(fields: &str) -> Option<Self> {
        let mut found: [Option<&str>; 4] = [None; 4];
        for field in fields.split('&') {
            let (key, value) = field.split_once('=')?;
            let [code, authority, tls, url] = &mut found;
            let place = match key {
                "c" => code,
                "a" => authority,
                "t" => tls,
                "u" => url,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let [code, authority, tls, url] = found;
        let tls = match tls {
            Some(hex) => Some(HubKey::from_hex(hex)?.0),
            None => None,
        };
        Some(Self {
            code: Code::parse(code.filter(|code| code.len() <= CODE)?)?,
            authority: HubKey::from_hex(authority?)?,
            tls,
            url: plain(url?)?,
        })
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{VERSION}?c={}&a={}", self.code, self.authority)?;
        if let Some(tls) = self.tls {
            write!(f, "&t={}", HubKey(tls))?;
        }
        f.write_str("&u=")?;
        self.url.bytes().try_for_each(|byte| {
            if byte.is_ascii_alphanumeric() || b":/[]@-._~".contains(&byte) {
                write!(f, "{}", char::from(byte))
            } else {
                write!(f, "%{byte:02X}")
            }
        })
    }
}

/// What `%XX` stands for; `None` for half of one, for what is no text, and for nothing.
fn plain(written: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = written.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            u8::try_from(digit()? * 16 + digit()?).ok()?
        } else {
            byte
        });
    }
    let text = String::from_utf8(bytes).ok()?;
    let fits = (1..=ADDRESS).contains(&text.len()) && !text.contains(char::is_control);
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Random;

    struct Dice(u8);

    impl Random for Dice {
        fn fill(&mut self, out: &mut [u8]) {
            for byte in out {
                self.0 = self.0.wrapping_mul(13).wrapping_add(7);
                *byte = self.0;
            }
        }
    }

    fn invitation(url: &str) -> Invitation {
        Invitation {
            code: Code::random(&mut Dice(3)),
            authority: HubKey([0xab; 32]),
            tls: Some([0x0c; 32]),
            url: url.to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_whatever_the_address_holds() {
        for url in [
            "https://192.168.1.5:8420",
            "http://[::1]:8420",
            "https://xã-mường-lống.vn/tổ số/100%?a=1&u=2#x",
            "https://hub.example/a%20b+c",
        ] {
            let mut written = invitation(url);
            assert_eq!(Invitation::read(&written.to_string()), Ok(written.clone()));
            written.tls = None;
            let text = written.to_string();
            assert!(text.is_ascii() && !text.contains("&t="));
            assert_eq!(Invitation::read(&text), Ok(written));
        }
        let text = invitation("https://192.168.1.5:8420").to_string();
        assert!(text.ends_with("&u=https://192.168.1.5:8420"), "{text}");
    }

    #[test]
    fn order_and_keys_of_tomorrow_do_not_matter() {
        let (code, key) = ("ABC-DEFGH-JKMNP", "ab".repeat(32));
        let text = format!(" toso:1?u=h%3A1&x=9&a={key}&note=&c={code}\n");
        let read = Invitation::read(&text).unwrap();
        assert_eq!((read.url.as_str(), read.tls), ("h:1", None));
        assert_eq!(read.code.to_string(), code);
        for version in ["2", "10", "01"] {
            let later = text.replace("toso:1", &format!("toso:{version}"));
            assert_eq!(Invitation::read(&later).unwrap_err().code, "qr_version");
        }
    }

    #[test]
    fn what_is_no_invitation_is_refused() {
        let key = "ab".repeat(32);
        let c = "c=ABC-DEFGH-JKMNP";
        let well = format!("toso:1?{c}&a={key}&u=h");
        assert!(Invitation::read(&well).is_ok());
        let bad = [
            String::new(),
            "https://192.168.1.5:8420".to_owned(),
            "ABC-DEFGH-JKMNP".to_owned(),
            "001234567890|012345678|Lầu Bá Đủa|01011980|Nam".to_owned(),
            "toso:".to_owned(),
            "toso:1".to_owned(),
            "toso:1?".to_owned(),
            format!("toso:?{c}&a={key}&u=h"),
            format!("toso:one?{c}&a={key}&u=h"),
            format!("TOSO:1?{c}&a={key}&u=h"),
            format!("toso:1?a={key}&u=h"),
            format!("toso:1?{c}&u=h"),
            format!("toso:1?{c}&a={key}"),
            format!("toso:1?{c}&a={key}&u="),
            format!("{well}&{c}"),
            format!("{well}&a={key}"),
            format!("{well}&x"),
            format!("{well}&"),
            format!("toso:1?c=ABC-DEFGH-JKMN&a={key}&u=h"),
            format!("toso:1?c=ABC-DEFGH-JKMNU&a={key}&u=h"),
            format!("toso:1?{c}{}&a={key}&u=h", "-".repeat(40)),
            format!("toso:1?{c}&a={}&u=h", &key[1..]),
            format!("toso:1?{c}&a=+{}&u=h", &key[1..]),
            format!("toso:1?{c}&a={}&u=h", key.replace('a', "g")),
            format!("{well}&t="),
            format!("{well}&t={}", "0c".repeat(31)),
            format!("toso:1?{c}&a={key}&u=h%"),
            format!("toso:1?{c}&a={key}&u=h%2"),
            format!("toso:1?{c}&a={key}&u=h%+2"),
            format!("toso:1?{c}&a={key}&u=h%zz"),
            format!("toso:1?{c}&a={key}&u=h%FF"),
            format!("toso:1?{c}&a={key}&u=h%00"),
            format!("toso:1?{c}&a={key}&u=h%0A"),
            format!("toso:1?{c}&a={key}&u={}", "h".repeat(ADDRESS + 1)),
            format!("{well}&x={}", "y".repeat(TEXT)),
        ];
        for text in bad {
            assert_eq!(
                Invitation::read(&text).unwrap_err().code,
                "bad_qr",
                "{text}"
            );
        }
        // Cut anywhere, it is never taken for a whole one, and never panics; the address alone may be cut unseen.
        let whole = invitation("h").to_string();
        for end in 0..whole.len() {
            assert!(Invitation::read(&whole[..end]).is_err(), "{end}");
        }
    }
}
