//! What a demo that is left for a person shows at first sight: a list of one's own, somebody who waits, work that is kept.

use anyhow::Context;
use serde_json::json;
use toso_domain::time::LocalDate;

use super::meeting;
use super::world::World;

/// Households Lan looks after, the first of the team's.
const HERS: usize = 14;
/// Visits: of which household, how many days ago, in how many days again (counted from the visit).
const VISITS: [(usize, i64, Option<i64>); 6] = [
    (0, 12, Some(10)),
    (2, 9, Some(6)),
    (5, 7, Some(7)),
    (6, 4, None),
    (9, 2, Some(5)),
    (11, 1, None),
];

/// The office gives households to both, Lan was at six doors and helped at every other of them; all have it.
pub(super) fn before(world: &mut World, today: LocalDate) -> anyhow::Result<String> {
    let his = meeting::assign(world)?.len();
    let lan = world.commune.actor("Lan").context("no Lan")?.member.clone();
    let hers: Vec<String> = world.households().into_iter().take(HERS).collect();
    let given = json!({ "households": hers, "members": [lan], "how": "set" });
    world.office.done("assign.many", given)?;
    world.office.sync()?;
    world.lan.sync()?;
    for (number, (door, ago, again)) in VISITS.into_iter().enumerate() {
        let household = hers.get(door).context("no such door")?;
        let day = today.plus_days(-ago);
        let mut visit = json!({ "household": household, "day": day, "contact": "gap_chu_ho", "members": [lan],
            "topics": ["dvc", "vneid"] });
        if let Some(days) = again {
            visit["next_visit_on"] = json!(day.plus_days(days));
        }
        let visit = world.lan.create(&world.team, "visit", visit)?;
        if number % 2 == 0 {
            help(world, household, &visit, day, &lan)?;
        }
    }
    world.sync_all()?;
    Ok(format!(
        "the office assigned {HERS} households to Lan and {his} to Páo; Lan was at {} doors",
        VISITS.len()
    ))
}

fn help(
    world: &World,
    household: &str,
    visit: &str,
    day: LocalDate,
    member: &str,
) -> anyhow::Result<()> {
    let fields = json!({ "household": household, "visit": visit, "day": day, "category": "vneid_tao",
        "outcome": "tu_lam_duoc", "members": [member] });
    world.lan.create(&world.team, "assistance", fields)?;
    Ok(())
}
