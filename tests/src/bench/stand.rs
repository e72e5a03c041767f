//! What every row stands on: a real hub, a proxy before it, the office and devices with real files.

pub(super) use crate::quick::QUICK;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_domain::id::SpaceId;
use toso_store::Cost;

use super::Bench;
use super::proxy::Proxy;
use super::row::Figures;
use crate::demo::{Hub, OFFICE_SECRET, PIN, Person};
use crate::village::team;

/// A hub with one team, and the way to it.
#[derive(Debug)]
pub(super) struct Stand {
    /// The hub's program.
    pub(super) hub: Hub,
    /// Counts what devices and hub say to each other.
    pub(super) proxy: Proxy,
    /// The office; it speaks to the hub past the proxy.
    pub(super) office: Person,
    /// The commune's space.
    pub(super) commune: String,
    home: std::path::PathBuf,
}

impl Stand {
    /// A hub and an office that knows of one team, in an empty folder.
    ///
    /// # Errors
    /// A step was refused.
    pub(super) fn begin(bench: &Bench, home: &Path) -> anyhow::Result<Self> {
        let stand = Self::bare(bench, home, &home.join("office"))?;
        let space = &stand.commune;
        let unit = json!({ "name": "Xã Mường Khằm", "unit_kind": "xa" });
        let told = json!({ "space": space, "kind": "unit", "id": space, "fields": unit });
        stand.office.done("record.create", told)?;
        let fields = json!({ "name": "Tổ Huồi Tụ", "team_kind": "cap_thon", "unit": space });
        let told = json!({ "space": space, "kind": "team", "id": team(), "fields": fields });
        stand.office.done("record.create", told)?;
        stand.office.sync()?;
        Ok(stand)
    }

    /// A hub and an office that has made nothing yet, its profile in `office`.
    ///
    /// # Errors
    /// A step was refused.
    pub(super) fn bare(bench: &Bench, home: &Path, office: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(home)?;
        let hub = Hub::begin(&bench.hub, home, "Xã Mường Khằm")?;
        let proxy = Proxy::before(&hub.url)?;
        let office = Person::new(office, "Hoa", OFFICE_SECRET, &toso_app::machine(), QUICK)?;
        let asked = enrol(&office, &hub.url, &hub.staff_code, OFFICE_SECRET)?;
        ensure!(asked["state"] == "active", "the office waits: {asked}");
        office.sync()?;
        let spaces = office.done("space.list", json!({}))?;
        let commune = spaces[0]["id"].as_str().context("no commune")?.to_owned();
        Ok(Self {
            hub,
            proxy,
            office,
            commune,
            home: home.to_owned(),
        })
    }

    /// A member's phone in a folder of its own, let in through the proxy.
    ///
    /// # Errors
    /// A step was refused.
    pub(super) fn phone(&self, name: &str) -> anyhow::Result<Person> {
        let fields = json!({ "full_name": name });
        let made = self.office.create(&self.commune, "member", fields)?;
        let rights = json!({ "member": made, "roles": ["member"], "teams": [team()] });
        let folder = self.home.join(name);
        self.let_in(&folder, name, &rights, &self.proxy.url, (PIN, QUICK))
    }

    /// A second PC of the office, let in through the proxy.
    ///
    /// # Errors
    /// A step was refused.
    pub(super) fn staff_pc(&self, name: &str, cost: Cost) -> anyhow::Result<Person> {
        let fields = json!({ "full_name": name });
        let made = self.office.create(&self.commune, "member", fields)?;
        let rights = json!({ "member": made, "roles": ["staff"], "teams": [] });
        let folder = self.home.join(name);
        self.let_in(
            &folder,
            name,
            &rights,
            &self.proxy.url,
            (OFFICE_SECRET, cost),
        )
    }

    /// Lets a device in with these rights.
    ///
    /// # Errors
    /// A step was refused.
    pub(super) fn let_in(
        &self,
        folder: &Path,
        name: &str,
        rights: &Value,
        url: &str,
        (secret, cost): (&str, Cost),
    ) -> anyhow::Result<Person> {
        let invited = self.office.done("member.invite", rights.clone())?;
        let person = Person::new(folder, name, secret, &toso_app::machine(), cost)?;
        let code = invited["code"].as_str().context("no code")?;
        let asked = enrol(&person, url, code, secret)?;
        let told = json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
        self.office.done("device.approve", told)?;
        person.done("enrol.state", json!({}))?;
        Ok(person)
    }

    /// One exchange of a device, timed and counted; it must leave nothing waiting and refuse nothing.
    ///
    /// # Errors
    /// The exchange failed.
    pub(super) fn exchange(&self, person: &Person) -> anyhow::Result<Figures> {
        self.proxy.begin();
        let began = Instant::now();
        let told = person.sync()?;
        let counted = self.proxy.counted(began.elapsed().as_secs_f64());
        let clean = told["waiting"] == 0 && told["refused"] == json!([]);
        ensure!(
            clean && told["not_taken"] == json!({}),
            "not all is kept: {told}"
        );
        Ok(counted)
    }
}

fn enrol(person: &Person, url: &str, code: &str, secret: &str) -> anyhow::Result<Value> {
    let name = format!("Máy của {}", person.name);
    person.done(
        "enrol.start",
        json!({ "url": url, "code": code, "name": name, "pin": secret }),
    )
}

/// Two devices hold the same history of a space and show the same of it.
///
/// # Errors
/// They do not, or hold fewer than `least` records.
pub(super) fn same(
    one: &Person,
    other: &Person,
    space: SpaceId,
    least: usize,
) -> anyhow::Result<()> {
    let hashes = |person: &Person| person.app()?.document_hashes(space).map_err(said);
    let shown = |person: &Person| person.app()?.view_hash(space).map_err(said);
    let held = hashes(one)?;
    ensure!(held.len() >= least, "only {} records", held.len());
    ensure!(held == hashes(other)?, "histories differ");
    ensure!(shown(one)? == shown(other)?, "what is shown differs");
    Ok(())
}

fn said(error: toso_app::CallError) -> anyhow::Error {
    anyhow::anyhow!("{}", error.code)
}
