use super::*;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// One plugin's Kotlin as it may answer, and what it was asked.
#[derive(Default)]
struct Plugin {
    answers: Mutex<BTreeMap<&'static str, Result<Value, &'static str>>>,
    asked: Mutex<Vec<(String, Value)>>,
}

impl Plugin {
    fn answers(&self, command: &'static str, answer: Result<Value, &'static str>) {
        self.answers.lock().unwrap().insert(command, answer);
    }

    fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Native for &Plugin {
    fn ask(&self, command: &str, input: Value) -> Result<Value, Refused> {
        let mut asked = self.asked.lock().unwrap();
        asked.push((command.to_owned(), input));
        let answers = self.answers.lock().unwrap();
        let answer = answers.get(command).cloned().unwrap_or(Err("unreached"));
        answer.map_err(|code| Refused { code: code.into() })
    }
}

#[derive(Default)]
struct Plugins {
    scanner: Plugin,
    finger: Plugin,
    reminders: Plugin,
}

impl Plugins {
    fn phone(&self) -> Handset<&Plugin> {
        Handset::new(Kotlin {
            scanner: &self.scanner,
            finger: &self.finger,
            reminders: &self.reminders,
        })
    }
}

const ASKING: Asking<'_> = Asking {
    title: "Mở Tổ Số",
    reason: "Chạm vân tay",
    cancel: "Nhập mã PIN",
};

#[test]
fn a_code_is_seen_once_the_camera_is_allowed() {
    let plugins = Plugins::default();
    let phone = plugins.phone();
    assert_eq!(phone.scan().unwrap_err(), NotGiven::Missing, "no plugin");
    for told in ["denied", "prompt-with-rationale"] {
        plugins
            .scanner
            .answers("requestPermissions", Ok(json!({ "camera": told })));
        assert_eq!(phone.scan().unwrap_err(), NotGiven::Denied);
    }
    assert!(
        plugins
            .scanner
            .asked()
            .iter()
            .all(|(command, _)| command != "scan"),
        "no look without its owner's word"
    );
    let granted = Ok(json!({ "camera": "granted" }));
    plugins.scanner.answers("requestPermissions", granted);
    let content = json!({ "content": "toso:1?x", "format": "QR_CODE", "bounds": null });
    plugins.scanner.answers("scan", Ok(content));
    assert_eq!(phone.scan().unwrap().as_str(), "toso:1?x");
    let (_, input) = plugins.scanner.asked().pop().unwrap();
    assert_eq!(input["windowed"], true, "the way back stays in sight");
    plugins.scanner.answers("scan", Err("cancelled"));
    assert_eq!(phone.scan().unwrap_err(), NotGiven::Stopped);
    plugins.scanner.answers("scan", Ok(json!({})));
    assert_eq!(phone.scan().unwrap_err(), NotGiven::Missing);
    phone.stop();
    assert_eq!(plugins.scanner.asked().pop().unwrap().0, "cancel");
}

#[test]
fn a_finger_opens_what_it_sealed_and_each_refusal_has_its_meaning() {
    let plugins = Plugins::default();
    let phone = plugins.phone();
    assert!(!phone.knows_finger(), "no plugin");
    let status = |there: bool| Ok(json!({ "isAvailable": there, "biometryType": 1 }));
    plugins.finger.answers("status", status(false));
    assert!(!phone.knows_finger());
    plugins.finger.answers("status", status(true));
    assert!(phone.knows_finger());

    let bytes: [u8; 32] = std::array::from_fn(|n| u8::try_from(n * 5).unwrap());
    let sealed = Ok(json!({ "data": "c2VhbGVk;aXY=" }));
    plugins.finger.answers("biometricCipher", sealed);
    assert_eq!(phone.seal(&bytes, ASKING).unwrap(), "c2VhbGVk;aXY=");
    let (_, input) = plugins.finger.asked().pop().unwrap();
    assert_eq!(input["dataToEncrypt"], STANDARD.encode(bytes));
    assert_eq!(input["allowDeviceCredential"], false);
    assert!(input.get("dataToDecrypt").is_none());

    let opened = Ok(json!({ "data": STANDARD.encode(bytes) }));
    plugins.finger.answers("biometricCipher", opened);
    assert_eq!(*phone.open("c2VhbGVk;aXY=", ASKING).unwrap(), bytes);
    let (_, input) = plugins.finger.asked().pop().unwrap();
    assert_eq!(input["dataToDecrypt"], "c2VhbGVk;aXY=");

    for (code, meaning) in [
        ("userCancel", NotGiven::Stopped),
        ("systemCancel", NotGiven::Stopped),
        ("biometryLockout", NotGiven::Denied),
        ("authenticationFailed", NotGiven::Denied),
        ("biometryNotEnrolled", NotGiven::Missing),
        ("unreached", NotGiven::Denied),
        ("", NotGiven::Lost),
    ] {
        plugins.finger.answers("biometricCipher", Err(code));
        assert_eq!(phone.open("x", ASKING).unwrap_err(), meaning, "{code}");
    }
    assert_eq!(phone.seal(&bytes, ASKING).unwrap_err(), NotGiven::Missing);
    for odd in [
        json!({}),
        json!({ "data": "" }),
        json!({ "data": "no base 64" }),
    ] {
        plugins.finger.answers("biometricCipher", Ok(odd));
        phone.open("x", ASKING).unwrap_err();
    }
}

#[test]
fn reminders_take_the_place_of_those_before() {
    let plugins = Plugins::default();
    let phone = plugins.phone();
    assert_eq!(phone.remind(&[]), Err(NotGiven::Missing), "no plugin");
    assert!(!phone.may_remind(false));
    let state = |told: &str| Ok(json!({ "permissionState": told }));
    plugins
        .reminders
        .answers("checkPermissions", state("prompt"));
    plugins
        .reminders
        .answers("requestPermissions", state("granted"));
    assert!(!phone.may_remind(false) && phone.may_remind(true));
    plugins.reminders.answers("cancel", Ok(json!(null)));
    plugins.reminders.answers("show", Ok(json!(1000)));
    plugins.reminders.asked();
    let one = |at: &str, line: &str| Reminder {
        at: at.into(),
        line: line.into(),
    };
    let all = [
        one("2025-11-28T00:00:00.000Z", "Hôm nay có 2 việc đến hạn"),
        one("2025-11-29T00:00:00.000Z", "Hôm nay có 1 việc đến hạn"),
    ];
    phone.remind(&all).unwrap();
    let asked = plugins.reminders.asked();
    let names: Vec<&str> = asked.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["cancel", "show", "show"]);
    assert!(
        asked[0].1["notifications"].as_array().unwrap().len() > all.len(),
        "those of a longer list before go too"
    );
    let at = &asked[1].1["schedule"]["at"];
    assert_eq!(at["date"], "2025-11-28T00:00:00.000Z");
    assert_eq!(asked[2].1["body"], "Hôm nay có 1 việc đến hạn");
    assert_ne!(asked[1].1["id"], asked[2].1["id"]);
}
