use super::PhoneKeys;
use crate::native::{Native, Refused};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use toso_store::{Cost, KeyStore, Secret, StoreError, key};

/// The phone's code as it may behave: it keeps, loses, refuses, or answers something else.
#[derive(Default)]
struct Kotlin {
    kept: Mutex<BTreeMap<String, String>>,
    refuses: Mutex<Option<&'static str>>,
    answers: Mutex<Option<Value>>,
}

impl Native for &Kotlin {
    fn ask(&self, command: &str, input: Value) -> Result<Value, Refused> {
        if let Some(code) = *self.refuses.lock().unwrap() {
            return Err(Refused { code: code.into() });
        }
        if let Some(answer) = self.answers.lock().unwrap().clone() {
            return Ok(answer);
        }
        let name = input["name"].as_str().unwrap().to_owned();
        let mut kept = self.kept.lock().unwrap();
        match command {
            "put" => {
                kept.insert(name, input["key"].as_str().unwrap().to_owned());
                Ok(json!({}))
            }
            "get" => Ok(json!({ "key": kept.get(&name) })),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_key_comes_back_as_it_was_kept_and_one_never_kept_is_none() {
    let kotlin = Kotlin::default();
    let keys = PhoneKeys::new(&kotlin);
    assert_eq!(keys.get("toso-1"), Ok(None));
    let key: [u8; 32] = std::array::from_fn(|n| u8::try_from(n * 7).unwrap());
    keys.put("toso-1", &key).unwrap();
    assert_eq!(*keys.get("toso-1").unwrap().unwrap(), key);
    keys.put("toso-1", &[9; 32]).unwrap();
    assert_eq!(*keys.get("toso-1").unwrap().unwrap(), [9; 32]);
}

#[test]
fn what_the_phone_does_not_keep_is_told_before_anything_is_sealed_with_it() {
    let kotlin = Kotlin::default();
    *kotlin.answers.lock().unwrap() = Some(json!({ "key": null }));
    let told = PhoneKeys::new(&kotlin).put("toso-1", &[1; 32]);
    assert_eq!(told, Err(StoreError::KeyLost));
}

#[test]
fn a_phone_that_is_locked_or_busy_has_lost_nothing() {
    let kotlin = Kotlin::default();
    let keys = PhoneKeys::new(&kotlin);
    keys.put("toso-1", &[1; 32]).unwrap();
    *kotlin.refuses.lock().unwrap() = Some("locked");
    let told = keys.get("toso-1").unwrap_err();
    assert_eq!(told.code(), "db");
    *kotlin.refuses.lock().unwrap() = None;
    assert_eq!(*keys.get("toso-1").unwrap().unwrap(), [1; 32]);
}

#[test]
fn an_answer_that_is_no_key_is_damage_and_no_panic() {
    let kotlin = Kotlin::default();
    let keys = PhoneKeys::new(&kotlin);
    for (answer, code) in [
        (json!({}), "db"),
        (json!({ "key": 7 }), "db"),
        (json!([]), "db"),
        (json!({ "key": "" }), "key_damaged"),
        (json!({ "key": "AAAA" }), "key_damaged"),
        (json!({ "key": "không" }), "key_damaged"),
    ] {
        *kotlin.answers.lock().unwrap() = Some(answer.clone());
        assert_eq!(keys.get("toso-1").unwrap_err().code(), code, "{answer}");
    }
}

/// Enough for a test; people's phones pay more.
const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
const PIN: Secret<'static> = Secret::Pin("135790");

#[test]
fn a_copied_profile_opens_on_no_other_phone_and_is_told_apart_from_a_wrong_pin() {
    let folder = tempfile::tempdir().unwrap();
    let (here, elsewhere) = (Kotlin::default(), Kotlin::default());
    let keys = PhoneKeys::new(&here);
    let opens = |keys: &PhoneKeys<&Kotlin>| key::unlock(folder.path(), PIN, 0, Some(keys));
    key::create(folder.path(), PIN, CHEAP, Some(&keys)).unwrap();
    assert!(opens(&keys).is_ok());
    let other = opens(&PhoneKeys::new(&elsewhere)).unwrap_err();
    assert_eq!(other, StoreError::KeyLost);
    *here.refuses.lock().unwrap() = Some("locked");
    assert_eq!(opens(&keys).unwrap_err().code(), "db");
    *here.refuses.lock().unwrap() = None;
    assert!(opens(&keys).is_ok(), "nothing was changed by the tries");
}
