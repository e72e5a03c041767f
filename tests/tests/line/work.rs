//! A member's day: records, clashes, forms, photos, syncing, and a stick.

use crate::bench::Bench;
use crate::commune::Place;
use crate::story::{LAN, OFFICE, text};
use serde_json::{Value, json};

/// Records; answers a household.
pub fn records(bench: &mut Bench, place: &Place) -> String {
    bench.chapter("Records");
    bench.call(LAN, "kind.list", json!({}));
    bench.call(LAN, "schema.get", json!({ "kind": "household" }));
    let household =
        |fields: Value| json!({ "space": place.team, "kind": "household", "fields": fields });
    let first = json!({ "head_name": "Lầu Bá Đủa", "cluster": "Huồi Tụ", "consent": "dong_y", "phone": "0912 345 678" });
    let id = text(
        &bench.call(LAN, "record.create", household(first.clone())),
        "id",
    );
    bench.names.know(&id, "<household>");
    bench.note(
        "With an id, asking again changes nothing. What does not fit is told field by field.",
    );
    let mut again = household(first);
    again["id"] = json!(id);
    bench.call(LAN, "record.create", again);
    let misfit = household(json!({ "people": "năm" }));
    bench.refused(LAN, "record.create", misfit, "invalid");
    let held = bench.call(LAN, "record.get", json!({ "id": id }));
    assert_eq!(held["sync"], "waiting");
    let patch = json!({ "id": id, "patch": { "people": 5 }, "rev": held["rev"] });
    let saved = bench.call(LAN, "record.save", patch);
    assert_eq!(saved["changed"], json!(["people"]));
    bench.call(LAN, "record.history", json!({ "id": id }));
    let more = [
        json!({ "head_name": "Lầu Y Mai", "cluster": "Huồi Tụ" }),
        json!({ "head_name": "Vừ Bá Trò", "cluster": "Huồi Tụ", "consent": "dong_y" }),
    ];
    let ids = more.map(|fields| text(&bench.quiet(LAN, "record.create", household(fields)), "id"));
    bench.names.know(&ids[0], "<household-mai>");
    bench.names.know(&ids[1], "<household-tro>");
    bench.note("A page and where the next one begins; words are found with or without tone marks.");
    let list = json!({ "kind": "household", "space": place.team, "filter": { "cluster": "Huồi Tụ" }, "limit": 1 });
    bench.naming(&[("next", "<place-1>")]);
    let page = bench.call(LAN, "record.list", list.clone());
    let mut next = list;
    next["after"] = page["next"].clone();
    next["limit"] = json!(50);
    let rest = bench.call(LAN, "record.list", next);
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next"]),
        (2, &Value::Null)
    );
    bench.call(LAN, "search", json!({ "text": "lau ba du" }));
    bench.note(
        "Deleting has a reason and can be undone; erasing is another thing (`record.purge`).",
    );
    bench.call(
        LAN,
        "record.delete",
        json!({ "id": ids[1], "reason": "ghi nhầm" }),
    );
    let gone = bench.quiet(LAN, "record.get", json!({ "id": ids[1] }));
    assert_eq!(gone["deleted"], "ghi nhầm");
    bench.call(LAN, "record.restore", json!({ "id": ids[1] }));
    let twin = household(json!({ "head_name": "LAU Y MAI", "cluster": "Huồi Tụ" }));
    let twin = text(&bench.quiet(LAN, "record.create", twin), "id");
    bench.names.know(&twin, "<household-twin>");
    let found = bench.call(LAN, "duplicate.list", json!({}));
    assert_eq!(found.as_array().unwrap().len(), 1);
    bench.toso(LAN, &["sync"]);
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.call(
        OFFICE,
        "assign.set",
        json!({ "household": id, "members": [place.member] }),
    );
    bench.refused(
        LAN,
        "assign.set",
        json!({ "household": id, "members": [] }),
        "not_allowed",
    );
    bench.refused(
        LAN,
        "record.get",
        json!({ "id": "01900000-0000-7000-8000-000000000000" }),
        "not_found",
    );
    bench.refused(LAN, "no.such", json!({}), "unknown_call");
    id
}

/// Nobody's words are covered silently.
pub fn two_versions(bench: &mut Bench, id: &str) {
    bench.chapter("Two versions");
    bench.note("Lan opens the form; the office changes the phone meanwhile, and a sync brings it. Her save of the same field is not written but answered, the rest is saved.");
    let rev = bench.quiet(LAN, "record.get", json!({ "id": id }))["rev"].clone();
    let theirs = json!({ "id": id, "patch": { "phone": "0987 654 321" } });
    bench.call(OFFICE, "record.save", theirs);
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.quiet(LAN, "sync.run", json!({}));
    let mine = json!({ "id": id, "patch": { "phone": "0911 111 111", "people": 6 }, "rev": rev });
    let error = bench.refused(LAN, "record.save", mine, "field_changed");
    bench.fit("field_changed", &error);
    assert_eq!(error["error"]["saved"]["changed"], json!(["people"]));
    bench.note("Written at the same time without knowing of each other, both values are kept and shown until somebody settles it.");
    bench.quiet(LAN, "sync.run", json!({}));
    bench.quiet(OFFICE, "sync.run", json!({}));
    let name = |name: &str| json!({ "id": id, "patch": { "head_name": name } });
    bench.quiet(OFFICE, "record.save", name("Lầu Bá Đùa"));
    // A second edit more, and hers is the one shown first on every device.
    bench.quiet(
        LAN,
        "record.save",
        json!({ "id": id, "patch": { "note": "nhà cuối dốc" } }),
    );
    bench.quiet(LAN, "record.save", name("Lầu Bá Dủa"));
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.quiet(LAN, "sync.run", json!({}));
    let clashes = bench.call(LAN, "clash.list", json!({}));
    assert_eq!(clashes[0]["values"].as_array().unwrap().len(), 2);
    let held = bench.call(LAN, "record.get", json!({ "id": id }));
    assert_eq!(held["clashes"]["head_name"].as_array().unwrap().len(), 2);
    let settle = json!({ "id": id, "field": "head_name", "value": "Lầu Bá Đủa" });
    bench.call(LAN, "clash.settle", settle.clone());
    bench.refused(LAN, "clash.settle", settle, "no_clash");
}

/// Forms not yet saved, and photos.
pub fn forms_and_files(bench: &mut Bench, place: &Place, household: &str) {
    bench.chapter("Forms and photos");
    let key = format!("visit/{household}");
    bench.call(
        LAN,
        "draft.put",
        json!({ "key": key, "form": { "note": "đang ghi" } }),
    );
    bench.call(LAN, "draft.get", json!({ "key": key }));
    bench.call(LAN, "draft.list", json!({}));
    bench.call(LAN, "draft.drop", json!({ "key": key }));
    bench.note("A photo is made anew: at most 1,600 pixels a side, upright, nothing in it but the picture. A PDF is kept as it is. A record names files in its set `photo`.");
    let photo = image::RgbImage::from_fn(2_000, 1_500, |x, y| {
        image::Rgb([(x / 8) as u8, (y / 8) as u8, 90])
    });
    photo.save(bench.path("anh.png")).unwrap();
    let input = json!({ "space": place.team, "path": "anh.png" });
    let kept = bench.call(LAN, "file.add", input);
    assert_eq!(
        (&kept["width"], &kept["height"]),
        (&json!(1_600), &json!(1_200))
    );
    bench.call(LAN, "file.info", json!({ "hash": kept["hash"] }));
    bench.call(
        LAN,
        "file.picture",
        json!({ "hash": kept["hash"], "side": 64 }),
    );
    std::fs::write(bench.path("anh.heic"), b"\0\0\0\x18ftypheic").unwrap();
    let other = json!({ "space": place.team, "path": "anh.heic" });
    bench.refused(LAN, "file.add", other, "file_kind");
    let visit = json!({ "space": place.team, "kind": "visit", "fields": {
        "household": household, "day": "2025-06-01", "contact": "gap_chu_ho", "photo": [kept["hash"]] } });
    bench.note("A record takes a picture once the household agreed to pictures, and shows it as long as they do.");
    bench.refused(LAN, "record.create", visit.clone(), "invalid");
    let answer = json!({ "space": place.team, "kind": "consent", "fields": {
        "household": household, "purpose": "hinh_anh", "decision": "dong_y", "given_on": "2025-06-01" } });
    bench.quiet(LAN, "record.create", answer);
    bench.call(LAN, "record.create", visit);
    bench.note("Files go apart from records, range by range, each of which may begin at any byte. What waits is told before anything goes; what is missing here counts as much as a photo has at most.");
    let waits = bench.call(LAN, "file.status", json!({}));
    assert_eq!(waits["waiting"]["files"], 1, "{waits}");
    let told = bench.call(LAN, "file.sync", json!({ "give": true, "take": true }));
    assert_eq!(
        (&told["given"], &told["bytes_up"]),
        (&json!(1), &kept["size"])
    );
    let waits = bench.call(LAN, "file.status", json!({}));
    assert_eq!(waits["waiting"]["files"], 0, "{waits}");
    bench.call(LAN, "file.stop", json!({}));
}

/// What waits, what is kept, and no network.
pub fn syncing(bench: &mut Bench) {
    bench.chapter("Syncing");
    bench.call(LAN, "sync.status", json!({}));
    let kept = json!({ "state": "kept", "limit": 1 });
    let kept = bench.call(LAN, "sync.records", kept);
    assert_eq!(kept.as_array().map(Vec::len), Some(1));
    bench.refused(LAN, "sync.records", json!({ "state": "lost" }), "bad_input");
    bench.stop_hub();
    bench.toso_refused(LAN, &["sync"], "offline");
    bench.serve_hub(false);
    bench.toso(LAN, &["sync"]);
    let told = bench.call(LAN, "sync.run", json!({}));
    assert_eq!(
        (&told["waiting"], &told["requests"]),
        (&json!(0), &json!(1))
    );
    let status = bench.call(LAN, "sync.status", json!({}));
    assert!(status["kept"].as_u64().unwrap() > 0);
    bench.note("An exchange under way is told in `running`, and to a page that listens as `{\"kinds\":[\"sync\"],\"ids\":[]}` at its start, each step and its end. From another call it is ended at its next step; when none runs, nothing happens.");
    bench.call(LAN, "sync.stop", json!({}));
    bench.call(LAN, "notices.list", json!({}));
}

/// A stick instead of a network.
pub fn carried(bench: &mut Bench) {
    bench.chapter("By hand");
    bench.toso(LAN, &["export", "lan.toso"]);
    bench.toso(OFFICE, &["import", "lan.toso"]);
    std::fs::write(bench.path("other.txt"), "no such file").unwrap();
    bench.toso_refused(OFFICE, &["import", "other.txt"], "not_a_file");
}
