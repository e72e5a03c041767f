//! An exchange that takes long: how far it is, asked for meanwhile, and ended when somebody wants to go on.

use crate::meeting::two;
use crate::world::Person;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::thread;

fn status(person: &Person) -> Value {
    person.done("sync.status", json!({}))
}

/// How often each kind was told, in order, repeats together.
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
    let (commune, staff, lan, pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    pao.household("Vừ Bá Trò");
    let told = listen(&pao);
    commune.way.hold(true);
    thread::scope(|scope| {
        let run = scope.spawn(|| pao.call("sync.run", json!({})));
        let mut seen = Vec::new();
        let mut steps = 0;
        while seen.is_empty() {
            commune.way.until_asked();
            let running = status(&pao)["running"].clone();
            assert_eq!(running["requests"], steps, "{running}");
            if steps > 0 {
                assert!(running["bytes_up"].as_u64().unwrap() > 0);
                assert!(running["bytes_down"].as_u64().unwrap() > 0);
            }
            if running["packs_down"] == 1 {
                seen.push(running);
            } else {
                commune.way.let_one_through();
                steps += 1;
            }
        }
        println!("{seen:?}");
        pao.done("sync.stop", json!({}));
        assert_eq!(run.join().unwrap().unwrap_err().code, "cancelled");
    });
    println!("{told:?}");
    assert_eq!(pao.get(&id)["fields"]["head_name"], "Lầu Bá Đủa");
    commune.way.hold(false);
    assert_eq!(pao.sync()["waiting"], 0);
    drop(staff);
}
