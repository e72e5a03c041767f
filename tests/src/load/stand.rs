//! The hub, its office, and a commune of many teams with their devices.

use crate::device::{Asking, Device, patient, told};
use crate::{A_DAY, DAYS};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::runtime::Runtime;
use toso_domain::id::SpaceId;
use toso_tests::binary::root;
use toso_tests::demo::{Hub, OFFICE_SECRET, Person};
use toso_tests::quick::QUICK;

/// Devices of one team.
const TEAM: usize = 10;

pub(crate) struct Stand {
    hub: Hub,
    office: Person,
    commune: SpaceId,
    /// Each with the space it works in.
    pub(crate) devices: Vec<(SpaceId, Device)>,
}

/// The hub's program, built as this one is.
fn program() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.parent().context("no folder")?;
    let path = folder.join("toso-hub");
    if !path.exists() {
        let mut build = Command::new("cargo");
        build.current_dir(root());
        build.args(["build", "-q", "--locked", "--bin", "toso-hub"]);
        if folder.ends_with("release") {
            build.arg("--release");
        }
        ensure!(build.status()?.success(), "toso-hub does not build");
    }
    Ok(path)
}

impl Stand {
    pub(crate) fn new(home: &Path, runtime: &Runtime, count: usize) -> anyhow::Result<Self> {
        let hub = Hub::begin(&program()?, home, "Xã Mường Lống")?;
        let folder = home.join("office");
        let office = Person::new(
            &folder,
            "office",
            OFFICE_SECRET,
            &toso_app::machine(),
            QUICK,
        )?;
        let input =
            json!({ "url": hub.url, "code": hub.staff_code, "name": "Máy", "pin": OFFICE_SECRET });
        office.done("enrol.start", input)?;
        office.sync()?;
        let spaces = office.done("space.list", json!({}))?;
        let commune = text(&spaces, "/0/id")?;
        let unit = json!({ "name": "Xã Mường Lống", "unit_kind": "xa" });
        let input = json!({ "space": commune, "kind": "unit", "id": commune, "fields": unit });
        office.done("record.create", input)?;
        let mut stand = Self {
            hub,
            office,
            commune: commune.parse()?,
            devices: Vec::new(),
        };
        let mut teams = Vec::new();
        for n in 0..count.div_ceil(TEAM) {
            let fields =
                json!({ "name": format!("Tổ {n}"), "team_kind": "cap_thon", "unit": commune });
            teams.push(stand.office.create(&commune, "team", fields)?);
        }
        let fields = json!({ "full_name": "Vừ A Páo" });
        let member = stand.office.create(&commune, "member", fields)?;
        stand.office.sync()?;
        for n in 0..count {
            let team = teams.get(n / TEAM).context("no team")?;
            let input = json!({ "member": member, "roles": ["member"], "teams": [team] });
            let device = stand.lets_in(runtime, input, &[stand.commune, team.parse()?])?;
            stand.devices.push((team.parse()?, device));
        }
        Ok(stand)
    }

    fn lets_in(
        &self,
        runtime: &Runtime,
        invite: Value,
        spaces: &[SpaceId],
    ) -> anyhow::Result<Device> {
        let invited = self.office.done("member.invite", invite)?;
        let code = text(&invited, "/code")?;
        let asking = runtime.block_on(Asking::new(&self.hub.url, &code))?;
        let input = json!({ "device": asking.name(), "check_number": asking.check_number });
        self.office.done("device.approve", input)?;
        let mut device = runtime.block_on(asking.begins(spaces.to_vec()))?;
        let synced = runtime.block_on(patient(async || device.syncs().await));
        synced.map_err(|e| told(&e))?;
        Ok(device)
    }

    /// Three days' work without a network.
    pub(crate) fn go_out(&mut self) -> anyhow::Result<()> {
        for (team, device) in &mut self.devices {
            device.writes(*team, DAYS * A_DAY)?;
        }
        Ok(())
    }

    /// Memory of the hub's process, kB.
    pub(crate) fn hub_kb(&self) -> anyhow::Result<u64> {
        resident(self.hub.pid().context("the hub ended")?)
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.hub.pid()
    }

    /// How many records were written, and how many a device that comes new to each team does not find.
    pub(crate) fn lost(&self, runtime: &Runtime) -> anyhow::Result<(usize, usize)> {
        let fields = json!({ "full_name": "Vừ Y Mai" });
        let commune = self.commune.to_string();
        let member = self.office.create(&commune, "member", fields)?;
        let (mut written, mut lost) = (0, 0);
        for crowd in self.devices.chunks(TEAM) {
            let (team, _) = crowd.first().context("a team of nobody")?;
            let input = json!({ "member": member, "roles": ["member"], "teams": [team] });
            let new = self.lets_in(runtime, input, &[self.commune, *team])?;
            for id in crowd.iter().flat_map(|(_, device)| &device.written) {
                written += 1;
                lost += usize::from(!new.holds(*team, *id));
            }
        }
        Ok((written, lost))
    }
}

/// Memory of a process, kB.
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let line = line.context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

fn text(answer: &Value, at: &str) -> anyhow::Result<String> {
    let found = answer.pointer(at).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {at}"))?.to_owned())
}
