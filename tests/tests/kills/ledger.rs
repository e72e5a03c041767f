//! What the checker remembers: what was tried, and what it was answered.

use std::collections::BTreeMap;

/// One record.
#[derive(Debug, Clone, Default)]
struct Known {
    /// The text the device called saved last.
    sure: Option<String>,
    /// Texts sent since then without an answer: each may stand there, or not.
    maybe: Vec<String>,
}

/// Every record of one device.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    records: BTreeMap<String, Known>,
    /// Acknowledged saves that were looked for and found.
    pub checked: u64,
}

impl Ledger {
    /// A save is about to be asked for.
    pub fn tries(&mut self, id: &str, text: &str) {
        let known = self.records.entry(id.to_owned()).or_default();
        known.maybe.push(text.to_owned());
    }

    /// The device called it saved.
    pub fn saved(&mut self, id: &str, text: &str) {
        let known = self.records.entry(id.to_owned()).or_default();
        known.sure = Some(text.to_owned());
        known.maybe.clear();
    }

    /// The n-th acknowledged record, to be changed.
    pub fn any(&self, n: usize) -> Option<String> {
        let sure: Vec<&String> = self
            .records
            .iter()
            .filter(|(_, known)| known.sure.is_some())
            .map(|(id, _)| id)
            .collect();
        (!sure.is_empty()).then(|| sure[n % sure.len()].clone())
    }

    /// How many records there may be.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// What the device shows after a restart, text by id. Errors: what is lost, and what nobody wrote.
    pub fn check(&mut self, shown: &BTreeMap<String, String>) -> Result<(), String> {
        for (id, text) in shown {
            let known = self
                .records
                .get(id)
                .ok_or(format!("{id}: nobody wrote it"))?;
            if known.sure.as_ref() != Some(text) && !known.maybe.contains(text) {
                return Err(format!("{id}: shows {text:?} instead of {known:?}"));
            }
        }
        for (id, known) in &self.records {
            if known.sure.is_some() && !shown.contains_key(id) {
                return Err(format!("{id}: saved and gone: {known:?}"));
            }
        }
        self.checked += self
            .records
            .values()
            .filter(|known| known.sure.is_some())
            .count() as u64;
        // What stands after a restart was on the disk, and what does not must not come later.
        self.records.retain(|id, _| shown.contains_key(id));
        for (id, text) in shown {
            self.saved(id, text);
        }
        Ok(())
    }
}

/// A checker that never finds anything is no checker.
#[test]
fn the_checker_sees_a_lost_save_a_wrong_one_and_one_that_nobody_made() {
    let mut ledger = Ledger::default();
    ledger.tries("a", "one");
    ledger.saved("a", "one");
    ledger.tries("a", "two");
    ledger.tries("b", "three");
    let shown = |all: &[(&str, &str)]| {
        all.iter()
            .map(|(id, text)| ((*id).to_owned(), (*text).to_owned()))
            .collect()
    };
    let look = |all: &[(&str, &str)]| ledger.clone().check(&shown(all));
    for fine in [
        &[("a", "one")][..],
        &[("a", "two")],
        &[("a", "one"), ("b", "three")],
    ] {
        assert_eq!(look(fine), Ok(()), "{fine:?}");
    }
    for wrong in [
        &[][..],
        &[("a", "three")],
        &[("a", "one"), ("c", "one")],
        &[("b", "three")],
    ] {
        assert!(look(wrong).is_err(), "{wrong:?}");
    }
    ledger.check(&shown(&[("a", "one")])).unwrap();
    assert!(
        ledger.check(&shown(&[("a", "two")])).is_err(),
        "it was not there at the last look"
    );
}
