//! An exchange that takes long: how far it is, asked for meanwhile, and ended when somebody wants to go on.

use crate::meeting::two;
use crate::world::{Commune, Person};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::thread;
use toso_sync::ruling::Role;

fn status(person: &Person) -> Value {
    person.done("sync.status", json!({}))
}

/// What is told from now on: kinds, and how many ids.
fn listen(person: &Person) -> Arc<Mutex<Vec<String>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    person.app.on_change(Box::new(move |changed| {
        let kinds: Vec<&str> = changed.kinds.iter().map(String::as_str).collect();
        let ids = changed.ids.len();
        heard
            .lock()
            .unwrap()
            .push(format!("{} {ids}", kinds.join(",")));
    }));
    told
}

#[test]
fn while_the_network_is_waited_for_the_screens_go_on_and_lan_may_stop_it() {
    let (commune, _staff, lan, _pao) = two();
    lan.household("Lầu Bá Đủa");
    let before = status(&lan);
    assert_eq!(
        (&before["running"], &before["waiting"]),
        (&Value::Null, &json!(1))
    );
    assert!(before["waiting_bytes"].as_u64().unwrap() > 50);
    let told = listen(&lan);
    commune.way.hold(true);
    thread::scope(|scope| {
        let run = scope.spawn(|| lan.refused("sync.run", json!({})));
        commune.way.until_asked();
        // The request stands on the network: everything else is answered, a save too.
        let running = status(&lan)["running"].clone();
        assert_eq!(
            (&running["requests"], &running["packs_up"]),
            (&json!(0), &json!(0))
        );
        assert!(running["started_at"].as_i64().unwrap() > 0);
        assert_eq!(lan.refused("sync.run", json!({})).code, "sync_running");
        lan.household("Vừ Bá Trò");
        assert_eq!(lan.done("sync.stop", json!({})), json!({ "done": true }));
        assert_eq!(run.join().unwrap().code, "cancelled");
    });
    assert_eq!(status(&lan)["running"], Value::Null);
    assert_eq!(*told.lock().unwrap(), ["sync 0", "household 1", "sync 0"]);
    // Nothing to stop is no failure, and stops nothing that begins later.
    lan.done("sync.stop", json!({}));
    commune.way.hold(false);
    let report = lan.sync();
    assert_eq!(
        (&report["waiting"], &report["pushed"]["changes"]),
        (&json!(0), &json!(2))
    );
    let after = status(&lan);
    assert_eq!(
        (&after["waiting_bytes"], &after["kept"]),
        (&json!(0), &json!(2))
    );
}

#[test]
fn each_step_is_told_and_what_was_taken_before_a_stop_stays() {
    let (commune, staff) = Commune::new();
    let other = commune.person("Bình", &[Role::Staff], "mat khau cung dai");
    let fields = json!({ "name": "Tổ Na Ngoi", "team_kind": "cap_thon", "unit": commune.space });
    let team = json!({ "space": commune.space, "kind": "team", "fields": fields });
    let team = staff.done("record.create", team)["id"].clone();
    staff.sync();
    other.household("Vừ Bá Trò");
    let told = listen(&other);
    commune.way.hold(true);
    thread::scope(|scope| {
        let run = scope.spawn(|| other.refused("sync.run", json!({})));
        let steps = || {
            commune.way.until_asked();
            let running = status(&other)["running"].clone();
            let number = |name: &str| running[name].as_u64().unwrap();
            let bytes = ["bytes_up", "bytes_down"].map(|name| number(name) > 100);
            assert_eq!(bytes, [number("requests") > 0; 2], "{running}");
            assert_eq!(
                running["packs_up_all"],
                if number("requests") > 0 {
                    json!(1)
                } else {
                    Value::Null
                }
            );
            [
                "requests",
                "packs_up",
                "changes_up",
                "packs_down",
                "changes_down",
            ]
            .map(number)
        };
        assert_eq!(steps(), [0; 5]);
        commune.way.let_one_through();
        assert_eq!(steps(), [1, 1, 1, 0, 0]);
        commune.way.let_one_through();
        // The new team was heard of, and its space is asked for now.
        assert_eq!(steps(), [2, 1, 1, 1, 1]);
        other.done("sync.stop", json!({}));
        assert_eq!(run.join().unwrap().code, "cancelled");
    });
    assert_eq!(
        *told.lock().unwrap(),
        ["sync 0", "sync 0", "team 1", "sync 0", "sync 0"]
    );
    let id = team.as_str().unwrap();
    assert_eq!(other.get(id)["fields"]["name"], "Tổ Na Ngoi");
    let stands = status(&other);
    assert_eq!(
        (&stands["waiting"], &stands["waiting_bytes"]),
        (&json!(0), &json!(0))
    );
    commune.way.hold(false);
    assert_eq!(
        other.sync()["pushed"]["packs"],
        0,
        "it was taken the first time"
    );
}
