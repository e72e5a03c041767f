//! Carried files, wrong in each part.

use crate::animal::{Animal, Cage};
use crate::doors::{Door, Stand};
use toso_sync::carried::seal_for;
use toso_sync::key::Secret;
use toso_sync::pack::encode;
use toso_sync::replica::Fault;
use toso_tests::village::record;

fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], bytes].concat()
}

pub(crate) fn animals(stand: &mut Stand) -> Vec<Animal> {
    let mut cage = Cage::at(Door::File);
    let village = &mut stand.village;
    village.pao.notes(record(50), &[("head_name", "Lý A Sử")]);
    let good = village.pao.file();
    let first = 12 + u32::from_be_bytes(good[8..12].try_into().unwrap()) as usize;
    cage.put("right", good.clone(), "ok");
    for cut in [0, 4, 7, 8, 10, 11] {
        cage.put(format!("cut-at-{cut}"), good[..cut].to_vec(), "not_a_file");
    }
    for cut in [
        first,
        first + 2,
        first + 4,
        first + 100,
        good.len() / 2,
        good.len() - 5,
        good.len() - 1,
    ] {
        cage.put(
            format!("cut-{}-behind-the-cover", cut - first),
            good[..cut].to_vec(),
            "cut",
        );
    }
    for (name, bytes) in [
        ("a-page", b"<!DOCTYPE html>".to_vec()),
        ("a-picture", b"\x89PNG\r\n\x1a\n........".to_vec()),
        ("zeros", vec![0; 100_000]),
        ("of-a-later-form", [b"TOSOFIL3", &good[8..]].concat()),
        (
            "cover-of-gigabytes",
            [b"TOSOFIL2", &[0xff; 100][..]].concat(),
        ),
        (
            "cover-of-nothing",
            [&b"TOSOFIL2"[..], &framed(b"")].concat(),
        ),
    ] {
        cage.put(name, bytes, "not_a_file");
    }
    let stranger = encode(&(Secret::from_bytes(&[77; 32]).hub(),));
    cage.put(
        "of-another-commune",
        [b"TOSOFIL2", &framed(&stranger)[..], &good[first..]].concat(),
        "wrong_commune",
    );
    let cover = &good[..first];
    cage.put(
        "chunk-of-gigabytes",
        [cover, &[0xff; 64]].concat(),
        "too_large",
    );
    cage.put(
        "chunk-of-64-kib-and-a-byte",
        [cover, &65_537_u32.to_be_bytes(), &[0; 70_000]].concat(),
        "too_large",
    );
    for (name, seal) in [
        ("no-seal", "hello\n".repeat(10)),
        (
            "lines-601",
            format!("age-encryption.org/v1\n{}", "-> X\n\n".repeat(400)),
        ),
        ("one-line-of-40-kb", "x".repeat(40_000)),
        (
            "of-a-later-seal",
            "age-encryption.org/v9\n-> X25519 x\n--- x\n".into(),
        ),
    ] {
        cage.put(
            format!("seal-{name}"),
            [cover, &framed(seal.as_bytes()), &[0; 8]].concat(),
            "malformed",
        );
    }
    let lan = village.lan.secret.clone();
    let sealed = |inside: &[u8]| {
        let mut out = cover.to_vec();
        seal_for(&mut out, &lan, |to| {
            to.write_all(inside).map_err(|_| Fault::new("file"))
        })
        .unwrap();
        out.extend([0; 4]);
        out
    };
    cage.put("sealed-nothing", sealed(b""), "cut");
    cage.put("sealed-a-page", sealed(b"<!DOCTYPE html>"), "too_large");
    cage.put("sealed-an-empty-frame", sealed(&framed(b"")), "malformed");
    cage.put(
        "sealed-an-unknown-frame",
        sealed(&framed(&encode(&(99_u32, (1_u32,))))),
        "malformed",
    );
    cage.put(
        "sealed-a-frame-of-gigabytes",
        sealed(&[0xff; 8]),
        "too_large",
    );
    cage.put(
        "sealed-arrays-in-arrays",
        sealed(&framed(&[0x81; 100_000])),
        "malformed",
    );
    let end = framed(&encode(&(4_u32, (Some(9_u32),))));
    cage.put(
        "sealed-more-behind-the-end",
        sealed(&[&end[..], &[0; 50]].concat()),
        "malformed",
    );
    cage.put("says-nine-sections-of-one", sealed(&end), "cut");
    let plain = |inside: &[u8]| [&b"TOSOFIL1"[..], inside].concat();
    cage.put("plain-without-whose", plain(&end), "not_a_file");
    cage.put("plain-nothing", plain(b""), "not_a_file");
    let other = framed(&encode(&(
        0_u32,
        (Secret::from_bytes(&[77; 32]).hub(), None::<u32>),
    )));
    cage.put("plain-of-another-commune", plain(&other), "wrong_commune");
    stand.begins_again();
    cage.all
}
