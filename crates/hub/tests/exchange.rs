//! Two devices meet through a real server; the server is stopped, lost and taken back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use serde_json::json;
use stand::{Phone, Stand, lan, leaks, pao};
use toso_domain::id::SpaceId;
use toso_hub::Listen;
use toso_hub::backup::{backup, check, check_file, restore};
use toso_hub::recovery::RecoveryKey;

#[test]
fn two_devices_converge_and_a_restart_keeps_all() {
    let mut stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    let commune = lan.commune.unwrap();
    let visit = pao.write(&stand, team, "visit", "Nhà ông Tồng");
    let told = pao.sync(&stand, &[commune, team]).unwrap();
    assert_eq!(told.refused.len(), 0);
    stand.stop();
    stand.start(Listen::default());
    let shop = lan.write(&stand, team, "household", "Nhà bà Mỷ");
    lan.sync(&stand, &[commune, team]).unwrap();
    pao.sync(&stand, &[commune, team]).unwrap();
    assert!(lan.holds(team, visit) && pao.holds(team, shop));
    let digest = |phone: &mut Phone| {
        let doc = phone.replica().document(team, visit).unwrap().unwrap();
        doc.state_hash()
    };
    assert_eq!(digest(&mut lan), digest(&mut pao));
    let quiet = pao.sync(&stand, &[commune, team]).unwrap();
    assert_eq!(
        (quiet.requests, quiet.pulled, quiet.pushed),
        (1, (0, 0), (0, 0))
    );
    assert!(!leaks(&stand.data(), "Tồng".as_bytes()));
    assert!(!leaks(&stand.data(), "Máy của Páo".as_bytes()));
}

#[test]
fn what_is_no_space_of_the_commune_is_not_kept() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let commune = lan.commune.unwrap();
    let stray = SpaceId::from_bytes([9; 16]);
    lan.write(&stand, stray, "visit", "Ở đâu đó");
    let told = lan.sync(&stand, &[commune, stray]).unwrap();
    assert_eq!(told.closed[&stray], "no_space");
    assert_eq!(check(&stand.data()).unwrap().spaces, 0);
    // A team and its first records may come in one message.
    let team = SpaceId::from(lan.write(&stand, commune, "team", "Tổ 2"));
    lan.write(&stand, team, "visit", "Nhà mới");
    let told = lan.sync(&stand, &[commune, team]).unwrap();
    assert!(told.closed.is_empty());
    assert_eq!(check(&stand.data()).unwrap().spaces, 2);
}

#[test]
fn a_backup_from_before_does_not_undo_rulings() {
    let mut stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    let commune = lan.commune.unwrap();
    let visit = pao.write(&stand, team, "visit", "Nhà ông Tồng");
    pao.sync(&stand, &[commune, team]).unwrap();
    let file = stand.file("hub.age");
    backup(&stand.data(), &file).unwrap();
    assert_eq!(backup(&stand.data(), &file).unwrap_err().code, "exists");
    assert!(!leaks(stand.folder.path(), b"SQLite format"));
    let input = json!({ "document": visit, "subject": visit });
    lan.staff(&stand, "record.purge", input).unwrap();
    let input = json!({ "device": pao.name(), "reason": "mất máy" });
    lan.staff(&stand, "device.revoke", input).unwrap();
    let before = lan.sync(&stand, &[commune]).unwrap().hub_epoch;
    let key = RecoveryKey::read(&stand.made.recovery_key).unwrap();
    assert_eq!(
        restore(&stand.data(), &file, &key, stand.now())
            .unwrap_err()
            .code,
        "in_use"
    );
    stand.stop();
    let (other, _) = toso_hub::recovery::new_pair();
    let other = RecoveryKey::read(&other).unwrap();
    assert_eq!(
        check_file(&stand.data(), &file, &other).unwrap_err().code,
        "wrong_recovery_key"
    );
    check_file(&stand.data(), &file, &key).unwrap();
    restore(&stand.data(), &file, &key, stand.now()).unwrap();
    check(&stand.data()).unwrap();
    stand.start(Listen::default());
    pao.open(&stand).unwrap();
    let refused = pao.staff(&stand, "device.list", json!({}));
    assert_eq!(refused.unwrap_err(), "revoked", "still");
    lan.open(&stand).unwrap();
    let told = lan.sync(&stand, &[commune, team]).unwrap();
    assert_ne!(told.hub_epoch, before);
    assert!(!lan.holds(team, visit), "still erased");
}

#[test]
fn a_device_the_restored_hub_never_met_brings_its_own_certificate() {
    let mut stand = Stand::new();
    let mut lan = lan(&stand);
    let file = stand.file("early.age");
    backup(&stand.data(), &file).unwrap();
    let (mut pao, team) = pao(&stand, &mut lan);
    let visit = pao.write(&stand, team, "visit", "Nhà ông Tồng");
    pao.sync(&stand, &[lan.commune.unwrap(), team]).unwrap();
    stand.stop();
    // The disk is gone, and the log of rulings with it.
    std::fs::remove_dir_all(stand.data()).unwrap();
    let key = RecoveryKey::read(&stand.made.recovery_key).unwrap();
    restore(&stand.data(), &file, &key, stand.now()).unwrap();
    stand.start(Listen::default());
    pao.open(&stand).unwrap();
    pao.sync(&stand, &[lan.commune.unwrap(), team]).unwrap();
    lan.open(&stand).unwrap();
    lan.sync(&stand, &[lan.commune.unwrap(), team]).unwrap();
    assert!(lan.holds(team, visit), "whoever is left refills the hub");
}

#[test]
fn two_hubs_do_not_share_a_folder_and_none_is_made_over_another() {
    let stand = Stand::new();
    let clock = toso_hub::clock::machine();
    let second = toso_hub::Hub::open(&stand.data(), clock.clone());
    assert_eq!(second.unwrap_err().code, "in_use");
    let again = toso_hub::init::init(&stand.data(), "Xã khác", None, &clock);
    assert_eq!(again.unwrap_err().code, "exists");
}
