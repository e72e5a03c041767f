//! The table on the first page is true: each test it names is there, each code has words in both languages.

use std::collections::BTreeSet;
use toso_domain::label;

const PAGE: &str = include_str!("../bad_at_the_door.rs");
const CASES: &[&str] = &[
    include_str!("bounds.rs"),
    include_str!("device.rs"),
    include_str!("disk.rs"),
    include_str!("door.rs"),
    include_str!("entry.rs"),
    include_str!("file.rs"),
    include_str!("pack.rs"),
    include_str!("request.rs"),
];

/// Words in back-ticks.
fn ticked(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Rows of the table: item, level, codes, test.
fn rows() -> Vec<[&'static str; 4]> {
    let lines = PAGE.lines().filter_map(|line| line.strip_prefix("//! | "));
    let row = |line: &'static str| {
        let mut cells = line.trim_end_matches(" |").split(" | ");
        [(); 4].map(|()| cells.next().unwrap_or_default())
    };
    lines.skip(1).map(row).collect()
}

#[test]
fn every_test_of_the_table_is_there_and_every_test_is_in_the_table() {
    let named: BTreeSet<&str> = rows().iter().flat_map(|row| ticked(row[3])).collect();
    let written: BTreeSet<&str> = CASES
        .iter()
        .flat_map(|case| case.split("#[test]\nfn ").skip(1))
        .filter_map(|test| test.split('(').next())
        .collect();
    assert!(named.len() > 25);
    assert_eq!(named, written);
}

#[test]
fn every_code_of_the_table_says_what_to_do_in_vietnamese_and_english() {
    let codes: BTreeSet<&str> = rows().iter().flat_map(|row| ticked(row[2])).collect();
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        assert!(
            CASES.iter().any(|case| case.contains(code)),
            "{code}: no test"
        );
        for part in ["message", "hint"] {
            let key = format!("error.{code}.{part}");
            let [vi, en] = ["vi", "en"].map(|language| label::find(language, &key));
            let (vi, en) = (vi.unwrap_or_default(), en.unwrap_or_default());
            assert!(vi.len() > 10 && en.len() > 10, "{key}: {vi:?} {en:?}");
            assert!(!vi.is_ascii(), "{key} is not in Vietnamese: {vi:?}");
        }
    }
}
