//! Hundreds of photos as phones take them, through the whole app and to a real hub: what it takes of memory and of the
//! disk, and that where they were taken is nowhere.
//!
//! Twelve in a plain test, `TOSO_PHOTOS=300` for a village's year. The app lives in a process of its own (this program,
//! started again), which holds nothing else, so that its memory is the app's; the camera is this one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a failed step is a failed test"
)]

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use toso_tests::bench::disk::memory_mb;
use toso_tests::binary::program;
use toso_tests::demo::{Hub, OFFICE_SECRET, Person};
use toso_tests::proof;
use toso_tests::quick::QUICK;
use toso_tests::sim::random::Dice;

/// What a camera writes beside the picture.
const CANARY: &[u8] = b"GPS-21.3856N-103.0169E-CHIM-YEN";
/// Bytes of a kept photo, sealed.
const KEPT_MOST: u64 = 200_000;
/// Memory of the app, MB.
const MEMORY_MOST: f64 = 150.0;
const HOME: &str = "PHOTOS_HOME";

/// Scenes of 12 million pixels, and a corner of each that is another in every photo.
struct Camera {
    scenes: Vec<RgbImage>,
}

impl Camera {
    fn new() -> Self {
        let scene = |seed: u64| {
            let mut dice = Dice::new(seed);
            let mut scene = RgbImage::new(4_000, 3_000);
            for (x, y, pixel) in scene.enumerate_pixels_mut() {
                // Light that falls off, and grain as a small lens has it.
                let light = ((x + y * 2) / 48 % 200) as u8;
                let grain = (dice.roll() % 44) as u8;
                *pixel = Rgb([light + grain, light / 2 + grain, 90 + grain]);
            }
            scene
        };
        Self {
            scenes: (0..3).map(scene).collect(),
        }
    }

    /// A JPEG with an EXIF segment, a comment and a tail, each with the canary.
    fn takes(&mut self, n: u64) -> Vec<u8> {
        let at = usize::try_from(n).unwrap() % self.scenes.len();
        let scene = &mut self.scenes[at];
        let mut dice = Dice::new(1_000 + n);
        let colour = Rgb([
            dice.below(255) as u8,
            dice.below(255) as u8,
            dice.below(255) as u8,
        ]);
        for (x, y) in (0..400).flat_map(|x| (0..400).map(move |y| (x, y))) {
            scene.put_pixel(x, y, colour);
        }
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 85)
            .encode_image(scene)
            .unwrap();
        let segment = |marker: u8, body: &[u8]| {
            let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
            [&[0xff, marker][..], &length, body].concat()
        };
        let exif = [&b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"[..], CANARY].concat();
        [
            &jpeg[..2],
            &segment(0xe1, &exif),
            &segment(0xfe, CANARY),
            &jpeg[2..],
            CANARY,
        ]
        .concat()
    }
}

#[test]
#[ignore = "started by the test that takes the pictures"]
fn the_app_lives_in_a_process_of_its_own() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    let home = Path::new(&home);
    let (url, code) = (
        std::env::var("PHOTOS_HUB").unwrap(),
        std::env::var("PHOTOS_CODE").unwrap(),
    );
    let machine = toso_app::machine();
    let person = Person::new(&home.join("lan"), "lan", OFFICE_SECRET, &machine, QUICK).unwrap();
    let input = json!({ "url": url, "code": code, "name": "Máy của Lan", "pin": OFFICE_SECRET });
    person.done("enrol.start", input).unwrap();
    person.sync().unwrap();
    let commune = person.done("space.list", json!({})).unwrap()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let unit = json!({ "space": commune, "kind": "unit", "id": commune,
        "fields": { "name": "Xã Mường Lống", "unit_kind": "xa" } });
    person.done("record.create", unit).unwrap();
    let fields = json!({ "name": "Tổ một", "team_kind": "cap_thon", "unit": commune });
    let team = person.create(&commune, "team", fields).unwrap();
    person.sync().unwrap();
    let mut names: Vec<String> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let told = match line.split_once(' ') {
            Some(("add", path)) => {
                let input = json!({ "space": team, "path": path });
                let kept = person.done("file.add", input).unwrap();
                names.push(kept["hash"].as_str().unwrap().to_owned());
                kept
            }
            Some(("meeting", _)) => {
                let fields = json!({ "event_kind": "hop_thon", "title": "Họp thôn", "day": "2026-11-20",
                    "attendance": "dem", "people": 31, "photo": std::mem::take(&mut names) });
                json!({ "id": person.create(&team, "event", fields).unwrap() })
            }
            Some(("call", name)) => person.done(name, json!({})).unwrap(),
            _ => panic!("{line}"),
        };
        println!("told {told}");
    }
}

/// The app's process.
struct Lan {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Lan {
    fn starts(home: &Path, hub: &Hub) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "the_app_lives_in_a_process_of_its_own",
                "--ignored",
                "--nocapture",
            ])
            .env(HOME, home)
            .env("PHOTOS_HUB", &hub.url)
            .env("PHOTOS_CODE", &hub.staff_code)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: process.stdin.take().unwrap(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    fn asks(&mut self, line: &str) -> Value {
        writeln!(self.input, "{line}").unwrap();
        let mut told = String::new();
        loop {
            told.clear();
            assert!(
                self.output.read_line(&mut told).unwrap() > 0,
                "{line}: it ended"
            );
            // What the test's own frame says stands before it.
            if let Some((_, json)) = told.split_once("told ") {
                return serde_json::from_str(json).unwrap();
            }
        }
    }

    /// Most memory it ever had, MB.
    fn memory(&self) -> f64 {
        memory_mb(self.process.id()).unwrap().1
    }

    fn ends(self) {
        let Self {
            mut process, input, ..
        } = self;
        drop(input);
        assert!(process.wait().unwrap().success());
    }
}

/// Every file below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path));
        } else {
            out.push(path);
        }
    }
    out
}

fn holds(path: &Path, needle: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(needle.len()).any(|at| at == needle)
}

#[test]
fn photos_of_a_year_stay_small_and_so_does_the_app_and_where_they_were_taken_is_nowhere() {
    let count: u64 = std::env::var("TOSO_PHOTOS").map_or(12, |count| count.parse().unwrap());
    let home = tempfile::tempdir().unwrap();
    let mut hub = Hub::begin(&program("toso-hub"), home.path(), "Xã Mường Lống").unwrap();
    let mut lan = Lan::starts(home.path(), &hub);
    let camera_roll = tempfile::tempdir().unwrap();
    let (mut camera, mut given) = (Camera::new(), 0);
    for n in 0..count {
        let taken = camera.takes(n);
        assert!(
            taken
                .windows(CANARY.len())
                .filter(|at| *at == CANARY)
                .count()
                == 3
        );
        given += taken.len() as u64;
        let path = camera_roll.path().join(format!("IMG_{n}.jpg"));
        std::fs::write(&path, taken).unwrap();
        let kept = lan.asks(&format!("add {}", path.display()));
        std::fs::remove_file(path).unwrap();
        assert!(kept["size"].as_u64().unwrap() < KEPT_MOST, "{n}: {kept}");
        if n % 4 == 3 || n + 1 == count {
            lan.asks("meeting .");
        }
    }
    let adding = lan.memory();
    let waits = lan.asks("call file.status");
    assert_eq!(waits["waiting"]["files"], count, "{waits}");
    assert!(
        waits["waiting"]["bytes"].as_u64().unwrap() <= count * KEPT_MOST,
        "{waits}"
    );
    lan.asks("call sync.run");
    let told = lan.asks("call file.sync");
    assert_eq!(
        (&told["given"], &told["later"]),
        (&json!(count), &json!(false)),
        "{told}"
    );
    assert_eq!(lan.asks("call file.status")["waiting"]["files"], 0);
    let syncing = lan.memory();
    lan.ends();
    hub.stop().unwrap();
    println!(
        "{count} photos of {:.1} MB: {adding:.0} MB of memory while adding, {syncing:.0} MB at most, {} bytes at the hub",
        given as f64 / count as f64 / 1e6,
        told["bytes_up"],
    );
    assert!(
        given / count > 3_000_000,
        "{given} bytes are no {count} photos of a phone"
    );
    assert!(adding <= MEMORY_MOST, "{adding} MB while adding");
    assert!(syncing <= MEMORY_MOST, "{syncing} MB while giving");
    let all = files(home.path());
    for side in ["lan/files", "hub/files"] {
        let kept = all
            .iter()
            .filter(|path| path.starts_with(home.path().join(side)));
        let sizes: Vec<u64> = kept.map(|path| path.metadata().unwrap().len()).collect();
        assert_eq!(sizes.len() as u64, count, "{side}");
        assert!(
            sizes.iter().all(|size| *size <= KEPT_MOST),
            "{side}: {sizes:?}"
        );
    }
    for path in &all {
        assert!(!holds(path, CANARY), "{}", path.display());
    }
    proof::tell(
        "photos",
        &[("photos", count), ("memory mb", syncing as u64)],
    );
}
