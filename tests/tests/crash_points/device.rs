//! The phone dies, or its disk fails, at every system call of every scene.

use crate::points::{Point, What, harmed, points, shuffled, watched};
use crate::scene::{Does, Scene, all, answer};
use crate::stand::Stand;
use serde_json::{Value, json};
use std::path::Path;
use toso_tests::proof;

/// Points of a plain test.
const SHORT: u64 = 260;
const SHORT_ERRORS: u64 = 120;

/// Everything the scenes stand on, and each point of each.
fn ready() -> (Stand, Vec<(Scene, Point)>) {
    let stand = Stand::new();
    let phone = stand.path("phone");
    let mut pairs = Vec::new();
    let scenes = all(&stand);
    for scene in scenes {
        if let Does::Erases(id, _) = &scene.does {
            stand.office.sync().unwrap();
            stand
                .office
                .done("record.purge", json!({ "id": id }))
                .unwrap();
        }
        let (output, lines) = watched(&scene.command(&phone), &stand.path("strace.log"));
        answer(&output).unwrap_or_else(|error| panic!("{}: {error}", scene.name));
        scene
            .look(&phone, true, false)
            .unwrap_or_else(|wrong| panic!("{}: {wrong}", scene.name));
        let found = points(&lines);
        assert!(found.len() > 3, "{}: {found:?}", scene.name);
        pairs.extend(found.into_iter().map(|point| (scene.clone(), point)));
    }
    (stand, pairs)
}

#[test]
fn a_phone_that_dies_at_any_system_call_has_what_it_said_it_has() {
    let (stand, pairs) = ready();
    let pairs = shuffled(pairs);
    let mut count = 0;
    for turn in proof::turns(SHORT) {
        let (scene, point) = &pairs[usize::try_from(turn).unwrap() % pairs.len()];
        one(scene, point, What::Killed, &stand.path("phone"), turn);
        count += 1;
    }
    proof::tell("crash_points device", &[("points", count), ("lost", 0)]);
    println!("{count} of {} points of death", pairs.len());
}

#[test]
fn a_disk_that_fails_at_any_system_call_is_told_or_made_good() {
    let (stand, pairs) = ready();
    let pairs = shuffled(pairs);
    let mut count = 0;
    for turn in proof::turns(SHORT_ERRORS) {
        let (scene, point) = &pairs[usize::try_from(turn / 2).unwrap() % pairs.len()];
        let what = if turn % 2 == 0 {
            What::Broken
        } else {
            What::Full
        };
        one(scene, point, what, &stand.path("phone"), turn);
        count += 1;
    }
    proof::tell(
        "crash_points disk",
        &[("failing_calls", count), ("lost", 0)],
    );
    println!("{count} of {} failing calls", 2 * pairs.len());
}

/// The new key file has its name and the folder cannot be synced: the PIN counts, and was called refused.
#[test]
fn a_pin_that_may_have_changed_is_not_called_refused() {
    let (stand, pairs) = ready();
    let syncs = pairs
        .iter()
        .filter(|(scene, point)| scene.name == "PIN" && point.call.contains("sync"));
    let mut turn = 0;
    for (scene, point) in syncs {
        for what in [What::Broken, What::Full] {
            one(scene, point, what, &stand.path("phone"), turn);
            turn += 1;
        }
    }
    assert!(turn >= 4, "{turn} syncs of a new PIN");
}

fn one(scene: &Scene, point: &Point, what: What, phone: &Path, turn: u64) {
    let command = scene.command(phone);
    let output = harmed(&command, point, what).output().unwrap();
    let told = answer(&output);
    // A word of refusal has a code; a call that failed while the answer was written leaves none.
    let code = told
        .as_ref()
        .err()
        .and_then(|error| serde_json::from_str::<Value>(error).ok());
    let code = code.and_then(|error| error["error"]["code"].as_str().map(str::to_owned));
    // A thread's wake-up is a write as well, and no disk: the runtime gives up when that fails.
    let asleep = String::from_utf8_lossy(&output.stderr).contains("failed to wake");
    let ended = output.status.code().is_some_and(|code| code < 2);
    assert!(
        what == What::Killed || ended || asleep,
        "turn {turn}: {}, {what:?} at {point:?}: {output:?}",
        scene.name
    );
    // `db_reopen` says that nobody knows yet.
    let refused = code.as_deref().is_some_and(|code| code != "db_reopen");
    if let Err(wrong) = scene.look(phone, told.is_ok(), refused) {
        panic!(
            "turn {turn}: {}, {what:?} at {point:?} (told {told:?}): {wrong}; again: PROOF_FROM={turn} cargo nextest run -p toso-tests -E 'binary(crash_points)' system_call",
            scene.name
        );
    }
}
