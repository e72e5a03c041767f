//! The JSON of every call, to the real app of an honest phone.

use crate::commune::{Commune, write};
use crate::mutate;
use serde_json::{Value, json};
use toso_app::calls::{CALLS, Needs};
use toso_tests::sim::random::Dice;
use toso_tests::village::team;

/// Left out: those that ask the hub or end the profile, which are another instrument's.
const APART: [&str; 8] = [
    "sync.",
    "enrol.",
    "profile.",
    "profiles.",
    "backup.",
    "practice.",
    "hub.",
    "device.",
];

pub(crate) struct Calls {
    commune: Commune,
    record: String,
    names: Vec<(&'static str, Value)>,
}

impl Calls {
    pub(crate) fn new() -> Self {
        let commune = Commune::new();
        let record = write(&commune.honest, "Vừ Y Mai");
        let fit = |name: &str| !APART.iter().any(|apart| name.starts_with(apart));
        let calls = CALLS.iter().filter(|call| fit(call.name));
        let calls = calls.filter(|call| !matches!(call.needs, Needs::Online | Needs::Staff));
        let names = calls.map(|call| {
            let schema = serde_json::to_value((call.input)()).unwrap();
            (call.name, example(&schema, &schema, &record, 0))
        });
        Self {
            names: names.collect(),
            commune,
            record,
        }
    }

    pub(crate) fn input(&self, seed: u64) -> (&'static str, Value) {
        let mut dice = Dice::new(seed);
        let (name, mut input) = self.names[dice.below(self.names.len())].clone();
        for _ in 0..dice.below(3) {
            mutate::json(&mut input, &mut dice);
        }
        (name, input)
    }

    pub(crate) fn offers(&self, name: &str, input: Value) -> String {
        match toso_app::call(&self.commune.honest, name, input) {
            Ok(_) => "ok".into(),
            Err(error) => {
                assert_ne!(error.code, "internal", "{name}");
                error.code.to_string()
            }
        }
    }

    pub(crate) fn goes_on(&self) {
        self.commune.goes_on();
        let asked = json!({ "id": self.record });
        toso_app::call(&self.commune.honest, "record.get", asked).unwrap();
    }
}

/// An input of the form a schema tells of, to begin from.
fn example(schema: &Value, root: &Value, record: &str, depth: usize) -> Value {
    if depth > 6 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return example(&root["$defs"][name], root, record, depth + 1);
    }
    for several in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema[several].get(0) {
            return example(first, root, record, depth + 1);
        }
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if !schema["const"].is_null() {
        return schema["const"].clone();
    }
    let sort = schema["type"]
        .as_str()
        .or_else(|| schema["type"][0].as_str());
    match sort {
        Some("object") => {
            let fields = schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let one = |(name, field): (String, Value)| {
                let value = match name.as_str() {
                    "space" => json!(team()),
                    "id" | "household" => json!(record),
                    "kind" => json!("household"),
                    "fields" => json!({ "head_name": "Lý A Sử" }),
                    _ => example(&field, root, record, depth + 1),
                };
                (name, value)
            };
            fields.into_iter().map(one).collect()
        }
        Some("array") => json!([example(&schema["items"], root, record, depth + 1)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => json!(record),
    }
}
