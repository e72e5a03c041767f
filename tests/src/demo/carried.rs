//! Work over the mountain: a file on somebody else's phone.

use anyhow::{anyhow, ensure};
use serde_json::Value;

use super::meeting::visit;
use super::person::Person;
use super::world::World;

fn export(person: &Person, file: &std::path::Path) -> anyhow::Result<Value> {
    person
        .app()?
        .export(file)
        .map_err(|error| anyhow!("{}: export: {}", person.name, error.code))
}

fn import(person: &Person, file: &std::path::Path) -> anyhow::Result<Value> {
    person
        .app()?
        .import(file)
        .map_err(|error| anyhow!("{}: import: {}", person.name, error.code))
}

pub(super) fn carried(world: &mut World) -> anyhow::Result<String> {
    let households = world.households();
    let far = world.let_in("Sua on the mountain", &world.member("Giàng Mỷ Sua")?)?;
    // A file is sealed to the devices its writer has heard of.
    world.lan.sync()?;
    // All it will ever have of the hub: what the office gave it on enrolment day, by file too.
    let first = world.home.join("first.toso");
    export(&world.lan, &first)?;
    import(&far, &first)?;
    let made = [
        visit(&far, world, &households[90])?,
        visit(&far, world, &households[91])?,
    ];
    let (there, back) = (world.home.join("there.toso"), world.home.join("back.toso"));
    let out = export(&far, &there)?;
    let taken = import(&world.lan, &there)?;
    for id in &made {
        ensure!(
            far.get(id)?["sync"] == "waiting",
            "kept before the hub has it"
        );
        world.lan.get(id)?;
    }
    world.sync_all()?;
    for id in &made {
        world.office.get(id)?;
        world.pao.get(id)?;
    }
    export(&world.lan, &back)?;
    import(&far, &back)?;
    for id in &made {
        ensure!(
            far.get(id)?["sync"] == "kept",
            "the receipt did not come back"
        );
    }
    Ok(format!(
        "{} bytes out, {} packs taken on Lan's phone, visits at the office; both `kept` on a phone that never called the hub again",
        out["bytes"], taken["packs"]
    ))
}
