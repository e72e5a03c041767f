//! Finding records by words without tone marks.
//!
//! Both sides are folded by the domain (lower case, marks stripped, đ→d): FTS5's own folding leaves `đ` alone.

use crate::away::AT_HOME;
use crate::error::Result;
use crate::open::Store;
use crate::pack::exact;
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use toso_domain::id::{RecordId, SpaceId};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Folded text. Every word must be there; the last one may be only begun.
    pub text: String,
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Only these kinds; empty for all.
    pub kinds: Vec<String>,
    /// At most so many; 0 means 50.
    pub limit: u32,
    /// Whole words only, y and i taken for one: finds who may be the same, not what is being typed.
    pub alike: bool,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its space.
    pub space: SpaceId,
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
}

/// Words taken from one search; more would only slow it.
const WORDS_MAX: usize = 12;
const LIMIT: u32 = 50;
/// Spellings of one word that are looked for.
const SPELLINGS_MAX: usize = 8;

/// Names the hits and how well each fits, best least.
pub(crate) const HITS: &str =
    "SELECT rowid, rank FROM main.record_search WHERE record_search MATCH ?1";

impl Store {
    /// Live records at home that hold all words, best rank first, then by id. Text without a word finds nothing.
    pub fn search(&self, search: &Search) -> Result<Vec<Found>> {
        let matched = if search.alike {
            alike(&search.text)
        } else {
            words(&search.text)
        };
        let Some(words) = matched else {
            return Ok(Vec::new());
        };
        let wanted = if search.limit == 0 {
            LIMIT
        } else {
            search.limit
        };
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let (sql, mut values) = row_sql(search);
        let mut get = self.connection.prepare_cached(&sql)?;
        let mut found = Vec::new();
        // A common word stands in thousands of records, and a record's row is long: only those that may come first are
        // read, and of those that fit alike all.
        for alike in self.ranked(&words)?.chunk_by(|one, other| one.0 == other.0) {
            let mut group = Vec::with_capacity(alike.len());
            for (_, no) in alike {
                if let Some(first) = values.first_mut() {
                    *first = Sql::Integer(*no);
                }
                group.extend(get.query_row(params_from_iter(&values), hit).optional()?);
            }
            group.sort_by_key(|hit| (hit.id, hit.space));
            found.extend(group);
            if found.len() >= wanted {
                break;
            }
        }
        found.truncate(wanted);
        Ok(found)
    }

    /// Every hit by rank: its rank and its number.
    fn ranked(&self, words: &str) -> Result<Vec<(f64, i64)>> {
        let mut get = self.connection.prepare_cached(HITS)?;
        let rows = get.query_map([words], |row| Ok((row.get(1)?, row.get(0)?)))?;
        let mut ranked: Vec<(f64, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        ranked.sort_by(|one, other| one.0.total_cmp(&other.0));
        Ok(ranked)
    }
}

fn hit(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found {
        space: SpaceId::from_bytes(exact(row, 0)?),
        id: RecordId::from_bytes(exact(row, 1)?),
        kind: row.get(2)?,
        title: row.get(3)?,
        subtitle: row.get(4)?,
    })
}

/// The statement that reads one hit if it is wanted, and its values: the first is the number of the hit.
pub(crate) fn row_sql(search: &Search) -> (String, Vec<Sql>) {
    let mut values = vec![Sql::Null];
    let mut wanted = String::new();
    if let Some(space) = &search.space {
        values.push(Sql::Blob(space.as_bytes().to_vec()));
        wanted.push_str(&format!(" AND r.space = ?{}", values.len()));
    }
    if !search.kinds.is_empty() {
        let mut marks = Vec::new();
        for kind in &search.kinds {
            values.push(Sql::Text(kind.clone()));
            marks.push(format!("?{}", values.len()));
        }
        wanted.push_str(&format!(" AND r.kind IN ({})", marks.join(", ")));
    }
    let sql = format!(
        "SELECT r.space, r.id, r.kind, r.title, r.subtitle FROM main.record r WHERE r.no = ?1{wanted} AND {AT_HOME}"
    );
    (sql, values)
}

/// Each word quoted, so that nothing a person types is an operator; the last one a beginning.
fn words(text: &str) -> Option<String> {
    let quoted: Vec<String> = split(text).map(|word| format!("\"{word}\"")).collect();
    (!quoted.is_empty()).then(|| format!("{} *", quoted.join(" AND ")))
}

/// Each word in every way y and i may stand in it.
fn alike(text: &str) -> Option<String> {
    let each: Vec<String> = split(text).map(|word| spellings(&word)).collect();
    (!each.is_empty()).then(|| each.join(" AND "))
}

fn spellings(word: &str) -> String {
    let mut ways = vec![String::new()];
    for letter in word.chars() {
        let both = matches!(letter, 'i' | 'y') && ways.len() < SPELLINGS_MAX;
        let letters: &[char] = if both { &['i', 'y'] } else { &[letter] };
        ways = ways
            .iter()
            .flat_map(|way| letters.iter().map(move |letter| format!("{way}{letter}")))
            .collect();
    }
    let quoted: Vec<String> = ways.iter().map(|way| format!("\"{way}\"")).collect();
    format!("({})", quoted.join(" OR "))
}

fn split(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let found: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(WORDS_MAX)
        .map(str::to_owned)
        .collect();
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_person_types_is_an_operator() {
        assert_eq!(words("nguyen  duc").unwrap(), "\"nguyen\" AND \"duc\" *");
        assert_eq!(
            words("a\" OR fold:b*").unwrap(),
            "\"a\" AND \"or\" AND \"fold\" AND \"b\" *"
        );
        assert_eq!(words(" -- '"), None);
    }

    #[test]
    fn ly_and_li_may_be_the_same_person() {
        assert_eq!(alike("Ly An").unwrap(), "(\"li\" OR \"ly\") AND (\"an\")");
        assert_eq!(alike("..."), None);
    }
}
