//! Comparing journal, database and place at open: what is missing, what tells of restore or damage.

use crate::error::Result;
use crate::frame::{Form, Frame};
use crate::journal::{self, End, JOURNAL, Journal, Scan, Seen};
use crate::secret::{DatabaseKey, fill};
use crate::sign::{self, Sign};
use crate::{durable, identity};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

/// What the database remembers of the journal and its own place.
struct Mark {
    journal: [u8; 16],
    frame: u64,
    link: [u8; 32],
    place: [u8; 32],
    signs: BTreeSet<Sign>,
}

/// The outcome.
pub(crate) struct Watch {
    pub journal: Journal,
    /// Payloads the database lacks, oldest first.
    pub missing: Vec<Vec<u8>>,
    /// Where the chain stands after each of them.
    pub ends: VecDeque<End>,
    pub signs: BTreeSet<Sign>,
}

/// How the journal goes on.
enum Next {
    /// With the same file; frames after the `usize`-th are missing in the database.
    Same(usize),
    /// In a new file that holds the readable frames; the first `usize` of them are in the database.
    New(usize),
}

pub(crate) fn watch(
    connection: &Connection,
    folder: &Path,
    key: &DatabaseKey,
    machine: &str,
) -> Result<Watch> {
    let place = identity::place(folder, key, machine)?;
    let beside = identity::Beside::read(folder).map(|beside| beside.place);
    let mark = mark(connection)?;
    let mut signs = mark
        .as_ref()
        .map(|mark| mark.signs.clone())
        .unwrap_or_default();
    if mark
        .as_ref()
        .is_some_and(|mark| mark.place != place || beside != Some(place))
    {
        signs.insert(Sign::Moved);
    }
    let journal_key = key.derive("journal")?;
    let seen = journal::read(folder, &journal_key)?;
    let next = judge(mark.as_ref(), &seen, &mut signs);
    // Signs first: nothing below may wipe a trace before the database remembers it.
    if mark.as_ref().is_some_and(|mark| mark.signs != signs) {
        connection.execute("UPDATE main.mark SET signs = ?1", [sign::to_text(&signs)])?;
    }
    let base = mark.as_ref().map_or(0, |mark| mark.frame);
    let (journal, missing, mut ends) = match (seen, next) {
        (Seen::Read(scan), Next::Same(taken)) => {
            let ends = ends_of(&scan, taken);
            let missing = payloads(scan.frames.get(taken..).unwrap_or_default());
            (Journal::resume(folder, journal_key, &scan)?, missing, ends)
        }
        (Seen::Read(scan), Next::New(taken)) => {
            let all = payloads(&scan.frames);
            let taken = taken.min(all.len());
            let base = base.max(scan.last());
            let (journal, ends) = Journal::begin(
                folder,
                journal_key,
                &all,
                u64::try_from(taken).unwrap_or(0),
                base,
            )?;
            let missing = all.get(taken..).unwrap_or_default().to_vec();
            (journal, missing, ends.into_iter().skip(taken).collect())
        }
        (seen, _) => {
            if matches!(seen, Seen::Unread) {
                keep_unread(folder)?;
            }
            let (journal, ends) = Journal::begin(folder, journal_key, &[], 0, base)?;
            (journal, Vec::new(), ends.into())
        }
    };
    // A quiet start writes nothing, so that a full disk can still be read.
    if beside != Some(place) {
        identity::write(folder, key, &place)?;
    }
    let taken = ends.pop_front().unwrap_or(journal.end);
    let now = (journal.head.id, taken.frame, taken.link, place);
    if mark
        .as_ref()
        .is_some_and(|mark| (mark.journal, mark.frame, mark.link, mark.place) == now)
    {
        return Ok(Watch {
            journal,
            missing,
            ends,
            signs,
        });
    }
    connection.execute(
        "INSERT OR REPLACE INTO main.mark (id, journal, frame, link, identity, signs) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![
            journal.head.id.as_slice(),
            crate::pack::narrow(taken.frame)?,
            taken.link.as_slice(),
            place.as_slice(),
            sign::to_text(&signs)
        ],
    )?;
    Ok(Watch {
        journal,
        missing,
        ends,
        signs,
    })
}

fn judge(mark: Option<&Mark>, seen: &Seen, signs: &mut BTreeSet<Sign>) -> Next {
    let scan = match seen {
        Seen::Missing => {
            if mark.is_some() {
                signs.insert(Sign::JournalMissing);
            }
            return Next::New(0);
        }
        Seen::Unread => {
            signs.insert(Sign::JournalForeign);
            return Next::New(0);
        }
        Seen::Read(scan) => scan,
    };
    if scan.broken {
        signs.insert(Sign::JournalBroken);
    }
    let taken = match mark {
        None => 0,
        Some(mark) if mark.frame > scan.last() => {
            signs.insert(Sign::JournalBehind);
            if mark.journal != scan.head.id {
                signs.insert(Sign::JournalForeign);
                return Next::New(0);
            }
            return Next::New(scan.frames.len());
        }
        Some(mark) => {
            // After a gap the links cannot be known; the numbers, proven by their seals, must do.
            let same = mark.journal == scan.head.id
                && (scan.broken || scan.link_at(mark.frame) == Some(mark.link));
            if !same {
                // Another branch of the past: every frame may hold something the database lacks.
                signs.insert(Sign::JournalForeign);
                return Next::New(0);
            }
            scan.frames
                .iter()
                .filter(|frame| frame.number <= mark.frame)
                .count()
        }
    };
    if taken < scan.frames.len() {
        signs.insert(Sign::JournalAhead);
    }
    if scan.broken {
        Next::New(taken)
    } else {
        Next::Same(taken)
    }
}

/// An erased frame stays in the count with an empty payload, so that payloads and links keep step.
fn payloads(frames: &[Frame]) -> Vec<Vec<u8>> {
    let payload = |frame: &Frame| {
        if frame.form == Form::Erased {
            Vec::new()
        } else {
            frame.payload.clone()
        }
    };
    frames.iter().map(payload).collect()
}

/// The chain's end before the first missing frame and after each of them.
fn ends_of(scan: &Scan, taken: usize) -> VecDeque<End> {
    let length = |frame: &Frame| u64::try_from(frame.end).unwrap_or(u64::MAX);
    let mut end = End {
        frame: scan.head.first.saturating_sub(1),
        link: scan.head.start,
        length: 0,
    };
    let mut ends = VecDeque::from([end]);
    for frame in &scan.frames {
        let link = crate::frame::link(&end.link, frame.number, &frame.first_hash);
        end = End {
            frame: frame.number,
            link,
            length: length(frame),
        };
        ends.push_back(end);
    }
    ends.drain(..taken.min(ends.len().saturating_sub(1)));
    ends
}

/// A file we cannot read is somebody's: kept under a name that no later one takes.
fn keep_unread(folder: &Path) -> Result<()> {
    let mut random = [0_u8; 4];
    fill(&mut random)?;
    let name = format!("{JOURNAL}.unread-{:08x}", u32::from_le_bytes(random));
    fs::rename(folder.join(JOURNAL), folder.join(name))?;
    durable::folder(folder)
}

fn mark(connection: &Connection) -> Result<Option<Mark>> {
    let mark = connection
        .query_row(
            "SELECT journal, frame, link, identity, signs FROM main.mark WHERE id = 1",
            [],
            |row| {
                Ok(Mark {
                    journal: crate::pack::exact(row, 0)?,
                    frame: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
                    link: crate::pack::exact(row, 2)?,
                    place: crate::pack::exact(row, 3)?,
                    signs: sign::from_text(
                        row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?,
                    ),
                })
            },
        )
        .optional()?;
    Ok(mark)
}
