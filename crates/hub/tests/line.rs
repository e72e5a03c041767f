//! The device's own client against the real hub, over TLS: what the app does, from the first code to a restored hub.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use serde_json::json;
use stand::{Phone, Stand};
use toso_domain::id::SpaceId;
use toso_hub::Listen;
use toso_hub::backup::{backup, restore};
use toso_hub::clock::System;
use toso_hub::recovery::RecoveryKey;
use toso_sync::client::{ClientError, Exchanged, Hub, Line, Run};
use toso_sync::enrol::{Code, EnrolState, Token};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;

fn office() -> Listen {
    Listen {
        address: ([0, 0, 0, 0], 0).into(),
        ..Listen::default()
    }
}

/// Where phones reach it.
fn url(stand: &Stand) -> String {
    stand.url.replace("0.0.0.0", "127.0.0.1")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A person's phone with its line to the hub.
struct Person {
    phone: Phone,
    hub: Hub,
    token: Option<Token>,
}

impl Person {
    fn enrol(stand: &Stand, code: &str) -> Result<(Self, EnrolState, SpaceId), ClientError> {
        let mut phone = Phone::new();
        let hub = Hub {
            url: url(stand),
            authority: None,
            tls_pin: None,
        };
        let code = Code::parse(code).unwrap();
        let enrolled = runtime().block_on(async {
            let line = Line::open(hub)?;
            line.enrol(&code, &phone.secret, "Máy của Páo", phone.nonce)
                .await
        })?;
        let authority = enrolled.hub.authority.unwrap();
        let shelf = MemoryShelf::new();
        let mut copy = Replica::open(shelf, authority, None, Some(phone.secret.clone())).unwrap();
        copy.take_rulings(&enrolled.rulings).unwrap();
        phone.replica = Some(copy);
        phone.commune = Some(enrolled.space);
        phone.hub = Some(authority);
        assert_eq!(enrolled.check_number, phone.check_number());
        let person = Self {
            phone,
            hub: enrolled.hub,
            token: None,
        };
        Ok((person, enrolled.state, enrolled.space))
    }

    fn sync(&mut self, stand: &Stand, spaces: &[SpaceId]) -> Result<Exchanged, ClientError> {
        let now = stand.now();
        let copy = self.phone.replica.as_mut().unwrap();
        let mut run = Run {
            secret: &self.phone.secret,
            now: &|| now,
            random: &mut System,
            on_progress: &mut |_, _, _| {},
            cancelled: &|| false,
        };
        runtime().block_on(async {
            let line = Line::open(self.hub.clone())?;
            line.exchange(&mut self.token, copy, spaces, &mut run).await
        })
    }

    fn staff(
        &self,
        call: &str,
        input: &serde_json::Value,
    ) -> Result<serde_json::Value, ClientError> {
        let token = self.token.expect("a session");
        runtime().block_on(async {
            let line = Line::open(self.hub.clone())?;
            line.staff(&token, call, input).await
        })
    }

    fn learn(&mut self) -> EnrolState {
        let tell = runtime().block_on(async {
            let line = Line::open(self.hub.clone())?;
            line.enrol_state(&self.phone.secret, self.phone.nonce).await
        });
        let tell = tell.unwrap();
        let rulings: Vec<Vec<u8>> = tell.rulings.into_iter().map(|b| b.0).collect();
        self.phone.replica().take_rulings(&rulings).unwrap();
        tell.state
    }
}

#[test]
fn from_the_first_code_to_a_restored_hub() {
    let mut stand = Stand::with(office());
    let (mut lan, state, commune) = Person::enrol(&stand, &stand.made.staff_code).unwrap();
    assert_eq!(state, EnrolState::Active);
    let member = lan.phone.write(&stand, commune, "member", "Vừ A Páo");
    let team = SpaceId::from(
        lan.phone
            .write(&stand, commune, "team", "Tổ bản Mường Lống"),
    );
    lan.sync(&stand, &[commune, team]).unwrap();
    let early = stand.file("early.age");
    backup(&stand.data(), &early).unwrap();

    let input = json!({ "member": member, "roles": ["member"], "teams": [team] });
    let invited = lan.staff("member.invite", &input).unwrap();
    let (mut pao, state, _) = Person::enrol(&stand, invited["code"].as_str().unwrap()).unwrap();
    assert_eq!(state, EnrolState::Pending);
    assert_eq!(pao.sync(&stand, &[team]).unwrap_err().code, "no_cert");
    let mut input = json!({ "device": pao.phone.name(), "check_number": "1234567" });
    let wrong = lan.staff("device.approve", &input);
    assert_eq!(wrong.unwrap_err().code, "check_number");
    input["check_number"] = json!(pao.phone.check_number());
    lan.staff("device.approve", &input).unwrap();
    assert_eq!(pao.learn(), EnrolState::Active);

    let visit = pao.phone.write(&stand, team, "visit", "Nhà ông Tồng");
    let told = pao.sync(&stand, &[commune, team]).unwrap();
    assert_eq!(told.progress.pushed, (1, 1));
    assert!(told.bytes_up > 0 && told.bytes_down > 0);
    lan.sync(&stand, &[commune, team]).unwrap();
    assert!(lan.phone.holds(team, visit));

    // The disk burns; the backup is from before Páo. Sessions are gone, keys and certificate of the server are not.
    stand.stop();
    std::fs::remove_dir_all(stand.data()).unwrap();
    let key = RecoveryKey::read(&stand.made.recovery_key).unwrap();
    restore(&stand.data(), &early, &key, stand.now()).unwrap();
    stand.start(office());
    for person in [&mut pao, &mut lan] {
        person.hub.url = url(&stand);
        let told = person.sync(&stand, &[commune, team]).unwrap();
        assert!(told.progress.refused.is_empty() && told.progress.closed.is_empty());
    }
    assert_eq!(toso_hub::backup::check(&stand.data()).unwrap().packs, 2);
}

#[test]
fn another_hub_at_the_same_address_is_told_apart() {
    let mine = Stand::with(office());
    let (mut lan, _, commune) = Person::enrol(&mine, &mine.made.staff_code).unwrap();
    lan.sync(&mine, &[commune]).unwrap();
    let other = Stand::with(office());
    lan.hub.url = url(&other);
    assert_eq!(lan.sync(&other, &[commune]).unwrap_err().code, "wrong_hub");
    // A code of one hub typed at another's address: whoever answers cannot prove it.
    let told = Person::enrol(&other, &mine.made.staff_code);
    assert_eq!(told.err().unwrap().code, "code_wrong");
}

/// Lan was away while the commune's key changed; Páo is let in afterwards. All read what all wrote.
#[test]
fn a_phone_that_missed_a_succession_follows_it() {
    let mut stand = Stand::with(office());
    let (mut lan, _, commune) = Person::enrol(&stand, &stand.made.staff_code).unwrap();
    let member = lan.phone.write(&stand, commune, "member", "Vừ A Páo");
    let team = SpaceId::from(lan.phone.write(&stand, commune, "team", "Tổ 1"));
    let spaces = [commune, team];
    lan.sync(&stand, &spaces).unwrap();
    let first = lan.hub.authority.unwrap();
    let before = lan.phone.write(&stand, team, "visit", "Nhà bà Mỷ");
    stand.stop();
    let told = toso_hub::succession::succeed(&stand.data(), stand.now()).unwrap();
    assert_ne!(told, first);
    // Twice while she was away.
    let today = toso_hub::succession::succeed(&stand.data(), stand.now()).unwrap();
    stand.start(office());
    lan.hub.url = url(&stand);

    // Her session of before is still good, and the answer is signed by a key she never heard of.
    lan.sync(&stand, &spaces).unwrap();
    let copy = lan.phone.replica();
    assert_eq!(copy.book().authority(), Some(today));
    let input = json!({ "member": member, "roles": ["member"], "teams": [team] });
    let invited = lan.staff("member.invite", &input).unwrap();
    let (mut pao, _, _) = Person::enrol(&stand, invited["code"].as_str().unwrap()).unwrap();
    assert_eq!(pao.hub.authority, Some(first), "one name for good");
    let number = pao.phone.check_number();
    let input = json!({ "device": pao.phone.name(), "check_number": number });
    lan.staff("device.approve", &input).unwrap();
    assert_eq!(pao.learn(), EnrolState::Active);
    let visit = pao.phone.write(&stand, team, "visit", "Nhà ông Tồng");
    pao.sync(&stand, &spaces).unwrap();
    assert!(pao.phone.holds(team, before), "written under the old key");

    // Without a session she is led as well, and another hub's succession leads nowhere.
    lan.token = None;
    lan.sync(&stand, &spaces).unwrap();
    assert!(lan.phone.holds(team, visit));
    let told = lan.sync(&stand, &spaces).unwrap();
    assert_eq!(
        told.progress.requests, 1,
        "level: nothing is given twice for ever"
    );
    let mut other = Stand::with(office());
    other.stop();
    toso_hub::succession::succeed(&other.data(), 1).unwrap();
    other.start(office());
    lan.hub.url = url(&other);
    assert_eq!(lan.sync(&other, &spaces).unwrap_err().code, "wrong_hub");
}
