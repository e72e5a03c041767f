//! The people who share a device. Each has a profile: a folder with a database and a key of its own. The first lies in the
//! home folder itself, others in folders of theirs below it.
//!
//! What a locked device shows of a profile, the name its owner gave the device, stands beside the key in the clear.

use crate::app::Inner;
use crate::clock::Random;
use crate::error::{CallError, Called};
use std::path::{Path, PathBuf};
use toso_store::{StoreError, durable, key};

/// Id of the profile in the home folder itself.
const FIRST: &str = "first";
const OTHERS: &str = "others";
/// File with the device's name.
const LABEL: &str = "label";
/// File of the home folder with the id of the profile used last.
const LAST: &str = "last";
/// Most profiles on one device: more people than a team has.
const MOST: usize = 20;

/// A profile of this device.
pub(crate) struct Shared {
    pub(crate) id: String,
    pub(crate) folder: PathBuf,
    pub(crate) label: Option<String>,
    /// False for one whose owner has not enrolled yet.
    pub(crate) made: bool,
}

impl Inner {
    /// Everybody's profile, the first one first, then by age.
    pub(crate) fn profiles(&self) -> Vec<Shared> {
        let mut ids = vec![FIRST.to_owned()];
        let below = std::fs::read_dir(self.home.join(OTHERS));
        let mut others: Vec<String> = below
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        others.sort_unstable();
        ids.extend(others);
        ids.into_iter().map(|id| self.shared(id)).collect()
    }

    fn shared(&self, id: String) -> Shared {
        let folder = self.folder_of(&id);
        let label = std::fs::read_to_string(folder.join(LABEL)).ok();
        Shared {
            made: is_made(&folder),
            label: label.filter(|label| !label.is_empty()),
            id,
            folder,
        }
    }

    fn folder_of(&self, id: &str) -> PathBuf {
        match id {
            FIRST => self.home.clone(),
            other => self.home.join(OTHERS).join(other),
        }
    }

    /// Speaks to the profile of that id from now on, locked. Errors: `no_such_profile`.
    pub(crate) fn turn_to(&mut self, id: &str) -> Called<()> {
        // Only names that stand there: an id of a page's making is no path.
        let known = self.profiles().into_iter().find(|one| one.id == id);
        let known = known.ok_or_else(|| CallError::new("no_such_profile"))?;
        self.lock();
        let left = std::mem::replace(&mut self.folder, known.folder);
        if left != self.folder && left != self.home && !is_made(&left) {
            // Nobody enrolled there: goes when it is empty, which it is.
            drop(std::fs::remove_dir(left));
        }
        // Being opened at the wrong profile is no reason not to open.
        drop(durable::replace(&self.home, LAST, id.as_bytes()));
        Ok(())
    }

    /// Makes room for another person and turns to it. Errors: those of [`Inner::room`].
    pub(crate) fn make_room(&mut self) -> Called<()> {
        let room = self.room()?;
        self.turn_to(&room.id)
    }

    /// An empty folder for one more profile. Errors: `profiles_full`, `disk_full`, `read_only`.
    pub(crate) fn room(&mut self) -> Called<Shared> {
        for left in self.profiles().iter().filter(|one| !one.made) {
            // Goes when it is empty: nobody enrolled there. The home folder never is.
            if left.folder != self.home && left.folder != self.folder {
                drop(std::fs::remove_dir(&left.folder));
            }
        }
        if self.profiles().len() >= MOST {
            return Err(CallError::new("profiles_full"));
        }
        // Names in the order of their making.
        let id = format!("{:013}-{}", self.clock.now(), word(self.random.as_mut()));
        std::fs::create_dir_all(self.folder_of(&id)).map_err(StoreError::from)?;
        Ok(self.shared(id))
    }

    /// Turns to the profile used last, if it is still there.
    pub(crate) fn open_last(&mut self) {
        let last = std::fs::read_to_string(self.home.join(LAST)).unwrap_or_default();
        if last != FIRST && !last.is_empty() {
            drop(self.turn_to(&last));
        }
    }

    /// Closes the profile; an exchange that began before does not go on. Practice ends with it.
    pub(crate) fn lock(&mut self) {
        self.device = None;
        self.unlocks += 1;
        self.end_practice();
    }

    /// Keeps the device's name where a locked device can read it. It may be lost: then the profile is shown without.
    pub(crate) fn keep_label(&self, label: &str) {
        if std::fs::read_to_string(self.folder.join(LABEL)).is_ok_and(|kept| kept == label) {
            return;
        }
        drop(durable::replace(&self.folder, LABEL, label.as_bytes()));
    }

    /// Id of the profile that is spoken to.
    pub(crate) fn current(&self) -> String {
        let practice = self.practice.as_ref();
        let folder = practice.map_or(&self.folder, |practice| &practice.before);
        let below = folder.strip_prefix(self.home.join(OTHERS));
        match below.ok().and_then(Path::to_str) {
            Some(id) => id.to_owned(),
            None => FIRST.to_owned(),
        }
    }
}

/// True also where the key file is damaged: it is somebody's, and keeps nobody else from theirs.
fn is_made(folder: &Path) -> bool {
    !matches!(key::asks(folder), Ok(None))
}

/// Eight letters nobody guesses.
pub(crate) fn word(random: &mut (dyn Random + Send)) -> String {
    let mut bytes = [0_u8; 4];
    random.fill(&mut bytes);
    format!("{:08x}", u32::from_le_bytes(bytes))
}
