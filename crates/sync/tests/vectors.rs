//! The test vectors of `docs/protocol.md`, read from there: another implementation starts from the same bytes.
//! `UPDATE_VECTORS=1 cargo test -p toso-sync --test vectors` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed step is a failed test"
)]

use std::collections::BTreeMap;
use toso_domain::crdt::{Document, Patch, Scalar, hash_of};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{Epoch, Head, Log, Position};
use toso_sync::key::Secret;
use toso_sync::message::{
    Ask, SpaceAsk, SpaceTell, Tell, digest_of_ids, digest_of_space, read_ask, read_tell, sign_tell,
};
use toso_sync::pack::{Entry, Header, Pack, decode, encode, read_body};
use toso_sync::ruling::{Body, Certificate, Role, Ruling};

const DOC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");
/// 1 January 2026, milliseconds.
const CLOCK: i64 = 1_767_225_600_000;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

/// The hex blocks of the document by name.
fn blocks(text: &str) -> BTreeMap<String, Vec<u8>> {
    let parts = text.split("```hex ").skip(1).map(|part| {
        let (name, rest) = part.split_once('\n').unwrap();
        (name.to_owned(), unhex(rest.split("```").next().unwrap()))
    });
    parts.collect()
}

struct Made {
    pack: Pack,
    head: Head,
    entries: Vec<Entry>,
    ask: Vec<u8>,
    all: BTreeMap<&'static str, Vec<u8>>,
}

fn made() -> Made {
    let (authority, device) = (Secret::from_bytes(&[1; 32]), Secret::from_bytes(&[4; 32]));
    let space = SpaceId::from_bytes([0x7e; 16]);
    let record = RecordId::from_bytes([0x11; 16]);
    let log = Log {
        device: device.device(),
        epoch: Epoch([0x0e; 16]),
    };
    let certificate = Ruling::sign(
        &authority,
        &Body::Certificate(Certificate {
            device: device.device(),
            member: RecordId::from_bytes([0xaa; 16]).into(),
            roles: vec![Role::Member],
            spaces: vec![space.into()],
            all_spaces: false,
            expires: CLOCK + 90 * 86_400_000,
            issued: CLOCK,
            name: "máy của Páo".into(),
        }),
    );
    let patch = Patch::from([
        ("_kind".into(), Some(Scalar::Text("household".into()))),
        ("_v".into(), Some(Scalar::Int(1))),
        ("_salt".into(), Some(Scalar::Bytes(vec![9; 16]))),
        ("head_name".into(), Some(Scalar::Text("Lò Văn Páo".into()))),
    ]);
    let written = Document::new().write(log.actor(space), &patch, CLOCK / 1000);
    let raw = written.unwrap().unwrap();
    let entries = vec![Entry {
        document: record,
        kind: "household".into(),
        hash: hash_of(&raw).unwrap(),
        len: u32::try_from(raw.len()).unwrap(),
        re: Vec::new(),
        raw: Some(raw.clone()),
    }];
    let header = Header {
        v: 1,
        space: *space.as_bytes(),
        device: log.device,
        epoch: log.epoch,
        seq: 1,
        prev: None,
        after: Vec::new(),
        replaces: Vec::new(),
        closes: Vec::new(),
        device_clock: CLOCK,
        entries_hash: [0; 32],
        cert: Some(certificate.id),
        accounts: Vec::new(),
    };
    let (pack, head) = Pack::seal(&device, header, &entries);
    let top = Position { log, seq: 1, head };
    let receipt = Ruling::sign(&authority, &Body::Receipt(space.into(), top));
    let rulings = digest_of_ids(&[certificate.id]);
    let ask = encode(&Ask {
        v: 1,
        rulings,
        ruling_ids: None,
        give_rulings: Vec::new(),
        spaces: vec![SpaceAsk {
            space: space.into(),
            digest: digest_of_space(&[top], &[], &[], &log.device, &[]),
            vector: Some(vec![top]),
            receipts: Vec::new(),
            give_receipts: Vec::new(),
            packs: Vec::new(),
            tray: Vec::new(),
            tray_packs: Vec::new(),
            holes: Vec::new(),
            heals: Vec::new(),
        }],
    });
    let tell = Tell {
        v: 1,
        time: CLOCK,
        hub_epoch: Epoch([2; 16]),
        ruling_ids: None,
        give_rulings: Vec::new(),
        spaces: vec![SpaceTell {
            space: space.into(),
            state: "open".into(),
            vector: vec![top],
            receipts: vec![receipt.id],
            give_receipts: vec![toso_sync::message::Bytes(receipt.bytes.clone())],
            packs: Vec::new(),
            more: false,
            not_taken: Vec::new(),
            want_tray: Vec::new(),
            tray_packs: Vec::new(),
            holes: Vec::new(),
            heals: Vec::new(),
            kept: None,
            apart: None,
        }],
    };
    let all = BTreeMap::from([
        ("actor", log.actor(space).0.to_vec()),
        ("change", raw),
        ("certificate", certificate.bytes),
        ("pack", encode(&pack)),
        ("head", head.0.to_vec()),
        ("receipt", receipt.bytes),
        ("ask", ask.clone()),
        ("tell", sign_tell(&authority, &ask, &tell)),
    ]);
    Made {
        pack,
        head,
        entries,
        ask,
        all,
    }
}

fn written() -> BTreeMap<String, Vec<u8>> {
    let text = std::fs::read_to_string(DOC).unwrap();
    if std::env::var_os("UPDATE_VECTORS").is_none() {
        return blocks(&text);
    }
    let all = made().all;
    let parts = text.split("```hex ").enumerate().map(|(n, part)| {
        let Some((name, rest)) = part.split_once('\n').filter(|_| n > 0) else {
            return part.to_owned();
        };
        let after = rest.split_once("```").unwrap().1;
        let digits = hex(&all[name]);
        let lines: Vec<&str> = digits
            .as_bytes()
            .chunks(100)
            .map(|l| std::str::from_utf8(l).unwrap())
            .collect();
        format!("{name}\n{}\n```{after}", lines.join("\n"))
    });
    let text = parts.collect::<Vec<_>>().join("```hex ");
    std::fs::write(DOC, &text).unwrap();
    blocks(&text)
}

#[test]
fn every_vector_stands_in_the_document_as_this_build_makes_it() {
    let (written, made) = (written(), made());
    assert!(
        written
            .keys()
            .map(String::as_str)
            .eq(made.all.keys().copied())
    );
    for (name, bytes) in &made.all {
        // Another version of zstd may pack the same body into other bytes: compared below by what it holds.
        if *name != "pack" {
            assert_eq!(hex(&written[*name]), hex(bytes), "{name}");
        }
    }
    let pack: Pack = decode(&written["pack"]).unwrap();
    assert_eq!((&pack.header, pack.sig), (&made.pack.header, made.pack.sig));
}

#[test]
fn every_vector_of_the_document_reads_and_verifies() {
    let (written, made) = (written(), made());
    let pack: Pack = decode(&written["pack"]).unwrap();
    let (header, head) = pack.read_header().unwrap();
    pack.verify(&header.device).unwrap();
    assert_eq!(head, made.head);
    assert_eq!(read_body(&header, &pack.body).unwrap(), made.entries);
    let certificate = Ruling::read(&written["certificate"]).unwrap();
    assert_eq!(header.cert, Some(certificate.id));
    let receipt = Ruling::read(&written["receipt"]).unwrap();
    assert_eq!(receipt.word(), "receipt");
    assert_eq!(
        read_ask(&written["ask"]).map(|ask| encode(&ask)).unwrap(),
        made.ask
    );
    let tell = read_tell(
        |key| *key == certificate.by,
        &written["ask"],
        &written["tell"],
    )
    .unwrap();
    assert_eq!(tell.spaces[0].receipts, [receipt.id]);
}
