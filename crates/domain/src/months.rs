//! Calendar months up to a day: the steps of figures over time.

use crate::time::LocalDate;

/// A calendar month, as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: LocalDate,
    /// Its last day, or the day the figures stand for when that comes before.
    pub until: LocalDate,
    /// Whether it is over: `until` is its last day.
    pub whole: bool,
}

impl Month {
    /// `2026-11`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:04}-{:02}", self.first.year(), self.first.month())
    }

    /// Whether a day lies in it, and not after the day the figures stand for.
    #[must_use]
    pub fn holds(&self, day: LocalDate) -> bool {
        self.first <= day && day <= self.until
    }
}

/// The month of a day and those before it, `count` in all, the oldest first; fewer at the begin of the calendar.
#[must_use]
pub fn months(day: LocalDate, count: u32) -> Vec<Month> {
    let mut out = Vec::new();
    let (mut year, mut month) = (day.year(), day.month());
    for _ in 0..count {
        let Some(first) = LocalDate::new(year, month, 1) else {
            break;
        };
        let end = first.plus_months(1).plus_days(-1);
        out.push(Month {
            first,
            until: end.min(day),
            whole: end <= day,
        });
        (year, month) = if month == 1 {
            (year - 1, 12)
        } else {
            (year, month - 1)
        };
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(day: &str, count: u32) -> Vec<(String, String, bool)> {
        let all = months(day.parse().unwrap(), count);
        all.iter()
            .map(|m| (m.name(), m.until.to_string(), m.whole))
            .collect()
    }

    #[test]
    fn months_end_where_they_end_and_the_last_where_the_day_is() {
        let row = |month: &str, until: &str, whole| (month.to_owned(), until.to_owned(), whole);
        assert_eq!(
            told("2028-03-05", 4),
            [
                row("2027-12", "2027-12-31", true),
                row("2028-01", "2028-01-31", true),
                row("2028-02", "2028-02-29", true),
                row("2028-03", "2028-03-05", false),
            ]
        );
        assert_eq!(told("2026-11-30", 1), [row("2026-11", "2026-11-30", true)]);
        assert_eq!(told("2026-11-29", 1), [row("2026-11", "2026-11-29", false)]);
        assert_eq!(told("0001-02-01", 6).len(), 2);
        assert_eq!(told("9999-12-31", 1), [row("9999-12", "9999-12-31", true)]);
    }

    #[test]
    fn a_month_holds_its_days_up_to_the_day() {
        let month = months("2026-11-23".parse().unwrap(), 1)[0];
        let holds = |day: &str| month.holds(day.parse().unwrap());
        assert!(holds("2026-11-01") && holds("2026-11-23"));
        assert!(!holds("2026-10-31") && !holds("2026-11-24"));
    }
}
