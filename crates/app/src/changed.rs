//! What a piece of work changed on this device, so that screens look again at that and at nothing else.

use serde::Serialize;
use std::collections::BTreeSet;
use toso_domain::id::RecordId;

/// Records that are named one by one; beyond, only their kinds are.
const NAMED: usize = 500;

/// Records that changed here, by a save or by a sync.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Their kinds; `sync` alone says that an exchange began, went a step on, or ended, `file` that files did, `invitation` that a link brought one.
    pub kinds: BTreeSet<String>,
    /// Their ids; none when there are more than 500: everything of these kinds may have changed.
    pub ids: BTreeSet<RecordId>,
    #[serde(skip)]
    many: bool,
}

impl Changed {
    /// An exchange began, went a step on, or ended.
    pub(crate) fn of_sync() -> Self {
        let kinds = BTreeSet::from(["sync".to_owned()]);
        Self {
            kinds,
            ..Self::default()
        }
    }

    /// Files began to move, moved on, or came to rest.
    pub(crate) fn of_files() -> Self {
        let kinds = BTreeSet::from(["file".to_owned()]);
        Self {
            kinds,
            ..Self::default()
        }
    }

    /// An invitation came with the link that this phone was opened with.
    pub(crate) fn of_invitation() -> Self {
        let kinds = BTreeSet::from(["invitation".to_owned()]);
        Self {
            kinds,
            ..Self::default()
        }
    }

    /// Notes one record; `kind` is empty when nothing can be shown of it.
    pub(crate) fn note(&mut self, kind: &str, id: RecordId) {
        if !kind.is_empty() && !self.kinds.contains(kind) {
            self.kinds.insert(kind.to_owned());
        }
        if !self.many {
            self.ids.insert(id);
        }
        if self.ids.len() > NAMED {
            self.many = true;
            self.ids.clear();
        }
    }

    /// Adds what another transaction changed.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.kinds.extend(other.kinds);
        for id in other.ids {
            self.note("", id);
        }
        if other.many {
            self.many = true;
            self.ids.clear();
        }
    }

    /// True when nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.ids.is_empty() && !self.many
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> RecordId {
        RecordId::v5(&RecordId::from_bytes([0; 16]), &n.to_string())
    }

    #[test]
    fn a_first_sync_names_kinds_and_not_a_hundred_thousand_records() {
        let (mut changed, mut more) = (Changed::default(), Changed::default());
        changed.note("visit", id(0));
        assert_eq!((changed.kinds.len(), changed.ids.len()), (1, 1));
        for n in 0..=NAMED {
            more.note("household", id(n));
        }
        more.note("household", id(0));
        assert!(more.ids.is_empty() && !more.is_empty());
        changed.absorb(more);
        assert_eq!((changed.kinds.len(), changed.ids.len()), (2, 0));
    }
}
