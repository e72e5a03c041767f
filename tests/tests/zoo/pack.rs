//! Packs: headers, chains and bodies.

use crate::animal::{Animal, Cage};
use crate::doors::{Door, Stand};
use toso_sync::id::{DeviceKey, Epoch, Head, Log, Position, RulingId};
use toso_sync::key::Secret;
use toso_sync::pack::{Hash32, Header, Pack, encode};
use toso_tests::bomb::zeros;
use toso_tests::village::{neighbours, team};

pub(crate) fn animals(stand: &mut Stand) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Pack);
    let pao = &mut stand.village.pao;
    let good = pao.next_header();
    assert!(good.seq > 1);
    let raw = pao.change(
        good.log(),
        &toso_domain::crdt::Document::new(),
        &[("head_name", "Lý A Sử")],
    );
    let note = toso_tests::village::entry(toso_tests::village::record(40), "household", raw);
    let (whole, _) = pao.forges(good.clone(), std::slice::from_ref(&note));
    cage.put("right", encode(&whole), "ok");
    let with = |work: &dyn Fn(&mut Header)| {
        let mut header = good.clone();
        work(&mut header);
        encode(&pao.forges(header, std::slice::from_ref(&note)).0)
    };
    let nobody = |n: u8| Position {
        log: Log {
            device: DeviceKey([n; 32]),
            epoch: Epoch([n; 16]),
        },
        seq: 1,
        head: Head([n; 16]),
    };
    let own = good.log();
    cage.put(
        "prev-of-nowhere",
        with(&|h| h.prev = Some(Head([7; 16]))),
        "other_branch",
    );
    cage.put("without-prev", with(&|h| h.prev = None), "malformed");
    cage.put("number-0", with(&|h| h.seq = 0), "malformed");
    cage.put("number-1-with-prev", with(&|h| h.seq = 1), "malformed");
    cage.put("number-skipped", with(&|h| h.seq += 1), "gap");
    cage.put("number-at-the-end", with(&|h| h.seq = u64::MAX), "gap");
    cage.put(
        "number-said-before",
        with(&|h| {
            h.seq -= 1;
            if h.seq == 1 {
                h.prev = None;
                h.cert = Some(RulingId([1; 16]));
            }
        }),
        "no_cert",
    );
    cage.put(
        "after-nowhere",
        with(&|h| h.after.push(nobody(7))),
        "missing",
    );
    cage.put(
        "after-itself",
        with(&|h| {
            h.after.push(Position {
                log: own,
                ..nobody(7)
            })
        }),
        "malformed",
    );
    cage.put(
        "after-number-0",
        with(&|h| {
            h.after.push(Position {
                seq: 0,
                ..nobody(7)
            })
        }),
        "malformed",
    );
    cage.put(
        "after-one-log-twice",
        with(&|h| h.after.extend([nobody(7), nobody(7)])),
        "malformed",
    );
    cage.put(
        "after-ten-thousand",
        with(&|h| h.after = vec![nobody(7); 10_001]),
        "too_large",
    );
    let ahead = |h: &mut Header| h.after.iter_mut().for_each(|at| at.seq += 5);
    cage.put(
        "after-other-hashes",
        with(&|h| {
            h.after.push(Position {
                log: Log {
                    device: DeviceKey([3; 32]),
                    ..own
                },
                ..nobody(9)
            })
        }),
        "missing",
    );
    let after = with(&ahead);
    cage.put("after-further-than-there-is", after, "past_void");
    cage.put(
        "with-a-certificate-in-mid-log",
        with(&|h| h.cert = Some(RulingId([1; 16]))),
        "malformed",
    );
    let begins = |work: &dyn Fn(&mut Header)| {
        with(&|h| {
            (h.seq, h.prev, h.epoch) = (1, None, Epoch([5; 16]));
            h.cert = Some(RulingId([1; 16]));
            work(h);
        })
    };
    cage.put(
        "begins-without-a-certificate",
        begins(&|h| h.cert = None),
        "malformed",
    );
    cage.put("begins-under-an-unknown-one", begins(&|_| ()), "no_cert");
    cage.put(
        "closes-anothers",
        with(&|h| h.closes.push(nobody(7))),
        "malformed",
    );
    cage.put(
        "closes-its-own-log-of-now",
        with(&|h| {
            h.closes.push(Position {
                log: own,
                ..nobody(7)
            })
        }),
        "malformed",
    );
    cage.put(
        "closes-thousands",
        with(&|h| {
            h.closes = vec![
                Position {
                    log: Log {
                        epoch: Epoch([1; 16]),
                        ..own
                    },
                    ..nobody(7)
                };
                10_001
            ]
        }),
        "too_large",
    );
    cage.put(
        "replaces-ten-thousand",
        with(&|h| h.replaces = vec![Head([7; 16]); 10_001]),
        "too_large",
    );
    cage.put(
        "accounts-for-thousands",
        with(&|h| h.accounts = vec![Hash32([7; 32]); 5_001]),
        "too_large",
    );
    for v in [0, 2, 255, u32::MAX] {
        cage.put(format!("version-{v}"), with(&|h| h.v = v), "version");
    }
    cage.put(
        "of-another-space",
        with(&|h| h.space = *neighbours().as_bytes()),
        "wrong_space",
    );
    cage.put(
        "by-another-device",
        with(&|h| h.device = Secret::from_bytes(&[3; 32]).device()),
        "bad_sig",
    );
    cage.put(
        "by-nobody",
        with(&|h| h.device = DeviceKey([0; 32])),
        "no_cert",
    );
    let plain = encode(&whole);
    for cut in [0, 1, 2, 3, 40, 80, 120, plain.len() / 2, plain.len() - 1] {
        cage.put(format!("cut-at-{cut}"), plain[..cut].to_vec(), "malformed");
    }
    cage.put("one-byte-more", [&plain[..], &[0]].concat(), "malformed");
    let parts = |work: &dyn Fn(&mut Pack)| {
        let mut pack = whole.clone();
        work(&mut pack);
        encode(&pack)
    };
    cage.put("signature-zero", parts(&|p| p.sig = [0; 64]), "bad_sig");
    cage.put(
        "signature-flipped",
        parts(&|p| p.sig[63] ^= 0x80),
        "bad_sig",
    );
    cage.put("header-empty", parts(&|p| p.header.clear()), "malformed");
    cage.put(
        "header-one-byte-more",
        parts(&|p| p.header.push(0)),
        "malformed",
    );
    cage.put(
        "header-written-longer",
        parts(&|p| {
            p.header[0] = 0x98;
            p.header.insert(1, 13);
        }),
        "bad_sig",
    );
    cage.put(
        "header-of-129-kib",
        parts(&|p| p.header = vec![0; 129 * 1024]),
        "too_large",
    );
    cage.put(
        "body-of-257-kib",
        parts(&|p| p.body = vec![0; 257 * 1024]),
        "too_large",
    );
    cage.put(
        "header-of-endless-arrays",
        parts(&|p| p.header = vec![0x9f; 100_000]),
        "malformed",
    );
    cage.put(
        "header-of-deep-tags",
        parts(&|p| p.header = vec![0xc1; 100_000]),
        "malformed",
    );
    cage.put(
        "header-of-deep-maps",
        parts(&|p| p.header = vec![0xa1; 100_000]),
        "malformed",
    );
    for (name, head) in [
        ("array", 0x9b_u8),
        ("bytes", 0x5b),
        ("text", 0x7b),
        ("map", 0xbb),
    ] {
        let huge = [&[0x8d, 1, head][..], &[0x7f; 8]].concat();
        cage.put(
            format!("header-with-an-{name}-of-exabytes"),
            parts(&|p| p.header.clone_from(&huge)),
            "malformed",
        );
    }
    cage.all.extend(bodies(&whole));
    let _ = team();
    cage.all
}

/// Under a header that is true to an empty list.
fn bodies(whole: &Pack) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Body);
    let packed = |plain: &[u8]| zstd::bulk::compress(plain, 3).unwrap();
    cage.put("nothing", Vec::new(), "bad_body");
    cage.put("of-another-pack", whole.body.clone(), "bad_body");
    for blocks in [9, 100, 8_192, 60_000] {
        cage.put(
            format!("zeros-{blocks}-blocks"),
            zeros(blocks, 0x58),
            "bad_body",
        );
    }
    for window in [0x60, 0x88, 0xa0, 0xff] {
        cage.put(format!("window-{window:02x}"), zeros(1, window), "bad_body");
    }
    cage.put("a-frame-of-nothing", packed(b""), "bad_body");
    let empty = encode(&(Vec::<String>::new(), Vec::<u32>::new()));
    cage.put(
        "a-byte-behind-the-index",
        packed(&[&empty[..], &[0]].concat()),
        "bad_body",
    );
    cage.put(
        "two-frames",
        [packed(&empty), packed(&empty)].concat(),
        "bad_body",
    );
    cage.put(
        "a-skippable-frame",
        [
            &[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4][..],
            &packed(&empty),
        ]
        .concat(),
        "bad_body",
    );
    cage.put(
        "a-megabyte-and-a-byte",
        packed(&vec![0; 1024 * 1024 + 1]),
        "bad_body",
    );
    cage.put(
        "kinds-501",
        packed(&encode(&(vec![String::new(); 501], Vec::<u32>::new()))),
        "bad_body",
    );
    cage.put(
        "kinds-a-million",
        packed(
            &[
                &[0x82, 0x9a, 0, 0x0f, 0, 0][..],
                &vec![0x60; 983_040],
                &[0x80],
            ]
            .concat(),
        ),
        "bad_body",
    );
    let row = |kind: u32, len: u32| {
        (
            Hash16([7; 16]),
            kind,
            len,
            Vec::<Hash32>::new(),
            None::<Hash32>,
        )
    };
    let index = |rows: Vec<Row>| packed(&encode(&(vec!["household".to_owned()], rows)));
    cage.put(
        "an-entry-of-four-gigabytes",
        index(vec![row(0, u32::MAX)]),
        "bad_body",
    );
    cage.put("an-entry-of-no-kind", index(vec![row(9, 0)]), "bad_body");
    cage.put("entries-501", index(vec![row(0, 0); 501]), "bad_body");
    cage.put(
        "entries-twenty-thousand",
        index(vec![row(0, 0); 20_000]),
        "bad_body",
    );
    let deep = [&[0x82, 0x80][..], &[0x81; 900_000]].concat();
    cage.put("arrays-in-arrays", packed(&deep), "bad_body");
    cage.all
}

type Hash16 = toso_sync::message::Digest;
type Row = (Hash16, u32, u32, Vec<Hash32>, Option<Hash32>);

#[expect(non_snake_case, reason = "sixteen bytes, by the name they have here")]
fn Hash16(bytes: [u8; 16]) -> Hash16 {
    toso_sync::message::Digest(bytes)
}
