//! `toso-hub doctor`: everything an operator may have got wrong, looked at without changing any of it.

use crate::backup::{Report, report};
use crate::config::Config;
use crate::core::secret;
use crate::db::HubDb;
use crate::db::sqlite::SqliteDb;
use crate::error::{Done, HubError};
use crate::folder::Folder;
use serde::Serialize;
use std::path::Path;

/// How far the machine's clock may lie behind what the hub wrote last, milliseconds.
const CLOCK_SLACK: i64 = 5 * 60_000;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What: `folder`, `key`, `config`, `database`, `audit`, `rulings_log`, `server_key`, `clock`.
    pub name: &'static str,
    /// True when it is as it should be.
    pub ok: bool,
    /// Code of what is wrong, else empty.
    pub code: &'static str,
    /// What the operator may do, in Vietnamese and English; empty when it is well.
    pub hint: String,
}

/// Everything that was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// The authority's public key, hex; absent while the database cannot be read.
    pub hub_id: Option<String>,
    /// In the order looked at; what rests on something that is wrong is left out.
    pub findings: Vec<Finding>,
}

impl Findings {
    /// True when nothing is wrong.
    #[must_use]
    pub fn are_well(&self) -> bool {
        self.findings.iter().all(|f| f.ok)
    }

    fn look<T>(&mut self, name: &'static str, found: Done<T>) -> Option<T> {
        let wrong = found.as_ref().err();
        self.findings.push(Finding {
            name,
            ok: wrong.is_none(),
            code: wrong.map_or("", |e| e.code),
            hint: wrong.map_or_else(String::new, |e| e.hint().to_owned()),
        });
        found.ok()
    }
}

/// Looks at the hub in `folder`, also while it serves. `now` is milliseconds since 1970.
///
/// # Errors
/// `no_hub` when there is none to look at.
pub fn doctor(folder: &Path, now: i64) -> Done<Findings> {
    let folder = Folder::new(folder);
    if !folder.key().exists() && !folder.database().exists() {
        return Err(HubError::new("no_hub"));
    }
    let mut out = Findings::default();
    out.look("folder", folder.is_private());
    let key = out.look("key", folder.read_key());
    out.look("config", Config::load(&folder.config()));
    if let Some(key) = key {
        let db = out.look("database", folder.open_database(&key).and_then(sound));
        if let Some((db, report)) = db {
            out.hub_id = Some(report.hub_id);
            out.look("audit", clock_before_last_line(&db, now));
            out.look("rulings_log", all_logged(&folder, &db));
            out.look("server_key", has_server_key(&db));
        }
    }
    Ok(out)
}

fn sound(db: SqliteDb) -> Done<(SqliteDb, Report)> {
    let report = report(&db)?;
    Ok((db, report))
}

/// The trail's chain holds (reading it proves that), and the machine's clock is not behind it.
fn clock_before_last_line(db: &SqliteDb, now: i64) -> Done<()> {
    match db.audited()?.last() {
        Some(last) if last.at > now + CLOCK_SLACK => Err(HubError::new("clock_behind")),
        _ => Ok(()),
    }
}

/// What was ruled is written a second time beside the database, where `restore` finds it.
fn all_logged(folder: &Folder, db: &SqliteDb) -> Done<()> {
    let whole = crate::ruling_log::is_whole(&folder.log())?;
    if whole && db.unlogged()?.is_empty() {
        Ok(())
    } else {
        Err(HubError::new("log_behind"))
    }
}

fn has_server_key(db: &SqliteDb) -> Done<()> {
    for name in [secret::TLS_KEY, secret::TLS_CERT, secret::RECIPIENT] {
        if db.secret(name)?.is_none_or(|bytes| bytes.is_empty()) {
            return Err(HubError::new("db_damaged"));
        }
    }
    Ok(())
}
