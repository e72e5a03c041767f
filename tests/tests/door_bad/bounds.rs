//! More than the hub takes of one device: it stays on the device, is told there, and nobody else is held up.

use crate::commune::{Commune, done, write};
use crate::state;
use serde_json::json;
use toso_hub::Bounds;
use toso_hub::quota::Quota;
use toso_tests::village::{record, team};

fn hold(commune: &Commune, bounds: Bounds) {
    commune.hub.as_ref().unwrap().hold_to(bounds).unwrap();
}

#[test]
fn what_is_over_the_quota_waits_on_the_device() {
    let mut commune = Commune::new();
    let quota = |hour_bytes| Bounds {
        quota: Quota {
            hour_bytes,
            ..Quota::default()
        },
        ..Bounds::default()
    };
    hold(&commune, quota(0));
    let thief = &mut commune.thief.person;
    let head = thief.notes(record(1), &[("head_name", "Hờ A Chư")]);
    let pack = thief.copy.pack(team(), &head).unwrap().unwrap();
    let before = state::of_hub(&commune.data());
    assert_eq!(
        commune.gives(std::slice::from_ref(&pack), &[]).not_taken[0].code,
        "later"
    );
    assert_eq!(state::of_hub(&commune.data()), before);

    let waits = write(&commune.honest, "Vừ Y Mai");
    let told = done(&commune.honest, "sync.run", json!({}));
    assert_eq!(
        (&told["later"], &told["waiting"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(told["refused"], json!([]));
    assert!(told["requests"].as_u64() < Some(8), "{told}");
    let status = done(&commune.honest, "sync.status", json!({}));
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(state::of_hub(&commune.data()), before);

    // What each gave is counted: an hour later there is room again.
    hold(&commune, quota(pack.size() + 1));
    assert!(commune.gives(&[pack], &[]).not_taken.is_empty());
    let next = commune
        .thief
        .person
        .notes(record(2), &[("head_name", "Hờ A Chư")]);
    let next = commune
        .thief
        .person
        .copy
        .pack(team(), &next)
        .unwrap()
        .unwrap();
    assert_eq!(
        commune.gives(std::slice::from_ref(&next), &[]).not_taken[0].code,
        "later"
    );
    commune.pass(60 * 60_000);
    assert!(commune.gives(&[next], &[]).not_taken.is_empty());
    hold(&commune, Bounds::default());
    let told = done(&commune.honest, "sync.run", json!({}));
    assert_eq!(
        (&told["later"], &told["waiting"]),
        (&json!(false), &json!(0))
    );
    let kept = done(&commune.honest, "record.get", json!({ "id": waits }));
    assert_eq!(kept["sync"], "kept");
    commune.goes_on();
}

#[test]
fn what_the_tray_does_not_hold_stays_on_the_device() {
    let mut commune = Commune::new();
    // Two packs nobody counts, of a phone that was revoked before it gave them.
    let thief = &mut commune.thief.person;
    let packs = [1, 2].map(|n| {
        let head = thief.notes(record(n), &[("head_name", "Hờ A Chư")]);
        thief.copy.pack(team(), &head).unwrap().unwrap()
    });
    hold(
        &commune,
        Bounds {
            tray_bytes: packs[0].size() + 1,
            ..Bounds::default()
        },
    );
    let device = commune.thief.person.secret.device().to_string();
    let input = json!({ "device": device, "reason": "mất máy" });
    done(&commune.office, "device.revoke", input);
    commune.reopens();
    assert!(commune.gives(&[], &packs[..1]).not_taken.is_empty());
    let before = state::of_hub(&commune.data());
    for _ in 0..2 {
        let told = commune.gives(&[], &packs[1..]);
        assert_eq!(told.not_taken[0].code, "tray_full");
        assert_eq!(state::of_hub(&commune.data()), before);
    }
    let told = commune.thief_syncs();
    assert!(told.refused.values().any(|code| code == "tray_full"));
    assert!(told.requests < 8, "{told:?}");
    assert_eq!(commune.thief.person.copy.tray(team()).unwrap().len(), 2);
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
    // The way out that the words name: staff go through what waits, and there is room again.
    let aside = done(&commune.office, "tray.list", json!({}));
    assert_eq!(
        (&aside[0]["why"], aside[1].is_null()),
        (&json!("revoked"), true)
    );
    let input = json!({ "space": team(), "head": aside[0]["pack"] });
    done(&commune.office, "tray.approve", input);
    let told = commune.gives(&[], &packs[1..]);
    assert!(told.not_taken.is_empty(), "{:?}", told.not_taken);
}
