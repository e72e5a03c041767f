//! The states in which a power cut may leave the files, built from the log.

use crate::story::Saves;
use crate::vfs::{Note, Op};
use std::path::Path;
use toso_tests::sim::random::Dice;

const SECTOR: usize = 512;

/// How the cut treats what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// All of it is gone.
    Dropped,
    /// All of it is there.
    Kept,
    /// Some writes are there, later ones before earlier ones.
    Mixed,
    /// Some sectors of each write are there.
    Torn,
}

pub const CUTS: [Cut; 4] = [Cut::Dropped, Cut::Kept, Cut::Mixed, Cut::Torn];

/// Two files, the journal, and what was promised when the power went.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    pub database: Vec<u8>,
    pub wal: Vec<u8>,
    pub journal: Vec<u8>,
    pub sure: Saves,
    pub open: Vec<(u32, String)>,
}

fn write(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

fn apply(file: &mut Vec<u8>, op: &Op, keep: impl Fn(usize) -> bool) {
    match op {
        Op::Write(_, at, bytes) => {
            let mut from = 0;
            while from < bytes.len() {
                let next = ((at + from) / SECTOR + 1) * SECTOR - at;
                let to = next.min(bytes.len());
                if keep(at + from) {
                    write(file, at + from, &bytes[from..to]);
                }
                from = to;
            }
        }
        Op::Truncate(_, to) if keep(0) => file.resize((*to).min(file.len()), 0),
        _ => {}
    }
}

impl Disk {
    /// The files as they lie, before anything is watched.
    pub fn read(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
        Self {
            database: read("toso.db"),
            wal: read("toso.db-wal"),
            journal: read("journal"),
            ..Self::default()
        }
    }

    /// The power goes before the `at`-th thing of the log. `whole` is the journal after the story: it only grew.
    pub fn cut(&self, log: &[Op], at: usize, whole: &[u8], cut: Cut, dice: &mut Dice) -> Self {
        let mut disk = self.clone();
        let mut waiting: [Vec<&Op>; 2] = [Vec::new(), Vec::new()];
        for op in &log[..at] {
            match op {
                Op::Sync(wal) => {
                    disk.settle(*wal, &mut waiting[usize::from(*wal)], Cut::Kept, dice)
                }
                Op::Write(wal, ..) | Op::Truncate(wal, _) => waiting[usize::from(*wal)].push(op),
                Op::Note(Note::Begin(n, text)) => disk.open.push((*n, text.clone())),
                Op::Note(Note::Frame(length)) => disk.journal = whole[..*length].to_vec(),
                Op::Note(Note::Saved) => disk.sure.extend(disk.open.drain(..)),
            }
        }
        if let Some(Op::Note(Note::Frame(length))) = log.get(at) {
            disk.half_a_frame(&whole[..*length], cut, dice);
        }
        for wal in [false, true] {
            disk.settle(wal, &mut waiting[usize::from(wal)], cut, dice);
        }
        disk
    }

    fn settle(&mut self, wal: bool, waiting: &mut Vec<&Op>, cut: Cut, dice: &mut Dice) {
        let file = if wal {
            &mut self.wal
        } else {
            &mut self.database
        };
        if cut == Cut::Mixed {
            dice.shuffle(waiting);
        }
        for op in waiting.drain(..) {
            let seed = dice.roll();
            let keep = |at: usize| match cut {
                Cut::Dropped => false,
                Cut::Kept => true,
                Cut::Mixed => seed.is_multiple_of(2),
                Cut::Torn => Dice::of(seed, (at / SECTOR) as u64).chance(50),
            };
            apply(file, op, keep);
        }
    }

    /// The power goes while the journal's frame is written.
    fn half_a_frame(&mut self, next: &[u8], cut: Cut, dice: &mut Dice) {
        let old = self.journal.len();
        let to = match cut {
            Cut::Dropped => old,
            Cut::Kept => next.len(),
            Cut::Mixed | Cut::Torn => old + dice.below(next.len() - old),
        };
        self.journal = next[..to].to_vec();
        if cut == Cut::Torn {
            for byte in &mut self.journal[old..] {
                if dice.chance(20) {
                    *byte = 0;
                }
            }
        }
    }

    /// Lays the files over those that lie there.
    pub fn lay(&self, folder: &Path) {
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
        put("toso.db", &self.database);
        put("toso.db-wal", &self.wal);
        put("journal", &self.journal);
        drop(std::fs::remove_file(folder.join("toso.db-shm")));
    }
}
