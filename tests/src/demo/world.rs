//! The commune, its hub and its three devices, from nothing to ready for the day.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_store::Cost;

use super::hub::Hub;
use super::person::{Person, text};
use crate::commune::{Commune, HOUSEHOLDS, PEOPLE, Space};

/// The same commune each time.
const SEED: u64 = 2026;
/// What the three type. Written down here because nobody real is behind them.
pub const OFFICE_SECRET: &str = "mat khau van phong";
/// PIN of every invented phone.
pub const PIN: &str = "135790";

/// Hub, office, Lan and Páo, and what they know of each other.
#[derive(Debug)]
pub struct World {
    /// The meeting place.
    pub hub: Hub,
    /// Chị Hoa at the commune.
    pub office: Person,
    /// Lan of the first team.
    pub lan: Person,
    /// Páo of the first team.
    pub pao: Person,
    /// Who and what was invented.
    pub commune: Commune,
    /// The commune's space.
    pub space: String,
    /// The first team's space.
    pub team: String,
    /// Everything lies under it.
    pub home: PathBuf,
    /// What lines of the story leave for later ones.
    pub left: std::collections::BTreeMap<&'static str, String>,
    cost: Cost,
}

impl World {
    /// Makes it all in an empty folder.
    ///
    /// # Errors
    /// Any step that was refused.
    pub fn begin(
        home: &Path,
        program: &Path,
        cost: Cost,
        tell: &mut dyn FnMut(&str),
    ) -> anyhow::Result<Self> {
        let mut commune = Commune::invent(SEED);
        let hub = Hub::begin(program, home, &commune.name)?;
        tell(&format!("hub of {} at {}", commune.name, hub.url));
        let office = Person::new(
            &home.join("Hoa"),
            "Hoa",
            OFFICE_SECRET,
            &toso_app::machine(),
            cost,
        )?;
        let asked = enrol(&office, &hub, &hub.staff_code, OFFICE_SECRET)?;
        ensure!(
            asked["state"] == "active",
            "the first staff device waits: {asked}"
        );
        office.sync()?;
        let space = text(&office.done("space.list", json!({}))?, "/0/id")?;
        let began = Instant::now();
        fill(&office, &mut commune, &space, tell)?;
        let pushed = office.sync()?;
        ensure!(pushed["waiting"] == 0, "not all is kept: {pushed}");
        tell(&format!(
            "the office made {} records ({HOUSEHOLDS} households, {PEOPLE} people, 9 OCOP products) in {:.1} s; \
             last sync: {} changes in {} packs, {} requests, {} bytes up",
            commune.records.len(),
            began.elapsed().as_secs_f64(),
            pushed["pushed"]["changes"],
            pushed["pushed"]["packs"],
            pushed["requests"],
            pushed["bytes_up"],
        ));
        let mut world = Self {
            team: commune.space_id(Space::Team(0)).to_owned(),
            lan: Person::new(&home.join("none"), "none", "", "", cost)?,
            pao: Person::new(&home.join("none"), "none", "", "", cost)?,
            hub,
            office,
            commune,
            space,
            home: home.to_owned(),
            left: std::collections::BTreeMap::new(),
            cost,
        };
        for name in ["Lan", "Páo"] {
            let member = world
                .commune
                .actor(name)
                .context("nobody of that name")?
                .member
                .clone();
            let person = world.let_in(name, &member)?;
            let pulled = person.sync()?;
            tell(&format!(
                "{name} is let in and holds the team's work; sync: {} bytes down",
                pulled["bytes_down"]
            ));
            *(if name == "Lan" {
                &mut world.lan
            } else {
                &mut world.pao
            }) = person;
        }
        Ok(world)
    }

    /// The office lets a member's device in: invited, asked, compared, approved.
    ///
    /// # Errors
    /// Any step that was refused.
    pub fn let_in(&self, name: &str, member: &str) -> anyhow::Result<Person> {
        let invited = self.office.done(
            "member.invite",
            json!({ "member": member, "roles": ["member"], "teams": [self.team] }),
        )?;
        let person = Person::new(
            &self.home.join(name),
            name,
            PIN,
            &toso_app::machine(),
            self.cost,
        )?;
        let asked = enrol(&person, &self.hub, &text(&invited, "/code")?, PIN)?;
        ensure!(
            asked["state"] == "pending",
            "{name} needed no approval: {asked}"
        );
        self.office.done(
            "device.approve",
            json!({ "device": asked["device_id"], "check_number": asked["check_number"] }),
        )?;
        let state = person.done("enrol.state", json!({}))?;
        ensure!(state["state"] == "active", "{name} was not let in: {state}");
        Ok(person)
    }

    /// A member of the first team, by full name.
    ///
    /// # Errors
    /// Nobody is called so.
    pub fn member(&self, full_name: &str) -> anyhow::Result<String> {
        let found = self
            .commune
            .of_kind("member")
            .find(|record| record.fields.values().any(|value| value == full_name));
        Ok(found
            .with_context(|| format!("no member {full_name}"))?
            .id
            .clone())
    }

    /// Ids of the first team's households, in order of their making.
    #[must_use]
    pub fn households(&self) -> Vec<String> {
        self.commune
            .of_kind("household")
            .filter(|household| household.space == Space::Team(0))
            .map(|household| household.id.clone())
            .collect()
    }

    /// The three, by turns, until each holds what the others gave.
    ///
    /// # Errors
    /// An exchange failed.
    pub fn sync_all(&self) -> anyhow::Result<()> {
        for person in [&self.lan, &self.pao, &self.office, &self.lan, &self.pao] {
            person.sync()?;
        }
        Ok(())
    }
}

fn enrol(person: &Person, hub: &Hub, code: &str, pin: &str) -> anyhow::Result<Value> {
    person.done(
        "enrol.start",
        json!({ "url": hub.url, "code": code, "name": format!("Máy của {}", person.name), "pin": pin }),
    )
}

/// The invented records go in at the office. The hub's own commune space takes the place of the invented id.
fn fill(
    office: &Person,
    commune: &mut Commune,
    space: &str,
    tell: &mut dyn FnMut(&str),
) -> anyhow::Result<()> {
    let invented = std::mem::replace(&mut commune.id, space.to_owned());
    let all = commune.records.len();
    for number in 0..all {
        let record = &mut commune.records[number];
        if record.id == invented {
            space.clone_into(&mut record.id);
        }
        let fields = serde_json::to_string(&record.fields)?.replace(&invented, space);
        record.fields = serde_json::from_str(&fields)?;
        let record = &commune.records[number];
        let input = json!({ "space": commune.space_id(record.space), "kind": record.kind, "id": record.id,
            "fields": record.fields });
        office.done("record.create", input)?;
        if record.kind == "team" {
            // The hub opens a team's space when it learns of the team.
            office.sync()?;
        }
        if (number + 1) % 1_000 == 0 {
            tell(&format!("… {} of {all} records", number + 1));
        }
    }
    Ok(())
}
