//! The shapes of section 13: every answer of a named call is held against its own. More fields are welcome, none is missed.

use serde_json::{Value, json};

/// What stands for a value: `text`, `number`, `yes` (true or false), `map`, `any`; with `?` it may be null; words with
/// `|` between are the words it may be. A list of one is a list of such; an object has these fields, those with `?`
/// after their name perhaps.
pub fn of(call: &str) -> Option<Value> {
    let version = json!({ "value": "any", "member": "text?", "device": "text?", "at": "number" });
    let hit = json!({ "id": "text", "space": "text", "kind": "text", "title": "text", "subtitle": "text" });
    let house = json!({
        "id": "text", "space": "text", "title": "text", "subtitle": "text", "cluster": "text?", "village": "any",
        "people": "number?", "phone": "text?", "assigned": ["text"], "mine": "yes", "last_visit": "any",
        "next_on": "text?", "late_days": "number?", "sync": "waiting|kept|refused", "clashes": ["text"], "found_by?": "text",
    });
    let due = json!({
        "id": "text", "space": "text", "kind": "visit|assistance|task", "household": "text?", "title": "text",
        "subtitle": "text", "category": "text?", "priority": "text?", "on": "text", "late_days": "number",
    });
    let named = json!({ "id": "text", "name": "text" });
    let id = json!({ "id": "text" });
    let sync = json!({
        "pushed": { "packs": "number", "changes": "number" }, "pulled": { "packs": "number", "changes": "number" },
        "requests": "number", "bytes_up": "number", "bytes_down": "number", "waiting": "number",
        "refused": [{ "id": "text", "space": "text", "code": "text" }], "clashes": "number",
    });
    let enrolled =
        json!({ "device_id": "text", "check_number": "text", "state": "pending|active" });
    let done = json!({ "done": "yes" });
    let file = json!({
        "hash": "text", "size": "number", "media": "text", "width?": "number", "height?": "number", "here": "yes",
    });
    Some(match call {
        "toso-hub init" => {
            json!({ "hub_id": "text", "key_fingerprint": "text", "staff_code": "text", "recovery_key": "text" })
        }
        "toso-hub serve" => json!({ "listening": "text" }),
        "toso-hub staff-code" => {
            json!({ "staff_code": "text", "member": "text", "expires": "number" })
        }
        "toso-hub take" | "toso import" => json!({
            "rulings": "number", "packs": "number", "dup": "number", "not_taken": "map", "closed": "number", "whole": "yes",
        }),
        "toso-hub give" | "toso export" => {
            json!({ "spaces": "number", "bytes": "number", "readers": "number" })
        }
        "toso-hub new-key" => json!({ "hub_id": "text" }),
        "toso calls" => json!({
            "name": "text", "needs": "nothing|unlocked|online|staff", "doc": "text", "input": "map", "output": "any",
        }),
        "toso serve" => json!({ "listening": "text", "token": "text", "open": "text" }),
        "toso enrol" | "enrol.start" | "enrol.state" => enrolled,
        "toso sync" | "sync.run" => sync,
        "space.list" => json!([{
            "id": "text", "kind": "commune|team", "name": "text", "waiting": "number", "kept": "number",
            "refused": "number",
        }]),
        "month.mine" => json!({
            "month": "text", "visits": "number", "households_met": "number", "helps": "number", "helps_done": "number",
            "duties": "number", "days": "number", "hours": "number", "trainings": "number", "feedback": "number",
            "lines": "map",
        }),
        "today.get" => json!({
            "day": "text", "member": "any", "place": "text",
            "month": { "households": "number", "met": "number", "met_kept": "number", "met_waiting": "number" },
            "overdue": [due], "due": [due], "unmet": [house], "unmet_total": "number",
        }),
        "household.list" => json!({ "items": [house], "next": "text?", "total": "number" }),
        "household.timeline" => json!([{
            "what": "visit|assistance|edit|created", "id": "text", "kind": "text", "day": "text", "at": "number",
            "members": [named], "device": "text?", "sync": "waiting|kept|refused", "fields": "map",
            "edits": [{ "field": "text", "from": "any", "to": "any" }], "place": "text",
        }]),
        "duplicate.find" => json!([{
            "id": "text", "space": "text", "title": "text", "subtitle": "text", "likeness": "number",
            "by": "phone|name|address", "same": ["text"],
        }]),
        "people.list" => json!({
            "members": [{ "id": "text", "name": "text", "team": "text?", "position": "text?", "phone": "text?" }],
            "teams": [{ "id": "text", "name": "text", "unit": "text?" }],
            "units": [{ "id": "text", "name": "text", "kind": "text?", "parent": "text?" }],
        }),
        "assign.many" => json!({ "changed": "number" }),
        "record.create" | "record.delete" | "record.restore" | "assign.set" | "clash.settle"
        | "record.purge" | "late.settle" => id,
        "record.get" => json!({
            "id": "text", "space": "text", "kind": "text", "rev": "text", "fields": "map",
            "clashes": { "head_name?": [version] }, "sync": "waiting|kept|refused", "deleted": "text?",
            "merged_into": "text?",
        }),
        "record.save" => json!({ "id": "text", "changed": ["text"], "rev": "text" }),
        "record.list" => {
            json!({ "items": [{ "id": "text", "space": "text", "kind": "text", "fields": "map" }], "next": "text?" })
        }
        "record.history" => json!([{
            "at": "number", "received_at": "number?", "member": "text?", "device": "text?", "field": "text",
            "from": "any", "to": "any",
        }]),
        "search" => json!([hit]),
        "duplicate.list" => json!([{ "space": "text", "records": [hit], "by": "phone|name" }]),
        "clash.list" => json!([{
            "id": "text", "space": "text", "kind": "text", "title": "text", "field": "text", "values": [version],
        }]),
        "sync.records" => json!([{
            "id": "text", "space": "text", "kind": "text", "title": "text", "subtitle": "text", "about": "text?",
            "code": "text?", "updated": "number",
        }]),
        "sync.status" => json!({
            "last_ok": "number?", "waiting": "number", "kept": "number", "refused": "number", "clashes": "number",
            "clock_error_ms": "number?", "waiting_bytes": "number", "late": "number", "running": "map?",
        }),
        "member.invite" => json!({ "code": "text", "qr": "text", "expires": "number" }),
        "device.list" => {
            json!([{ "device": "text", "name": "text", "member": "text?", "state": "pending|active|revoked|refused" }])
        }
        "device.approve" | "device.revoke" => json!({ "device": "text", "state": "text" }),
        "profile.state" => json!({
            "state": "none|locked|unlocked", "practice": "any", "school": "any", "commune": "text?", "member_name": "text?", "team_names": ["text"],
        }),
        "storage.get" => json!({
            "database": "number", "files": "number", "file_count": "number", "backup": "number", "free": "number?",
        }),
        "backup.make" => json!({
            "path": "text", "bytes": "number", "code": "text",
            "holds": { "records": "number", "unsent": "number", "files": "number" },
        }),
        "backup.read" => json!({ "bytes": "text", "all": "number" }),
        "backup.restore" => json!({ "records": "number", "unsent": "number", "files": "number" }),
        "profile.list" => json!([{ "id": "text", "label": "text?", "current": "yes" }]),
        "backup.drop" | "backup.put" | "profile.choose" | "profile.add" | "practice.start"
        | "profile.unlock" | "profile.lock" | "profile.pin" | "draft.put" | "draft.drop"
        | "notices.drop" | "returned.read" | "device.rights" | "sync.stop" | "file.stop"
        | "phone.stop" | "finger.on" | "finger.off" | "finger.unlock" => done,
        "phone.state" => {
            json!({ "scanner": "yes", "finger": "none|off|on", "reminders": "none|off|on" })
        }
        "phone.invitation" => json!("any"),
        "reminder.set" => json!({ "count": "number" }),
        "draft.list" => json!([{ "key": "text", "at": "number" }]),
        "draft.get" => json!({ "key": "text", "form": "any", "at": "number?" }),
        "notices.list" => {
            json!([{ "key": "text?", "code": "text", "message": "text", "hint": "text" }])
        }
        "tray.list" => {
            json!([{ "space": "text", "pack": "text", "member": "text?", "records": ["text"] }])
        }
        "tray.show" => json!([{ "id": "text", "kind": "text", "at": "number", "fields": "map" }]),
        "returned.show" => json!({
            "kind": "text", "title": "text", "edits": [{ "at": "number", "fields": "map", "read": "any" }],
        }),
        "tray.adopt" => json!({ "changes": "number" }),
        "hand_over.set" => json!({ "id": "text", "records": ["text"] }),
        "late.list" => {
            json!([{ "id": "text", "kind": "text", "from": "text", "home": "text", "change": "text", "fields": "map" }])
        }
        "file.add" | "file.info" => file,
        "file.status" => json!({
            "waiting": { "files": "number", "bytes": "number" }, "missing": { "files": "number", "bytes": "number" },
            "running": "map?",
        }),
        "file.sync" => json!({
            "given": "number", "taken": "number", "bytes_up": "number", "bytes_down": "number", "nowhere": "number",
            "damaged": "number", "later": "yes",
        }),
        "file.picture" => json!({ "bytes": "text", "width": "number", "height": "number" }),
        "qr.draw" => json!({ "size": "number", "rows": ["text"] }),
        "qr.read" => json!({ "text": "text" }),
        "qr.card" => json!({
            "full_name": "text", "birth_date": "text", "birth_precision": "ngay|thang|nam", "gender": "text?",
            "address": "text?", "id_tag": "number?", "doubts": ["text"],
            "same": [{ "id": "text", "space": "text", "household": "text?", "title": "text" }],
        }),
        "qr.receipt" => json!({ "code": "text", "received_on": "text", "ahead": "yes" }),
        "qr.vietqr" => json!({ "bank": "text?", "napas": "yes", "name": "text?", "once": "yes" }),
        "qr.address" => json!({ "url": "text" }),
        "schema.get" => json!({ "type": "text", "properties": "map" }),
        "kind.list" => json!(["text"]),
        "error" => json!({ "error": {
            "code": "text", "message": "text", "hint": "text", "message_en?": "text", "hint_en?": "text",
        } }),
        "field_changed" => json!({ "error": {
            "code": "field_changed", "detail": { "phone": { "mine": "any", "theirs": "any", "member": "text?", "at": "number" } },
        } }),
        _ => return None,
    })
}

/// What does not fit, each with its place.
pub fn misfits(shape: &Value, found: &Value, at: &str) -> Vec<String> {
    match (shape, found) {
        (Value::String(word), _) => {
            if is(word, found) {
                Vec::new()
            } else {
                vec![format!("{at} is {found}, not {word}")]
            }
        }
        (Value::Array(of), Value::Array(list)) => {
            let each = list.iter().enumerate();
            each.flat_map(|(ix, item)| misfits(&of[0], item, &format!("{at}/{ix}")))
                .collect()
        }
        (Value::Object(fields), Value::Object(found)) => {
            let each = fields.iter().flat_map(|(name, shape)| {
                let plain = name.trim_end_matches('?');
                match found.get(plain) {
                    Some(value) => misfits(shape, value, &format!("{at}/{plain}")),
                    None if plain == name => vec![format!("{at}/{name} is missing")],
                    None => Vec::new(),
                }
            });
            each.collect()
        }
        _ => vec![format!("{at} is {found}, not like {shape}")],
    }
}

fn is(word: &str, found: &Value) -> bool {
    let plain = word.trim_end_matches('?');
    if plain != word && found.is_null() {
        return true;
    }
    match plain {
        "any" => true,
        "text" => found.is_string(),
        "number" => found.is_i64() || found.is_u64(),
        "yes" => found.is_boolean(),
        "map" => found.is_object(),
        words => words.split('|').any(|word| found == word),
    }
}

#[test]
fn what_is_missing_null_or_of_another_type_is_found() {
    let shape = json!({ "id": "text", "at": "number?", "list": [{ "x": "a|b" }], "w?": "yes" });
    let well = json!({ "id": "1", "at": null, "list": [{ "x": "b" }], "more": 1 });
    assert!(misfits(&shape, &well, "").is_empty());
    let ill = json!({ "at": "1", "list": [{ "x": "c" }, 7], "w": 1 });
    assert_eq!(misfits(&shape, &ill, "").len(), 5);
}
