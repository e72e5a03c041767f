//! The screens, which are part of the program. Nothing of anybody is in them, so they need no token; what they may do
//! is told to the browser with each of them.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use rust_embed::Embed;
use std::borrow::Cow;
use toso_sync::key::sha256;

/// What Vite made of `ui`; `build.rs` sees to it that it is the latest.
#[derive(Embed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

/// Stands for the screens in a program that was built without them.
const WITHOUT: &[u8] = include_bytes!("without.html");
const PAGE: &str = "index.html";

/// Only what comes from here runs and shows, it speaks to nobody but this server, and no other page may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The camera reads the QR of an invitation; the place puts the nearest doors first, for whoever switched that on.
const PERMISSIONS: &str = "camera=(self), geolocation=(self), microphone=(), display-capture=(), usb=(), serial=(), payment=()";
/// The name of a file below holds a hash of what is in it.
const HASHED: &str = "assets/";

/// One screen file.
struct Screen {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

/// A screen file by its name, with `/` between folders. Names are looked up as they stand: there is nothing to climb out of.
fn built(name: &str) -> Option<Screen> {
    let file = Built::get(name).map(|file| Screen {
        hash: file.metadata.sha256_hash(),
        bytes: file.data,
    });
    let without = || Screen {
        hash: sha256(&[WITHOUT]),
        bytes: Cow::Borrowed(WITHOUT),
    };
    file.or_else(|| (name == PAGE).then(without))
}

/// Answers a request for a screen; `None` when there is none of that name.
pub(super) fn answer(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response<Body>> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    of(&built, uri.path(), headers)
}

fn of(
    built: &dyn Fn(&str) -> Option<Screen>,
    path: &str,
    asked: &HeaderMap,
) -> Option<Response<Body>> {
    let name = match path.strip_prefix('/')? {
        "" => PAGE,
        name => name,
    };
    // Their packed twins are no files of their own.
    if name.ends_with(".gz") {
        return None;
    }
    let plain = built(name)?;
    let twin = built(&format!("{name}.gz"));
    let tag = tag(&plain.hash);
    let mut answer = Response::new(Body::empty());
    let head = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (header::CONTENT_TYPE, media(name)),
        (header::CACHE_CONTROL, lasting(name)),
    ] {
        head.insert(name, HeaderValue::from_static(value));
    }
    if twin.is_some() {
        head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.insert(header::ETAG, tag);
    }
    if is_held(asked, &tag) {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        return Some(answer);
    }
    let bytes = match twin.filter(|_| takes_gzip(asked)) {
        Some(twin) => {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            twin.bytes
        }
        None => plain.bytes,
    };
    *answer.body_mut() = match bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    Some(answer)
}

/// Weak: packed or not, it is the same to who looks at it.
fn tag(hash: &[u8; 32]) -> String {
    let hex: String = hash.iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("W/\"{hex}\"")
}

fn is_held(asked: &HeaderMap, tag: &str) -> bool {
    let strong = tag.trim_start_matches("W/");
    let told = asked.get_all(header::IF_NONE_MATCH).iter();
    told.filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == strong)
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let told = asked.get_all(header::ACCEPT_ENCODING).iter();
    told.filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let weight = weight
                .trim()
                .trim_start_matches("q=")
                .trim_matches(['0', '.']);
            let refused = one.contains(';') && weight.is_empty();
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

fn lasting(name: &str) -> &'static str {
    if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => UNKNOWN,
    }
}

/// Never believed to be a page.
const UNKNOWN: &str = "application/octet-stream";

#[cfg(test)]
#[path = "screens/tests.rs"]
mod tests;
