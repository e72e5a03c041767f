use super::*;
use axum::body::to_bytes;

/// As Vite lays them.
fn laid(name: &str) -> Option<Screen> {
    let text: &[u8] = match name {
        "index.html" => b"<!doctype html>",
        "index.html.gz" => b"packed page",
        "assets/main-B1x2.js" => b"run()",
        "assets/main-B1x2.js.gz" => b"packed script",
        "assets/mark-9aZ.png" => b"\x89PNG",
        "favicon.svg" => b"<svg/>",
        _ => return None,
    };
    Some(Screen {
        bytes: Cow::Borrowed(text),
        hash: sha256(&[text]),
    })
}

fn asked(lines: &[(HeaderName, &str)]) -> HeaderMap {
    let each = lines.iter();
    each.map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

fn told(answer: &Response<Body>, name: HeaderName) -> &str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn text(answer: Response<Body>) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(to_bytes(answer.into_body(), 1 << 20));
    body.unwrap().to_vec()
}

#[test]
fn the_page_is_looked_at_anew_and_what_is_named_by_its_hash_is_kept() {
    let page = of(&laid, "/", &HeaderMap::new()).unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(told(&page, header::CACHE_CONTROL), "no-cache");
    assert_eq!(
        told(&page, header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert_eq!(told(&page, header::CONTENT_ENCODING), "");
    assert!(
        told(&page, header::CONTENT_SECURITY_POLICY)
            .starts_with("default-src 'none'; script-src 'self';")
    );
    assert!(!told(&page, header::CONTENT_SECURITY_POLICY).contains("unsafe"));
    let policy = told(&page, HeaderName::from_static("permissions-policy"));
    assert!(policy.starts_with("camera=(self), geolocation=(self), microphone=()"));
    let tag = told(&page, header::ETAG).to_owned();
    assert_eq!(text(page), b"<!doctype html>");
    let held = asked(&[(header::IF_NONE_MATCH, &format!("\"other\", {tag}"))]);
    let same = of(&laid, "/", &held).unwrap();
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(told(&same, header::ETAG), tag);
    assert!(text(same).is_empty());
    let old = asked(&[(header::IF_NONE_MATCH, "W/\"00\"")]);
    assert_eq!(of(&laid, "/", &old).unwrap().status(), StatusCode::OK);
    let script = of(&laid, "/assets/main-B1x2.js", &HeaderMap::new()).unwrap();
    let kept = "public, max-age=31536000, immutable";
    assert_eq!(told(&script, header::CACHE_CONTROL), kept);
    assert_eq!(
        told(&script, header::CONTENT_TYPE),
        "text/javascript; charset=utf-8"
    );
}

#[test]
fn it_goes_packed_to_who_takes_it_so() {
    let script = |accepted: &str| {
        let lines = asked(&[(header::ACCEPT_ENCODING, accepted)]);
        of(&laid, "/assets/main-B1x2.js", &lines).unwrap()
    };
    for accepted in ["gzip", "br, gzip;q=0.5", "deflate,GZIP", "gzip;q=1.0"] {
        let packed = script(accepted);
        assert_eq!(
            told(&packed, header::CONTENT_ENCODING),
            "gzip",
            "{accepted}"
        );
        assert_eq!(told(&packed, header::VARY), "accept-encoding");
        assert_eq!(text(packed), b"packed script");
    }
    for accepted in ["", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"] {
        let plain = script(accepted);
        assert_eq!(told(&plain, header::CONTENT_ENCODING), "", "{accepted}");
        assert_eq!(
            told(&plain, header::VARY),
            "accept-encoding",
            "caches must know"
        );
        assert_eq!(text(plain), b"run()");
    }
    let lines = asked(&[(header::ACCEPT_ENCODING, "gzip")]);
    let picture = of(&laid, "/assets/mark-9aZ.png", &lines).unwrap();
    assert_eq!(told(&picture, header::CONTENT_ENCODING), "");
    assert_eq!(told(&picture, header::VARY), "");
}

#[test]
fn nothing_but_the_screens_is_found() {
    let found = |path: &str| of(&laid, path, &HeaderMap::new()).is_some();
    assert!(found("/favicon.svg") && found("/index.html"));
    for path in [
        "",
        "//",
        "/assets",
        "/assets/",
        "/assets/none.js",
        "/assets/../index.html",
        "/assets//main-B1x2.js",
        "/../index.html",
        "/./index.html",
        "/%2e%2e/index.html",
        "/index.html.gz",
        "/assets/main-B1x2.js.gz",
        "/index.html\0",
        "/INDEX.HTML",
        "\\index.html",
    ] {
        assert!(!found(path), "{path:?}");
    }
}

#[test]
fn what_this_program_was_built_with_has_a_page_and_only_kinds_that_are_known() {
    let page = built("index.html").unwrap();
    assert!(
        page.bytes.starts_with(b"<!doctype html>") || page.bytes.starts_with(b"<!DOCTYPE html>")
    );
    for name in Built::iter().filter(|name| !name.ends_with(".gz")) {
        assert_ne!(media(&name), UNKNOWN, "{name}");
    }
    let up = "../../../Cargo.toml";
    assert!(built(up).is_none() && built("/etc/hostname").is_none());
    assert!(answer(&Method::POST, &Uri::from_static("/"), &HeaderMap::new()).is_none());
}
