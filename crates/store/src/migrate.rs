//! Steps that bring an older file to today's shape (`migrations/device`, rules in `migrations/README.md`).

use crate::error::{Result, StoreError};
use rusqlite::{Connection, TransactionBehavior};

/// Name and text of each step, in order. A step's place from 1 is the `user_version` it leads to.
pub const STEPS: &[(&str, &str)] = &[
    (
        "0001_start.sql",
        include_str!("../../../migrations/device/0001_start.sql"),
    ),
    (
        "0002_away.sql",
        include_str!("../../../migrations/device/0002_away.sql"),
    ),
    (
        "0003_door.sql",
        include_str!("../../../migrations/device/0003_door.sql"),
    ),
    (
        "0004_author.sql",
        include_str!("../../../migrations/device/0004_author.sql"),
    ),
];

/// Errors with `db_newer` when the file was written by a newer app; writes nothing.
pub(crate) fn check(connection: &Connection) -> Result<i64> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known || found < 0 {
        Err(StoreError::Newer { found, known })
    } else {
        Ok(found)
    }
}

/// Runs the steps that are missing.
pub(crate) fn run(connection: &mut Connection) -> Result<()> {
    let done = usize::try_from(check(connection)?).unwrap_or(0);
    for (ix, (_, sql)) in STEPS.iter().enumerate().skip(done) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        step.pragma_update(
            None,
            "user_version",
            i64::try_from(ix + 1).unwrap_or(i64::MAX),
        )?;
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_steps_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/device");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(
            files,
            STEPS
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect::<Vec<_>>()
        );
        for (ix, name) in files.iter().enumerate() {
            assert!(name.starts_with(&format!("{:04}_", ix + 1)), "{name}");
        }
    }

    #[test]
    fn a_file_of_a_newer_app_is_refused_and_not_touched() {
        let (folder, store) = crate::open::tests::empty();
        store
            .connection
            .pragma_update(None, "user_version", 99)
            .unwrap();
        drop(store);
        let file = folder.path().join("toso.db");
        let before = std::fs::read(&file).unwrap();
        let key = crate::DatabaseKey::from_bytes([7; 32]);
        let profile = crate::Profile {
            folder: folder.path(),
            key: &key,
            kinds: &[],
            machine: "m",
        };
        let error = crate::Store::open(&profile).unwrap_err();
        assert_eq!(
            error,
            StoreError::Newer {
                found: 99,
                known: i64::try_from(STEPS.len()).unwrap()
            }
        );
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}
