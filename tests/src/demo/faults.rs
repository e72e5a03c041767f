//! What befalls the hub: killed in the middle, restored from an old backup.

use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_app::call;

use super::meeting::visit;
use super::person::text;
use super::world::World;

/// Visits waiting when the hub is killed.
const WAITING: usize = 40;
/// Kills, each a little later into an exchange than the last.
const KILLS: u32 = 9;

pub(super) fn killed(world: &mut World) -> anyhow::Result<String> {
    let households = world.households();
    let mut made = Vec::new();
    let mut save = |world: &World| -> anyhow::Result<()> {
        for household in households.iter().take(WAITING) {
            made.push(visit(&world.lan, world, household)?);
        }
        Ok(())
    };
    // A whole exchange first, to know where its middle is.
    save(world)?;
    let began = Instant::now();
    world.lan.sync()?;
    let whole = began.elapsed();
    let mut cut = 0;
    for part in 1..=KILLS {
        save(world)?;
        let lan = world.lan.app()?;
        let hub = &mut world.hub;
        let told = std::thread::scope(|scope| -> anyhow::Result<_> {
            let exchange = scope.spawn(|| call(lan, "sync.run", json!({})));
            std::thread::sleep(whole * part / (KILLS + 1));
            hub.kill()?;
            exchange
                .join()
                .map_err(|_| anyhow::anyhow!("the exchange panicked"))
        })?;
        hub.serve()?;
        if let Err(error) = told {
            let code = error.code;
            ensure!(code == "offline", "the cut exchange answered {code}");
            cut += 1;
        }
    }
    ensure!(cut > 0, "no exchange was hit by {KILLS} kills");
    world.sync_all()?;
    for id in &made {
        ensure!(world.lan.get(id)?["sync"] == "kept", "a visit is not kept");
        world.office.get(id)?;
    }
    Ok(format!(
        "killed {KILLS} times, spread over the {} ms an exchange of {WAITING} visits takes; {cut} exchanges were cut and answered `offline`; back up, all {} visits kept and at the office",
        whole.as_millis(),
        made.len()
    ))
}

pub(super) fn restored(world: &mut World) -> anyhow::Result<String> {
    let households = world.households();
    let (khun, citizen) = (world.member("Quàng Văn Khun")?, &households[60]);
    let lost = world.let_in("Khun", &khun)?;
    lost.sync()?;
    let backup = world.home.join("hub.backup");
    world.hub.backup(&backup)?;

    let kept = visit(&world.lan, world, &households[61])?;
    let last = visit(&lost, world, &households[62])?;
    lost.sync()?;
    world.sync_all()?;
    let device = text(&lost.done("profile.state", json!({}))?, "/device_id")?;
    let revoke = json!({ "device": device, "reason": "mất máy" });
    world.office.done("device.revoke", revoke)?;
    world
        .office
        .done("record.purge", json!({ "id": citizen }))?;
    world.sync_all()?;
    let late = visit(&lost, world, &households[63])?;

    world.hub.stop()?;
    world
        .hub
        .restore(&backup, &world.home.join("hub-restored"))?;
    // The office's next exchange gives the hub back what it signed and forgot; then the lost phone tries again.
    world.office.sync()?;
    let first = call(lost.app()?, "sync.run", json!({}));
    world.sync_all()?;
    let fresh = world.let_in("Sua", &world.member("Giàng Mỷ Sua")?)?;
    fresh.sync()?;
    world.sync_all()?;
    for person in [&world.office, &world.lan, &world.pao, &fresh] {
        person.get(&kept)?;
        person.get(&last)?;
        for (id, what) in [
            (citizen, "the purged household"),
            (&late, "the revoked phone's late visit"),
        ] {
            person
                .refused("record.get", json!({ "id": id }), "not_found")
                .with_context(|| format!("{what} is back"))?;
        }
    }
    let devices = world.office.done("device.list", json!({}))?;
    let its = devices
        .as_array()
        .and_then(|all| all.iter().find(|one| one.to_string().contains(&device)));
    let its = its.context("the hub forgot the device")?;
    ensure!(
        its.to_string().contains("revoked"),
        "not revoked any more: {its}"
    );
    // It may still hand in what it has, is given nothing, and shows nothing any more.
    visit(&world.lan, world, &households[64])?;
    world.sync_all()?;
    let after = call(lost.app()?, "sync.run", json!({}));
    if let Ok(told) = &after {
        ensure!(told["pulled"]["packs"] == 0, "it was given packs: {told}");
    }
    lost.refused("record.get", json!({ "id": last }), "revoked")?;
    lost.refused("search", json!({ "text": "lo" }), "revoked")?;
    let fields =
        json!({ "household": households[65], "day": "2026-11-20", "contact": "gap_chu_ho" });
    let input = json!({ "space": world.team, "kind": "visit", "fields": fields });
    lost.refused("record.create", input, "revoked")?;
    world
        .office
        .refused("record.get", json!({ "id": late }), "not_found")?;
    let word = |told: &Result<Value, toso_app::CallError>| {
        told.as_ref()
            .map_or_else(|e| e.code.clone(), |_| "done".to_owned())
    };
    Ok(format!(
        "two visits newer than the backup are back, on a phone enrolled after it too; the revoked phone's exchanges end `{}` and `{}`: its late work counts nowhere, it is given nothing new, shows nothing and may not write (`revoked`); the purged household is nowhere",
        word(&first),
        word(&after)
    ))
}
