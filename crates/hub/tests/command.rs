//! The command line as operators and scripts see it: lines of JSON, exit codes, and a process that may be killed at any time.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use serde_json::{Value, json};
use stand::process::{Serving, code, done, program, run, told};
use stand::{Stand, http, lan, pao};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toso_hub::init::Made;

type Harm = fn(&Path);

const PORT_0: &[&str] = &["--listen", "127.0.0.1:0"];

/// A new hub in a folder of its own.
fn new_hub() -> (tempfile::TempDir, PathBuf, Value) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let made = done(&["init", "--data", text(&data), "--name", "Xã Mường Lống"]);
    (folder, data, made)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn made(told: &Value) -> Made {
    let word = |name: &str| told[name].as_str().unwrap().to_owned();
    Made {
        hub_id: word("hub_id"),
        key_fingerprint: word("key_fingerprint"),
        staff_code: word("staff_code"),
        recovery_key: word("recovery_key"),
    }
}

/// Runs with the recovery key where a script puts it.
fn with_key(key: &str, words: &[&str]) -> std::process::Output {
    let mut command = program();
    command.env("TOSO_RECOVERY_KEY", key).args(words);
    command.output().unwrap()
}

#[test]
fn init_tells_four_things_once_and_is_never_run_over_another() {
    let (_folder, data, first) = new_hub();
    let names: Vec<&String> = first.as_object().unwrap().keys().collect();
    let wanted = ["hub_id", "key_fingerprint", "staff_code", "recovery_key"];
    assert_eq!(names, wanted);
    let mode = |name: &str| fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("hub.key"), mode("hub.db")), (0o600, 0o600));
    let key = fs::read(data.join("hub.key")).unwrap();
    let again = run(&["init", "--data", text(&data), "--name", "Xã khác"]);
    assert_eq!(code(&again), "exists");
    assert_eq!(fs::read(data.join("hub.key")).unwrap(), key);
    // Nothing that was told is kept where a thief of the folder reads it.
    for secret in ["staff_code", "recovery_key"] {
        let secret = first[secret].as_str().unwrap();
        assert!(!stand::leaks(&data, secret.as_bytes()));
    }
}

#[test]
fn help_is_in_both_languages_and_wrong_usage_is_2() {
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    for word in [
        "Chạy máy chủ",
        "Run the hub",
        "init",
        "backup",
        "restore",
        "check",
        "doctor",
    ] {
        assert!(help.contains(word), "{word}");
    }
    for words in [&["fly"][..], &["init"], &["serve", "--data"], &[]] {
        assert_eq!(run(words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn settings_that_are_not_ours_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("my.toml"), folder.path().join("hub"));
    fs::write(&config, "listne = \"127.0.0.1:0\"\n").unwrap();
    let words = [
        "init",
        "--data",
        text(&data),
        "--name",
        "Xã",
        "--config",
        text(&config),
    ];
    assert_eq!(code(&run(&words)), "bad_config");
    assert!(!data.exists());
    fs::write(&config, "listen = \"127.0.0.1:0\"\n").unwrap();
    done(&words);
    let serving = Serving::start(&data, &[]);
    assert!(serving.url.starts_with("http://127.0.0.1:"));
}

#[test]
fn a_hub_asked_to_stop_ends_in_order() {
    let (_folder, data, _) = new_hub();
    for signal in ["TERM", "INT"] {
        let mut serving = Serving::start(&data, PORT_0);
        assert_eq!(
            http::ask(&serving.url, "GET", "/readyz", None, b"").status,
            200
        );
        serving.signal(signal);
        assert_eq!(serving.ended(), Some(0), "{signal}");
        let left = fs::metadata(data.join("hub.db-wal")).map_or(0, |m| m.len());
        assert_eq!(left, 0, "everything stands in the one file");
    }
    // At the very moment it says where it listens it can already be asked to stop.
    let mut serving = Serving::start(&data, PORT_0);
    serving.signal("TERM");
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn a_request_under_way_is_answered_before_the_hub_ends() {
    let (_folder, data, _) = new_hub();
    let mut serving = Serving::start(&data, PORT_0);
    let host = serving.url.strip_prefix("http://").unwrap().to_owned();
    let _idle = TcpStream::connect(&host).unwrap();
    let mut stream = TcpStream::connect(&host).unwrap();
    let head = "POST /v1/challenge HTTP/1.1\r\nhost: hub\r\ncontent-length: 4\r\n\r\nab";
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    serving.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(b"cd").unwrap();
    let mut told = Vec::new();
    stream.read_to_end(&mut told).unwrap();
    assert!(told.starts_with(b"HTTP/1.1 200"));
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn a_hub_killed_without_a_word_keeps_all_it_answered_for() {
    let (folder, data, first) = new_hub();
    let serving = Serving::start(&data, PORT_0);
    let mut stand = Stand::beside(folder, made(&first), &serving.url);
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    let commune = lan.commune.unwrap();
    let mut visits = Vec::new();
    let mut serving = Some(serving);
    for name in ["Nhà ông Tồng", "Nhà bà Mỷ", "Nhà ông Chá"] {
        visits.push(pao.write(&stand, team, "visit", name));
        pao.sync(&stand, &[commune, team]).unwrap();
        serving.take().unwrap().signal("KILL");
        let next = Serving::start(&data, PORT_0);
        stand.url.clone_from(&next.url);
        serving = Some(next);
    }
    lan.sync(&stand, &[commune, team]).unwrap();
    assert!(visits.iter().all(|visit| lan.holds(team, *visit)));
    done(&["check", "--data", text(&data)]);
}

#[test]
fn a_disk_that_takes_no_more_is_told_and_nothing_is_half_done() {
    let (folder, data, first) = new_hub();
    // The write-ahead log may grow to half a megabyte; then every write fails, as on a full disk.
    let full = Serving::start_in_shell(&data, "trap '' XFSZ; ulimit -f 1024;", PORT_0);
    let mut stand = Stand::beside(folder, made(&first), &full.url);
    let mut lan = lan(&stand);
    let commune = lan.commune.unwrap();
    let team = lan.write(&stand, commune, "team", "Tổ 1").into();
    lan.sync(&stand, &[commune]).unwrap();
    let mut visits = Vec::new();
    let code = loop {
        assert!(visits.len() < 2_000, "the disk is never full");
        visits.push(lan.write(&stand, team, "visit", &"Nhà ".repeat(500)));
        if let Err(code) = lan.sync(&stand, &[commune, team]) {
            break code;
        }
    };
    assert!(matches!(&*code, "db" | "disk_full" | "io"), "{code}");
    assert_eq!(
        http::ask(&stand.url, "GET", "/livez", None, b"").status,
        200
    );
    drop(full);
    let room = Serving::start(&data, PORT_0);
    stand.url.clone_from(&room.url);
    lan.open(&stand).unwrap();
    lan.sync(&stand, &[commune, team]).unwrap();
    assert_eq!(
        told_packs(&data),
        visits.len() as u64 + 1,
        "each visit once, and the team"
    );
}

/// Packs held, each page of the database proved.
fn told_packs(data: &Path) -> u64 {
    done(&["check", "--data", text(data)])["packs"]
        .as_u64()
        .unwrap()
}

#[test]
fn a_backup_is_proved_and_taken_back_from_the_command_line() {
    let (folder, data, first) = new_hub();
    let file = folder.path().join("hub.age");
    let key = first["recovery_key"].as_str().unwrap();
    let serving = Serving::start(&data, PORT_0);
    let report = done(&["backup", "--data", text(&data), text(&file)]);
    assert_eq!(report["hub_id"], first["hub_id"], "also while it serves");
    let again = run(&["backup", "--data", text(&data), text(&file)]);
    assert_eq!(code(&again), "exists");
    let check = ["check", "--data", text(&data), text(&file)];
    assert_eq!(code(&run(&check)), "no_recovery_key");
    assert_eq!(
        code(&with_key("AGE-SECRET-KEY-1", &check)),
        "wrong_recovery_key"
    );
    assert_eq!(told(&with_key(key, &check))["hub_id"], first["hub_id"]);
    let restore = ["restore", "--data", text(&data), text(&file)];
    assert_eq!(code(&with_key(key, &restore)), "in_use");
    drop(serving);
    assert_eq!(told(&with_key(key, &restore))["hub_id"], first["hub_id"]);
    fs::write(&file, b"not a backup").unwrap();
    assert_eq!(code(&with_key(key, &restore)), "bad_backup");
    drop(Serving::start(&data, PORT_0));
}

#[test]
fn a_damaged_database_is_told_and_never_made_anew() {
    let harms: [(&str, Harm); 4] = [
        ("gone", |db| fs::remove_file(db).unwrap()),
        ("emptied", |db| fs::write(db, b"").unwrap()),
        ("first page", |db| scribble(db, 0)),
        ("a later page", |db| scribble(db, 3 * 4096)),
    ];
    for (what, harm) in harms {
        let (_folder, data, _) = new_hub();
        let db = data.join("hub.db");
        harm(&db);
        let before = fs::read(&db).ok();
        assert_eq!(
            code(&run(&["check", "--data", text(&data)])),
            "db_damaged",
            "{what}"
        );
        if what != "a later page" {
            let words = ["serve", "--data", text(&data), "--listen", "127.0.0.1:0"];
            assert_eq!(code(&run(&words)), "db_damaged", "{what}");
        }
        assert_eq!(fs::read(&db).ok(), before, "{what}: left as it was found");
    }
    let empty = tempfile::tempdir().unwrap();
    let words = ["serve", "--data", text(empty.path())];
    assert_eq!(code(&run(&words)), "no_hub");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
}

fn scribble(db: &Path, at: usize) {
    let mut bytes = fs::read(db).unwrap();
    bytes[at..at + 64].fill(0x5a);
    fs::write(db, bytes).unwrap();
}

#[test]
fn the_doctor_says_what_is_wrong_and_touches_nothing() {
    let (_folder, data, first) = new_hub();
    let well = done(&["doctor", "--data", text(&data)]);
    assert_eq!(well["hub_id"], first["hub_id"]);
    let findings = well["findings"].as_array().unwrap();
    assert!(
        findings.len() >= 6 && findings.iter().all(|f| f["ok"] == json!(true)),
        "{well}"
    );
    let serving = Serving::start(&data, PORT_0);
    done(&["doctor", "--data", text(&data)]);
    drop(serving);
    fs::set_permissions(data.join("hub.key"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(data.join("hub.toml"), "behind_proxy = 1").unwrap();
    let ill = run(&["doctor", "--data", text(&data)]);
    assert_eq!(code(&ill), "unwell");
    let ill: Value = serde_json::from_slice(&ill.stdout).unwrap();
    let red: Vec<&Value> = ill["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["ok"] == json!(false))
        .collect();
    assert_eq!(red.len(), 2, "{ill}");
    assert_eq!(
        (&red[0]["code"], &red[1]["code"]),
        (&json!("key_open"), &json!("bad_config"))
    );
}
