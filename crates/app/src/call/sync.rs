//! Exchanging with the hub. The lock is held while packs are read or written, never while the network is waited for.

use super::Done;
use crate::app::{App, Desk};
use crate::device::name;
use crate::error::{CallError, Called};
use crate::standing;
use crate::underway::{Running, Ticket};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::message::read_tell;
use toso_sync::pack::encode;
use toso_sync::session::{Progress, Session};
use toso_sync::shelf::Shelf;

/// Packs and the changes in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Moved {
    /// Packs.
    pub packs: usize,
    /// Changes.
    pub changes: usize,
}

impl Moved {
    fn and(self, (packs, changes): (usize, usize)) -> Self {
        Self {
            packs: self.packs + packs,
            changes: self.changes + changes,
        }
    }
}

/// A record with changes that do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Refused {
    /// The record.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Why.
    pub code: String,
}

/// What an exchange did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// Given to the hub and taken by it.
    pub pushed: Moved,
    /// Taken here.
    pub pulled: Moved,
    /// Requests made.
    pub requests: usize,
    /// Bytes sent.
    pub bytes_up: usize,
    /// Bytes received.
    pub bytes_down: usize,
    /// Records whose changes the hub does not hold yet.
    pub waiting: usize,
    /// Records with changes that do not count.
    pub refused: Vec<Refused>,
    /// Fields with several current values.
    pub clashes: usize,
    /// True when this device has given the hub enough for now: what still waits goes another time, by itself.
    pub later: bool,
    /// Packs of the hub that were not taken here, by code.
    pub not_taken: BTreeMap<String, usize>,
}

/// Where syncing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Status {
    /// When an exchange last ended well, by this device's clock, milliseconds since 1970; null when none did.
    pub last_ok: Option<i64>,
    /// Records whose changes the hub does not hold yet.
    pub waiting: usize,
    /// Records changed here that the hub holds.
    pub kept: usize,
    /// Records with changes that do not count.
    pub refused: usize,
    /// Fields with several current values.
    pub clashes: usize,
    /// This device's clock minus the hub's, milliseconds; null before the first exchange.
    pub clock_error_ms: Option<i64>,
    /// Bytes of what waits: changes as they were saved, and packs the hub does not hold yet.
    pub waiting_bytes: usize,
    /// Edits that came too late after a hand-over and wait for a person (`late.list`).
    pub late: usize,
    /// The exchange under way; null when none is.
    pub running: Option<Running>,
}

/// `sync.status`
pub(crate) fn status(app: &App) -> Called<Status> {
    let mut inner = app.inner();
    let running = inner.running();
    inner.desk(|desk| {
        Ok(Status {
            running,
            ..at_rest(desk)?
        })
    })
}

fn at_rest(desk: &mut Desk<'_>) -> Called<Status> {
    let mut status = Status {
        last_ok: desk.device.number(name::LAST_OK)?,
        waiting: 0,
        kept: 0,
        refused: 0,
        clashes: 0,
        clock_error_ms: desk.device.number(name::CLOCK_ERROR)?,
        waiting_bytes: 0,
        late: super::hand_over::count(desk)?,
        running: None,
    };
    for space in desk.device.spaces()? {
        let standing = standing::of_space(desk.device, space)?;
        status.waiting += standing.waiting.len();
        status.waiting_bytes += standing.bytes;
        status.kept += standing.kept.len();
        status.refused += standing.refused.len();
        status.clashes += clashes(desk, space)?;
    }
    Ok(status)
}

fn clashes(desk: &Desk<'_>, space: SpaceId) -> Called<usize> {
    let clashing = desk.device.copy.shelf.store.clashing(space)?;
    let live = clashing.iter().filter(|r| r.row.deleted.is_none());
    Ok(live.map(|r| r.row.clashes.len()).sum())
}

/// `sync.stop`
pub(crate) fn stop(app: &App) -> Done {
    app.inner().stop();
    Done::YES
}

/// `sync.run`
pub(crate) fn run(app: &App) -> Called<Report> {
    let mut ticket = Ticket::take(app)?;
    ticket.begin();
    let mut report = Report::default();
    let pending = ticket.desk(|desk| Ok(desk.device.copy.certificate().is_none()))?;
    if pending {
        let rulings = app.link.enrol_state(&ticket.caller)?;
        ticket.desk(|desk| super::enrol::take(desk, &rulings).map(drop))?;
        // What an exchange needs is a certificate; without one there is nothing to ask for yet.
        ticket.desk(|desk| desk.device.who().map(drop))?;
        ticket.caller = ticket.desk(|desk| desk.device.caller())?;
    }
    let mut spaces = BTreeSet::new();
    let mut refused = Vec::new();
    let mut closed = false;
    let mut carried = false;
    // Each round may bring rights or team records that name more spaces; two usually do.
    for round in 0..8 {
        let held: BTreeSet<SpaceId> = ticket.desk(spaces_to_sync)?;
        if round > 0 && held.is_subset(&spaces) && !closed && !carried {
            break;
        }
        spaces = held;
        let progress = exchange(&ticket, &spaces, &mut report)?;
        if let Some(epoch) = progress.hub_epoch {
            ticket.desk(|desk| super::file_sync::meet(desk, epoch))?;
        }
        // A hub restored to before this device was let in learns of it from the rulings it was just given.
        closed = round == 0 && !progress.closed.is_empty();
        report.later |= !progress.later.is_empty();
        // The last round's word: what came out of order in one may have found its place in the next.
        report.not_taken.clear();
        for code in progress.unfit.into_values() {
            *report.not_taken.entry(code).or_default() += 1;
        }
        refused.extend(progress.refused);
        // What staff carry to the new homes of handed-over records goes to the hub in the next round.
        carried = ticket.desk(super::hand_over::carry)?;
    }
    ticket.desk(|desk| finish(desk, &refused, &mut report))?;
    Ok(report)
}

/// Spaces of the certificate, and those that hold work of a device whose rights are gone: it is given to the hub's tray.
fn spaces_to_sync(desk: &mut Desk<'_>) -> Called<BTreeSet<SpaceId>> {
    let mut spaces: BTreeSet<SpaceId> = desk.device.spaces()?.into_iter().collect();
    spaces.extend(desk.device.copy.shelf.spaces()?);
    Ok(spaces)
}

fn exchange(
    ticket: &Ticket<'_>,
    spaces: &BTreeSet<SpaceId>,
    report: &mut Report,
) -> Called<Progress> {
    let spaces: Vec<SpaceId> = spaces.iter().copied().collect();
    let mut session = ticket.desk(|desk| {
        let copy = &mut desk.device.copy;
        Ok(Session::start(copy, &spaces, desk.now, desk.random)?)
    })?;
    let before = (report.requests, report.pushed, report.pulled);
    while !session.is_done() {
        if ticket.is_stopped() {
            return Err(CallError::new("cancelled"));
        }
        let ask = ticket.desk(|desk| Ok(encode(&session.ask(&mut desk.device.copy)?)))?;
        let answer = ticket
            .app
            .link
            .exchange(&ticket.caller, &ask, &|| ticket.is_stopped())?;
        report.bytes_up += ask.len();
        report.bytes_down += answer.len();
        let read = ticket.desk(|desk| {
            let book = desk.device.copy.book();
            Ok(read_tell(|key| book.trusts(key), &ask, &answer))
        })?;
        if read.is_err_and(|bad| bad.code == "wrong_hub") {
            // Perhaps the commune's key changed while this device was away.
            let led = ticket.app.link.successions(&ticket.caller)?;
            ticket.desk(|desk| Ok(desk.device.copy.take_rulings(&led)?))?;
        }
        let mut tell = ticket.desk(|desk| {
            let book = desk.device.copy.book();
            read_tell(|key| book.trusts(key), &ask, &answer).map_err(|bad| CallError::new(bad.code))
        })?;
        // Between two slices whoever waits has a turn.
        while ticket.desk(|desk| {
            let awaited = || ticket.app.is_awaited();
            Ok(session.take_some(&mut desk.device.copy, &mut tell, desk.now, &awaited)?)
        })? {}
        let left = ticket.desk(|desk| {
            session.take(&mut desk.device.copy, &tell, desk.now, desk.random)?;
            let error = desk.now - tell.time;
            desk.device.set(&[
                (name::HUB_TIME, &tell.time.to_be_bytes()),
                (name::CLOCK_ERROR, &error.to_be_bytes()),
            ])?;
            Ok(session.left_to_give(&mut desk.device.copy)?)
        })?;
        let done = &session.progress;
        report.requests = before.0 + done.requests;
        report.pushed = before.1.and(done.pushed);
        report.pulled = before.2.and(done.pulled);
        ticket.step(report, left);
    }
    Ok(session.progress)
}

/// What is told after the last round, and what a start later needs.
fn finish(
    desk: &mut Desk<'_>,
    not_taken: &[(toso_sync::id::Head, String)],
    report: &mut Report,
) -> Called<()> {
    let now = desk.now;
    desk.device.copy.transaction(|copy| {
        copy.shelf.clear_values(name::NOT_TAKEN)?;
        for (head, code) in not_taken {
            let key = format!("{}{head}", name::NOT_TAKEN);
            copy.shelf.set_value(&key, code.as_bytes())?;
        }
        Ok(copy.shelf.set_value(name::LAST_OK, &now.to_be_bytes())?)
    })?;
    for space in desk.device.spaces()? {
        let standing = standing::open(desk.device, space)?;
        report.waiting += standing.waiting.len();
        report.clashes += clashes(desk, space)?;
        let told = standing.refused.into_iter();
        report
            .refused
            .extend(told.map(|(id, code)| Refused { id, space, code }));
    }
    if report.waiting == 0 && report.refused.is_empty() {
        // The hub holds everything the journal could bring back.
        let store = &mut desk.device.copy.shelf.store;
        store.forget_through(store.last_frame())?;
    }
    Ok(())
}
