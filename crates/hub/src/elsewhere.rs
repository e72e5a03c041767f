//! Files of records that were handed over. A file lies in the space whose key made its name, and the record that names it
//! now counts in another: whoever holds that one asks for the file there and is given it from here.

use crate::core::Core;
use crate::db::HubDb;
use crate::erased::named_by;
use crate::error::Done;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_domain::schema;

/// Other spaces a file may lie in, by its name.
pub(crate) type Elsewhere = BTreeMap<FileHash, BTreeSet<SpaceId>>;

/// False for a kind that is known to name no files: of households and their people there are too many to look into.
fn may_name_files(kind: &str) -> bool {
    let fields = schema::fields(kind);
    fields.is_empty() || fields.iter().any(schema::Field::is_files)
}

impl<D: HubDb> Core<D> {
    /// Where else these files of a space may lie: where a record that was handed over named them. The space must be that
    /// record's home, or the record have named them there too. A name alone opens nothing: whoever once held the other
    /// space knows names.
    pub(crate) fn elsewhere(&self, space: SpaceId, names: &BTreeSet<FileHash>) -> Done<Elsewhere> {
        let mut out = Elsewhere::new();
        let (shelf, book) = (&self.replica.shelf, self.replica.book());
        for document in book.all_moved() {
            let Some(moved) = book.moved(&document) else {
                continue;
            };
            let mut spaces: BTreeSet<SpaceId> = moved.others().chain([moved.to]).collect();
            if !spaces.remove(&space) {
                continue;
            }
            let mut wanted = names.clone();
            if moved.to != space {
                let own = named_by(shelf, space, document, may_name_files)?;
                wanted.retain(|name| own.contains(name));
            }
            for other in spaces {
                let named = named_by(shelf, other, document, may_name_files)?;
                for name in named.intersection(&wanted) {
                    out.entry(*name).or_default().insert(other);
                }
            }
        }
        Ok(out)
    }
}
