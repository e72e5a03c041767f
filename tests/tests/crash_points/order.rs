//! In which order a save reaches the disk, seen from outside.

use crate::points::watched;
use crate::scene::{answer, create, id, toso};
use crate::stand::Stand;
use toso_tests::demo::PIN;

/// The frame is synced in the journal before the log of the database is written, that is synced before the answer.
#[test]
fn a_save_is_synced_in_the_journal_then_in_the_database_and_then_answered() {
    let stand = Stand::new();
    let words = create(&stand.team, &id(1), "ghi");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (output, lines) = watched(&toso(&stand.lan, PIN, &words), &stand.path("strace.log"));
    answer(&output).unwrap();
    let answered = lines
        .iter()
        .rposition(|line| line.contains(" write(1<"))
        .unwrap();
    let last = |call: &str, file: &str| {
        let made = |line: &String| line.contains(call) && line.contains(file);
        lines[..answered]
            .iter()
            .rposition(made)
            .unwrap_or_else(|| panic!("no {call} of {file}: {lines:#?}"))
    };
    let journal = last("sync(", "/journal>");
    let frame = last(" write(", "/journal>");
    let log = last("pwrite64(", "/toso.db-wal>");
    let synced = last("sync(", "/toso.db-wal>");
    assert!(
        frame < journal && journal < log && log < synced && synced < answered,
        "{lines:#?}"
    );
}
