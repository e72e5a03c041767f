//! What is fuzzed: for each target its seeds, and one run.

use crate::craft::Craft;
use crate::doors::{Door, Stand, gate};
use crate::mutate::mutated;
use toso_sync::key::Purpose;
use toso_sync::message::{Ask, Bytes, Digest, SpaceAsk, Tell, digest_of_ids};
use toso_sync::pack::{Hash32, Pack, decode, encode, read_header};
use toso_sync::ruling::{Body, Ruling, Signed};
use toso_tests::bomb::damaged;
use toso_tests::sim::random::Dice;
use toso_tests::village::{neighbours, record, team};

/// Names of all but the calls.
pub(crate) const TARGETS: [&str; 12] = [
    "prescan", "gate", "pack", "body", "ruling", "ask", "tell", "file", "qr", "code", "scan",
    "greeting",
];

pub(crate) struct Target {
    name: &'static str,
    stand: Stand,
    seeds: Vec<Vec<u8>>,
}

impl Target {
    pub(crate) fn new(name: &'static str) -> Self {
        let mut stand = Stand::new();
        let seeds = seeds(name, &mut stand);
        stand.begins_again();
        Self { name, stand, seeds }
    }

    pub(crate) fn corpus(&self) -> Vec<Vec<u8>> {
        self.seeds.clone()
    }

    /// Bytes of one run: the same for the same seed.
    pub(crate) fn bytes(&self, seed: u64) -> Vec<u8> {
        let mut dice = Dice::new(seed);
        let pick = |dice: &mut Dice| &self.seeds[dice.below(self.seeds.len())];
        let (one, other) = (pick(&mut dice), pick(&mut dice));
        // Length and checksum of a change made to fit, or nearly nothing gets past them.
        let change = matches!(self.name, "prescan" | "gate") && dice.chance(85);
        if change {
            damaged(one, &mut dice)
        } else if self.name == "body" && dice.chance(70) {
            // What stands in the frame, packed again.
            let plain = zstd::bulk::decompress(one, 1 << 20).unwrap();
            zstd::bulk::compress(&mutated(&plain, &plain, &mut dice), 1).unwrap()
        } else {
            mutated(one, other, &mut dice)
        }
    }

    /// Offers bytes: what was said. Panics where the product does.
    pub(crate) fn offers(&mut self, bytes: &[u8]) -> String {
        let stand = &mut self.stand;
        let told = match self.name {
            "prescan" => stand.offers(Door::Change, bytes),
            "gate" => {
                let header = stand.village.pao.next_header();
                let on = stand
                    .village
                    .pao
                    .copy
                    .document(team(), record(2))
                    .unwrap()
                    .unwrap();
                let alone = gate(&on, header.log().actor(team()), bytes);
                assert!(!alone.starts_with("passed"), "{alone}");
                // A phone says the same as the gate alone: seen on what passes, and on a part of the rest.
                if alone != "ok" && !bytes.len().is_multiple_of(8) {
                    return alone;
                }
                stand.offers(Door::Beside, bytes)
            }
            "pack" => offers_pack(stand, bytes),
            "body" => stand.offers(Door::Body, bytes),
            "ruling" => {
                let whole = stand.offers(Door::Ruling, bytes);
                format!("{whole}, signed {}", stand.offers(Door::Statement, bytes))
            }
            "ask" => stand.offers(Door::Ask, bytes),
            "tell" => {
                stand.offers(Door::Signed, bytes);
                stand.offers(Door::Tell, bytes)
            }
            "file" => stand.offers(Door::File, bytes),
            "qr" => stand.offers(Door::Qr, bytes),
            "code" => stand.offers(Door::Code, bytes),
            "scan" => stand.offers(Door::Scan, bytes),
            _ => stand.offers(Door::Greeting, bytes),
        };
        // Whatever was taken, the phone can still say what it holds; then everything is as it was.
        let touches = !matches!(self.name, "prescan" | "qr" | "code" | "scan" | "greeting");
        if touches {
            toso_tests::village::picture(&mut stand.village.lan.copy);
            stand.begins_again();
        }
        told
    }
}

/// As it came, and with the signature of its author over what it says now.
fn offers_pack(stand: &mut Stand, bytes: &[u8]) -> String {
    let told = stand.offers(Door::Pack, bytes);
    let Ok(mut pack) = decode::<Pack>(bytes) else {
        return told;
    };
    stand.begins_again();
    pack.sig = stand.village.pao.secret.sign(Purpose::Pack, &pack.header);
    if let Ok(header) = read_header(&pack.header) {
        toso_sync::pack::read_body(&header, &pack.body).ok();
    }
    stand.offers(Door::Pack, &encode(&pack))
}

fn seeds(name: &str, stand: &mut Stand) -> Vec<Vec<u8>> {
    let village = &mut stand.village;
    let header = village.pao.next_header();
    let actor = header.log().actor(team()).0;
    let on = village
        .pao
        .copy
        .document(team(), record(2))
        .unwrap()
        .unwrap();
    let next = village.pao.change(
        header.log(),
        &on,
        &[("phone", "0911 111 111"), ("note", "x")],
    );
    let fresh = village.pao.change(
        header.log(),
        &toso_domain::crdt::Document::new(),
        &[("head_name", "Lý A Sử")],
    );
    let entry = toso_tests::village::entry(record(2), "household", next.clone());
    let (pack, _) = village.pao.forges(header, std::slice::from_ref(&entry));
    match name {
        "prescan" | "gate" => {
            let mut all = vec![next, fresh, Craft::household(actor).bytes()];
            all.extend(on.changes().into_iter().map(|change| change.raw));
            all
        }
        "pack" => vec![
            encode(&pack),
            encode(&village.pao.forges(village_header(village), &[]).0),
        ],
        "body" => vec![pack.body],
        "ruling" => rulings(stand),
        "ask" => asks(stand, &pack),
        "tell" => tells(stand, &pack),
        "file" => files(stand),
        "qr" => vec![
            format!(
                "toso:1?c=ABC-DEFGH-JKMNP&a={}&t={}&u=https://xa.example/%25",
                "ab".repeat(32),
                "0c".repeat(32)
            )
            .into_bytes(),
        ],
        "scan" => vec![
            "040180123456|187654321|Lầu Bá Đủa|02091980|Nam|Bản Huồi Tụ|25042021".into(),
            "H37.12-250915-0007".into(),
            toso_tests::qr::vietqr("970405", "3606205123456", "TAP HOA LO POM").into_bytes(),
            "https://example.vn:8443/mật-ong?p=1#x".into(),
        ],
        "code" => vec![b"ABC-DEFGH-JKMNP".to_vec(), b"oil 12345 67890".to_vec()],
        _ => greetings(),
    }
}

fn village_header(village: &toso_tests::village::Village) -> toso_sync::pack::Header {
    let mut copy = village.pao.copy_of_the_phone();
    let certificate = copy.certificate().unwrap().0;
    let mut after = copy.ledger(team()).unwrap().vector();
    after.truncate(200);
    toso_sync::pack::Header {
        v: 1,
        space: *team().as_bytes(),
        device: village.pao.secret.device(),
        epoch: toso_sync::id::Epoch([4; 16]),
        seq: 1,
        prev: None,
        after,
        replaces: vec![toso_sync::id::Head([1; 16])],
        closes: Vec::new(),
        device_clock: 0,
        entries_hash: [0; 32],
        cert: Some(certificate),
        accounts: vec![Hash32([2; 32])],
    }
}

/// Whole rulings, and statements alone, which the door signs.
fn rulings(stand: &mut Stand) -> Vec<Vec<u8>> {
    let village = &mut stand.village;
    let at = village.lan.top().unwrap();
    let bodies = [
        Body::Purge(record(2).into(), record(2).into()),
        Body::Receipt(team().into(), at),
        Body::Revocation(village.pao.secret.device(), Vec::new()),
        Body::Lost(team().into(), Hash32([1; 32])),
        Body::Move(record(2).into(), team().into(), neighbours().into(), 1),
        Body::Succession(village.pao.secret.hub()),
    ];
    let whole = bodies.map(|body| Ruling::sign(&village.hub.authority, &body).bytes);
    let alone = whole
        .iter()
        .map(|bytes| decode::<Signed>(bytes).unwrap().statement);
    alone.chain(whole.clone()).collect()
}

fn asks(stand: &mut Stand, pack: &Pack) -> Vec<Vec<u8>> {
    let village = &mut stand.village;
    let vector = village.lan.copy.ledger(team()).unwrap().vector();
    let ids = village.hub.copy.book().ids(None);
    let part = SpaceAsk {
        space: team().into(),
        digest: Digest([0; 16]),
        vector: Some(vector.clone()),
        receipts: village.hub.copy.book().ids(Some(team())),
        give_receipts: vec![Bytes(vec![1; 40])],
        packs: vec![pack.clone()],
        tray: vec![vector[0].head],
        tray_packs: vec![pack.clone()],
        holes: vec![Hash32([1; 32])],
        heals: vec![Bytes(vec![1; 40])],
    };
    let ask = Ask {
        v: 1,
        rulings: digest_of_ids(&ids),
        ruling_ids: Some(ids),
        give_rulings: Vec::new(),
        spaces: vec![
            part.clone(),
            SpaceAsk {
                space: neighbours().into(),
                ..part
            },
        ],
    };
    let short = Ask {
        ruling_ids: None,
        spaces: ask.spaces[..1].to_vec(),
        ..ask.clone()
    };
    vec![encode(&ask), encode(&short)]
}

fn tells(stand: &mut Stand, pack: &Pack) -> Vec<Vec<u8>> {
    let village = &mut stand.village;
    let vector = village.hub.copy.ledger(team()).unwrap().vector();
    let part = toso_sync::message::SpaceTell {
        space: team().into(),
        state: "open".into(),
        vector,
        receipts: village.hub.copy.book().ids(Some(team())),
        give_receipts: vec![Bytes(vec![1; 40])],
        packs: vec![pack.clone()],
        more: true,
        not_taken: Vec::new(),
        want_tray: vec![toso_sync::id::Head([1; 16])],
        tray_packs: vec![pack.clone()],
        holes: vec![Hash32([1; 32])],
        heals: vec![Bytes(vec![1; 40])],
        kept: Some(true),
        apart: Some(vec![toso_sync::id::Head([2; 16])]),
    };
    let tell = Tell {
        v: 1,
        time: village.hub.clock,
        hub_epoch: village.hub.epoch,
        ruling_ids: Some(village.hub.copy.book().ids(None)),
        give_rulings: Vec::new(),
        spaces: vec![part],
    };
    vec![encode(&tell)]
}

/// Sealed, and in the old form, whose inside nothing hides from the dice.
fn files(stand: &mut Stand) -> Vec<Vec<u8>> {
    let pao = &mut stand.village.pao;
    pao.notes(record(50), &[("head_name", "Lý A Sử")]);
    let mut plain = Vec::new();
    toso_sync::carried::export_plain(&mut pao.copy, &[team()], &mut plain).unwrap();
    vec![plain.clone(), plain, pao.file()]
}

fn greetings() -> Vec<Vec<u8>> {
    use toso_sync::enrol::{Code, EnrolAsk, ErrorTell, OpenAsk, StateAsk, TokenAsk};
    let secret = toso_sync::key::Secret::from_bytes(&[9; 32]);
    let authority = toso_sync::key::Secret::from_bytes(&[1; 32]);
    let code = Code::parse("ABC-DEFGH-JKMNP").unwrap();
    let ruling = Ruling::sign(&authority, &Body::Succession(secret.hub())).bytes;
    let token = TokenAsk::make(&secret, &ruling, &authority.hub(), [3; 32]);
    vec![
        encode(&EnrolAsk::make(&code, &secret, "Máy", [7; 16], [0; 32])),
        encode(&StateAsk::make(&secret, [7; 16])),
        encode(&token),
        encode(&OpenAsk {
            token,
            ask: Bytes(vec![1; 40]),
        }),
        encode(&ErrorTell::new("later")),
    ]
}
