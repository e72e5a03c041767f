//! Local days of Vietnam (fixed +07:00, no summer time). The clock is passed in; nothing here reads one.

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveTime, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

const OFFSET_SECONDS: i32 = 7 * 3600;

/// A day as people state it, without a time of day. Text and JSON form: `2026-11-23`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalDate(NaiveDate);

/// How much of a stated birth date is known. Elders often know the year only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// The day is known.
    Day,
    /// The month is known; the stored day is the first.
    Month,
    /// The year is known; the stored day is 1 January.
    Year,
}

impl Precision {
    /// The catalog code stored beside the date.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Day => "ngay",
            Self::Month => "thang",
            Self::Year => "nam",
        }
    }
}

/// Text that names no day. Code: `date`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("date")]
pub struct NotADate;

impl LocalDate {
    /// From year, month 1–12, day 1–31; `None` when there is no such day.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day)
            .filter(|d| (1..=9999).contains(&d.year()))
            .map(Self)
    }

    /// The Vietnamese day of an instant in milliseconds since 1970 (UTC); the first or last day for absurd instants.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(local(millis).map_or(NaiveDate::MIN, |at| at.date_naive()))
    }

    /// An hour of this day, in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn at_hour(self, hour: u32) -> i64 {
        let midnight = self.0.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        midnight + (i64::from(hour) * 3600 - i64::from(OFFSET_SECONDS)) * 1000
    }

    /// What people type: `2026-11-23`, `23/11/2026`, `3/1/2026`, `3-1-26`, `3.1.2026`. Day before month, always.
    /// A two-digit year is of the century up to `pivot`'s year: with a pivot in 2026, `26` is 2026 and `48` is 1948.
    #[must_use]
    pub fn typed(text: &str, pivot: Self) -> Option<Self> {
        let text = text.trim();
        if let Ok(date) = text.parse() {
            return Some(date);
        }
        match numbers(text)?.as_slice() {
            [day, month, year] => Self::new(full_year(*year, pivot)?, *month, *day),
            _ => None,
        }
    }

    /// A birth date with what is known of it: a day as in [`Self::typed`], `11/1948`, or `1948`.
    #[must_use]
    pub fn typed_birth(text: &str, pivot: Self) -> Option<(Self, Precision)> {
        if let Some(date) = Self::typed(text, pivot) {
            return Some((date, Precision::Day));
        }
        match numbers(text.trim())?.as_slice() {
            [month, year] if *year >= 1000 => Some((
                Self::new(i32::try_from(*year).ok()?, *month, 1)?,
                Precision::Month,
            )),
            [year] if *year >= 1000 => Some((
                Self::new(i32::try_from(*year).ok()?, 1, 1)?,
                Precision::Year,
            )),
            _ => None,
        }
    }

    /// `ddmmyyyy`, as printed into the QR of a card.
    #[must_use]
    pub fn from_digits(text: &str) -> Option<Self> {
        if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Self::new(
            text.get(4..)?.parse().ok()?,
            text.get(2..4)?.parse().ok()?,
            text.get(..2)?.parse().ok()?,
        )
    }

    /// `23/11/2026`, day first, as people read it.
    #[must_use]
    pub fn display(self) -> String {
        self.0.format("%d/%m/%Y").to_string()
    }

    /// Year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Month, 1–12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// Day of the month, 1–31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// So many months on: the same day of that month, or its last one.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(
            self.0
                .checked_add_months(Months::new(months))
                .unwrap_or(self.0),
        )
    }

    /// The day `days` later (earlier when negative); itself at the end of the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let span = Days::new(days.unsigned_abs());
        let moved = if days < 0 {
            self.0.checked_sub_days(span)
        } else {
            self.0.checked_add_days(span)
        };
        moved.map_or(self, Self)
    }

    /// Days from `earlier` to `self`; negative when `self` comes first.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// Monday of this day's week.
    #[must_use]
    pub fn monday(self) -> Self {
        Self(self.0.week(Weekday::Mon).first_day())
    }
}

/// An instant in milliseconds since 1970 as `2026-11-23T08:10:00+07:00`; empty when no calendar reaches it.
#[must_use]
pub fn local_text(millis: i64) -> String {
    local(millis).map_or_else(String::new, |at| {
        at.to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    })
}

/// An instant in milliseconds since 1970 as `2026-11-23T01:10:00.000Z`; empty when no calendar reaches it.
#[must_use]
pub fn utc_text(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).map_or_else(String::new, |at| {
        at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    })
}

fn local(millis: i64) -> Option<DateTime<FixedOffset>> {
    Some(
        DateTime::from_timestamp_millis(millis)?
            .with_timezone(&FixedOffset::east_opt(OFFSET_SECONDS)?),
    )
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split(['/', '-', '.', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.parse()
                .ok()
                .filter(|_| part.bytes().all(|b| b.is_ascii_digit()))
        })
        .collect()
}

fn full_year(year: u32, pivot: LocalDate) -> Option<i32> {
    let year = i32::try_from(year).ok()?;
    let century = pivot.year() - pivot.year().rem_euclid(100);
    Some(match year {
        0..=99 if century + year <= pivot.year() + 10 => century + year,
        0..=99 => century - 100 + year,
        _ => year,
    })
    .filter(|y| *y >= 1800)
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for LocalDate {
    type Err = NotADate;
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let exact = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NotADate)?;
        if exact { Ok(Self(date)) } else { Err(NotADate) }
    }
}

impl TryFrom<String> for LocalDate {
    type Error = NotADate;
    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<LocalDate> for String {
    fn from(date: LocalDate) -> Self {
        date.to_string()
    }
}

impl JsonSchema for LocalDate {
    fn schema_name() -> Cow<'static, str> {
        "LocalDate".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> LocalDate {
        "2026-11-23".parse().unwrap()
    }

    #[test]
    fn the_day_is_vietnams_whatever_the_phone_thinks() {
        // 23 November 2026, 17:30 UTC is half past midnight of the 24th at Mường Lống.
        let millis = 1_795_455_000_000;
        assert_eq!(LocalDate::from_millis(millis).to_string(), "2026-11-24");
        assert_eq!(
            LocalDate::from_millis(millis - 1_800_001).to_string(),
            "2026-11-23"
        );
        assert_eq!(local_text(millis), "2026-11-24T00:30:00+07:00");
        assert_eq!(local_text(i64::MAX), "");
    }

    #[test]
    fn days_are_read_as_typed() {
        for typed in [
            "2026-11-03",
            "03/11/2026",
            "3/11/2026",
            "3-11-26",
            "3.11.2026",
            " 3 - 11 - 2026 ",
        ] {
            assert_eq!(
                LocalDate::typed(typed, today()).unwrap().to_string(),
                "2026-11-03",
                "{typed}"
            );
        }
        for typed in [
            "",
            "hôm qua",
            "31/02/2026",
            "11/23/2026",
            "3/11",
            "2026",
            "+3/11/2026",
        ] {
            assert_eq!(LocalDate::typed(typed, today()), None, "{typed}");
        }
    }

    #[test]
    fn a_two_digit_year_is_of_a_living_century() {
        assert_eq!(LocalDate::typed("1/1/48", today()).unwrap().year(), 1948);
        assert_eq!(LocalDate::typed("1/1/27", today()).unwrap().year(), 2027);
    }

    #[test]
    fn an_elder_may_know_the_year_only() {
        let (date, precision) = LocalDate::typed_birth("1948", today()).unwrap();
        assert_eq!(
            (date.to_string().as_str(), precision.code()),
            ("1948-01-01", "nam")
        );
        let (date, precision) = LocalDate::typed_birth("11/1948", today()).unwrap();
        assert_eq!(
            (date.to_string().as_str(), precision.code()),
            ("1948-11-01", "thang")
        );
        assert_eq!(
            LocalDate::typed_birth("2/9/1945", today()).unwrap().1,
            Precision::Day
        );
        assert_eq!(LocalDate::typed_birth("Tết năm Mùi", today()), None);
    }

    #[test]
    fn weeks_start_on_monday_and_days_are_shown_day_first() {
        assert_eq!(today().monday(), today());
        assert_eq!(today().plus_days(6).monday(), today());
        assert_eq!(today().plus_days(-1).days_since(today()), -1);
        assert_eq!(today().display(), "23/11/2026");
    }

    #[test]
    fn only_iso_text_is_a_stored_day() {
        assert!(serde_json::from_str::<LocalDate>("\"2026-11-23\"").is_ok());
        for bad in [
            "\"23/11/2026\"",
            "\"2026-1-3\"",
            "\"2026-02-30\"",
            "\"+026-01-01\"",
            "5",
        ] {
            assert!(serde_json::from_str::<LocalDate>(bad).is_err(), "{bad}");
        }
        assert_eq!(
            LocalDate::from_digits("01011990").unwrap().to_string(),
            "1990-01-01"
        );
    }
}
