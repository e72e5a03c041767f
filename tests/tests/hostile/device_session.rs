//! A device that asks for what it may not have, or rules where it may not.

use crate::behaviour::Behaviour;
use crate::commune::done;
use crate::device::table;
use crate::world::Land;
use crate::{frugal_all, state};
use serde_json::json;
use toso_domain::id::SpaceId;
use toso_hub::Bounds;
use toso_hub::quota::Quota;
use toso_sync::caps;
use toso_sync::message::{Bytes, Digest, Tell, read_tell};
use toso_sync::pack::{Hash32, encode};
use toso_tests::village::team;

table! { Land;
    asks_for_a_space_it_does_not_hold => "not_in_space, and nothing of it is said",
    gives_into_a_space_it_does_not_hold => "not_in_space",
    says_a_whole_ask_again => "the same answer, nothing changed",
    asks_for_two_hundred_thousand_things => "malformed",
    asks_for_every_space_there_could_be => "500 answers at most, none with anything in it",
    heals_with_what_was_not_missing => "nothing changed",
    gives_more_than_its_share => "later",
    sends_an_oversized_request => "too_large",
}

fn told(land: &Land, sent: &[u8], answer: &crate::wire::Answer) -> Tell {
    assert_eq!(answer.status, 200);
    let book = land.thief.person.copy.book();
    read_tell(|key| book.trusts(key), sent, &answer.body).unwrap()
}

/// A team of the commune that the phone is not of, with a record in it.
fn neighbours(land: &mut Land) -> SpaceId {
    let all = land.hub.as_ref().unwrap().commune();
    let other = SpaceId::from_bytes([0x0e; 16]);
    let input = json!({ "space": all, "kind": "team", "id": other,
        "fields": { "name": "Tổ Mường Khằm", "team_kind": "cap_thon", "unit": all } });
    // There already, when this was asked before.
    drop(toso_app::call(&land.office, "record.create", input));
    let fields = json!({ "head_name": "Giàng A Sử", "consent": "dong_y" });
    let input = json!({ "space": other, "kind": "household", "fields": fields });
    done(&land.office, "sync.run", json!({}));
    done(&land.office, "record.create", input);
    done(&land.office, "sync.run", json!({}));
    other
}

fn asks_for_a_space_it_does_not_hold(land: &mut Land) {
    let other = neighbours(land);
    for space in [other, SpaceId::from_bytes([0xee; 16])] {
        let mut ask = land.thief.ask(space, &[], &[]);
        ask.spaces[0].vector = Some(Vec::new());
        let sent = encode(&ask);
        let answer = land.unmoved(|land| land.posts("/v1/sync", &sent));
        let part = told(land, &sent, &answer).spaces.remove(0);
        assert!(
            ["not_in_space", "no_space"].contains(&&*part.state),
            "{}",
            part.state
        );
        assert!(part.vector.is_empty() && part.packs.is_empty() && part.receipts.is_empty());
        assert!(
            part.tray_packs.is_empty() && part.heals.is_empty() && part.give_receipts.is_empty()
        );
    }
}

fn gives_into_a_space_it_does_not_hold(land: &mut Land) {
    let other = neighbours(land);
    let mut header = land.header();
    header.space = *other.as_bytes();
    (header.seq, header.prev) = (1, None);
    header.epoch = toso_sync::id::Epoch([8; 16]);
    header.after.clear();
    header.cert = land.thief.person.copy.certificate().map(|(id, _)| id);
    let (pack, _) = land.thief.person.forges(header, &[]);
    for (packs, tray) in [(vec![pack.clone()], vec![]), (vec![], vec![pack])] {
        let (sent, answer) = land.unmoved(|land| land.asks(other, &packs, &tray));
        assert_eq!(told(land, &sent, &answer).spaces[0].state, "not_in_space");
    }
}

fn says_a_whole_ask_again(land: &mut Land) {
    let good = land.next();
    let (sent, first) = land.asks(team(), &[good], &[]);
    assert_eq!(first.status, 200);
    land.unmoved(|land| {
        for _ in 0..20 {
            assert_eq!(frugal_all(|| land.posts("/v1/sync", &sent)).status, 200);
        }
    });
}

fn asks_for_two_hundred_thousand_things(land: &mut Land) {
    let mut ask = land.thief.ask(team(), &[], &[]);
    ask.spaces[0].holes = vec![Hash32([1; 32]); 100_000];
    let many = encode(&ask);
    ask.spaces[0].holes.clear();
    ask.give_rulings = vec![Bytes(Vec::new()); caps::ITEMS];
    let empty = encode(&ask);
    land.unmoved(|land| {
        let answer = frugal_all(|| land.posts("/v1/sync", &empty));
        assert_eq!(answer.code(), "malformed");
        let answer = frugal_all(|| land.posts("/v1/sync", &many));
        assert_eq!(answer.status, 200, "named and not there: nothing is given");
    });
}

fn asks_for_every_space_there_could_be(land: &mut Land) {
    let mut ask = land.thief.ask(team(), &[], &[]);
    let part = ask.spaces.remove(0);
    for n in 0..5_000_u32 {
        let mut id = [0xaa; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        let mut part = part.clone();
        part.space = SpaceId::from_bytes(id).into();
        part.digest = Digest([1; 16]);
        ask.spaces.push(part);
    }
    let sent = encode(&ask);
    let answer = land.unmoved(|land| frugal_all(|| land.posts("/v1/sync", &sent)));
    let tell = told(land, &sent, &answer);
    assert!(tell.spaces.len() <= caps::SPACES);
    assert!(
        tell.spaces
            .iter()
            .all(|part| part.state != "open" && part.packs.is_empty())
    );
}

fn heals_with_what_was_not_missing(land: &mut Land) {
    let document = land.own_record(1);
    let raw: Vec<Bytes> = document
        .changes()
        .into_iter()
        .map(|c| Bytes(c.raw))
        .collect();
    let mut ask = land.thief.ask(team(), &[], &[]);
    ask.spaces[0].heals = raw;
    ask.spaces[0].heals.push(Bytes(vec![0x55; 50_000]));
    let sent = encode(&ask);
    land.unmoved(|land| {
        assert_eq!(frugal_all(|| land.posts("/v1/sync", &sent)).status, 200);
    });
}

fn gives_more_than_its_share(land: &mut Land) {
    let good = land.next();
    let bounds = |hour_bytes| Bounds {
        quota: Quota {
            hour_bytes,
            ..Quota::default()
        },
        ..Bounds::default()
    };
    land.hub.as_ref().unwrap().hold_to(bounds(0)).unwrap();
    land.refuses(&good, "later");
    land.hub
        .as_ref()
        .unwrap()
        .hold_to(Bounds::default())
        .unwrap();
    assert!(
        land.gives(&[good], &[]).not_taken.is_empty(),
        "later it is taken"
    );
}

fn sends_an_oversized_request(land: &mut Land) {
    let body = vec![0; caps::MESSAGE_BYTES + 1];
    land.unmoved(|land| {
        let answer = frugal_all(|| land.posts("/v1/sync", &body));
        assert_eq!((answer.status, &*answer.code()), (413, "too_large"));
    });
    let before = state::of_hub(&land.data());
    for path in [
        "/v1/enrol",
        "/v1/enrol/state",
        "/v1/token",
        "/v1/sync/open",
        "/v1/staff",
    ] {
        let answer = frugal_all(|| land.posts(path, &body[..64 * 1024 + 1]));
        assert_eq!(answer.status, 413, "{path}");
    }
    assert_eq!(state::of_hub(&land.data()), before);
}
