//! Where an edit stands, for the person who reads a failure.

use super::World;
use super::oracle::numbers;
use toso_sync::shelf::Shelf;

impl World {
    /// Where an edit stands on each live copy, for the person who reads a failure.
    #[must_use]
    pub fn whereabouts(&mut self, number: u64) -> String {
        let spaces = self.spaces.clone();
        let mut out = String::new();
        let live = self
            .devices
            .iter_mut()
            .enumerate()
            .filter(|(_, d)| d.live)
            .map(|(n, d)| (n.to_string(), &mut d.copy));
        for (name, copy) in live.chain(std::iter::once(("hub".to_owned(), &mut self.hub))) {
            for space in &spaces {
                for draft in copy.shelf.drafts(*space).unwrap() {
                    if numbers(&draft.raw).contains(&number) {
                        out += &format!("\n    {name}: draft {}", draft.hash);
                    }
                }
                for row in copy.shelf.packs(*space).unwrap() {
                    let entries = copy.entries(*space, &row.head).unwrap();
                    for (entry, index) in entries
                        .iter()
                        .zip(copy.shelf.entries_of_pack(*space, &row.head).unwrap())
                    {
                        if entry
                            .raw
                            .as_ref()
                            .is_some_and(|raw| numbers(raw).contains(&number))
                        {
                            out += &format!(
                                "\n    {name}: pack {} of {:?} seq {} counts {} change {} {:?} {}",
                                row.head,
                                row.epoch,
                                row.seq,
                                row.valid,
                                entry.hash,
                                index.verdict,
                                index.why
                            );
                        }
                    }
                }
            }
        }
        out
    }
}
