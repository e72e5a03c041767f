//! One phone without a network: it is killed while it opens, while it saves, while it does nothing.

use crate::ledger::Ledger;
use crate::served::{Page, Served};
use crate::stand::{Stand, copy, is_sound};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use toso_domain::id::RecordId;
use toso_sync::key::Random;
use toso_tests::proof;
use toso_tests::sim::random::Dice;

/// Kills of a plain test.
const SHORT: u64 = 1_200;
/// After so many kills the phone is a new one: a list of thousands is another instrument's.
const PER_PHONE: u64 = 40;
/// It opens in about so many microseconds; once warm it saves four times in as long as `SAVES`.
const OPENS: usize = 60_000;
const SAVES: usize = 24_000;

#[test]
fn a_phone_that_dies_in_mid_save_still_has_what_it_said_is_saved() {
    let stand = Stand::new();
    let (mut kills, mut checked, mut ledger) = (0, 0, Ledger::default());
    let phone = stand.path("phone");
    for turn in proof::turns(SHORT) {
        if kills % PER_PHONE == 0 {
            checked += renew(&stand.lan, &phone, &mut ledger);
        }
        let mut dice = Dice::of(0x000a_10ae, turn);
        if let Err(what) = one(&phone, &stand.team, &mut ledger, &mut dice) {
            panic!(
                "turn {turn}: {what}; again: PROOF_FROM={turn} cargo nextest run -p toso-tests -E 'binary(kills)' mid_save"
            );
        }
        kills += 1;
    }
    checked += renew(&stand.lan, &phone, &mut ledger);
    proof::tell(
        "kills",
        &[("kills", kills), ("saves_checked", checked), ("lost", 0)],
    );
    println!("{kills} kills, {checked} saves looked for and found");
}

/// The last look at a phone, and a new one in its place. How many saves were checked on the old one.
fn renew(from: &Path, phone: &Path, ledger: &mut Ledger) -> u64 {
    if phone.exists() {
        let mut served = Served::start(phone);
        let mut page = served.page().unwrap();
        look(&mut page, ledger).unwrap();
        served.kill();
        is_sound(phone);
        std::fs::remove_dir_all(phone).unwrap();
    }
    copy(from, phone);
    std::mem::take(ledger).checked
}

fn look(page: &mut Page, ledger: &mut Ledger) -> Result<(), String> {
    let visits = page.visits();
    ledger.check(
        &visits
            .into_iter()
            .map(|(id, (note, _))| (id, note))
            .collect(),
    )
}

/// Opens, looks, saves until it is killed.
fn one(phone: &Path, team: &str, ledger: &mut Ledger, dice: &mut Dice) -> Result<(), String> {
    let mut served = Served::start(phone);
    if dice.chance(45) {
        std::thread::sleep(Duration::from_micros(dice.below(OPENS) as u64));
        served.kill();
        return Ok(());
    }
    let mut page = served.page().ok_or("it does not open")?;
    look(&mut page, ledger)?;
    // The first save makes ready what the others use: nearly every kill would hit that and no write.
    save_one(&mut page, team, ledger, dice)?;
    let moment = Duration::from_micros(dice.below(SAVES) as u64);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(moment);
            served.kill();
        });
        save(&mut page, team, ledger, dice)
    })
}

/// Saves, one after the other, until nobody answers.
fn save(page: &mut Page, team: &str, ledger: &mut Ledger, dice: &mut Dice) -> Result<(), String> {
    while save_one(page, team, ledger, dice)? {}
    Ok(())
}

/// A new visit, or another note in an old one; false when it was not answered.
fn save_one(
    page: &mut Page,
    team: &str,
    ledger: &mut Ledger,
    dice: &mut Dice,
) -> Result<bool, String> {
    let note = format!("ghi chú {}", dice.roll());
    let changed = ledger
        .any(dice.below(ledger.len()))
        .filter(|_| dice.chance(40));
    let (id, answer) = if let Some(id) = changed {
        ledger.tries(&id, &note);
        let input = json!({ "id": id, "patch": { "note": note } });
        (id, page.call("record.save", &input))
    } else {
        let id = new_id(dice);
        ledger.tries(&id, &note);
        let answer = page.call("record.create", &visit(team, &id, &note));
        (id, answer)
    };
    match answer {
        Some(Ok(_)) => ledger.saved(&id, &note),
        Some(Err(error)) => return Err(format!("a save was refused: {error}")),
        None => return Ok(false),
    }
    Ok(true)
}

/// An id that no other turn draws.
pub fn new_id(dice: &mut Dice) -> String {
    let mut random = [0; 10];
    dice.fill(&mut random);
    RecordId::v7(1_795_000_000_000, random).to_string()
}

/// What `record.create` takes.
pub fn visit(team: &str, id: &str, note: &str) -> serde_json::Value {
    json!({ "space": team, "kind": "visit", "id": id, "fields":
        { "day": "2026-11-20", "contact": "gap_chu_ho", "note": note } })
}

/// The lock is the file's, so that a program that was killed leaves none.
#[test]
fn a_second_program_on_a_served_profile_is_told_so() {
    let stand = Stand::new();
    let mut served = Served::start(&stand.lan);
    let mut page = served.page().unwrap();
    let second = || {
        let mut command = std::process::Command::new(toso_tests::binary::program("toso"));
        command
            .arg("--profile")
            .arg(&stand.lan)
            .args(["call", "space.list"]);
        command
            .env("TOSO_PIN", toso_tests::demo::PIN)
            .output()
            .unwrap()
    };
    let told = second();
    assert_eq!(told.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&told.stderr).contains("\"profile_in_use\""),
        "{told:?}"
    );
    page.done("space.list", &json!({}));
    served.kill();
    assert!(second().status.success());
}
