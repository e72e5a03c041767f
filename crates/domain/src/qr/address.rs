//! The address of a shop or a product on the web, as its QR code has it; looked at by somebody at the office later.

use super::{PAYLOAD_MAX, unseen};
use crate::text::nfc;

/// Characters of an address, as a record keeps them.
const ADDRESS_MAX: usize = 500;

/// Reads `http(s)://host[:port][/…]`: the scheme and the host in small letters, the rest as it is. `None` for more than 500
/// characters, for a name and password before the host, for a host that is none of a website, and where marks stand that are
/// not seen or turn the reading.
#[must_use]
pub fn read(payload: &str) -> Option<String> {
    if payload.len() > PAYLOAD_MAX {
        return None;
    }
    let text = nfc(payload.trim());
    if payload
        .trim()
        .chars()
        .any(|c| unseen(c) || c.is_whitespace())
    {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (place, path) = rest.split_at_checked(end)?;
    let place = place.to_ascii_lowercase();
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (place.as_str(), None),
    };
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.parse::<u16>().is_ok();
    if !website(host) || port.is_some_and(|port| !is_port(port)) || path.contains('\\') {
        return None;
    }
    let address = format!("{scheme}://{place}{path}");
    (address.chars().count() <= ADDRESS_MAX).then_some(address)
}

/// Names joined by dots, the last one of letters: no bare number, which is somebody's own machine, and no letters that only
/// look like those of another name.
fn website(host: &str) -> bool {
    let name = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let tail = last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic());
    host.len() <= 253 && host.contains('.') && host.split('.').all(name) && tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_shops_are_read_as_they_are() {
        for (payload, address) in [
            (
                "https://shopee.vn/mat-ong.123",
                "https://shopee.vn/mat-ong.123",
            ),
            (
                " HTTPS://Zalo.Me/0912?x=Á#y\n",
                "https://zalo.me/0912?x=Á#y",
            ),
            (
                "http://chonongsan.example.vn:8080",
                "http://chonongsan.example.vn:8080",
            ),
            (
                "https://buudien.vn?p=mật-ong",
                "https://buudien.vn?p=mật-ong",
            ),
        ] {
            assert_eq!(read(payload).as_deref(), Some(address));
        }
    }

    #[test]
    fn what_is_no_address_of_a_website_is_refused() {
        let long = format!("https://shopee.vn/{}", "a".repeat(500));
        for payload in [
            "",
            "shopee.vn/mat-ong",
            "ftp://shopee.vn/x",
            "javascript:alert(1)//https://shopee.vn",
            "https://",
            "https://localhost/x",
            "https://192.168.1.5/x",
            "https://shopee.vn@evil.example/x",
            "https://ten:matkhau@shopee.vn/x",
            "https://shоpee.vn/x", // the о is Cyrillic
            "https://shopee.vn/mat ong",
            "https://shopee.vn/\u{202e}gno-tam",
            "https://shopee.vn/a\u{200b}b",
            "https://shopee.vn\\@evil.example/x",
            "https://shopee.vn/..\\x",
            "https://-shopee.vn/x",
            "https://shopee..vn/x",
            "https://shopee.vn:99999/x",
            "https://shopee.vn:/x",
            &long,
        ] {
            assert_eq!(read(payload), None, "{payload}");
        }
    }
}
