//! What befalls a phone's files: put back from an older copy, copied onto a second phone.

use anyhow::ensure;
use serde_json::json;

use super::meeting::visit;
use super::person::copy_folder;
use super::world::World;

pub(super) fn put_back(world: &mut World) -> anyhow::Result<String> {
    let households = world.households();
    world.sync_all()?;
    let older = world.home.join("Páo of yesterday");
    world.pao.close();
    copy_folder(&world.pao.folder, &older)?;
    world.pao.open()?;
    let synced = visit(&world.pao, world, &households[70])?;
    world.pao.sync()?;
    let unsynced = visit(&world.pao, world, &households[71])?;
    let before = world.pao.notices()?;

    world.pao.close();
    std::fs::remove_dir_all(&world.pao.folder)?;
    copy_folder(&older, &world.pao.folder)?;
    world.pao.open()?;
    let next = visit(&world.pao, world, &households[72])?;
    world.sync_all()?;
    world.pao.get(&synced)?;
    world
        .pao
        .refused("record.get", json!({ "id": unsynced }), "not_found")?;
    let told: Vec<String> = world
        .pao
        .notices()?
        .into_iter()
        .filter(|code| !before.contains(code))
        .collect();
    ensure!(
        told.iter().any(|code| code == "behind"),
        "Páo is not told that work is lost: {told:?}"
    );
    ensure!(
        world.pao.get(&next)?["sync"] == "kept",
        "the next save is not kept"
    );
    for person in [&world.office, &world.lan] {
        person.get(&synced)?;
        person.get(&next)?;
    }
    Ok(format!(
        "what was synced is back, what was not is told ({}), the next save is kept and everywhere",
        told.join(", ")
    ))
}

pub(super) fn cloned(world: &mut World) -> anyhow::Result<String> {
    let households = world.households();
    world.sync_all()?;
    let folder = world.home.join("Lan's second phone");
    let clone = world.lan.clone_onto(&folder)?;
    let mut made = vec![
        visit(&world.lan, world, &households[80])?,
        visit(&clone, world, &households[81])?,
    ];
    world.lan.sync()?;
    clone.sync()?;
    made.push(visit(&world.lan, world, &households[82])?);
    made.push(visit(&clone, world, &households[83])?);
    clone.sync()?;
    world.sync_all()?;
    clone.sync()?;
    world.sync_all()?;
    for person in [&world.office, &world.lan, &world.pao, &clone] {
        for id in &made {
            person.get(id)?;
        }
        let status = person.done("sync.status", json!({}))?;
        ensure!(status["waiting"] == 0, "{}: {status}", person.name);
    }
    Ok(format!(
        "{} visits by two phones with one key, twice by turns; all on all four devices, nothing waits",
        made.len()
    ))
}
