//! Bodies that unpack to more than anybody should hold.

use super::pack::{refused, second};
use toso_sync::pack::Pack;
use toso_tests::bomb::zeros as bomb;
use toso_tests::village::Village;

#[test]
fn a_frame_of_32_kilobytes_that_unpacks_to_a_gigabyte_is_a_bad_body() {
    let (Village { hub, .. }, pack) = &mut second();
    let body = bomb(8 * 1024, 0x58);
    assert!(body.len() < 40_000);
    let two_megabytes = zstd_len(&bomb(16, 0x58));
    assert_eq!(
        two_megabytes,
        Some(2 * 1024 * 1024),
        "the frame is well formed"
    );
    refused(
        &mut hub.copy,
        &Pack {
            body,
            ..pack.clone()
        },
        "bad_body",
    );
}

/// What a frame without bounds would unpack to.
fn zstd_len(frame: &[u8]) -> Option<usize> {
    let mut child = zstd::Decoder::with_buffer(frame).ok()?;
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut child, &mut plain).ok()
}

#[test]
fn a_frame_that_claims_a_huge_window_is_a_bad_body() {
    let (Village { hub, .. }, pack) = &mut second();
    for window in [0x60, 0x88, 0xf8, 0xff] {
        let body = bomb(1, window);
        refused(
            &mut hub.copy,
            &Pack {
                body,
                ..pack.clone()
            },
            "bad_body",
        );
    }
}

#[test]
fn lying_lengths_inside_a_body_are_a_bad_body() {
    let (Village { hub, .. }, pack) = &mut second();
    // Index as an array of two: kinds, rows.
    let lies: [&[u8]; 5] = [
        &[0x82, 0x9a, 0xff, 0xff, 0xff, 0xff],
        &[0x82, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[
            0x82, 0x81, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ],
        &[
            0x82, 0x80, 0x9b, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
        ],
        &[0x9f, 0x9f, 0x9f, 0x9f],
    ];
    for lie in lies {
        let body = zstd::bulk::compress(lie, 3).unwrap();
        refused(
            &mut hub.copy,
            &Pack {
                body,
                ..pack.clone()
            },
            "bad_body",
        );
    }
}

#[test]
fn a_million_empty_kinds_in_a_body_are_a_bad_body() {
    let (Village { hub, .. }, pack) = &mut second();
    let mut plain = vec![0x82, 0x9a];
    plain.extend_from_slice(&1_000_000_u32.to_be_bytes());
    plain.resize(plain.len() + 1_000_000, 0x60);
    plain.push(0x80);
    let body = zstd::bulk::compress(&plain, 3).unwrap();
    refused(
        &mut hub.copy,
        &Pack {
            body,
            ..pack.clone()
        },
        "bad_body",
    );
}
