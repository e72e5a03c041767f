//! A member's phone in wrong hands: its key is real, its packs are made by hand.

use crate::commune::{START, approve, invite};
use serde_json::json;
use toso_app::App;
use toso_domain::id::SpaceId;
use toso_sync::client::{self, Line};
use toso_sync::enrol::Code;
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Digest, SpaceAsk, digest_of_ids};
use toso_sync::pack::Pack;
use toso_sync::replica::Replica;
use toso_tests::sim::random::Dice;
use toso_tests::village::Person;

/// A phone in wrong hands: enrolled, with every check of its own left out.
pub(crate) struct Thief {
    pub(crate) person: Person,
    pub(crate) token: String,
    pub(crate) certificate: Vec<u8>,
    pub(crate) line: Line,
}

impl Thief {
    /// Comes in by an invitation, as an honest phone does.
    pub(crate) fn comes_in(runtime: &tokio::runtime::Runtime, office: &App, url: &str) -> Self {
        let secret = Secret::from_bytes(&[0x44; 32]);
        let mut dice = Dice::new(44);
        let line = Line::open(client::Hub {
            url: url.to_owned(),
            authority: None,
            tls_pin: None,
        })
        .unwrap();
        let (code, nonce) = (
            Code::parse(&invite(office, "Hờ A Chư")).unwrap(),
            dice.bytes16(),
        );
        let asked = line.enrol(&code, &secret, "Máy rơi", nonce);
        let asked = runtime.block_on(asked).unwrap();
        let device = secret.device().to_string();
        approve(office, &json!(device), &json!(asked.check_number));
        let state = runtime.block_on(line.enrol_state(&secret, nonce)).unwrap();
        let authority = asked.hub.authority.unwrap();
        let mut copy =
            Replica::open(MemoryShelf::new(), authority, None, Some(secret.clone())).unwrap();
        let rulings: Vec<Vec<u8>> = state.rulings.into_iter().map(|b| b.0).collect();
        copy.take_rulings(&rulings).unwrap();
        let own = copy.certificate().unwrap().0;
        let certificate = copy.ruling_bytes(&[own]).pop().unwrap();
        let opened = line.open_session(&secret, &certificate);
        let token = runtime.block_on(opened).unwrap().token.bearer();
        let clock = START;
        Self {
            person: Person {
                copy,
                secret,
                dice,
                clock,
                spaces: vec![toso_tests::village::team()],
            },
            token,
            certificate,
            line,
        }
    }

    /// What would give these packs.
    pub(crate) fn ask(&mut self, space: SpaceId, packs: &[Pack], tray: &[Pack]) -> Ask {
        Ask {
            v: 1,
            rulings: digest_of_ids(&self.person.copy.book().ids(None)),
            ruling_ids: None,
            give_rulings: Vec::new(),
            spaces: vec![SpaceAsk {
                packs: packs.to_vec(),
                tray_packs: tray.to_vec(),
                ..SpaceAsk::bare(space.into(), Digest([0; 16]))
            }],
        }
    }
}
