//! One row of the table: what was measured, beside what, and whether its budget holds.

use serde_json::{Value, json};

/// What one side needed. What a row does not measure is none, and null in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Wall clock.
    pub seconds: Option<f64>,
    /// Bytes from the device to the hub, heads of requests counted too.
    pub bytes_up: Option<f64>,
    /// Bytes from the hub to the device.
    pub bytes_down: Option<f64>,
    /// Requests, or messages of a web socket.
    pub requests: Option<f64>,
    /// Resident memory, MB of 1,000,000 bytes.
    pub mb: Option<f64>,
}

/// The middle of several runs and how far they lie apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// Medians.
    pub median: Figures,
    /// Seconds of every run (megabytes where the row has no time), in the order they were made.
    pub runs: Vec<f64>,
}

impl Side {
    /// The middle of these runs.
    #[must_use]
    pub fn of(runs: &[Figures]) -> Self {
        let middle = |pick: fn(&Figures) -> Option<f64>| {
            let found: Vec<f64> = runs.iter().filter_map(pick).collect();
            median(&found)
        };
        let told = |run: &Figures| run.seconds.or(run.mb).or(run.bytes_up);
        Self {
            median: Figures {
                seconds: middle(|run| run.seconds),
                bytes_up: middle(|run| run.bytes_up),
                bytes_down: middle(|run| run.bytes_down),
                requests: middle(|run| run.requests),
                mb: middle(|run| run.mb),
            },
            runs: runs.iter().filter_map(told).collect(),
        }
    }
}

/// One line of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// At least so many times as fast as the other, by the median of the paired runs.
    Faster(f64),
    /// At most so many times as slow as the bare work beside it, by the median of the paired runs.
    TimesBare(f64),
    /// At most this part of the other's bytes up.
    PartOfBytesUp(f64),
    /// Seconds at most.
    Seconds(f64),
    /// Bytes both ways at most.
    Bytes(f64),
    /// Requests at most.
    Requests(f64),
    /// Megabytes at most.
    Mb(f64),
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What `--only` takes.
    pub name: &'static str,
    /// What was done, in one line.
    pub what: String,
    /// We.
    pub ours: Side,
    /// Beside what, when beside something.
    pub peer: Option<(String, Side)>,
    /// The budget.
    pub budget: Vec<Bound>,
    /// Median of a bare append of 4 KiB with fdatasync while the row ran, milliseconds.
    pub fsync_ms: f64,
    /// Figures of its own, by name.
    pub more: Vec<(&'static str, f64)>,
}

impl Row {
    /// Theirs by ours where we must be faster, ours by theirs beside bare work; the median of the paired runs.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let (_, theirs) = self.peer.as_ref()?;
        let bare = self.is_beside_bare();
        let pairs = self.ours.runs.iter().zip(&theirs.runs);
        let ratios: Vec<f64> = pairs
            .map(
                |(ours, theirs)| {
                    if bare { ours / theirs } else { theirs / ours }
                },
            )
            .collect();
        median(&ratios)
    }

    /// True when the peer is the least work that could do it.
    #[must_use]
    pub fn is_beside_bare(&self) -> bool {
        self.budget
            .iter()
            .any(|bound| matches!(bound, Bound::TimesBare(_)))
    }

    /// Whether every line of the budget holds. What was not measured does not hold.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.budget.iter().all(|bound| self.meets(*bound))
    }

    fn meets(&self, bound: Bound) -> bool {
        let ours = self.ours.median;
        let theirs = self.peer.as_ref().map(|(_, side)| side.median);
        let most = |found: Option<f64>, most: f64| found.is_some_and(|found| found <= most);
        let both_ways = || Some(ours.bytes_up? + ours.bytes_down?);
        match bound {
            Bound::Faster(times) => self.ratio().is_some_and(|ratio| ratio >= times),
            Bound::TimesBare(times) => most(self.ratio(), times),
            Bound::PartOfBytesUp(part) => {
                let whole = theirs.and_then(|theirs| theirs.bytes_up);
                whole.is_some_and(|whole| most(ours.bytes_up, whole * part))
            }
            Bound::Seconds(seconds) => most(ours.seconds, seconds),
            Bound::Bytes(bytes) => most(both_ways(), bytes),
            Bound::Requests(requests) => most(ours.requests, requests),
            Bound::Mb(mb) => most(ours.mb, mb),
        }
    }

    /// The row as the file keeps it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let spread = |side: &Side| side.runs.iter().map(|run| round(*run)).collect::<Vec<_>>();
        let theirs = self.peer.as_ref().map(|(_, side)| side);
        let mut json = json!({
            "name": self.name,
            "ours": figures(&self.ours.median),
            "peer": self.peer.as_ref().map(|(name, _)| name),
            "theirs": theirs.map(|side| figures(&side.median)),
            "ratio": self.ratio().map(round),
            "budget": self.spell_budget(),
            "holds": self.holds(),
            "samples": self.ours.runs.len(),
            "fsync_ms": round(self.fsync_ms),
            "command": format!("cargo xtask bench --only {} --samples {}", self.name, self.ours.runs.len()),
            "what": self.what,
            "ratio_is": self.peer.as_ref().map(|_| if self.is_beside_bare() { "ours/theirs" } else { "theirs/ours" }),
            "runs": { "ours": spread(&self.ours), "theirs": theirs.map(spread) },
        });
        for (name, figure) in &self.more {
            json[*name] = json!(round(*figure));
        }
        json
    }

    /// The budget in words.
    #[must_use]
    pub fn spell_budget(&self) -> String {
        let words: Vec<String> = self.budget.iter().map(|bound| spell(*bound)).collect();
        words.join("; ")
    }
}

fn spell(bound: Bound) -> String {
    match bound {
        Bound::Faster(times) => format!("≥ {times}× as fast"),
        Bound::TimesBare(times) => format!("≤ {times}× the bare work"),
        Bound::PartOfBytesUp(part) => format!("≤ 1/{:.0} of its bytes up", 1.0 / part),
        Bound::Seconds(seconds) if seconds < 1.0 => format!("≤ {:.0} ms", seconds * 1e3),
        Bound::Seconds(seconds) => format!("≤ {seconds} s"),
        Bound::Bytes(bytes) => format!("≤ {:.0} bytes both ways", bytes),
        Bound::Requests(1.0) => "1 request".to_owned(),
        Bound::Requests(requests) => format!("≤ {requests} requests"),
        Bound::Mb(mb) => format!("≤ {mb} MB"),
    }
}

fn figures(of: &Figures) -> Value {
    let mut json = json!({
        "seconds": of.seconds.map(round), "bytes_up": of.bytes_up.map(f64::round),
        "bytes_down": of.bytes_down.map(f64::round), "requests": of.requests,
    });
    if let Some(mb) = of.mb {
        json["mb"] = json!(round(mb));
    }
    json
}

/// Six digits behind the point are a microsecond.
fn round(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

/// The middle, none of nothing; of an even count the mean of the middle two.
#[must_use]
pub fn median(of: &[f64]) -> Option<f64> {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some((sorted.get(middle.checked_sub(1)?)? + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(seconds: &[f64], bytes_up: f64) -> Side {
        let run = |seconds: &f64| Figures {
            seconds: Some(*seconds),
            bytes_up: Some(bytes_up),
            bytes_down: Some(100.0),
            requests: Some(3.0),
            mb: None,
        };
        Side::of(&seconds.iter().map(run).collect::<Vec<_>>())
    }

    fn row(budget: Vec<Bound>) -> Row {
        Row {
            name: "push",
            what: "10 records".into(),
            ours: side(&[1.0, 2.0, 4.0], 1_000.0),
            peer: Some(("PouchDB".into(), side(&[10.0, 10.0, 12.0], 9_000.0))),
            budget,
            fsync_ms: 0.4,
            more: vec![("records", 10.0)],
        }
    }

    #[test]
    fn the_file_has_the_shape_that_was_agreed() {
        let json = row(vec![Bound::Faster(5.0), Bound::PartOfBytesUp(0.125)]).to_json();
        for key in ["ours", "theirs"] {
            for figure in ["seconds", "bytes_up", "bytes_down", "requests"] {
                assert!(json[key][figure].is_number(), "{key}.{figure} of {json}");
            }
        }
        assert_eq!(
            (json["ours"]["seconds"].as_f64(), json["ratio"].as_f64()),
            (Some(2.0), Some(5.0))
        );
        assert_eq!(
            (&json["peer"], &json["holds"]),
            (&json!("PouchDB"), &json!(true))
        );
        assert_eq!(json["samples"], 3);
        assert!(json["fsync_ms"].is_number() && json["records"].is_number());
        assert!(
            json["budget"].is_string() && json["command"].is_string() && json["name"].is_string()
        );
    }

    #[test]
    fn a_row_whose_budget_is_missed_says_so() {
        let met = [
            Bound::Faster(5.0),
            Bound::PartOfBytesUp(0.125),
            Bound::Seconds(2.0),
            Bound::Bytes(1_100.0),
            Bound::Requests(3.0),
        ];
        let missed = [
            Bound::Faster(5.1),
            Bound::TimesBare(0.19),
            Bound::PartOfBytesUp(0.1),
            Bound::Seconds(1.9),
            Bound::Bytes(1_099.0),
            Bound::Requests(2.0),
            Bound::Mb(100.0),
        ];
        assert_eq!(row(met.to_vec()).to_json()["holds"], true);
        for bound in missed {
            let budget = met
                .iter()
                .copied()
                .filter(|_| bound != Bound::TimesBare(0.19))
                .chain([bound]);
            let row = row(budget.collect());
            assert_eq!(row.to_json()["holds"], false, "{bound:?}");
        }
        let mut alone = row(vec![Bound::Faster(5.0)]);
        alone.peer = None;
        assert!(
            !alone.holds(),
            "what nothing was measured beside is not faster"
        );
    }

    #[test]
    fn the_middle_of_an_even_count_lies_between() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }
}
