//! One visit in a file, written by one version and edited by another: what `cargo xtask try-field` plays.
//!
//!     field write FILE NAME VALUE    a new visit with that field and a contact code nobody knows yet
//!     field edit FILE                another version changes the note
//!     field read FILE                prints the fields
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program of the checks"
)]

use serde_json::{Map, Value, json};
use toso_domain::crdt::{Actor, Document};
use toso_domain::{label, patch, schema, view};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["write", file, name, value] => {
            for language in label::LANGUAGES {
                label::find(language, &format!("visit.{name}")).unwrap();
            }
            schema::field("visit", name).unwrap();
            let fields = json!({"day": "2026-11-24", "contact": "ma_chua_ai_biet", *name: value});
            let mut doc = Document::new();
            let first = patch::to_patch("visit", &object(fields), None).unwrap();
            doc.write(Actor([1; 16]), &patch::genesis("visit", [9; 16], first), 1)
                .unwrap();
            std::fs::write(file, doc.save()).unwrap();
        }
        ["edit", file] => {
            let mut doc = Document::load(&std::fs::read(file).unwrap()).unwrap();
            let edit = patch::to_patch(
                "visit",
                &object(json!({"note": "sửa bằng bản cũ"})),
                Some(&doc),
            )
            .unwrap();
            doc.write(Actor([2; 16]), &edit, 2).unwrap();
            std::fs::write(file, doc.save()).unwrap();
        }
        ["read", file] => {
            let doc = Document::load(&std::fs::read(file).unwrap()).unwrap();
            println!("{}", Value::Object(view::project(&doc).body));
        }
        _ => std::process::exit(2),
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
