//! A phone's own parts: its scanner, a finger, reminders, a link. Here a phone that is told how to behave stands for it.

use crate::meeting::two;
use crate::paper::{Dice, codes};
use crate::world::Person;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use toso_app::phone::{Asking, NotGiven, Phone, Reminder};
use zeroize::Zeroizing;

/// What the phone is told to do, and what it was told.
#[derive(Default)]
struct Told {
    /// What lies before the camera.
    code: Option<String>,
    /// How the next finger is refused.
    refuses: Option<NotGiven>,
    /// Its key was made anew: what was sealed opens no more.
    new_key: bool,
    may_remind: bool,
    reminders: Vec<Reminder>,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Told>>);

impl Fake {
    fn told<T>(&self, change: impl FnOnce(&mut Told) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }
}

impl Phone for Fake {
    fn scan(&self) -> Result<Zeroizing<String>, NotGiven> {
        let code = self.told(|told| told.code.take());
        code.map(Zeroizing::new).ok_or(NotGiven::Stopped)
    }

    fn stop(&self) {}

    fn knows_finger(&self) -> bool {
        true
    }

    fn seal(&self, bytes: &[u8; 32], _: Asking<'_>) -> Result<String, NotGiven> {
        match self.told(|told| told.refuses.take()) {
            Some(refused) => Err(refused),
            None => Ok(bytes
                .iter()
                .map(|byte| format!("{:02x}", byte ^ 0x5a))
                .collect()),
        }
    }

    fn open(&self, sealed: &str, _: Asking<'_>) -> Result<Zeroizing<[u8; 32]>, NotGiven> {
        if let Some(refused) = self.told(|told| told.refuses.take()) {
            return Err(refused);
        }
        if self.told(|told| told.new_key) {
            return Err(NotGiven::Lost);
        }
        let byte = |n: usize| u8::from_str_radix(&sealed[2 * n..2 * n + 2], 16).unwrap() ^ 0x5a;
        Ok(Zeroizing::new(std::array::from_fn(byte)))
    }

    fn may_remind(&self, ask: bool) -> bool {
        self.told(|told| {
            told.may_remind |= ask;
            told.may_remind
        })
    }

    fn remind(&self, all: &[Reminder]) -> Result<(), NotGiven> {
        self.told(|told| told.reminders = all.to_vec());
        Ok(())
    }
}

/// Lan's work goes on on a phone, unlocked.
fn on_phone(lan: Person) -> (Person, Fake) {
    let fake = Fake::default();
    let (commune, name, pin) = lan.end();
    let lan = commune.on_phone(&name, &pin, Box::new(fake.clone()));
    lan.done("profile.unlock", json!({ "pin": lan.pin }));
    (lan, fake)
}

fn words() -> Value {
    json!({ "title": "Mở Tổ Số", "reason": "Chạm vân tay", "cancel": "Nhập mã PIN" })
}

#[test]
fn the_phones_own_scanner_tells_a_form_what_a_picture_would() {
    let (_commune, _staff, lan, pao) = two();
    let none = pao.refused("qr.card", json!({ "scanner": true }));
    assert_eq!(none.code, "no_scanner");
    assert_eq!(pao.refused("qr.card", json!({})).code, "bad_input");
    let (lan, fake) = on_phone(lan);
    for code in codes(&mut Dice(5)) {
        fake.told(|told| told.code = Some(code.payload.clone()));
        let mut told = lan.done(code.call, json!({ "scanner": true }));
        told.as_object_mut().unwrap().remove("id_tag");
        assert_eq!(told, code.told, "{}", code.call);
        assert!(code.secret.is_empty() || !told.to_string().contains(&code.secret));
    }
    let stopped = lan.refused("qr.card", json!({ "scanner": true }));
    assert_eq!(stopped.code, "cancelled", "its owner went back");
}

#[test]
fn a_finger_opens_the_profile_until_the_phone_knows_it_no_more() {
    let (_commune, _staff, lan, pao) = two();
    let none = json!({ "scanner": false, "finger": "none", "reminders": "none" });
    assert_eq!(pao.done("phone.state", json!({})), none);
    assert_eq!(pao.refused("finger.unlock", words()).code, "no_finger");
    let household = lan.household("Lầu Bá Đủa");
    let (lan, fake) = on_phone(lan);
    let finger = || lan.done("phone.state", json!({}))["finger"].clone();
    assert_eq!(finger(), "off");
    let on = |pin: &str| json!({ "pin": pin, "words": words() });
    assert_eq!(lan.refused("finger.on", on("111222")).code, "pin_wrong");
    fake.told(|told| told.refuses = Some(NotGiven::Stopped));
    assert_eq!(lan.refused("finger.on", on(&lan.pin)).code, "cancelled");
    assert_eq!(finger(), "off", "nothing is kept of what was not given");
    lan.done("finger.on", on(&lan.pin));
    assert_eq!(finger(), "on");

    lan.done("profile.lock", json!({}));
    assert_eq!(lan.refused("finger.on", on(&lan.pin)).code, "locked");
    fake.told(|told| told.refuses = Some(NotGiven::Denied));
    assert_eq!(lan.refused("finger.unlock", words()).code, "finger_denied");
    lan.done("finger.unlock", words());
    assert_eq!(lan.get(&household)["fields"]["head_name"], "Lầu Bá Đủa");

    // Another PIN changes nothing for the finger.
    lan.done("profile.pin", json!({ "old": lan.pin, "new": "909090" }));
    lan.done("profile.lock", json!({}));
    lan.done("finger.unlock", words());

    // Somebody added a finger to the phone: the PIN is asked, and nothing is lost.
    lan.done("profile.lock", json!({}));
    fake.told(|told| told.new_key = true);
    assert_eq!(lan.refused("finger.unlock", words()).code, "finger_lost");
    assert_eq!(finger(), "off");
    assert_eq!(lan.refused("finger.unlock", words()).code, "no_finger");
    lan.done("profile.unlock", json!({ "pin": "909090" }));
    assert_eq!(lan.get(&household)["fields"]["head_name"], "Lầu Bá Đủa");

    fake.told(|told| told.new_key = false);
    lan.done("finger.on", on("909090"));
    lan.done("finger.off", json!({}));
    assert_eq!(finger(), "off");
}

#[test]
fn what_is_due_is_told_in_the_morning_of_its_day_and_names_nobody() {
    let (commune, _staff, lan, pao) = two();
    let set = |on: bool, ask: bool| {
        json!({ "on": on, "ask": ask, "one": "Hôm nay có 1 việc đến hạn",
            "many": "Hôm nay có {count} việc đến hạn" })
    };
    assert_eq!(
        pao.refused("reminder.set", set(true, true)).code,
        "no_reminders"
    );
    let (lan, fake) = on_phone(lan);
    let today: toso_domain::time::LocalDate = {
        let told = lan.done("today.get", json!({}));
        told["day"].as_str().unwrap().parse().unwrap()
    };
    for (title, after) in [
        ("Hẹn ông Đủa", -3),
        ("Báo cáo thôn", 2),
        ("Mang sổ ra xã", 2),
        ("Thăm lại bà Mỷ", 5),
        ("Chợ phiên", 40),
    ] {
        let fields = json!({ "title": title, "due_on": today.plus_days(after),
            "assigned": [lan.member], "state": "chua_lam" });
        lan.done(
            "record.create",
            json!({ "space": commune.team, "kind": "task", "fields": fields }),
        );
    }
    assert_eq!(
        lan.refused("reminder.set", set(true, false)).code,
        "reminders_denied",
        "its owner was not asked yet"
    );
    assert_eq!(lan.done("reminder.set", set(true, true))["count"], 2);
    let told: Vec<(String, String)> = fake.told(|told| {
        told.reminders
            .iter()
            .map(|r| (r.at.clone(), r.line.clone()))
            .collect()
    });
    // Seven in Viet Nam is midnight there.
    let at = |after: i64| format!("{}T00:00:00.000Z", today.plus_days(after));
    assert_eq!(
        told,
        [
            (at(2), "Hôm nay có 2 việc đến hạn".to_owned()),
            (at(5), "Hôm nay có 1 việc đến hạn".to_owned())
        ]
    );
    lan.done("reminder.set", set(false, false));
    assert!(fake.told(|told| told.reminders.is_empty()));
}

#[test]
fn an_invitation_that_opened_the_app_is_there_once_and_nothing_else_is() {
    let (_commune, _staff, lan, _pao) = two();
    let heard = Arc::new(Mutex::new(0));
    let hears = Arc::clone(&heard);
    lan.app.on_change(Box::new(move |changed| {
        *hears.lock().unwrap() += usize::from(changed.kinds.contains("invitation"));
    }));
    assert_eq!(lan.done("phone.invitation", json!({})), Value::Null);
    for link in ["https://evil.example/?toso:1", "", "tel:112"] {
        assert_eq!(lan.app.open_link(link).unwrap_err().code, "other_qr");
    }
    assert_eq!(lan.done("phone.invitation", json!({})), Value::Null);
    assert_eq!(*heard.lock().unwrap(), 0);
    lan.app.open_link("toso:1?c=A&a=B&u=h").unwrap();
    lan.app.open_link("toso:1?c=C&a=B&u=h").unwrap();
    assert_eq!(*heard.lock().unwrap(), 2);
    let told = lan.done("phone.invitation", json!({}));
    assert_eq!(told["text"], "toso:1?c=C&a=B&u=h", "the last");
    assert_eq!(lan.done("phone.invitation", json!({})), Value::Null);
}
