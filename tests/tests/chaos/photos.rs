//! Photos given and taken on a bad line: cut at any byte they go on where they were, arrive as they were, and nothing goes
//! twice; what is over a bound waits; what is erased goes everywhere.

use crate::photo_stand::Photos;
use crate::proxy::Deed;
use crate::stand::Person;
use serde_json::{Value, json};
use std::path::Path;
use toso_hub::Bounds;
use toso_hub::quota::Quota;
use toso_sync::file::RANGE_BYTES;
use toso_tests::proof;
use toso_tests::sim::random::Dice;

/// What stands around a range in a request, and a question without one.
const AROUND: u64 = 1_500;

/// Somewhere in the next messages, either way, once or so that a second try is cut too.
fn cut(dice: &mut Dice) -> (u64, Deed, u64) {
    let at = dice.roll() >> 20;
    let deed = if dice.chance(50) {
        Deed::CutRequest(at)
    } else {
        Deed::CutReply(at)
    };
    (dice.below(7) as u64, deed, 1 + dice.below(2) as u64)
}

/// Moves photos through cuts until a run ends well: cuts, and bytes that reached the hub and that came back.
fn through_cuts(
    photos: &Photos,
    who: &Person,
    input: &Value,
    dice: &mut Dice,
    place: &str,
) -> [u64; 3] {
    let proxy = &photos.stand.proxy;
    let [mut cuts, mut up, mut down] = [0; 3];
    for n in 0..60 {
        if n < 40 {
            let (message, deed, times) = cut(dice);
            proxy.plans(message, deed, times);
        }
        let done = who.call("file.sync", input.clone());
        let went = proxy.passes();
        (cuts, up, down) = (cuts + went.done, up + went.up, down + went.down);
        match done {
            Ok(told) if told["later"] == false => return [cuts, up, down],
            Ok(told) => panic!("{place}: {told}"),
            Err(error) => {
                assert_eq!(error.code, "offline", "{place}: {error}");
                assert!(went.done > 0, "{place}: {error} on a good line");
            }
        }
    }
    panic!("{place}: never done");
}

#[test]
fn four_photos_of_a_meeting_cut_at_any_byte_arrive_whole_and_nothing_goes_twice() {
    let photos = Photos::new();
    let stand = &photos.stand;
    // One phone gives more in the long form than a day's share.
    let quota = Quota {
        hour_bytes: u64::MAX,
        day_bytes: u64::MAX,
    };
    let usual = Bounds::default();
    stand.hub.hold_to(Bounds { quota, ..usual }).unwrap();
    let (mut all_cuts, mut moved) = (0, 0);
    for turn in proof::turns(6) {
        let place = format!("PROOF_FROM={turn}");
        let mut dice = Dice::new(turn);
        let before = photos.at_hub();
        let four: Vec<String> = (0..4)
            .map(|n| photos.adds(&stand.lan, turn * 10 + n))
            .collect();
        photos.meeting(&stand.lan, &four);
        stand.completes(&place);
        let waits = photos.status(&stand.lan);
        assert_eq!(waits["waiting"]["files"], 4, "{place}: {waits}");
        let size: u64 = four
            .iter()
            .map(|name| photos.bytes(&stand.lan, name).len() as u64)
            .sum();
        let told = waits["waiting"]["bytes"].as_u64().unwrap();
        assert!(
            (size..size + 4_000).contains(&told),
            "{place}: told {told} of {size}"
        );

        let give = json!({});
        let [cuts, up, _] = through_cuts(&photos, &stand.lan, &give, &mut dice, &place);
        // Each cut costs one range at most, and what stands around it; each question something.
        let most = size + cuts * (RANGE_BYTES as u64 + 3 * AROUND) + 40 * AROUND;
        assert!(
            (size..most).contains(&up),
            "{place}: {up} bytes for {size} and {cuts} cuts"
        );
        assert_eq!(photos.at_hub(), before + 4, "{place}");
        // Nothing is given again.
        let again = stand.lan.done("file.sync", json!({}));
        assert_eq!(
            (&again["given"], &again["bytes_up"]),
            (&json!(0), &json!(0)),
            "{place}"
        );
        assert_eq!(photos.status(&stand.lan)["waiting"]["files"], 0, "{place}");

        // The office takes them on a good line, Lan takes what Páo gives through as many cuts.
        stand.office.done("sync.run", json!({}));
        let missing = photos.status(&stand.office)["missing"]["files"].clone();
        assert_eq!(missing, 4, "{place}");
        let taken = stand.office.done("file.sync", json!({ "take": true }));
        assert_eq!(
            (&taken["taken"], &taken["bytes_down"]),
            (&json!(4), &json!(size)),
            "{place}"
        );
        for name in &four {
            let here = photos.bytes(&stand.office, name);
            assert_eq!(here, photos.bytes(&stand.lan, name), "{place}");
            assert_eq!(photos.name_of(&here), *name, "{place}");
        }
        let other = photos.adds(&stand.pao, turn * 10 + 7);
        photos.meeting(&stand.pao, std::slice::from_ref(&other));
        stand.pao.done("sync.run", json!({}));
        stand.pao.done("file.sync", json!({}));
        stand.completes(&place);
        let take = json!({ "take": true, "hash": other });
        let size = photos.bytes(&stand.pao, &other).len() as u64;
        let [more, _, down] = through_cuts(&photos, &stand.lan, &take, &mut dice, &place);
        let most = size + more * (RANGE_BYTES as u64 + 3 * AROUND) + 40 * AROUND;
        assert!(
            (size..most).contains(&down),
            "{place}: {down} bytes for {size} and {more} cuts"
        );
        assert_eq!(
            photos.bytes(&stand.lan, &other),
            photos.bytes(&stand.pao, &other),
            "{place}"
        );
        stand.office.done("sync.run", json!({}));
        stand.office.done("file.sync", json!({ "take": true }));
        all_cuts += cuts + more;
        moved += 5;
    }
    assert!(all_cuts > 10, "{all_cuts} cuts");
    proof::tell(
        "chaos",
        &[("cuts", all_cuts), ("photos", moved), ("lost", 0)],
    );
}

#[test]
fn what_is_over_a_bound_of_the_hub_is_told_and_goes_another_time() {
    let photos = Photos::new();
    let stand = &photos.stand;
    let two = [photos.adds(&stand.lan, 1), photos.adds(&stand.lan, 2)];
    photos.meeting(&stand.lan, &two);
    stand.completes("before");
    let usual = Bounds::default();
    let quota = Quota {
        hour_bytes: photos.bytes(&stand.lan, &two[0]).len() as u64 + 20_000,
        ..usual.quota
    };
    stand.hub.hold_to(Bounds { quota, ..usual }).unwrap();
    let told = stand.lan.done("file.sync", json!({}));
    assert_eq!(
        (&told["later"], &told["given"]),
        (&json!(true), &json!(1)),
        "{told}"
    );
    assert_eq!(photos.status(&stand.lan)["waiting"]["files"], 1);
    // Records have room of their own.
    photos.meeting(&stand.lan, &[]);
    stand.completes("while photos wait");

    let full = Bounds {
        files_bytes: Some(1_000),
        ..usual
    };
    stand.hub.hold_to(full).unwrap();
    let error = stand.lan.call("file.sync", json!({})).unwrap_err();
    assert_eq!(error.code, "files_full");
    stand.hub.hold_to(usual).unwrap();
    let told = stand.lan.done("file.sync", json!({}));
    assert_eq!(
        (&told["later"], &told["given"]),
        (&json!(false), &json!(1)),
        "{told}"
    );
    assert_eq!(photos.at_hub(), 2);
}

#[test]
fn an_erased_meeting_takes_its_photos_from_the_hub_and_every_device_and_they_do_not_come_back() {
    let photos = Photos::new();
    let stand = &photos.stand;
    let both = [photos.adds(&stand.lan, 3), photos.adds(&stand.lan, 4)];
    let late = photos.adds(&stand.lan, 5);
    let meeting = photos.meeting(
        &stand.lan,
        &[both[0].clone(), both[1].clone(), late.clone()],
    );
    // Another record names one of them.
    photos.meeting(&stand.lan, &both[1..]);
    stand.completes("before");
    stand.lan.done("file.sync", json!({ "hash": both[0] }));
    stand.lan.done("file.sync", json!({ "hash": both[1] }));
    // The third is half given when the line is cut.
    stand.proxy.plans(3, Deed::Reset, 9);
    assert_eq!(
        stand.lan.call("file.sync", json!({})).unwrap_err().code,
        "offline"
    );
    stand.proxy.passes();
    assert_eq!(photos.parts_at_hub(), 1);
    for who in [&stand.office, &stand.pao] {
        who.done("sync.run", json!({}));
        let told = who.done("file.sync", json!({ "take": true }));
        assert_eq!(
            (&told["taken"], &told["nowhere"]),
            (&json!(2), &json!(1)),
            "{told}"
        );
    }

    stand.office.done("record.purge", json!({ "id": meeting }));
    assert_eq!((photos.at_hub(), photos.parts_at_hub()), (0, 0));
    // Lan has not heard of it: what she gives now does not come back.
    let told = stand.lan.done("file.sync", json!({}));
    assert_eq!(told["given"], 0, "{told}");
    assert_eq!((photos.at_hub(), photos.parts_at_hub()), (0, 0));

    for who in [&stand.lan, &stand.office, &stand.pao] {
        who.done("sync.run", json!({}));
        for gone in [&both[0], &late] {
            let error = who.call("file.info", json!({ "hash": gone })).unwrap_err();
            assert_eq!(error.code, "file_not_here");
        }
        assert!(!photos.bytes(who, &both[1]).is_empty(), "named by another");
    }
    // That one may be given by who knows of the erasure.
    let told = stand.lan.done("file.sync", json!({ "hash": both[1] }));
    assert_eq!((&told["given"], photos.at_hub()), (&json!(1), 1), "{told}");
}

#[test]
fn what_a_device_has_only_in_part_goes_with_its_record() {
    let photos = Photos::new();
    let stand = &photos.stand;
    let name = photos.adds(&stand.pao, 6);
    let meeting = photos.meeting(&stand.pao, std::slice::from_ref(&name));
    stand.pao.done("sync.run", json!({}));
    stand.pao.done("file.sync", json!({}));
    stand.completes("before");
    let take = json!({ "take": true });
    stand.proxy.plans(4, Deed::Reset, 9);
    assert_eq!(
        stand.lan.call("file.sync", take.clone()).unwrap_err().code,
        "offline"
    );
    stand.proxy.passes();
    stand.office.done("sync.run", json!({}));
    stand.office.done("record.purge", json!({ "id": meeting }));
    // Asked for by who has not heard of it yet, it is nowhere.
    let told = stand.lan.done("file.sync", take.clone());
    assert_eq!(
        (&told["taken"], &told["nowhere"]),
        (&json!(0), &json!(1)),
        "{told}"
    );
    stand.completes("after");
    // Another meeting names the same picture: it comes from its first byte, for the part is gone.
    stand.pao.done("sync.run", json!({}));
    assert_eq!(photos.adds(&stand.pao, 6), name);
    photos.meeting(&stand.pao, std::slice::from_ref(&name));
    stand.pao.done("sync.run", json!({}));
    stand.pao.done("file.sync", json!({}));
    stand.completes("again");
    let told = stand.lan.done("file.sync", take);
    let size = photos.bytes(&stand.pao, &name).len();
    assert_eq!(
        (&told["taken"], &told["bytes_down"]),
        (&json!(1), &json!(size)),
        "{told}"
    );
}

/// Turns one bit in the middle of a file.
fn hurt(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_photo_that_turned_bad_is_brought_from_where_it_is_good() {
    let photos = Photos::new();
    let stand = &photos.stand;
    let name = photos.adds(&stand.lan, 8);
    photos.meeting(&stand.lan, std::slice::from_ref(&name));
    stand.completes("before");
    stand.lan.done("file.sync", json!({}));
    let good = photos.bytes(&stand.lan, &name);
    let again = json!({ "hash": name, "take": true });

    hurt(&stand.folder.path().join("lan/files").join(&name));
    let error = stand.lan.app.file(name.parse().unwrap()).unwrap_err();
    assert_eq!(error.code, "file_damaged");
    let told = stand.lan.done("file.sync", again.clone());
    assert_eq!(
        (&told["taken"], &told["given"]),
        (&json!(1), &json!(0)),
        "{told}"
    );
    assert_eq!(photos.bytes(&stand.lan, &name), good);

    // At the hub it is dropped by whoever asks for it, and given by whoever is told so.
    hurt(&photos.folder_at_hub().join(&name));
    stand.pao.done("sync.run", json!({}));
    let told = stand.pao.done("file.sync", again.clone());
    assert_eq!(
        (&told["taken"], &told["nowhere"]),
        (&json!(0), &json!(1)),
        "{told}"
    );
    assert_eq!(photos.at_hub(), 0);
    let told = stand.lan.done("file.sync", again.clone());
    assert_eq!((&told["given"], photos.at_hub()), (&json!(1), 1), "{told}");
    assert_eq!(stand.pao.done("file.sync", again)["taken"], 1);
    assert_eq!(photos.bytes(&stand.pao, &name), good);
}
