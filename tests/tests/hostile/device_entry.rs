//! Packs that are what they say, with changes that are not: the pack stands, its entry does not, at the hub and on the phone
//! that gets it from there.

use crate::behaviour::Behaviour;
use crate::commune::done;
use crate::craft::{Craft, Op};
use crate::device::table;
use crate::frugal;
use crate::state;
use crate::world::Land;
use serde_json::json;
use toso_domain::crdt::{Document, read};
use toso_domain::id::RecordId;
use toso_sync::pack::{Entry, Header};
use toso_sync::shelf::Verdict;
use toso_tests::bomb::expansion;
use toso_tests::village::{entry, record, team};

table! { Land;
    writes_as_somebody_else => "entry: actor",
    uses_a_change_number_again => "entry: seq",
    leaves_a_change_number_out => "entry: seq",
    takes_the_place_of_what_is_not_there => "entry: pred",
    takes_the_place_of_another_field => "entry: pred",
    takes_the_place_of_a_strangers_write => "entry: actor",
    depends_on_what_nobody_has => "entry: dep",
    counts_operations_from_elsewhere => "entry: start_op",
    writes_it_down_another_way => "entry: canonical",
    changes_what_a_record_is => "entry: kind",
    writes_as_staff => "entry: role",
    writes_one_field_twice_at_once => "entry: key",
    expands_a_hundred_bytes_to_gigabytes => "entry: bomb",
    writes_after_the_year_9999 => "entry: shape",
    counts_where_records_have_no_counters => "entry: kind",
}

/// What the hub says of a pack with this entry, and that no document moved by it, there or on the honest phone.
#[track_caller]
fn refused(land: &mut Land, header: Header, bad: Entry, code: &str) {
    let document = bad.document;
    done(&land.honest, "sync.run", json!({}));
    let (honest, before) = (state::of_app(&land.honest), land.document(document));
    let (pack, head) = land.thief.person.forges(header, &[bad]);
    let told = land.gives(&[pack], &[]);
    assert!(told.not_taken.is_empty(), "{:?}", told.not_taken);
    let verdicts = state::verdicts(&land.data(), &head);
    assert_eq!(verdicts, [(Verdict::Refused, code.to_owned())]);
    assert_eq!(land.document(document), before);
    let told = frugal(|| done(&land.honest, "sync.run", json!({})));
    assert_eq!(told["pulled"]["packs"], 1, "{told}");
    assert_eq!(state::of_app(&land.honest), honest);
}

/// A change of record 1 by the author of a header, right as it stands.
fn change(land: &mut Land, ops: Vec<Op>) -> (Header, Craft) {
    land.own_record(1);
    let header = land.header();
    let thief = &land.thief.person;
    let document = thief.copy.document(team(), record(1)).unwrap().unwrap();
    let actor = header.log().actor(team());
    let mut craft = Craft::on(&document, actor.0, ops);
    let changes = document.changes();
    craft.seq += changes.iter().filter(|c| c.actor == actor).count() as u64;
    assert!(read(&craft.bytes()).is_ok(), "right but for what follows");
    (header, craft)
}

fn of(craft: &Craft) -> Entry {
    entry(record(1), "household", craft.bytes())
}

fn phone() -> Vec<Op> {
    vec![Op::text("phone", "0999 999 999")]
}

fn writes_as_somebody_else(land: &mut Land) {
    let (header, mut craft) = change(land, phone());
    craft.actor = vec![5; 16];
    craft.seq = 1;
    refused(land, header, of(&craft), "actor");
}

fn uses_a_change_number_again(land: &mut Land) {
    let (header, mut craft) = change(land, phone());
    assert!(craft.seq > 1, "it wrote there before, in this log");
    craft.seq -= 1;
    refused(land, header, of(&craft), "seq");
}

fn leaves_a_change_number_out(land: &mut Land) {
    let (header, mut craft) = change(land, phone());
    craft.seq += 1;
    refused(land, header, of(&craft), "seq");
}

fn takes_the_place_of_what_is_not_there(land: &mut Land) {
    let mut op = Op::text("phone", "0999 999 999");
    op.pred = vec![(0, 4_000)];
    let (header, craft) = change(land, vec![op]);
    refused(land, header, of(&craft), "pred");
}

/// The first operation of a record writes its `_kind`.
fn takes_the_place_of_another_field(land: &mut Land) {
    let (header, mut craft) = change(land, phone());
    let document = land.thief.person.copy.document(team(), record(1));
    let first = document.unwrap().unwrap().changes().remove(0);
    if first.actor.0 == craft.actor[..] {
        craft.ops[0].pred = vec![(0, 1)];
    } else {
        craft.others = vec![first.actor.0];
        craft.ops[0].pred = vec![(1, 1)];
    }
    refused(land, header, of(&craft), "pred");
}

fn takes_the_place_of_a_strangers_write(land: &mut Land) {
    let mut op = Op::text("phone", "0999 999 999");
    op.pred = vec![(0, 1)];
    let (header, mut craft) = change(land, vec![op]);
    craft.others = vec![[5; 16]];
    craft.ops[0].pred = vec![(1, 1)];
    refused(land, header, of(&craft), "actor");
}

fn depends_on_what_nobody_has(land: &mut Land) {
    let (header, mut craft) = change(land, phone());
    craft.deps = vec![toso_domain::crdt::ChangeHash([7; 32])];
    refused(land, header, of(&craft), "dep");
}

fn counts_operations_from_elsewhere(land: &mut Land) {
    for start in [1, 1_000_000] {
        let (header, mut craft) = change(land, phone());
        craft.start = start;
        refused(land, header, of(&craft), "start_op");
    }
}

fn writes_it_down_another_way(land: &mut Land) {
    let two = vec![
        Op::text("cluster", "Huồi Tụ"),
        Op::text("phone", "0999 999"),
    ];
    let (header, mut craft) = change(land, two);
    let plain = craft.bytes();
    craft.wordy = true;
    assert_ne!(craft.bytes(), plain, "the same, in other bytes");
    refused(land, header, of(&craft), "canonical");
}

fn changes_what_a_record_is(land: &mut Land) {
    let (header, craft) = change(land, vec![Op::text("_kind", "visit")]);
    refused(land, header, of(&craft), "kind");
    // The entry says one thing and the record another.
    let (header, craft) = change(land, phone());
    let says = entry(record(1), "visit", craft.bytes());
    refused(land, header, says, "kind");
    // And one that begins without saying what it is.
    let header = land.header();
    let mut craft = Craft::household(header.log().actor(team()).0);
    craft.ops.remove(0);
    let begins = entry(record(31), "household", craft.bytes());
    refused(land, header, begins, "kind");
}

fn writes_as_staff(land: &mut Land) {
    for kind in ["team", "membership", "plan"] {
        let header = land.header();
        let mut craft = Craft::household(header.log().actor(team()).0);
        craft.ops[0] = Op::text("_kind", kind);
        let says = entry(record(32), kind, craft.bytes());
        refused(land, header, says, "role");
    }
}

fn writes_one_field_twice_at_once(land: &mut Land) {
    let twice = vec![Op::text("phone", "0999"), Op::text("phone", "0988")];
    let header = land.header();
    let mut craft = Craft::household(header.log().actor(team()).0);
    craft.ops.extend(twice);
    let says = entry(record(33), "household", craft.bytes());
    refused(land, header, says, "key");
}

fn expands_a_hundred_bytes_to_gigabytes(land: &mut Land) {
    for count in [501, 10_000_000, 130_000_000] {
        let header = land.header();
        let raw = expansion(header.log().actor(team()).0, count);
        refused(land, header, entry(record(34), "household", raw), "bomb");
    }
}

fn writes_after_the_year_9999(land: &mut Land) {
    for time in [-1, i64::MAX, 253_402_300_800] {
        let (header, mut craft) = change(land, phone());
        craft.time = time;
        refused(land, header, of(&craft), "shape");
    }
}

fn counts_where_records_have_no_counters(land: &mut Land) {
    let (header, mut craft) = change(land, phone());
    craft.ops[0] = Op::of("members", 8, &[3]);
    refused(land, header, of(&craft), "kind");
    let id: RecordId = record(1);
    assert!(land.document(id).is_some());
    let _: Document = land.own_record(1);
}
