//! The stand with meetings and photos of them.

use crate::stand::{Person, Stand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use serde_json::{Value, json};
use std::path::PathBuf;
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_tests::sim::random::Dice;

pub struct Photos {
    pub stand: Stand,
}

/// A picture as busy as a full room: its JPEG takes some 150 KB however it is packed.
pub fn photo(n: u64) -> Vec<u8> {
    let mut dice = Dice::new(n);
    let picture = image::RgbImage::from_fn(480, 360, |_, _| {
        let noise = dice.roll().to_le_bytes();
        image::Rgb([noise[0], noise[1], noise[2]])
    });
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 90)
        .encode_image(&picture)
        .unwrap();
    out
}

impl Photos {
    pub fn new() -> Self {
        let stand = Stand::new();
        stand.office.done("sync.run", json!({}));
        Self { stand }
    }

    /// Somebody adds a photo: its name.
    pub fn adds(&self, who: &Person, n: u64) -> String {
        let input = json!({ "space": self.stand.team, "bytes": STANDARD.encode(photo(n)) });
        who.done("file.add", input)["hash"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A village meeting with these photos.
    pub fn meeting(&self, who: &Person, photos: &[String]) -> String {
        let fields = json!({ "event_kind": "hop_thon", "title": "Họp thôn", "day": "2026-11-20",
            "attendance": "dem", "people": 31, "photo": photos });
        let input = json!({ "space": self.stand.team, "kind": "event", "fields": fields });
        who.done("record.create", input)["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub fn status(&self, who: &Person) -> Value {
        who.done("file.status", json!({}))
    }

    pub fn bytes(&self, who: &Person, name: &str) -> Vec<u8> {
        who.app.file(name.parse().unwrap()).unwrap().1
    }

    pub fn name_of(&self, bytes: &[u8]) -> String {
        let team: SpaceId = self.stand.team.parse().unwrap();
        FileHash::of(team, bytes).to_string()
    }

    /// The hub's folder of this team's files.
    pub fn folder_at_hub(&self) -> PathBuf {
        let folder = self.stand.folder.path().join("hub/files");
        folder.join(&self.stand.team)
    }

    fn names_at_hub(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder_at_hub())
            .into_iter()
            .flatten();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// Whole files the hub holds.
    pub fn at_hub(&self) -> usize {
        let names = self.names_at_hub();
        names
            .iter()
            .filter(|name| name.parse::<FileHash>().is_ok())
            .count()
    }

    pub fn parts_at_hub(&self) -> usize {
        self.names_at_hub()
            .iter()
            .filter(|name| name.ends_with(".part"))
            .count()
    }
}
