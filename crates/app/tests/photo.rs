//! Photos: what is kept of one, what is not, and what is never looked at.
#![allow(
    unsafe_code,
    reason = "a counting allocator can only be written so; it adds numbers and nothing else"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test, which shares the world of the stories"
)]

#[path = "story/world.rs"]
mod world;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Cursor;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use toso_app::CallError;
use toso_sync::id::DeviceKey;
use toso_sync::ruling::{Body, Role};
use world::{Commune, Person};

/// Bytes asked for since the last reset, given back or not.
static ASKED: AtomicUsize = AtomicUsize::new(0);
/// One test at a time counts.
static ALONE: Mutex<()> = Mutex::new(());

struct Counting;

// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(layout.size(), Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.fetch_add(size, Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const CANARY: &[u8] = b"CANARY-21.0285N-105.8542E";

/// The left half red, the right half blue.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        Rgb(if x < width / 2 {
            [200, 30, 30]
        } else {
            [30, 30, 200]
        })
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 90)
        .encode_image(picture)
        .unwrap();
    out
}

fn coded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// Puts an EXIF segment in front: held sideways (6: turn right), described and located by the canary. Then a comment,
/// and a tail behind the end.
fn with_metadata(jpeg: &[u8]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    let text = u32::try_from(CANARY.len()).unwrap();
    let entry = |tag: u16, form: u16, count: u32, value: u32| {
        let mut entry = Vec::new();
        entry.extend(tag.to_le_bytes());
        entry.extend(form.to_le_bytes());
        entry.extend(count.to_le_bytes());
        entry.extend(value.to_le_bytes());
        entry
    };
    tiff.extend(entry(0x010e, 2, text, 38));
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend([0; 4]);
    tiff.extend(CANARY);
    let mut exif = b"Exif\0\0".to_vec();
    exif.extend(tiff);
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap();
        let mut out = vec![0xff, marker];
        out.extend(length.to_be_bytes());
        out.extend(body);
        out
    };
    let mut out = jpeg[..2].to_vec();
    out.extend(segment(0xe1, &exif));
    out.extend(segment(0xfe, CANARY));
    out.extend(&jpeg[2..]);
    out.extend(CANARY);
    out
}

fn lan() -> (std::sync::Arc<Commune>, Person, Person) {
    let (commune, staff) = Commune::new();
    let lan = commune.person("Lan", &[Role::Member], "123456");
    (commune, staff, lan)
}

fn add(lan: &Person, commune: &Commune, bytes: &[u8]) -> Result<Value, CallError> {
    let kept = lan.app.add_file(commune.team, bytes)?;
    Ok(serde_json::to_value(kept).unwrap())
}

fn kept(lan: &Person, told: &Value) -> Vec<u8> {
    let hash = told["hash"].as_str().unwrap().parse().unwrap();
    lan.app.file(hash).unwrap().1
}

/// True when any file below holds these bytes in clear.
fn leaks(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return leaks(&path, needle);
        }
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(needle.len()).any(|w| w == needle)
    })
}

#[test]
fn a_photo_is_kept_upright_and_small_and_where_it_was_taken_is_nowhere() {
    let _alone = ALONE.lock();
    let (commune, _staff, lan) = lan();
    let given = with_metadata(&jpeg(&picture(2_400, 1_800)));
    assert!(given.windows(CANARY.len()).filter(|w| *w == CANARY).count() == 3);
    let path = commune.profile("Ảnh của bà Mỷ.jpg");
    std::fs::write(&path, &given).unwrap();
    let told = lan.done("file.add", json!({ "space": commune.team, "path": path }));
    std::fs::remove_file(path).unwrap();
    assert_eq!(
        (&told["width"], &told["height"]),
        (&json!(1_200), &json!(1_600))
    );
    assert_eq!(told["media"], "image/jpeg");
    let photo = kept(&lan, &told);
    assert_eq!(told["size"], photo.len());
    assert!(!photo.windows(4).any(|w| w == b"Exif"), "no EXIF at all");
    let seen = image::load_from_memory(&photo).unwrap().into_rgb8();
    // Turned to the right, what was left is on top.
    assert!(seen.get_pixel(600, 200).0[0] > 150 && seen.get_pixel(600, 1_400).0[2] > 150);
    assert!(!photo.windows(CANARY.len()).any(|w| w == CANARY));
    assert!(!leaks(&commune.profile("Lan"), CANARY));
    assert!(
        !leaks(&commune.profile("Lan"), &photo[..64]),
        "sealed on the disk"
    );
    let info = lan.done("file.info", json!({ "hash": told["hash"] }));
    assert_eq!(info, told);
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &given);
    let again = lan.done(
        "file.add",
        json!({ "space": commune.team, "bytes": base64 }),
    );
    assert_eq!(again, told, "the same photo has one name");
}

#[test]
fn every_form_that_is_taken_becomes_the_same_kind_of_photo_and_glass_is_white() {
    let _alone = ALONE.lock();
    let (commune, _staff, lan) = lan();
    let plain = DynamicImage::from(picture(320, 240));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let mut given = coded(&plain, format);
        given.extend(CANARY);
        let told = add(&lan, &commune, &given).unwrap();
        assert_eq!(
            (&told["width"], &told["media"]),
            (&json!(320), &json!("image/jpeg"))
        );
        assert!(!kept(&lan, &told).windows(CANARY.len()).any(|w| w == CANARY));
    }
    let glass = DynamicImage::from(RgbaImage::from_pixel(40, 40, Rgba([0, 0, 0, 0])));
    let told = add(&lan, &commune, &coded(&glass, ImageFormat::Png)).unwrap();
    let seen = image::load_from_memory(&kept(&lan, &told))
        .unwrap()
        .into_rgb8();
    assert!(seen.get_pixel(20, 20).0.iter().all(|c| *c > 250));
}

#[test]
fn a_pdf_is_kept_as_it_is_and_what_cannot_be_made_anew_is_refused() {
    let _alone = ALONE.lock();
    let (commune, _staff, lan) = lan();
    let pdf = b"%PDF-1.7 the paper of a certificate".to_vec();
    let told = add(&lan, &commune, &pdf).unwrap();
    assert_eq!(
        (&told["media"], told.get("width")),
        (&json!("application/pdf"), None)
    );
    assert_eq!(kept(&lan, &told), pdf);
    let code = |bytes: &[u8]| add(&lan, &commune, bytes).unwrap_err().code;
    // A phone's HEIC would be kept with its place; so would anything else not known.
    for other in [&b"\0\0\0\x18ftypheic"[..], b"GIF89a", b"MZ", b""] {
        assert_eq!(code(other), "file_kind");
    }
    let mut long = pdf.clone();
    long.resize((5 << 20) + 1, b' ');
    assert_eq!(code(&long), "file_too_large");
    let whole = jpeg(&picture(64, 64));
    assert_eq!(code(&whole[..40]), "photo_unreadable");
    let elsewhere = json!({ "space": world::START.to_string(), "bytes": "" });
    assert_eq!(lan.refused("file.add", elsewhere).code, "bad_input");
    let strange = toso_domain::id::SpaceId::from_bytes([9; 16]);
    assert_eq!(
        lan.app.add_file(strange, &pdf).unwrap_err().code,
        "not_in_space"
    );
    let missing = json!({ "space": commune.team, "path": commune.profile("none.jpg") });
    assert_eq!(lan.refused("file.add", missing).code, "file");
    for both in [json!({}), json!({ "path": "a", "bytes": "" })] {
        let mut input = both;
        input["space"] = json!(commune.team);
        assert_eq!(lan.refused("file.add", input).code, "bad_input");
    }
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[test]
fn a_photo_bomb_is_refused_before_it_is_looked_at() {
    let _alone = ALONE.lock();
    let (commune, _staff, lan) = lan();
    let small = DynamicImage::from(picture(16, 16));
    let mut png = coded(&small, ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    let mut jpeg = jpeg(&picture(16, 16));
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let mut webp = coded(&small, ImageFormat::WebP);
    let frame = webp.windows(4).position(|w| w == b"VP8L").unwrap();
    let bits = 15_999 | 15_999 << 14 | u32::from(webp[frame + 12] >> 4) << 28;
    webp[frame + 9..frame + 13].copy_from_slice(&bits.to_le_bytes());
    for (what, bomb) in [("png", png), ("jpeg", jpeg), ("webp", webp)] {
        assert!(bomb.len() < 2_000);
        ASKED.store(0, Relaxed);
        let error = add(&lan, &commune, &bomb).unwrap_err();
        let asked = ASKED.load(Relaxed);
        assert_eq!(error.code, "photo_too_large", "{what}");
        assert!(asked <= 32 << 20, "{what}: {asked} bytes asked for");
    }
}

/// A household that agreed to pictures.
fn agreeing(commune: &Commune, by: &Person) -> String {
    let household = by.household("Vừ Thị Mỷ");
    let fields = json!({ "household": household, "purpose": "hinh_anh", "decision": "dong_y", "given_on": "2026-09-30" });
    let input = json!({ "space": commune.team, "kind": "consent", "fields": fields });
    by.done("record.create", input);
    household
}

#[test]
fn an_erased_record_takes_its_photos_along_unless_another_names_them() {
    let _alone = ALONE.lock();
    let (commune, staff, lan) = lan();
    let household = agreeing(&commune, &lan);
    let photo = |width: u32| {
        let told = add(&lan, &commune, &jpeg(&picture(width, 50))).unwrap();
        told["hash"].as_str().unwrap().to_owned()
    };
    let (shared, own, taken_back) = (photo(50), photo(60), photo(70));
    let visit = |photos: Value| {
        let fields = json!({ "household": household, "day": "2026-09-30", "contact": "gap_chu_ho", "photo": photos });
        let input = json!({ "space": commune.team, "kind": "visit", "fields": fields });
        lan.done("record.create", input)["id"].clone()
    };
    let first = visit(json!([shared, own, taken_back]));
    let second = visit(json!([shared]));
    lan.done(
        "record.save",
        json!({ "id": first, "patch": { "photo": [shared, own] } }),
    );
    lan.sync();
    staff.sync();
    let here = |hash: &str| match lan.call("file.info", json!({ "hash": hash })) {
        Ok(told) => told["here"] == true,
        Err(error) => {
            assert_eq!(error.code, "file_not_here");
            false
        }
    };
    let names = || {
        let files = std::fs::read_dir(commune.profile("Lan").join("files")).unwrap();
        files.count()
    };
    assert!(here(&shared) && here(&own) && here(&taken_back));
    staff.done("record.purge", json!({ "id": first }));
    lan.sync();
    assert!(here(&shared), "the second visit names it");
    assert!(!here(&own) && !here(&taken_back));
    assert_eq!(names(), 1);
    staff.done("record.purge", json!({ "id": second }));
    lan.sync();
    assert!(!here(&shared));
    assert_eq!(names(), 0);
}

#[test]
fn an_erased_record_that_only_a_pack_set_aside_holds_takes_its_photos_along() {
    let _alone = ALONE.lock();
    let (commune, _staff, lan) = lan();
    commune.set_online(false);
    let told = add(&lan, &commune, &jpeg(&picture(80, 50))).unwrap();
    let household = agreeing(&commune, &lan);
    let fields = json!({ "household": household, "day": "2026-09-30", "contact": "gap_chu_ho", "photo": [told["hash"]] });
    let input = json!({ "space": commune.team, "kind": "visit", "fields": fields });
    let visit = lan.done("record.create", input)["id"].clone();
    // The phone was reported lost meanwhile: what it wrote last does not count.
    let device = lan.done("profile.state", json!({}))["device_id"].clone();
    let device = DeviceKey::from_hex(device.as_str().unwrap()).unwrap();
    commune.state(&Body::Revocation(device, Vec::new()));
    commune.set_online(true);
    lan.sync();
    assert_eq!(
        lan.refused("record.get", json!({ "id": visit })).code,
        "revoked"
    );
    let files = commune.profile("Lan").join("files");
    assert_eq!(std::fs::read_dir(&files).unwrap().count(), 1);
    let id: toso_domain::id::RecordId = visit.as_str().unwrap().parse().unwrap();
    commune.state(&Body::Purge(id.into(), id.into()));
    lan.sync();
    assert_eq!(std::fs::read_dir(&files).unwrap().count(), 0);
}
