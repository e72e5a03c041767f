//! What each call of a device is asked with.

use crate::people::WORDS;
use crate::table::{NONE, Table};
use crate::world::{Place, World, clash_field, fields_of, kind_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use toso_app::calls::{CALLS, Needs};
use toso_domain::file::FileHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_hub::clock::System;
use toso_sync::key::Random;

/// Every call there is.
pub fn names() -> Vec<String> {
    CALLS.iter().map(|call| call.name.to_owned()).collect()
}

/// Fields of an input that name something somebody holds.
const NAMES: &[&str] = &[
    "space",
    "id",
    "household",
    "households",
    "member",
    "members",
    "device",
    "teams",
    "to",
    "hash",
    "head",
    "village",
    "assigned_to",
    "document",
    "subject",
];

/// A row without a scope is for a call whose input names nothing: read from its schema.
pub fn only_calls_that_name_nothing_have_no_scope(table: &Table) {
    for call in CALLS {
        let schema = (call.input)();
        let fields = schema.get("properties").and_then(Value::as_object);
        let named: Vec<&String> = fields
            .into_iter()
            .flat_map(|fields| fields.keys().filter(|name| NAMES.contains(&name.as_str())))
            .collect();
        // Its `id` is that of a profile on this very device.
        if table.scopes(call.name) == [NONE] && call.name != "profile.choose" {
            assert!(named.is_empty(), "{}: {named:?}", call.name);
        }
    }
}

/// Calls that leave the profile in another state than the next one wants: each is made on a copy of the folder.
pub const SPOILS: &[&str] = &[
    "profile.unlock",
    "profile.lock",
    "profile.pin",
    "profile.choose",
    "profile.add",
    "practice.start",
    "backup.make",
    "backup.read",
    "backup.drop",
    "backup.put",
    "backup.restore",
    "enrol.start",
];

/// Calls that may exchange before they ask who is asking: what that brings is no change of theirs.
pub fn exchanges(name: &str) -> bool {
    let call = CALLS.iter().find(|call| call.name == name);
    call.is_some_and(|call| matches!(call.needs, Needs::Online | Needs::Staff))
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Target {
    pub space: SpaceId,
    pub next: SpaceId,
    pub mark: String,
    pub kind: &'static str,
    pub clash_field: &'static str,
    pub fields: Value,
    pub member: String,
    pub device: String,
    pub certificate: Vec<u8>,
    pub waits: (String, String),
    /// An invitation.
    pub code: String,
    pub aside: String,
    pub record: String,
    pub clash: String,
    pub late: (String, String),
    pub file: String,
}

impl World {
    /// What stands in a place for everybody to ask for.
    pub fn target(&self, scope: &str) -> Target {
        let place: &Place = &self.places[scope];
        Target {
            space: place.space,
            next: place.next,
            mark: place.mark.to_owned(),
            kind: kind_of(scope),
            clash_field: clash_field(&place.space, self.here.space),
            fields: fields_of(scope, place.mark, 9_000),
            member: place.member.clone(),
            device: place.device.to_string(),
            certificate: place.certificate.clone(),
            waits: place.waits.clone(),
            code: self.strange_from(scope, &place.code),
            aside: place.aside.clone(),
            record: place.records[0].clone(),
            clash: place.clashes[0].clone(),
            late: place
                .late
                .first()
                .cloned()
                .unwrap_or_else(|| (id(), hex(32))),
            file: place.file.clone(),
        }
    }

    /// The same with what nobody has asked for yet, for a call that will be done.
    pub fn fresh(&mut self, name: &str, scope: &str) -> Target {
        let name = name.strip_prefix("/v1/staff#").unwrap_or(name);
        let mut target = self.target(scope);
        let place = self.places.get_mut(scope).unwrap();
        match name {
            "record.save" | "record.delete" | "record.restore" | "record.purge" | "assign.set"
            | "assign.many" | "hand_over.set" | "hand_over" => {
                assert!(place.records.len() > 2, "{scope}: all records are used");
                target.record = place.records.pop().unwrap();
            }
            "clash.settle" if place.clashes.len() > 1 => {
                target.clash = place.clashes.pop().unwrap();
            }
            "late.settle" if place.late.len() > 1 => target.late = place.late.pop().unwrap(),
            "tray.adopt" | "tray.approve" => target.aside = self.aside(scope),
            "device.approve" => {
                let phone = self.device(scope, false);
                target.waits = (phone.name(), phone.check_number);
            }
            "/v1/enrol" => target.code = self.invites(scope),
            "device.rights" | "device.revoke" => target.device = self.device(scope, true).name(),
            _ => {}
        }
        target
    }
}

impl Target {
    /// The same question about what there is not.
    pub fn nowhere(&self, unknown_code: String) -> Self {
        Self {
            space: SpaceId::from_bytes(System.bytes16()),
            member: id(),
            device: hex(32),
            waits: (hex(32), self.waits.1.clone()),
            code: unknown_code,
            aside: hex(16),
            record: id(),
            clash: id(),
            late: (id(), hex(32)),
            file: FileHash::of(SpaceId::from_bytes(System.bytes16()), b"").to_string(),
            ..self.clone()
        }
    }

    /// Every name in it, to be taken out of an answer before two are compared.
    pub fn names(&self) -> Vec<String> {
        let Self {
            member,
            device,
            aside,
            record,
            clash,
            file,
            ..
        } = self;
        let space = self.space.to_string();
        let (late, change) = &self.late;
        let all = [
            &space,
            member,
            device,
            &self.waits.0,
            aside,
            record,
            clash,
            late,
            change,
            file,
        ];
        all.into_iter().cloned().collect()
    }
}

pub fn id() -> String {
    RecordId::from_bytes(System.bytes16()).to_string()
}

pub fn hex(bytes: usize) -> String {
    let all = System.bytes32();
    all[..bytes]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A small picture of one shade of green, in base64.
pub fn picture(shade: u8) -> String {
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([90, shade, 60]));
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    STANDARD.encode(png.into_inner())
}

/// The input of a call about a target.
pub fn input(name: &str, t: &Target) -> Value {
    match name {
        "record.create" => json!({ "space": t.space, "kind": t.kind, "fields": t.fields }),
        "record.get" | "record.history" | "record.restore" => {
            json!({ "id": t.record, "space": t.space })
        }
        "record.save" => {
            json!({ "id": t.record, "space": t.space, "patch": { t.clash_field: "Đầu dốc" } })
        }
        "household.timeline" | "returned.show" | "returned.read" => {
            json!({ "id": t.record, "space": t.space })
        }
        "record.list" | "duplicate.list" | "clash.list" => json!({ "space": t.space }),
        "record.delete" => json!({ "id": t.record, "space": t.space, "reason": "ghi nhầm" }),
        "record.purge" => json!({ "id": t.record }),
        "search" => json!({ "text": t.mark, "space": t.space }),
        "household.list" => json!({ "text": t.mark, "assigned_to": null }),
        "store.list" => json!({ "household": t.record }),
        "duplicate.find" => {
            json!({ "space": t.space, "fields": { "head_name": format!("{} 0", t.mark) } })
        }
        "clash.settle" => {
            json!({ "id": t.clash, "space": t.space, "field": t.clash_field, "value": "hai" })
        }
        "assign.set" => json!({ "household": t.record, "space": t.space, "members": [t.member] }),
        "assign.many" => json!({ "households": [t.record], "members": [t.member], "how": "add" }),
        "hand_over.set" => json!({ "id": t.record, "to": t.next }),
        "late.settle" => json!({ "id": t.late.0, "change": t.late.1, "take": true }),
        "sync.records" => json!({ "state": "kept" }),
        "tray.show" | "tray.adopt" | "tray.approve" => json!({ "space": t.space, "head": t.aside }),
        "notices.drop" => json!({ "key": "không có" }),
        "member.invite" => {
            let teams: Vec<SpaceId> = [t.space]
                .into_iter()
                .filter(|_| t.kind != "member")
                .collect();
            json!({ "member": t.member, "roles": ["member"], "teams": teams })
        }
        "device.approve" => json!({ "device": t.waits.0, "check_number": t.waits.1 }),
        "device.rights" => {
            let teams: Vec<SpaceId> = [t.space]
                .into_iter()
                .filter(|_| t.kind != "member")
                .collect();
            json!({ "device": t.device, "roles": ["member"], "teams": teams })
        }
        "device.revoke" => json!({ "device": t.device, "reason": "mất máy" }),
        "profile.unlock" => json!({ "pin": WORDS }),
        "profile.pin" => json!({ "old": WORDS, "new": "mot mat khau khac" }),
        "profile.choose" => json!({ "id": "first" }),
        "backup.read" => json!({ "offset": 0 }),
        "backup.put" => json!({ "offset": 0, "bytes": "AAAA" }),
        "backup.restore" => json!({ "code": "KHONG", "pin": WORDS }),
        "enrol.start" => {
            json!({ "url": "http://127.0.0.1:9", "code": "0000-0000-0000-0", "name": "Máy", "pin": WORDS })
        }
        "draft.put" => json!({ "key": "visit", "form": { "note": "dở dang" } }),
        "draft.get" | "draft.drop" => json!({ "key": "visit" }),
        "file.add" => json!({ "space": t.space, "bytes": picture(140) }),
        "file.sync" => json!({ "hash": t.file, "take": true }),
        "file.info" | "file.picture" => json!({ "space": t.space, "hash": t.file }),
        "qr.draw" => json!({ "text": "TOSO" }),
        "qr.read" | "qr.card" | "qr.receipt" | "qr.vietqr" | "qr.address" => {
            json!({ "width": 1, "height": 1, "grey": "AA==" })
        }
        "finger.on" => json!({ "pin": WORDS, "words": finger() }),
        "finger.unlock" => finger(),
        "reminder.set" => json!({ "on": true, "one": "1 việc", "many": "{count} việc" }),
        "schema.get" => json!({ "kind": "visit" }),
        _ => json!({}),
    }
}

/// What the phone's own sheet would say.
fn finger() -> Value {
    json!({ "title": "Mở", "reason": "Chạm", "cancel": "PIN" })
}
