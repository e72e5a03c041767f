//! The program's contents page: every call, one entry each: name, input, output, what it needs, what it does.

use crate::app::App;
use crate::call::{
    Done, Named, Nothing, adopt, alike, assign, backup, clash, draft, enrol, file, file_sync,
    finger, hand_over, history, household, list, month, months, notices, people, phone, product,
    profile, profiles, qr, record, reminder, returned, save, schema, space, staff, standing,
    storage, store, sync, timeline, today,
};
use crate::error::{CallError, Called};
use crate::lease;
use schemars::{Schema, schema_for};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a call needs before it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An unlocked profile.
    Unlocked,
    /// An unlocked profile and the hub in reach.
    Online,
    /// That of a staff member, and the hub in reach.
    Staff,
}

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// Schema of its input.
    pub input: fn() -> Schema,
    /// Schema of its output.
    pub output: fn() -> Schema,
    run: fn(&App, Value) -> Called<Value>,
}

macro_rules! calls {
    ($($(#[doc = $doc:literal])+ $name:literal: $input:ty => $output:ty, $needs:ident, $run:expr;)+) => {
        /// Every call.
        pub const CALLS: &[Call] = &[$(Call {
            name: $name,
            doc: concat!($($doc),+),
            needs: Needs::$needs,
            input: || schema_for!($input),
            output: || schema_for!($output),
            run: |app, json| {
                let run: fn(&App, $input) -> Called<$output> = $run;
                answer(&run(app, read::<$input>(json)?)?)
            },
        }),+];
    };
}

calls! {
    /// Spaces of this device, with what waits, is kept and was refused.
    "space.list": Nothing => Vec<space::Space>, Unlocked, |app, _| app.desk(space::list);
    /// Makes a record. With an id: asking again changes nothing.
    "record.create": record::Create => Named, Unlocked, |app, i| app.desk(|d| record::create(d, i));
    /// One record.
    "record.get": record::Get => record::Record, Unlocked, |app, i| app.desk(|d| record::get(d, i));
    /// Changes fields. What others changed since `rev` is answered as `field_changed`, the rest is saved.
    "record.save": save::Save => save::Saved, Unlocked, |app, i| app.desk(|d| save::save(d, i));
    /// One page of records.
    "record.list": list::ListInput => list::Page, Unlocked, |app, i| app.desk(|d| list::list(d, i));
    /// Deletes a record, with a reason. Can be undone.
    "record.delete": record::Delete => Named, Unlocked, |app, i| app.desk(|d| record::delete(d, i));
    /// Brings a deleted record back.
    "record.restore": record::Restore => Named, Unlocked, |app, i| app.desk(|d| record::restore(d, i));
    /// Who changed what when, oldest first.
    "record.history": history::HistoryInput => Vec<history::Step>, Unlocked, |app, i| app.desk(|d| history::history(d, i));
    /// Erases a record for good, on every copy.
    "record.purge": staff::Purge => Named, Staff, |app, i| staff::purge(app, i);
    /// Records that hold all words, tone marks or not; by rank, then id.
    "search": list::SearchInput => Vec<list::Hit>, Unlocked, |app, i| app.desk(|d| list::search(d, i));
    /// The day of the member asking: the month so far, what is due and overdue, whom nobody met.
    "today.get": today::TodayInput => today::Today, Unlocked, |app, i| app.desk(|d| today::get(d, i));
    /// What the member asking did in a calendar month, and how many lines each book holds.
    "month.mine": month::MonthInput => month::OwnMonth, Unlocked, |app, i| app.desk(|d| month::mine(d, i));
    /// One page of households with what was done at their doors, by words, scope and state.
    "household.list": household::HouseholdInput => household::HousePage, Unlocked, |app, i| app.desk(|d| household::list(d, i));
    /// What was done at a household's door and written about it, newest first.
    "household.timeline": timeline::TimelineInput => Vec<timeline::Entry>, Unlocked, |app, i| app.desk(|d| timeline::timeline(d, i));
    /// Products with what counts on a day: certificates, listings, how many are sold online.
    "product.list": product::ProductInput => product::Products, Unlocked, |app, i| app.desk(|d| product::list(d, i));
    /// Products on platforms and listings looked at, month by month, of all or of the member asking.
    "product.months": months::MonthsInput => months::product::ProductMonths, Unlocked, |app, i| app.desk(|d| months::product::months(d, i));
    /// Digital stores, each by its latest check.
    "store.list": store::StoreInput => store::Stores, Unlocked, |app, i| app.desk(|d| store::list(d, i));
    /// Open digital stores by how they trade, month by month, and by level; of all or of the member asking.
    "store.months": months::MonthsInput => months::store::StoreMonths, Unlocked, |app, i| app.desk(|d| months::store::months(d, i));
    /// Events and who came, month by month and by kind, of all or of the member asking.
    "event.months": months::MonthsInput => months::event::EventMonths, Unlocked, |app, i| app.desk(|d| months::event::months(d, i));
    /// Names of members, teams and units, for screens and forms.
    "people.list": Nothing => people::People, Unlocked, |app, _| app.desk(people::list);
    /// Households here that may be the one being written down, most alike first.
    "duplicate.find": alike::AlikeInput => Vec<alike::Alike>, Unlocked, |app, i| app.desk(|d| alike::find(d, i));
    /// Households that may be one.
    "duplicate.list": list::DuplicateInput => Vec<list::Duplicate>, Unlocked, |app, i| app.desk(|d| list::duplicates(d, i));
    /// Fields with several current values.
    "clash.list": clash::ClashInput => Vec<clash::Clash>, Unlocked, |app, i| app.desk(|d| clash::list(d, i));
    /// Settles a clash.
    "clash.settle": clash::Settle => Named, Unlocked, |app, i| app.desk(|d| clash::settle(d, i));
    /// Says who looks after a household.
    "assign.set": assign::Assign => Named, Unlocked, |app, i| app.desk(|d| assign::set(d, i));
    /// Says who looks after up to 1,000 households, all of a space or none.
    "assign.many": assign::AssignMany => assign::AssignedMany, Unlocked, |app, i| app.desk(|d| assign::many(d, i));
    /// Hands a household over to another team; its people go with it, its visits stay.
    "hand_over.set": hand_over::HandOver => hand_over::HandedOver, Staff, |app, i| hand_over::set(app, i);
    /// Edits that were made in the old team after a hand-over and touch what the new one wrote.
    "late.list": Nothing => Vec<hand_over::Waiting>, Unlocked, |app, _| app.desk(hand_over::list);
    /// Takes a late edit over, or leaves the record as it is.
    "late.settle": hand_over::SettleLate => Named, Unlocked, |app, i| app.desk(|d| hand_over::settle(d, &i));
    /// Exchanges with the hub until both hold the same.
    "sync.run": Nothing => sync::Report, Online, |app, _| sync::run(app);
    /// Where syncing stands.
    "sync.status": Nothing => sync::Status, Unlocked, |app, _| sync::status(app);
    /// Records that wait, are kept or were returned, newest first.
    "sync.records": standing::StandingInput => Vec<standing::Stands>, Unlocked, |app, i| app.desk(|d| standing::list(d, i));
    /// What was written of a returned record and does not count; its text stands nowhere else.
    "returned.show": returned::ReturnedInput => returned::ReturnedRecord, Unlocked, |app, i| app.desk(|d| returned::show(d, i));
    /// Takes a returned record off the list, once its author has read it. The text stays on this disk.
    "returned.read": returned::ReturnedInput => Done, Unlocked, |app, i| app.desk(|d| returned::read(d, i));
    /// Ends an exchange under way at its next step; what was taken stays, and `sync.run` answers `cancelled`.
    "sync.stop": Nothing => Done, Unlocked, |app, _| Ok(sync::stop(app));
    /// Packs set aside that nothing replaces yet; staff see those at the hub too, when it is in reach.
    "tray.list": Nothing => Vec<space::Aside>, Unlocked, |app, _| staff::tray(app);
    /// What a pack of the tray holds.
    "tray.show": staff::ApprovePack => Vec<adopt::Edit>, Staff, |app, i| adopt::show(app, &i);
    /// Writes what a pack of the tray holds again, under the name of who asks; nothing newer is covered.
    "tray.adopt": staff::ApprovePack => adopt::Adopted, Staff, |app, i| adopt::adopt(app, &i);
    /// Lets a revoked device's last work count after all.
    "tray.approve": staff::ApprovePack => Value, Staff, |app, i| staff::ask_then_sync(app, "tray.approve", &i);
    /// What a person must hear about.
    "notices.list": Nothing => Vec<notices::NoticeRow>, Unlocked, |app, _| app.desk(notices::list);
    /// Marks a notice as read.
    "notices.drop": notices::Read => Done, Unlocked, |app, i| app.desk(|d| notices::read(d, i));
    /// Makes a one-time code for a member's device.
    "member.invite": staff::Invite => Value, Staff, |app, i| staff::ask_after_sync(app, "member.invite", &i);
    /// Devices of the commune, waiting ones too.
    "device.list": Nothing => Value, Staff, |app, _| staff::ask(app, "device.list", &serde_json::json!({}));
    /// Lets a waiting device in; the check number is the one its screen shows.
    "device.approve": staff::Approve => Value, Staff, |app, i| staff::ask(app, "device.approve", &i);
    /// Changes what a device may do and which teams it holds.
    "device.rights": hand_over::Rights => Done, Staff, |app, i| hand_over::rights(app, &i);
    /// Ends a device's rights. What the hub holds of it stays.
    "device.revoke": staff::Revoke => Value, Staff, |app, i| staff::ask_then_sync(app, "device.revoke", &i);
    /// Where the profile of this folder stands.
    "profile.state": Nothing => profile::State, Nothing, |app, _| profile::state(app);
    /// Unlocks the profile. Each try is counted before it is checked.
    "profile.unlock": profile::Unlock => Done, Nothing, |app, i| profile::unlock(app, &i);
    /// Locks the profile; a running exchange ends.
    "profile.lock": Nothing => Done, Nothing, |app, _| profile::lock(app);
    /// Sets another PIN or passphrase.
    "profile.pin": profile::NewPin => Done, Nothing, |app, i| profile::pin(app, &i);
    /// The people who share this device.
    "profile.list": Nothing => Vec<profiles::Shared>, Nothing, |app, _| profiles::list(app);
    /// Locks the profile and turns to another person's.
    "profile.choose": profiles::Choose => Done, Nothing, |app, i| profiles::choose(app, &i);
    /// Locks the profile and makes room for another person, who then enrols.
    "profile.add": Nothing => Done, Nothing, |app, _| profiles::add(app);
    /// Locks the profile and opens an invented commune to practise in, gone at the next lock; nothing of it is ever sent.
    "practice.start": Nothing => Done, Nothing, |app, _| profiles::practise(app);
    /// Room the profile takes on this device, and what is left.
    "storage.get": Nothing => storage::Storage, Unlocked, |app, _| storage::get(app);
    /// Writes the profile to one sealed file and opens it again to prove it; the code is shown this once.
    "backup.make": Nothing => crate::backup::Made, Unlocked, |app, _| backup::make(app);
    /// The next piece of that file.
    "backup.read": backup::From => backup::Piece, Unlocked, |app, i| backup::read(app, i);
    /// Removes that file from this device.
    "backup.drop": Nothing => Done, Unlocked, |app, _| backup::drop_file(app);
    /// Takes the next piece of a backup that is to come back.
    "backup.put": backup::Given => Done, Nothing, |app, i| backup::put(app, &i);
    /// Proves the backup that was given and makes a profile of it, beside those that are here.
    "backup.restore": backup::Restore => crate::backup::Holds, Nothing, |app, i| backup::restore(app, &i);
    /// Makes the profile and asks a hub to enrol this device.
    "enrol.start": enrol::Start => enrol::Enrolment, Nothing, |app, i| enrol::start(app, &i);
    /// Asks whether staff approved this device.
    "enrol.state": Nothing => enrol::Enrolment, Online, |app, _| enrol::state(app);
    /// Keeps what stands in a form.
    "draft.put": draft::Put => Done, Unlocked, |app, i| app.desk(|d| draft::put(d, i));
    /// What stood in a form.
    "draft.get": draft::Key => draft::Form, Unlocked, |app, i| app.desk(|d| draft::get(d, i));
    /// Forms that are kept, newest first.
    "draft.list": Nothing => Vec<draft::Kept>, Unlocked, |app, _| app.desk(draft::list);
    /// Forgets a form.
    "draft.drop": draft::Key => Done, Unlocked, |app, i| app.desk(|d| draft::drop_form(d, i));
    /// Keeps a photo, made anew without anything but the picture, or a PDF. A record names it in its set `photo`.
    "file.add": file::Add => file::Info, Unlocked, |app, i| file::add(app, i);
    /// What is known of a file.
    "file.info": file::Ask => file::Info, Unlocked, |app, i| app.desk(|d| file::info(d, i));
    /// A photo here, small enough for a list or as large as it is kept.
    "file.picture": file::PictureInput => file::Picture, Unlocked, |app, i| file::picture(app, i);
    /// Where photos and papers stand: what waits for the hub, what is missing here, what moves.
    "file.status": Nothing => file_sync::FilesStatus, Unlocked, |app, _| file_sync::status(app);
    /// Gives the hub the photos and papers it lacks, and takes those that are missing here where that is asked.
    "file.sync": file_sync::FilesInput => file_sync::FilesReport, Online, |app, i| file_sync::run(app, i);
    /// Ends `file.sync` under way at its next range; what was moved stays, and it answers `cancelled`.
    "file.stop": Nothing => Done, Unlocked, |app, _| Ok(file_sync::stop(app));
    /// Draws a text as a QR code: rows of `1` (dark) and `0`, without the four rows of light that go around it.
    "qr.draw": qr::Draw => qr::Drawn, Nothing, |_, i| qr::draw(&i);
    /// Reads the invitation in a picture of grey pixels. Of another code only its kind is told.
    "qr.read": qr::Seen => qr::Text, Nothing, |app, i| qr::read(app, &i);
    /// Reads an identity card's QR code: the fields a form shows. Its number becomes a tag here and is dropped; nothing is kept.
    "qr.card": qr::Seen => qr::scan::Card, Unlocked, |app, i| qr::scan::card(app, &i);
    /// Reads the dossier code on a receipt.
    "qr.receipt": qr::Seen => qr::scan::Receipt, Unlocked, |app, i| qr::scan::receipt(app, &i);
    /// Reads and checks a shop's payment code, without a network: its bank and the shop's name. The account's number is dropped here.
    "qr.vietqr": qr::Seen => qr::scan::VietQr, Unlocked, |app, i| qr::scan::vietqr(app, &i);
    /// Reads the web address of a shop or a product.
    "qr.address": qr::Seen => qr::scan::Address, Unlocked, |app, i| qr::scan::address(app, &i);
    /// What of a phone's own parts this device has: a scanner, a finger's reader, reminders.
    "phone.state": Nothing => phone::Parts, Nothing, |app, _| phone::state(app);
    /// Ends the look of the phone's scanner that is under way, which then answers `cancelled`.
    "phone.stop": Nothing => Done, Nothing, |app, _| Ok(phone::stop(app));
    /// The invitation that the app was opened with, once; null without one.
    "phone.invitation": Nothing => Option<qr::Text>, Nothing, |app, _| Ok(phone::invitation(app));
    /// Has a finger open this profile too, after its secret was typed. The phone asks for the finger.
    "finger.on": finger::On => Done, Unlocked, |app, i| finger::on(app, &i);
    /// Has no finger open this profile any more.
    "finger.off": Nothing => Done, Unlocked, |app, _| finger::off(app);
    /// Opens the profile with a finger, which the phone asks for.
    "finger.unlock": finger::Words => Done, Nothing, |app, i| finger::unlock(app, &i);
    /// Has the phone tell, in the morning, of what is due that day: for the next 14 days, counts only. Again after changes.
    "reminder.set": reminder::Set => reminder::Planned, Unlocked, |app, i| reminder::set(app, &i);
    /// JSON Schema of a kind.
    "schema.get": schema::SchemaInput => Value, Nothing, |_, i| schema::get(i);
    /// Names of all kinds.
    "kind.list": Nothing => Vec<&'static str>, Nothing, |_, _| schema::kinds();
}

/// Runs a call by name.
///
/// # Errors
/// `unknown_call`, `bad_input`, `locked`, `revoked`, `not_allowed`, those of the call. Nothing was changed unless `saved` says so.
pub fn call(app: &App, name: &str, input: Value) -> Called<Value> {
    let found = CALLS.iter().find(|call| call.name == name);
    let call = found.ok_or_else(|| CallError::new("unknown_call").with("call", name))?;
    let input = match input {
        Value::Null => Value::Object(serde_json::Map::new()),
        given => given,
    };
    if matches!(call.needs, Needs::Unlocked | Needs::Staff) {
        app.desk(|desk| lease::call(desk.device, name))?;
    }
    (call.run)(app, input)
}

/// Errors: `bad_input`. Only names are told, never what was typed.
fn read<T: DeserializeOwned>(json: Value) -> Called<T> {
    serde_json::from_value(json).map_err(|error| {
        let told = error.to_string();
        let names = ["unknown field", "missing field"];
        let what = if names.iter().any(|begin| told.starts_with(begin)) {
            told
        } else {
            "a value has the wrong type".to_owned()
        };
        CallError::new("bad_input").with("what", what)
    })
}

fn answer<T: Serialize>(output: &T) -> Called<Value> {
    serde_json::to_value(output).map_err(|_| CallError::new("internal"))
}
