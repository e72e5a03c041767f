//! Licences: every crate in the lock file can be used under one of the licences below.

use std::path::Path;

use crate::metadata::Metadata;
use crate::step::Problems;

/// Licences that ask for no more than a notice.
pub(crate) const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Licences allowed for one crate only.
pub(crate) const EXCEPTIONS: &[(&str, &[&str])] = &[
    // SQLite is given to the public domain with a blessing; one bundled test extension says WTFPL.
    ("sqlcipher-src", &["blessing", "WTFPL"]),
    // The window's: MPL-2.0 asks that changes to their own files be published, and nothing of the rest. They come
    // unchanged: Tauri reads its page with the first four, and finds the folder of the app's data with the last.
    ("cssparser", &["MPL-2.0"]),
    ("cssparser-macros", &["MPL-2.0"]),
    ("dtoa-short", &["MPL-2.0"]),
    ("selectors", &["MPL-2.0"]),
    ("option-ext", &["MPL-2.0"]),
];

/// Asks `cargo metadata` for every crate of every platform.
pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let metadata = Metadata::all(root)?;
    let mut problems = Vec::new();
    let mut seen = 0;
    for package in metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some())
    {
        seen += 1;
        let (name, version) = (&package.name, &package.version);
        match (&package.license, &package.license_file) {
            (Some(terms), _) if usable(name, terms) => {}
            (Some(terms), _) => problems.push(format!(
                "{name} {version} is under `{terms}`, which is not on the list"
            )),
            (None, Some(file)) => problems.push(format!(
                "{name} {version} has its own terms in {file}: read them"
            )),
            (None, None) => problems.push(format!("{name} {version} states no licence")),
        }
    }
    println!("   {seen} crates read");
    Ok(problems)
}

/// Whether the terms (`MIT OR (Apache-2.0 AND ISC)`, old style `MIT/Apache-2.0`) leave a way that is allowed.
fn usable(package: &str, terms: &str) -> bool {
    let spaced = terms
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        package,
        words: &words,
    };
    reader.any() == Some(true) && reader.words.is_empty()
}

/// Reads terms from left to right; `AND` binds closer than `OR`. None when they cannot be read.
struct Reader<'a> {
    package: &'a str,
    words: &'a [&'a str],
}

impl Reader<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut good = self.every()?;
        while self.take("OR") {
            good |= self.every()?;
        }
        Some(good)
    }

    fn every(&mut self) -> Option<bool> {
        let mut good = self.one()?;
        while self.take("AND") {
            good &= self.one()?;
        }
        Some(good)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let good = self.any()?;
            return self.take(")").then_some(good);
        }
        let mut name = self.next()?.to_owned();
        if self.take("WITH") {
            name = format!("{name} WITH {}", self.next()?);
        }
        let excepted = EXCEPTIONS
            .iter()
            .any(|(package, names)| *package == self.package && names.contains(&name.as_str()));
        Some(excepted || ALLOWED.contains(&name.as_str()))
    }

    fn next(&mut self) -> Option<&str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.next();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::usable;

    #[test]
    fn one_good_way_is_enough_and_every_part_of_a_sum_counts() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 OR GPL-2.0-only",
            "Apache-2.0 WITH LLVM-exception OR MIT",
            "ISC AND (Apache-2.0 OR OpenSSL)",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ] {
            assert!(usable("x", good), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "",
            "MIT OR",
            "(MIT",
            "MIT Apache-2.0",
            "AGPL-3.0 OR (MIT AND SSPL-1.0)",
        ] {
            assert!(!usable("x", bad), "{bad}");
        }
    }

    #[test]
    fn an_exception_holds_for_its_crate_only() {
        assert!(usable("sqlcipher-src", "MIT AND blessing AND WTFPL"));
        assert!(!usable("other", "MIT AND blessing AND WTFPL"));
    }
}
