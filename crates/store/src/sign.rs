//! Signs that this copy was restored, cloned or damaged. Any of them asks the protocol for a new epoch.

use std::collections::BTreeSet;

/// One sign. Kept in the database until [`crate::Store::clear_signs`], so that a crash in between forgets none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The journal holds frames the database lacks: a crash between the two, or commits that the database lost.
    JournalAhead,
    /// The database has taken in frames that the journal lacks: the journal is older.
    JournalBehind,
    /// The journal belongs to another database, or to another branch of this one's past.
    JournalForeign,
    /// Frames in the middle cannot be read.
    JournalBroken,
    /// There is no journal, though there was one.
    JournalMissing,
    /// Path, file or machine is another one than at the last open.
    Moved,
}

const WORDS: &[(Sign, &str)] = &[
    (Sign::JournalAhead, "journal_ahead"),
    (Sign::JournalBehind, "journal_behind"),
    (Sign::JournalForeign, "journal_foreign"),
    (Sign::JournalBroken, "journal_broken"),
    (Sign::JournalMissing, "journal_missing"),
    (Sign::Moved, "moved"),
];

impl Sign {
    /// Its stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS
            .iter()
            .find(|(sign, _)| *sign == self)
            .map_or("", |(_, word)| word)
    }
}

pub(crate) fn to_text(signs: &BTreeSet<Sign>) -> String {
    signs
        .iter()
        .map(|sign| sign.word())
        .collect::<Vec<_>>()
        .join(",")
}

pub(crate) fn from_text(text: &str) -> BTreeSet<Sign> {
    WORDS
        .iter()
        .filter(|(_, word)| text.split(',').any(|part| part == *word))
        .map(|(sign, _)| *sign)
        .collect()
}
