//! Who may do what: every route of the hub and every call of a device, by each identity, on each scope.
//!
//! The rows stand in `calls.txt` and `routes.txt`, one outcome a cell; what may be asked is read from the program itself
//! (its call table, and its router by way of the description that is made from it), and a call or route without a row fails.
//! So whoever adds one says who may. Every cell is run: calls on real devices with real files, routes over HTTP at a real
//! hub. Beside the outcome each cell holds that
//!
//! - no answer, good or bad, tells anything written in a place the asker does not hold,
//! - what is refused changed nothing, on the device and at the hub,
//! - what was refused is refused in the same words when there is no such thing.
//!
//! | identity | is |
//! |---|---|
//! | nobody | has the program and no profile; at the hub, no token |
//! | pending | asked to be let in, and nobody compared the number yet |
//! | member, lead | of one team, the scope `own` |
//! | staff, leader | of the commune, its work or its head |
//! | admin | staff who may appoint |
//! | province | reads totals elsewhere and holds no records |
//! | revoked | staff until just now: has everything, and the right to nothing |
//! | stranger | an administrator of another commune, the scope `elsewhere` |
//!
//! A school's device is a member's: it has no rights of its own. Scopes: `own` team, `other` team of the commune, the
//! `commune`'s own space, and `elsewhere`, another commune's team.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

mod aside;
mod calls;
mod judge;
mod people;
mod phone;
mod routes;
mod spaces;
mod state;
mod table;
mod world;

use std::collections::BTreeSet;
use table::{SCOPES, Table, WHO};
use toso_tests::proof;

const CALLS: &str = include_str!("calls.txt");
const ROUTES: &str = include_str!("routes.txt");

#[test]
fn every_call_answers_each_identity_as_its_row_says() {
    let table = Table::read(CALLS);
    let asked: Vec<String> = calls::names();
    table.is_whole(&asked).unwrap();
    calls::only_calls_that_name_nothing_have_no_scope(&table);
    let cells = judge::calls(&table, &asked);
    proof::tell("matrix", &[("call cells", cells)]);
}

#[test]
fn every_route_answers_each_identity_as_its_row_says() {
    let table = Table::read(ROUTES);
    let asked: Vec<String> = routes::names();
    table.is_whole(&asked).unwrap();
    let cells = judge::routes(&table, &asked);
    proof::tell("matrix", &[("route cells", cells)]);
}

#[test]
fn what_is_added_without_a_row_is_missed_and_a_row_of_nothing_is_too() {
    let table = Table::read(CALLS);
    let mut asked = calls::names();
    asked.push("record.peek".to_owned());
    let told = table.is_whole(&asked).unwrap_err();
    assert_eq!(told, "no row says who may: record.peek");
    asked.retain(|name| name != "record.peek" && name != "record.get");
    let told = table.is_whole(&asked).unwrap_err();
    assert_eq!(told, "a row for what there is not: record.get");
    let half = Table::read("record.get own ok ok ok ok ok ok ok ok ok ok");
    let told = half.is_whole(&["record.get".to_owned()]).unwrap_err();
    assert_eq!(told, "record.get: no row for other, commune, elsewhere");
}

#[test]
fn seven_identities_and_four_scopes_at_least() {
    let different: BTreeSet<_> = WHO.iter().collect();
    assert!(different.len() >= 7 && SCOPES.len() == 4);
}
