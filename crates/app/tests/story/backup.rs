//! A profile in one file: it proves itself, and comes back on another phone.

use crate::meeting::two;
use crate::world::{Commune, Person};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;
use toso_sync::carried::{open_for, seal_for};
use toso_sync::key::{Secret, sha256};

/// The whole file, piece by piece.
fn taken(from: &Person) -> Vec<u8> {
    let mut file = Vec::new();
    loop {
        let piece = from.done("backup.read", json!({ "offset": file.len() }));
        let bytes = STANDARD.decode(piece["bytes"].as_str().unwrap()).unwrap();
        if bytes.is_empty() {
            assert_eq!(piece["all"], file.len());
            return file;
        }
        file.extend(bytes);
    }
}

fn given(to: &Person, file: &[u8]) {
    for (n, piece) in file.chunks(1 << 20).enumerate() {
        let bytes = STANDARD.encode(piece);
        to.done("backup.put", json!({ "offset": n << 20, "bytes": bytes }));
    }
}

/// Lan's phone with a sent household, an unsent one, a begun form and a paper.
fn day(commune: &Arc<Commune>, lan: &Person) -> (String, String, Value) {
    let sent = lan.household("Lầu Bá Đủa");
    lan.sync();
    let unsent = lan.household("Hờ Y Xa");
    lan.done(
        "draft.put",
        json!({ "key": "form/feedback/new", "form": { "text": "Cột sóng" } }),
    );
    let paper = STANDARD.encode(b"%PDF-1.4\n% a paper\n%%EOF\n");
    lan.done("file.add", json!({ "space": commune.team, "bytes": paper }));
    let made = lan.done("backup.make", json!({}));
    assert_eq!(made["holds"]["unsent"], 1, "{made}");
    assert_eq!(made["holds"]["files"], 1);
    (sent, unsent, made)
}

#[test]
fn a_phone_that_fell_into_the_water_is_there_again_with_its_unsent_work() {
    let (commune, _staff, lan, pao) = two();
    let (sent, unsent, made) = day(&commune, &lan);
    let file = taken(&lan);
    assert_eq!(made["bytes"], file.len());
    for word in ["Hờ Y Xa", "Cột sóng", "Lan"] {
        let inside = file.windows(word.len()).any(|part| part == word.as_bytes());
        assert!(!inside, "{word} stands in the file");
    }
    drop(lan);

    let new = commune.again("Lan's new phone", "246810");
    given(&new, &file);
    let code = made["code"].as_str().unwrap();
    // As it is read from paper.
    let typed = code.to_lowercase().replace('-', " ").replace('0', "o");
    let holds = new.done("backup.restore", json!({ "code": typed, "pin": "246810" }));
    assert_eq!(holds, made["holds"]);
    assert_eq!(new.done("profile.state", json!({}))["state"], "locked");
    new.done("profile.unlock", json!({ "pin": "246810" }));
    let form = new.done("draft.get", json!({ "key": "form/feedback/new" }));
    assert_eq!(form["form"]["text"], "Cột sóng");
    assert_eq!(new.get(&unsent)["sync"], "waiting");
    new.sync();
    pao.sync();
    for id in [sent, unsent] {
        assert_eq!(new.get(&id)["sync"], "kept");
        assert_eq!(pao.get(&id)["fields"], new.get(&id)["fields"]);
    }
}

#[test]
fn both_phones_go_on_and_nothing_is_lost() {
    let (commune, _staff, lan, pao) = two();
    let (_, unsent, made) = day(&commune, &lan);
    let file = taken(&lan);
    let later = lan.household("Vừ Y Pà");
    lan.sync();
    let new = commune.again("Lan's new phone", "246810");
    given(&new, &file);
    new.done(
        "backup.restore",
        json!({ "code": made["code"], "pin": "246810" }),
    );
    new.done("profile.unlock", json!({ "pin": "246810" }));
    let of_new = new.household("Lỳ Bá Chò");
    for person in [&new, &lan, &pao, &new, &lan] {
        person.sync();
    }
    for id in [unsent, later, of_new] {
        for person in [&new, &lan, &pao] {
            assert_eq!(person.get(&id)["sync"], "kept", "{}", person.name);
        }
    }
}

#[test]
fn a_wrong_code_or_a_bad_file_makes_no_profile() {
    let (commune, _staff, lan, _pao) = two();
    let (_, _, made) = day(&commune, &lan);
    let file = taken(&lan);
    let new = commune.again("Lan's new phone", "246810");
    let restored =
        |code: &str| new.refused("backup.restore", json!({ "code": code, "pin": "246810" }));
    let code = made["code"].as_str().unwrap();
    assert_eq!(restored(code).code, "backup_damaged", "nothing was given");
    given(&new, &file);
    assert_eq!(restored("ABC").code, "backup_code");
    let other: String = code
        .chars()
        .map(|c| if c == '2' { '3' } else { '2' })
        .collect();
    assert_eq!(restored(&other[..29]).code, "backup_code");
    for (cut, changed) in [
        (file.len() - 1, None),
        (file.len() / 2, None),
        (file.len(), Some(3000)),
    ] {
        let mut bad = file[..cut].to_vec();
        if let Some(at) = changed {
            bad[at] ^= 1;
        }
        new.done("backup.put", json!({ "offset": 0, "bytes": "" }));
        given(&new, &bad);
        assert_eq!(restored(code).code, "backup_damaged", "{cut} {changed:?}");
    }
    given(&new, &file);
    let short = new.refused("backup.restore", json!({ "code": code, "pin": "12" }));
    assert_eq!(short.code, "pin_shape");
    assert_eq!(new.done("profile.state", json!({}))["state"], "none");
    let left: Vec<_> = std::fs::read_dir(commune.profile("Lan's new phone"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["backup.coming"]);
    lan.done("backup.drop", json!({}));
    assert_eq!(
        lan.refused("backup.read", json!({ "offset": 0 })).code,
        "no_backup"
    );
}

#[test]
fn a_backup_that_does_not_hold_what_it_says_makes_no_profile() {
    let (commune, _staff, lan, _pao) = two();
    let (_, _, made) = day(&commune, &lan);
    let file = taken(&lan);
    let code = made["code"].as_str().unwrap().replace('-', "");
    let key = Secret::from_bytes(&sha256(&[b"toso-backup-v1\0", code.as_bytes()]));
    // Whoever has the code may write another file: here one that says it holds a save more.
    let mut inside = Vec::new();
    open_for(&mut file.as_slice(), &key, |plain| {
        plain.read_to_end(&mut inside).unwrap();
        Ok(())
    })
    .unwrap();
    let said = b"\"unsent\":1";
    let at = inside
        .windows(said.len())
        .position(|part| part == said)
        .unwrap();
    inside[at + said.len() - 1] = b'2';
    let mut other = Vec::new();
    seal_for(&mut other, &key, |plain| {
        plain.write_all(&inside).unwrap();
        Ok(())
    })
    .unwrap();
    let new = commune.again("Lan's new phone", "246810");
    given(&new, &other);
    let refused = new.refused("backup.restore", json!({ "code": code, "pin": "246810" }));
    assert_eq!(refused.code, "backup_differs");
    assert_eq!(new.done("profile.state", json!({}))["state"], "none");
}
