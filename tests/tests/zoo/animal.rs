//! One hostile thing: a name, the door it comes to, its bytes, and what it must be told.

use crate::doors::Door;

pub(crate) struct Animal {
    pub(crate) name: String,
    pub(crate) door: Door,
    pub(crate) bytes: Vec<u8>,
    /// The stable code.
    pub(crate) code: &'static str,
}

/// Animals of one door, named after their kind.
pub(crate) struct Cage {
    pub(crate) all: Vec<Animal>,
    door: Door,
}

impl Cage {
    pub(crate) fn at(door: Door) -> Self {
        Self {
            all: Vec::new(),
            door,
        }
    }

    pub(crate) fn put(&mut self, name: impl Into<String>, bytes: Vec<u8>, code: &'static str) {
        self.all.push(Animal {
            name: format!("{:?}/{}", self.door, name.into()),
            door: self.door,
            bytes,
            code,
        });
    }
}
