//! A full disk and a failing disk: each save says yes or no, and means it.

use crate::story::{Saves, differs, folder, look, open, save, text};
use crate::vfs::{self, Fault, What};
use rusqlite::ffi;
use toso_tests::proof;

const FAULTS: [(What, i32, bool); 6] = [
    (What::Write, ffi::SQLITE_FULL, false),
    (What::Write, ffi::SQLITE_FULL, true),
    (What::Write, ffi::SQLITE_IOERR_WRITE, false),
    (What::Sync, ffi::SQLITE_IOERR_FSYNC, false),
    (What::Sync, ffi::SQLITE_IOERR_FSYNC, true),
    (What::Read, ffi::SQLITE_IOERR_READ, false),
];

#[test]
fn a_save_on_a_full_or_failing_disk_is_refused_or_there() {
    let _alone = vfs::alone();
    // Every n-th call of each kind fails, from the first to one that is never made.
    let step = if proof::minutes().is_some() { 1 } else { 4 };
    let (mut states, mut refused, mut codes) = (0, 0, std::collections::BTreeSet::new());
    for (what, code, on) in FAULTS {
        for at in (1..).step_by(step) {
            let folder = folder();
            drop(open(folder.path()).unwrap());
            vfs::watch(folder.path());
            let mut store = open(folder.path()).unwrap().store;
            vfs::fail(Some(Fault { what, at, code, on }));
            let (mut sure, mut unknown) = (Saves::new(), Vec::new());
            for turn in 0..12 {
                let (n, text) = (turn % 7, text(turn));
                match save(&mut store, n, &text) {
                    Ok(()) => drop(sure.insert(n, text)),
                    // Nobody knows, and that is what it says. What is refused otherwise must not be there.
                    Err(error) => {
                        refused += 1;
                        let unread = what == What::Read && error.code() == "db_damaged";
                        codes.extend((!unread).then_some(error.code()));
                        if error.code() == "db_reopen" {
                            unknown.push((n, text));
                        }
                    }
                }
                if turn == 6 {
                    drop(store.scrub());
                }
            }
            let met = vfs::counts()[what as usize] >= at;
            vfs::fail(None);
            drop(store);
            if !met {
                break;
            }
            let found = look(folder.path(), true)
                .unwrap_or_else(|code| panic!("{what:?} {at} {on}: {code}"));
            assert_eq!(
                differs(&found.saves, &sure, &unknown),
                None,
                "{what:?} {at} {code} {on}"
            );
            states += 1;
        }
    }
    assert!(
        states > 60 && refused > 60,
        "{states} states, {refused} refused"
    );
    let known = ["db", "db_reopen", "disk_full", "db_busy"];
    assert!(codes.iter().all(|code| known.contains(code)), "{codes:?}");
    proof::tell("power cuts", &[("states", states), ("lost", 0)]);
    println!("{states} failing disks, {refused} saves refused: {codes:?}");
}
