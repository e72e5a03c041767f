//! Rulings, the two messages of an exchange, and what comes before a session.

use crate::animal::{Animal, Cage};
use crate::doors::{Door, Stand};
use toso_sync::caps;
use toso_sync::enrol::{Code, EnrolAsk, ErrorTell, StateAsk, TokenAsk};
use toso_sync::key::Secret;
use toso_sync::message::{Ask, Bytes, Digest, SpaceAsk, Tell, digest_of_ids, sign_tell};
use toso_sync::pack::{Hash32, Pack, decode, encode};
use toso_sync::ruling::{Body, Ruling, Signed};
use toso_tests::village::{neighbours, record, team};

pub(crate) fn animals(stand: &mut Stand) -> Vec<Animal> {
    let mut all = rulings(stand);
    all.extend(asks(stand));
    all.extend(tells(stand));
    all.extend(greetings());
    all
}

fn rulings(stand: &mut Stand) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Ruling);
    let body = Body::Purge(record(2).into(), record(2).into());
    let good = Ruling::sign(&stand.village.hub.authority, &body).bytes;
    for cut in [0, 1, 2, 5, 30, 60, good.len() / 2, good.len() - 1] {
        cage.put(format!("cut-at-{cut}"), good[..cut].to_vec(), "malformed");
    }
    cage.put("one-byte-more", [&good[..], &[0]].concat(), "malformed");
    let village = &stand.village;
    let strangers = [
        ("a-stranger", Secret::from_bytes(&[66; 32])),
        ("a-member", village.pao.secret.clone()),
        ("staff", village.hoa.secret.clone()),
    ];
    for (who, secret) in &strangers {
        cage.put(
            format!("by-{who}"),
            Ruling::sign(secret, &body).bytes,
            "untrusted",
        );
        let own = Body::Succession(secret.hub());
        cage.put(
            format!("succession-by-{who}"),
            Ruling::sign(secret, &own).bytes,
            "untrusted",
        );
        let mut lie: Signed = decode(&Ruling::sign(secret, &body).bytes).unwrap();
        lie.by = village.hub.authority.hub();
        cage.put(
            format!("in-the-authoritys-name-by-{who}"),
            encode(&lie),
            "bad_sig",
        );
    }
    let mut lie: Signed = decode(&good).unwrap();
    lie.statement[0] ^= 1;
    cage.put("statement-flipped", encode(&lie), "bad_sig");
    cage.put("of-257-kib", vec![0; 257 * 1024], "too_large");
    for (name, bytes) in [
        (
            "bytes-of-exabytes",
            [&[0x83, 0x5b][..], &[0x7f; 8]].concat(),
        ),
        ("arrays-in-arrays", vec![0x81; 100_000]),
        ("arrays-without-end", vec![0x9f; 100_000]),
        ("a-page", b"<!DOCTYPE html>".to_vec()),
        ("json", b"{\"purge\":1}".to_vec()),
    ] {
        cage.put(name, bytes, "malformed");
    }
    cage.all
}

fn asks(stand: &mut Stand) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Ask);
    let village = &mut stand.village;
    let part = SpaceAsk::bare(team().into(), Digest([0; 16]));
    let good = Ask {
        v: 1,
        rulings: digest_of_ids(&village.hub.copy.book().ids(None)),
        ruling_ids: None,
        give_rulings: Vec::new(),
        spaces: vec![part],
    };
    let with = |work: &dyn Fn(&mut Ask)| {
        let mut ask = good.clone();
        work(&mut ask);
        encode(&ask)
    };
    let plain = encode(&good);
    for cut in [0, 1, 5, 20, plain.len() / 2, plain.len() - 1] {
        cage.put(format!("cut-at-{cut}"), plain[..cut].to_vec(), "malformed");
    }
    cage.put("one-byte-more", [&plain[..], &[0]].concat(), "malformed");
    cage.put(
        "of-4-mib-and-a-byte",
        vec![0; caps::MESSAGE_BYTES + 1],
        "too_large",
    );
    cage.put(
        "of-4-mib-of-empty-things",
        with(&|a| a.give_rulings = vec![Bytes(Vec::new()); 3_900_000]),
        "malformed",
    );
    cage.put(
        "rulings-90-thousand",
        with(&|a| a.give_rulings = vec![Bytes(vec![0; 4]); 90_000]),
        "too_large",
    );
    cage.put(
        "receipts-6-thousand",
        with(&|a| a.spaces[0].give_receipts = vec![Bytes(vec![0; 4]); 6_000]),
        "too_large",
    );
    cage.put(
        "of-a-space-not-held",
        with(&|a| a.spaces[0].space = neighbours().into()),
        "not_in_space",
    );
    let none = Pack {
        header: vec![0; 100],
        sig: [0; 64],
        body: Vec::new(),
    };
    cage.put(
        "a-pack-that-is-none",
        with(&|a| a.spaces[0].packs = vec![none.clone()]),
        "malformed",
    );
    cage.put(
        "packs-20-thousand-that-are-none",
        with(&|a| {
            a.spaces[0].packs = vec![
                Pack {
                    header: vec![0; 4],
                    ..none.clone()
                };
                20_000
            ]
        }),
        "malformed",
    );
    for (name, bytes) in [
        ("a-page", b"<!DOCTYPE html>".to_vec()),
        ("arrays-without-end", vec![0x9f; 100_000]),
        ("tags-in-tags", vec![0xc1; 190_000]),
        ("an-array-of-exabytes", [&[0x9b][..], &[0xff; 8]].concat()),
        ("text-of-exabytes", [&[0x7b][..], &[0xff; 8]].concat()),
    ] {
        cage.put(name, bytes, "malformed");
    }
    cage.all
}

fn tells(stand: &mut Stand) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Signed);
    let village = &stand.village;
    let tell = Tell {
        v: 1,
        time: 0,
        hub_epoch: village.hub.epoch,
        ruling_ids: None,
        give_rulings: Vec::new(),
        spaces: Vec::new(),
    };
    let good = sign_tell(&village.hub.authority, b"ask", &tell);
    cage.put("right", good.clone(), "ok");
    for cut in [0, 1, 9, good.len() / 2, good.len() - 1] {
        cage.put(format!("cut-at-{cut}"), good[..cut].to_vec(), "not_a_hub");
    }
    cage.put(
        "to-another-ask",
        sign_tell(&village.hub.authority, b"other", &tell),
        "not_a_hub",
    );
    for secret in [Secret::from_bytes(&[66; 32]), village.pao.secret.clone()] {
        let name = format!("by-{}", secret.device());
        cage.put(name, sign_tell(&secret, b"ask", &tell), "wrong_hub");
    }
    let mut flipped = good.clone();
    flipped[4] ^= 1;
    cage.put("flipped", flipped, "not_a_hub");
    let many = Tell {
        give_rulings: vec![Bytes(vec![0; 4]); caps::RULINGS + 1],
        ..tell.clone()
    };
    cage.put(
        "rulings-5001",
        sign_tell(&village.hub.authority, b"ask", &many),
        "too_large",
    );
    cage.put(
        "of-4-mib-and-a-byte",
        vec![0; caps::MESSAGE_BYTES + 1],
        "too_large",
    );
    cage.put("a-page", b"<!DOCTYPE html>".to_vec(), "not_a_hub");
    let mut cage2 = Cage::at(Door::Tell);
    cage2.put("nothing", encode(&tell), "ok");
    cage2.put("a-page", b"<!DOCTYPE html>".to_vec(), "not_a_hub");
    let ids = vec![toso_sync::id::RulingId([1; 16]); 190_000];
    cage2.put(
        "ruling-names-190-thousand",
        encode(&Tell {
            ruling_ids: Some(ids),
            ..tell
        }),
        "ok",
    );
    cage.all.extend(cage2.all);
    cage.all
}

fn greetings() -> Vec<Animal> {
    let mut cage = Cage::at(Door::Greeting);
    let (code, secret) = (
        Code::parse("ABC-DEFGH-JKMNP").unwrap(),
        Secret::from_bytes(&[9; 32]),
    );
    let good = EnrolAsk::make(&code, &secret, "Máy", [7; 16], [0; 32]);
    cage.put("enrolment-right", encode(&good), "ok");
    let with = |work: &dyn Fn(&mut EnrolAsk)| {
        let mut ask = good.clone();
        work(&mut ask);
        encode(&ask)
    };
    cage.put(
        "enrolment-of-another-name",
        with(&|a| a.name = "x".into()),
        "code_wrong",
    );
    cage.put(
        "enrolment-of-a-long-name",
        with(&|a| a.name = "x".repeat(201)),
        "malformed",
    );
    cage.put(
        "enrolment-of-another-device",
        with(&|a| a.device = Secret::from_bytes(&[8; 32]).device()),
        "code_wrong",
    );
    cage.put(
        "enrolment-signed-by-nobody",
        with(&|a| a.sig = [0; 64]),
        "bad_sig",
    );
    let seen = EnrolAsk::make(&code, &secret, "Máy", [7; 16], [1; 32]);
    cage.put(
        "enrolment-that-saw-another-certificate",
        encode(&seen),
        "wrong_tls",
    );
    let other = Code::parse("ABC-DEFGH-JKMNQ").unwrap();
    let guess = EnrolAsk::make(&other, &secret, "Máy", [7; 16], [0; 32]);
    cage.put("enrolment-by-another-code", encode(&guess), "code_wrong");
    let mut state = StateAsk::make(&secret, [7; 16]);
    state.nonce = [8; 16];
    cage.put("state-of-another-enrolment", encode(&state), "bad_sig");
    let authority = Secret::from_bytes(&[1; 32]);
    let purge = Ruling::sign(&authority, &Body::Lost(team().into(), Hash32([1; 32])));
    let open = TokenAsk::make(&secret, &purge.bytes, &authority.hub(), [3; 32]);
    cage.put(
        "opening-with-a-ruling-that-is-no-certificate",
        encode(&open),
        "no_cert",
    );
    let open = TokenAsk::make(&secret, b"x", &authority.hub(), [3; 32]);
    cage.put("opening-with-nothing", encode(&open), "malformed");
    let open = TokenAsk::make(&secret, &purge.bytes, &secret.hub(), [3; 32]);
    cage.put("opening-for-another-hub", encode(&open), "bad_sig");
    for word in ["", "Big", "<b>", "a b"] {
        cage.put(
            format!("refusal-{word:?}"),
            encode(&ErrorTell::new(word)),
            "malformed",
        );
    }
    cage.put(
        "refusal-of-41-letters",
        encode(&ErrorTell::new(&"x".repeat(41))),
        "malformed",
    );
    cage.all
}
