//! A commune lost its only staff device: the operator makes a code, once, and the trail says so.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use stand::process::{code, done, program, run};
use stand::{Phone, Stand, lan, pao};
use toso_hub::Listen;
use toso_hub::db::HubDb;
use toso_hub::folder::Folder;
use toso_sync::id::DeviceKey;

fn words(data: &std::path::Path) -> [String; 3] {
    let data = data.to_str().unwrap().to_owned();
    ["staff-code".to_owned(), "--data".to_owned(), data]
}

#[test]
fn the_operator_lets_a_new_office_in_and_it_revokes_the_lost_one() {
    let mut stand = Stand::new();
    let mut lost = lan(&stand);
    pao(&stand, &mut lost);
    let words = words(&stand.data());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(code(&run(&words)), "in_use", "the hub serves");
    stand.stop();
    let told = done(&words);
    let typed = told["staff_code"].as_str().unwrap();
    let expires = told["expires"].as_i64().unwrap();
    assert!(expires > toso_hub::clock::machine()() + 59 * 60_000);
    assert!(!stand::leaks(&stand.data(), typed.as_bytes()));
    // The program keeps the machine's time; the hub of this story must not think that the code has long ended.
    stand
        .time
        .store(expires - 30 * 60_000, std::sync::atomic::Ordering::SeqCst);
    stand.start(Listen::default());
    let mut again = Phone::new();
    assert_eq!(again.enrol(&stand, typed).unwrap(), "active");
    again.open(&stand).unwrap();
    let mut thief = Phone::new();
    assert_eq!(thief.enrol(&stand, typed).unwrap_err(), "code_used");
    let revoke = serde_json::json!({ "device": lost.name(), "reason": "mất máy" });
    let told = again.staff(&stand, "device.revoke", revoke).unwrap();
    assert_eq!(told["state"], "revoked");
    stand.stop();
    let folder = Folder::new(&stand.data());
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    let trail = db.audited().unwrap();
    let made: Vec<_> = trail.iter().filter(|l| l.action == "staff-code").collect();
    assert_eq!(made.len(), 1);
    assert_eq!(
        (made[0].actor, &*made[0].result),
        (DeviceKey([0; 32]), "ok")
    );
    assert!(
        !made[0].object.contains(typed),
        "the code is nowhere but on the screen"
    );
    drop(db);
    stand.start(Listen::default());
}

#[test]
fn a_code_may_be_for_a_member_who_has_a_record_and_for_nobody_else() {
    let mut stand = Stand::new();
    let mut office = lan(&stand);
    let commune = office.commune.unwrap();
    let member = office.write(&stand, commune, "member", "Vừ Thị Hoa");
    let team = office.write(&stand, commune, "team", "Tổ 1");
    office.sync(&stand, &[commune]).unwrap();
    stand.stop();
    let data = words(&stand.data());
    let ask = |member: &str| {
        let mut command = program();
        command.args(&data).args(["--member", member]);
        command.output().unwrap()
    };
    let told = ask(&member.to_string());
    let told = stand::process::told(&told);
    assert_eq!(told["member"], member.to_string());
    assert_eq!(code(&ask(&team.to_string())), "no_such_member");
    assert_eq!(ask("somebody").status.code(), Some(2));
    let empty = tempfile::tempdir().unwrap();
    let nowhere = words(empty.path());
    let nowhere: Vec<&str> = nowhere.iter().map(String::as_str).collect();
    assert_eq!(code(&run(&nowhere)), "no_hub");
    stand.start(Listen::default());
}
