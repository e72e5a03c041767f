//! Where things are done: a commune on a real hub over HTTP, or a village over shelves in memory.

use crate::behaviour::World;
use crate::commune::Commune;
use crate::state;
use std::ops::{Deref, DerefMut};
use toso_domain::crdt::Document;
use toso_sync::id::Head;
use toso_sync::pack::{Header, Pack};
use toso_tests::quick::unhurried;
use toso_tests::village::{Person, Village, assert_alike, record, team};

/// A commune with its real hub; the phone in wrong hands is `thief`.
pub(crate) struct Land(Option<Commune>);

impl Deref for Land {
    type Target = Commune;

    fn deref(&self) -> &Commune {
        self.0.as_ref().unwrap()
    }
}

impl DerefMut for Land {
    fn deref_mut(&mut self) -> &mut Commune {
        self.0.as_mut().unwrap()
    }
}

impl World for Land {
    const LASTS: bool = true;

    fn begin() -> Self {
        Self(Some(commune()))
    }

    fn goes_on(&mut self) {
        Commune::goes_on(self);
    }
}

/// How often one may ask is another test's: here everything is asked by one address.
fn commune() -> Commune {
    Commune::listening(unhurried(), None)
}

impl Land {
    /// Another commune, after one in which nothing can follow.
    pub(crate) fn begins_anew(&mut self) {
        // One at a time.
        self.0 = None;
        *self = Self::begin();
    }

    /// The header of the phone's next pack, as the hub holds its log now.
    pub(crate) fn header(&mut self) -> Header {
        self.thief_syncs();
        self.thief.person.next_header()
    }

    /// A record of the phone in wrong hands that the hub holds, written in its log of now.
    pub(crate) fn own_record(&mut self, n: u8) -> Document {
        self.thief_syncs();
        let thief = &mut self.thief.person;
        let name = format!("Hờ A {}", thief.dice.roll());
        thief.notes(record(n), &[("head_name", &name)]);
        self.thief_syncs();
        let thief = &mut self.thief.person;
        let document = thief.copy.document(team(), record(n));
        document.unwrap().unwrap()
    }

    /// Two packs of the phone: one the hub holds, and the next one, good and not yet given.
    pub(crate) fn next(&mut self) -> Pack {
        self.own_record(1);
        let thief = &mut self.thief.person;
        let phone = thief.dice.roll().to_string();
        let head = thief.notes(record(1), &[("phone", &phone)]);
        thief.copy.pack(team(), &head).unwrap().unwrap()
    }

    /// Gives one pack as counting: this code, and the hub states what it stated.
    #[track_caller]
    pub(crate) fn refuses(&mut self, pack: &Pack, code: &str) {
        let before = state::of_hub(&self.data());
        let told = self.gives(std::slice::from_ref(pack), &[]);
        let codes: Vec<&str> = told.not_taken.iter().map(|not| &*not.code).collect();
        assert_eq!(codes, [code]);
        assert_eq!(state::of_hub(&self.data()), before, "nothing changed");
    }

    /// The same, and given as set aside, too.
    #[track_caller]
    pub(crate) fn refuses_both(&mut self, pack: &Pack, code: &str) {
        self.refuses(pack, code);
        let before = state::of_hub(&self.data());
        let told = self.gives(&[], std::slice::from_ref(pack));
        assert_eq!(told.not_taken[0].code, code);
        assert_eq!(state::of_hub(&self.data()), before, "nothing changed");
    }

    /// Runs something after which the hub states what it stated.
    #[track_caller]
    pub(crate) fn unmoved<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = state::of_hub(&self.data());
        let out = work(self);
        assert_eq!(state::of_hub(&self.data()), before, "nothing changed");
        out
    }
}

impl World for Village {
    const LASTS: bool = false;

    /// Each has a record that all have.
    fn begin() -> Self {
        let mut village = Self::new();
        village.lan.notes(record(1), &[("head_name", "Vừ Thị Lan")]);
        village.pao.notes(record(2), &[("head_name", "Lò Văn Páo")]);
        village
            .hub
            .meets_all(&mut [&mut village.lan, &mut village.pao, &mut village.hoa]);
        village
    }

    /// Páo's next note reaches chị Hoa, and what was there is still there.
    fn goes_on(&mut self) {
        let Self { hub, pao, hoa, .. } = self;
        pao.notes(record(90), &[("head_name", "Lầu Bá Đủa")]);
        hub.meets_all(&mut [pao, hoa]);
        assert_alike(hub, &mut [pao, hoa]);
        assert_eq!(hoa.reads(record(90), "head_name"), ["Lầu Bá Đủa"]);
        assert_eq!(hoa.reads(record(2), "head_name"), ["Lò Văn Páo"]);
        assert_eq!(hoa.reads(record(1), "head_name"), ["Vừ Thị Lan"]);
    }
}

/// A person's pack by its name.
pub(crate) fn pack(person: &Person, head: &Head) -> Pack {
    person.copy.pack(team(), head).unwrap().unwrap()
}
