//! Where the profile lies, and which pages are our own.

use std::ffi::OsString;
use std::path::PathBuf;
use tauri::Url;

/// The folder after `--profile`, or in `--profile=`, else that of the environment. Other words are not ours.
pub(crate) fn given(
    words: impl Iterator<Item = OsString>,
    environment: Option<OsString>,
) -> Option<PathBuf> {
    let mut words = words;
    while let Some(word) = words.next() {
        if word == "--profile" {
            return words.next().map(PathBuf::from);
        }
        if let Some(folder) = word
            .to_str()
            .and_then(|word| word.strip_prefix("--profile="))
        {
            return Some(PathBuf::from(folder));
        }
    }
    environment
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
}

/// Only the screens that are built in; with `dev` those of the development server instead.
pub(crate) fn is_ours(url: &Url, dev: bool) -> bool {
    let own = if dev {
        ("http", "localhost", Some(1420))
    } else if cfg!(any(windows, target_os = "android")) {
        ("http", "tauri.localhost", None)
    } else {
        ("tauri", "localhost", None)
    };
    let named = url.username().is_empty() && url.password().is_none();
    named && (url.scheme(), url.host_str().unwrap_or(""), url.port()) == own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_that_was_asked_for_goes_before_that_of_the_environment() {
        let ask = |words: &[&str], environment: Option<&str>| {
            given(
                words.iter().map(OsString::from),
                environment.map(OsString::from),
            )
        };
        assert_eq!(
            ask(&["x", "--profile", "a b"], Some("c")),
            Some("a b".into())
        );
        assert_eq!(
            ask(&["--profile=máy của Lan"], None),
            Some("máy của Lan".into())
        );
        assert_eq!(ask(&["x"], Some("c")), Some("c".into()));
        assert_eq!(ask(&["x"], Some("")), None);
    }

    #[test]
    fn no_page_but_our_own_is_gone_to() {
        let ours = |url: &str, dev| is_ours(&url.parse().unwrap(), dev);
        assert!(ours("http://localhost:1420/#/ho", true));
        #[cfg(target_os = "linux")]
        assert!(ours("tauri://localhost/#/ho", false));
        for foreign in [
            "https://evil.example/",
            "http://localhost:1420/",
            "http://localhost/",
            "tauri://localhost.evil.example/",
            "tauri://a:b@localhost/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "javascript:1",
        ] {
            assert!(!ours(foreign, false), "{foreign}");
        }
    }
}
