//! The invented commune on a real hub with real devices: played as a story, or left for a person to try.
//!
//! Everything is what users run: the hub's own program, files on disk, HTTP. Only the people are invented.

mod carried;
mod copies;
mod days;
mod equal;
mod faults;
mod hub;
mod meeting;
mod person;
mod screen;
mod world;

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use toso_domain::time::LocalDate;
use toso_store::Cost;

pub use equal::Seen;
pub use hub::Hub;
pub use person::Person;
pub use screen::Screen;
pub use world::{OFFICE_SECRET, PIN, World};

/// The days before the one a person opens the app on: households are given out, some were visited, and somebody waits.
///
/// # Errors
/// A step was refused.
pub fn days_before(world: &mut World, today: LocalDate) -> anyhow::Result<String> {
    days::before(world, today)
}

/// One line of the story: it holds, and tells what it saw, or it does not.
type Line = fn(&mut World) -> anyhow::Result<String>;

/// The story, in order; each line stands on those before it.
const STORY: &[(&str, Line)] = &[
    (
        "the office assigns 12 households to Páo; offline he sees just those",
        meeting::assigned,
    ),
    (
        "hub stopped: Lan and Páo both work; a sync says it is offline and loses nothing",
        meeting::apart,
    ),
    (
        "hub up, all sync: records, search, documents and rebuilt view are equal",
        meeting::together,
    ),
    (
        "one household edited twice: phone and address survive, the head's name clashes, who and when",
        meeting::clash,
    ),
    (
        "the same new household made twice is found as a likely duplicate",
        meeting::duplicate,
    ),
    (
        "Lan listed an OCOP product, Páo changes its link",
        meeting::listing,
    ),
    (
        "the office settles the clash and all see that",
        meeting::settled,
    ),
    (
        "a sync between record.get and record.save: the changed field is answered, not overwritten",
        meeting::changed_meanwhile,
    ),
    (
        "the hub is killed with -9 in mid-sync and comes back",
        faults::killed,
    ),
    (
        "the hub is restored from a backup older than a sync, a revocation and a purge",
        faults::restored,
    ),
    (
        "a phone's folder is put back from an older copy",
        copies::put_back,
    ),
    (
        "a cloned phone: both used, both synced, nobody wedged, all work visible",
        copies::cloned,
    ),
    (
        "a phone without network gives its packs by a file; its receipts come back the same way",
        carried::carried,
    ),
    (
        "at the end all are equal again, and the view rebuilt from packs and rulings is the same",
        meeting::together,
    ),
];

/// Plays the whole story in an empty folder with this hub program; `tell` gets each line as it ends.
///
/// # Errors
/// How many lines do not hold; each was told with what was seen instead. Later lines are played all the same.
pub fn check(
    folder: &Path,
    program: &Path,
    cost: Cost,
    tell: &mut dyn FnMut(&str),
) -> anyhow::Result<()> {
    let mut world = World::begin(folder, program, cost, tell)?;
    let mut failed = 0;
    for (number, (title, line)) in STORY.iter().enumerate() {
        let began = Instant::now();
        let told = line(&mut world);
        let took = began.elapsed().as_secs_f64();
        let (word, saw) = match told {
            Ok(saw) => ("ok  ", saw),
            Err(error) => {
                failed += 1;
                ("FAIL", format!("{error:#}"))
            }
        };
        tell(&format!("{word} {:2}  {title}  [{took:.1} s]", number + 1));
        tell(&format!("         {saw}"));
    }
    ensure!(failed == 0, "{failed} of {} lines do not hold", STORY.len());
    tell(&format!("all {} lines hold", STORY.len()));
    Ok(())
}
