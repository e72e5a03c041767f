//! The day: assigned, apart, together.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_domain::catalog;

use super::equal::Seen;
use super::person::{Person, text};
use super::world::World;
use crate::commune::Space;

/// Number of the household both edit, among the team's.
const EDITED: usize = 3;

/// A code of a catalog.
pub(super) fn code(name: &str) -> anyhow::Result<String> {
    let found = catalog::all().iter().find(|(known, _)| *known == name);
    let items = found.with_context(|| format!("no catalog {name}"))?.1;
    Ok(items.first().context("an empty catalog")?.code.to_string())
}

/// A visit to a household.
pub(super) fn visit(person: &Person, world: &World, household: &str) -> anyhow::Result<String> {
    let fields = json!({ "household": household, "day": "2026-11-20", "contact": "gap_chu_ho" });
    person.create(&world.team, "visit", fields)
}

fn assistance(person: &Person, world: &World, household: &str) -> anyhow::Result<String> {
    let fields = json!({ "household": household, "day": "2026-11-20",
        "category": code("assistance_category")?, "outcome": code("outcome")? });
    person.create(&world.team, "assistance", fields)
}

pub(super) fn assign(world: &mut World) -> anyhow::Result<BTreeSet<String>> {
    let member = world.commune.actor("Páo").context("no Páo")?.member.clone();
    let households = world.households();
    let his: BTreeSet<String> = households.iter().skip(20).take(12).cloned().collect();
    for household in &his {
        let input = json!({ "household": household, "members": [member] });
        world.office.done("assign.set", input)?;
    }
    world.office.sync()?;
    world.pao.sync()?;
    Ok(his)
}

pub(super) fn assigned(world: &mut World) -> anyhow::Result<String> {
    let his = assign(world)?;
    let households = world.households();
    world.hub.stop()?;
    world.pao.refused("sync.run", json!({}), "offline")?;
    let mine = json!({ "kind": "household", "filter": { "assigned": "me" } });
    let page = world.pao.done("record.list", mine)?;
    let seen: BTreeSet<String> = page["items"]
        .as_array()
        .context("no items")?
        .iter()
        .map(|item| text(item, "/id"))
        .collect::<anyhow::Result<_>>()?;
    ensure!(
        seen == his,
        "Páo sees {} households, not his 12",
        seen.len()
    );
    Ok(format!(
        "{} of {} households on Páo's list, hub off",
        seen.len(),
        households.len()
    ))
}

pub(super) fn apart(world: &mut World) -> anyhow::Result<String> {
    let households = world.households();
    let edited = &households[EDITED];
    let mut made = Vec::new();
    for (number, household) in households.iter().take(5).enumerate() {
        let person = if number % 2 == 0 {
            &world.lan
        } else {
            &world.pao
        };
        made.push(visit(person, world, household)?);
        made.push(assistance(person, world, household)?);
    }
    world.lan.save(
        edited,
        json!({ "head_name": "Vừ Bá Chò", "phone": "0912 345 678" }),
    )?;
    world.pao.save(
        edited,
        json!({ "head_name": "Vừ Bá Trò", "address": "Đầu dốc" }),
    )?;
    let village = world.lan.get(edited)?["fields"]["village"].clone();
    for (person, key) in [(&world.lan, "Lan's new"), (&world.pao, "Páo's new")] {
        let fields =
            json!({ "head_name": "Giàng Thị Mẩy", "village": village, "cluster": "Khe Sanh" });
        let id = person.create(&world.team, "household", fields)?;
        world.left.insert(key, id.clone());
        made.push(id);
    }
    let product = world
        .commune
        .of_kind("ocop_product")
        .find(|product| product.space == Space::Team(0))
        .context("no product")?;
    let fields = json!({ "product": product.id, "platform": code("platform")?, "state": code("listing_state")?,
        "url": "https://example.vn/xoi-nep" });
    let listing = world.lan.create(&world.team, "listing", fields)?;
    world.left.insert("listing", listing.clone());
    made.push(listing);
    for person in [&world.lan, &world.pao] {
        person.refused("sync.run", json!({}), "offline")?;
        let status = person.done("sync.status", json!({}))?;
        ensure!(status["waiting"].as_u64() > Some(5), "{status}");
    }
    Ok(format!(
        "{} records made and one household edited by both; all waiting, sync answers `offline`",
        made.len()
    ))
}

pub(super) fn together(world: &mut World) -> anyhow::Result<String> {
    if world.hub.pid().is_none() {
        world.hub.serve()?;
    }
    world.sync_all()?;
    let mut told = Vec::new();
    for (name, space) in [
        ("commune", world.space.clone()),
        ("team 1", world.team.clone()),
    ] {
        let office = Seen::of(&world.office, &space)?;
        ensure!(
            office.view == office.rebuilt,
            "{name}: the office's rebuilt view differs from the one shown"
        );
        for person in [&world.lan, &world.pao] {
            office.same(&Seen::of(person, &space)?, &person.name)?;
        }
        let hits: usize = office
            .found
            .iter()
            .map(|f| f.as_array().map_or(0, Vec::len))
            .sum();
        let hash: String = office
            .rebuilt
            .iter()
            .take(4)
            .map(|b| format!("{b:02x}"))
            .collect();
        told.push(format!(
            "{name}: {} records and documents, {hits} search hits, rebuilt view {hash}…",
            office.documents.len()
        ));
    }
    for person in [&world.office, &world.lan, &world.pao] {
        let status = person.done("sync.status", json!({}))?;
        ensure!(
            status["waiting"] == 0 && status["refused"] == 0,
            "{}: {status}",
            person.name
        );
    }
    Ok(format!(
        "equal on three devices; {}; nothing waits",
        told.join("; ")
    ))
}

pub(super) fn clash(world: &mut World) -> anyhow::Result<String> {
    let id = &world.households()[EDITED];
    let members: BTreeSet<&str> = ["Lan", "Páo"]
        .iter()
        .filter_map(|name| world.commune.actor(name))
        .map(|actor| actor.member.as_str())
        .collect();
    for person in [&world.office, &world.lan, &world.pao] {
        let record = person.get(id)?;
        ensure!(
            record["fields"]["phone"] == "+84912345678",
            "{}: the phone is lost",
            person.name
        );
        ensure!(
            record["fields"]["address"] == "Đầu dốc",
            "{}: the address is lost",
            person.name
        );
        let clashes = person.done("clash.list", json!({}))?;
        let of_it = clashes
            .as_array()
            .and_then(|all| all.iter().find(|clash| clash["id"] == id.as_str()));
        let of_it = of_it.with_context(|| format!("{}: no clash: {clashes}", person.name))?;
        ensure!(of_it["field"] == "head_name", "{of_it}");
        let versions = of_it["values"].as_array().context("no values")?;
        let values: BTreeSet<&str> = versions
            .iter()
            .filter_map(|v| v["value"].as_str())
            .collect();
        ensure!(
            values == BTreeSet::from(["Vừ Bá Chò", "Vừ Bá Trò"]),
            "{values:?}"
        );
        let who: BTreeSet<&str> = versions
            .iter()
            .filter_map(|v| v["member"].as_str())
            .collect();
        ensure!(who == members, "{}: not by Lan and Páo", person.name);
        ensure!(
            versions
                .iter()
                .all(|v| v["at"].as_i64() > Some(1_700_000_000_000)),
            "no time"
        );
    }
    Ok(
        "two values by Lan and Páo with their times on all three; phone and address both there"
            .to_owned(),
    )
}

pub(super) fn duplicate(world: &mut World) -> anyhow::Result<String> {
    let both: BTreeSet<&str> = ["Lan's new", "Páo's new"]
        .iter()
        .map(|key| world.left[key].as_str())
        .collect();
    for person in [&world.office, &world.lan, &world.pao] {
        let likely = person.done("duplicate.list", json!({ "space": world.team }))?;
        let found = likely.as_array().context("no list")?.iter().any(|one| {
            let ids = one["records"]
                .as_array()
                .map(|all| all.iter().filter_map(|r| r["id"].as_str()).collect());
            ids == Some(both.clone())
        });
        ensure!(
            found,
            "{} does not find the pair among {}",
            person.name,
            likely.as_array().map_or(0, Vec::len)
        );
    }
    Ok("both ids in one pair on all three".to_owned())
}

pub(super) fn listing(world: &mut World) -> anyhow::Result<String> {
    let id = &world.left["listing"];
    world
        .pao
        .save(id, json!({ "url": "https://example.vn/xoi-nep-nuong" }))?;
    world.sync_all()?;
    for person in [&world.office, &world.lan, &world.pao] {
        let url = text(&person.get(id)?, "/fields/url")?;
        ensure!(
            url == "https://example.vn/xoi-nep-nuong",
            "{}: {url}",
            person.name
        );
    }
    Ok("the new link on all three".to_owned())
}

pub(super) fn settled(world: &mut World) -> anyhow::Result<String> {
    let id = &world.households()[EDITED];
    let input = json!({ "id": id, "field": "head_name", "value": "Vừ Bá Chò" });
    world.office.done("clash.settle", input)?;
    world.office.sync()?;
    world.sync_all()?;
    for person in [&world.office, &world.lan, &world.pao] {
        let record = person.get(id)?;
        ensure!(
            record["clashes"] == json!({}),
            "{}: still clashing",
            person.name
        );
        ensure!(
            record["fields"]["head_name"] == "Vừ Bá Chò",
            "{}: another name",
            person.name
        );
    }
    Ok("no clash and the same name on all three".to_owned())
}

pub(super) fn changed_meanwhile(world: &mut World) -> anyhow::Result<String> {
    let id = &world.households()[7];
    let seen = world.lan.get(id)?;
    world.office.save(id, json!({ "phone": "0987 654 321" }))?;
    world.office.sync()?;
    world.lan.sync()?;
    let input = json!({ "id": id, "rev": seen["rev"], "patch": { "phone": "0912 000 111", "address": "Bên suối" } });
    let error = world.lan.refused("record.save", input, "field_changed")?;
    let phone = error.detail.get("phone").cloned().unwrap_or(Value::Null);
    ensure!(
        phone["mine"] == "+84912000111" && phone["theirs"] == "+84987654321",
        "{phone}"
    );
    let now = world.lan.get(id)?;
    ensure!(now["fields"]["phone"] == "+84987654321", "overwritten");
    ensure!(
        now["fields"]["address"] == "Bên suối",
        "the other field was not saved"
    );
    Ok("`field_changed` with both values; the phone stands, the address is saved".to_owned())
}
