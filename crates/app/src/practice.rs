//! Practice: a commune of invented people in a sealed store of its own, in which everything may be tried. Its key is written
//! down nowhere: what was tried is gone when practice ends, however it ends. Nothing of it can reach a hub.
//!
//! An office that is there for a moment only writes the commune down and hands it over as a carried file; from then on the
//! profile is a member's device like any other, with the same rights and the same checks.

use crate::app::{Desk, Inner};
use crate::call::assign::{self, AssignMany};
use crate::call::record::{self, Create};
use crate::clock::bytes10;
use crate::device::name;
use crate::error::{CallError, Called};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::time::LocalDate;
use toso_store::{DatabaseKey, StoreError};
use toso_sync::carried::{self, To};
use toso_sync::key::Secret;
use toso_sync::ruling::{Body, Certificate, Id16, Role, Ruling};

const FOLDER: &str = "practice";
/// What the profile speaks to: no address, so that nothing is ever asked of it.
const NOBODY: &[u8] = b"practice:";
const VILLAGE: &str = include_str!("practice/village.json");

/// The invented commune; names that begin with `@` stand for ids and days.
#[derive(Deserialize)]
struct Village {
    commune: Vec<Line>,
    team: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    id: RecordId,
    kind: String,
    fields: Map<String, Value>,
}

/// Practice under way.
pub(crate) struct Practice {
    /// The profile that is come back to.
    pub(crate) before: PathBuf,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.device = None;
        self.end_practice();
    }
}

impl Inner {
    /// Locks the profile and opens an invented one. Errors: `disk_full`, `read_only`, faults of the store.
    pub(crate) fn practise(&mut self) -> Called<()> {
        self.lock();
        self.clear_practice();
        let folder = self
            .home
            .join(FOLDER)
            .join(crate::home::word(self.random.as_mut()));
        let before = self.folder.clone();
        self.practice = Some(Practice { before });
        let begun = self.begin(&folder);
        if begun.is_err() {
            self.lock();
        }
        begun
    }

    /// Ends practice if it is under way; part of every lock.
    pub(crate) fn end_practice(&mut self) {
        if let Some(practice) = self.practice.take() {
            self.folder = practice.before;
            self.clear_practice();
        }
    }

    /// What is left of practice nobody can read any more: its key is gone.
    pub(crate) fn clear_practice(&self) {
        drop(std::fs::remove_dir_all(self.home.join(FOLDER)));
    }

    fn begin(&mut self, folder: &std::path::Path) -> Called<()> {
        let authority = Secret::from_bytes(&self.random.bytes32());
        let names = self.names();
        let id = |name: &str| {
            let text = names.get(name).map(String::as_str).unwrap_or_default();
            text.parse::<RecordId>()
                .map_err(|_| CallError::new("internal"))
        };
        let commune = SpaceId::from(id("@commune")?);
        let (office, office_key) = self.device_at(&folder.join("office"))?;
        let (mine, key) = self.device_at(&folder.join("mine"))?;
        let now = self.clock.now();
        let certificate = |device, member, roles, all_spaces, spaces| {
            let body = Body::Certificate(Certificate {
                device,
                member: Id16::from(member),
                roles,
                spaces,
                all_spaces,
                expires: i64::MAX,
                issued: now,
                name: String::new(),
            });
            Ruling::sign(&authority, &body).bytes
        };
        let own = vec![Id16::from(commune), Id16::from(id("@team")?)];
        let rulings = vec![
            certificate(office, id("@mate")?, vec![Role::Staff], true, Vec::new()),
            certificate(mine, id("@me")?, vec![Role::Member, Role::Lead], false, own),
        ];
        let mut file = Vec::new();
        self.join(
            &folder.join("office"),
            &office_key,
            &authority,
            commune,
            &rulings,
        )?;
        self.desk(|desk| write(desk, &names, commune, &mut file))?;
        self.join(&folder.join("mine"), &key, &authority, commune, &rulings)?;
        self.desk(|desk| {
            let copy = &mut desk.device.copy;
            let all = |_: &toso_sync::replica::Replica<_>, _| true;
            carried::import(copy, &all, &mut file.as_slice(), desk.now)?;
            let at = desk.now.to_be_bytes();
            desk.device.set(&[(name::LAST_OK, &at)])
        })
    }

    /// A new device in a folder of its own, known by nobody yet, and the key of its store.
    fn device_at(
        &mut self,
        folder: &std::path::Path,
    ) -> Called<(toso_sync::id::DeviceKey, DatabaseKey)> {
        std::fs::create_dir_all(folder).map_err(StoreError::from)?;
        folder.clone_into(&mut self.folder);
        let key = DatabaseKey::random()?;
        self.device = None;
        self.start(&key)?;
        let device = self.desk(|desk| Ok(desk.device.secret.device()))?;
        Ok((device, key))
    }

    /// Opens it as a device of the invented commune.
    fn join(
        &mut self,
        folder: &std::path::Path,
        key: &DatabaseKey,
        authority: &Secret,
        commune: SpaceId,
        rulings: &[Vec<u8>],
    ) -> Called<()> {
        self.device = None;
        folder.clone_into(&mut self.folder);
        self.start(key)?;
        self.desk(|desk| {
            desk.device.set(&[
                (name::HUB_URL, NOBODY),
                (name::HUB_AUTHORITY, &authority.hub().0),
                (name::COMMUNE, &commune.as_bytes()[..]),
            ])
        })?;
        // Opened anew, the copy trusts the authority it has just learned of.
        self.device = None;
        self.start(key)?;
        self.desk(|desk| crate::call::enrol::take(desk, rulings).map(drop))
    }

    /// An id for each name of the invented commune, and the days it speaks of.
    fn names(&mut self) -> BTreeMap<String, String> {
        let now = self.clock.now();
        let today = LocalDate::from_millis(now);
        let mut names = BTreeMap::new();
        for word in VILLAGE.split('"').filter(|word| word.starts_with('@')) {
            let value = match word
                .strip_prefix("@day-")
                .and_then(|back| back.parse::<i64>().ok())
            {
                Some(back) => today.plus_days(-back).to_string(),
                None => RecordId::v7(now, bytes10(self.random.as_mut())).to_string(),
            };
            names.entry(word.to_owned()).or_insert(value);
        }
        names
    }
}

/// Writes the commune down, and out for the member's device.
fn write(
    desk: &mut Desk<'_>,
    names: &BTreeMap<String, String>,
    commune: SpaceId,
    file: &mut Vec<u8>,
) -> Called<()> {
    let mut text = VILLAGE.to_owned();
    for (name, value) in names {
        text = text.replace(&format!("\"{name}\""), &format!("\"{value}\""));
    }
    let village: Village = serde_json::from_str(&text).map_err(|_| CallError::new("internal"))?;
    let named = |name: &str| names.get(name).cloned().unwrap_or_default();
    let team: RecordId = named("@team")
        .parse()
        .map_err(|_| CallError::new("internal"))?;
    let homes: Vec<RecordId> = village
        .team
        .iter()
        .filter(|line| line.kind == "household")
        .map(|line| line.id)
        .collect();
    for (space, lines) in [(commune, village.commune), (team.into(), village.team)] {
        let lines = lines.into_iter().map(|line| Create {
            space,
            kind: line.kind,
            fields: line.fields,
            id: Some(line.id),
        });
        record::create_all(desk, lines.collect())?;
    }
    let given = json!({ "households": homes, "members": [named("@me")], "how": "set" });
    let given: AssignMany =
        serde_json::from_value(given).map_err(|_| CallError::new("internal"))?;
    assign::many(desk, given)?;
    let spaces = [commune, team.into()];
    for space in spaces {
        desk.device.copy.seal(space, desk.now, desk.random)?;
    }
    carried::export(&mut desk.device.copy, &spaces, To::Devices, file)?;
    Ok(())
}
