//! JSON that is no input, to every call there is: the real app of an honest phone, which goes on after it.

use crate::commune::Commune;
use crate::doors::{LONGEST, measured};
use crate::{ALONE, meter, state};
use serde_json::{Value, json};
use std::sync::PoisonError;
use toso_app::calls::CALLS;

/// What no call takes, by name.
fn inputs() -> Vec<(&'static str, Value)> {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    vec![
        ("text", json!("' OR 1=1 --")),
        ("number", json!(12.5)),
        ("truth", json!(true)),
        ("row-of-nothing", json!(vec![Value::Null; 60])),
        ("field-nobody-knows", json!({ "\u{202e}no such": 1 })),
        (
            "megabyte-under-a-strange-name",
            json!({ "zz": "x".repeat(1 << 20) }),
        ),
        ("arrays-in-arrays", json!({ "zz": deep })),
    ]
}

#[test]
fn every_call_refuses_what_is_no_input_and_changes_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let commune = Commune::new();
    let before = state::of_app(&commune.honest);
    let (mut offered, mut wrong) = (0, Vec::new());
    for call in CALLS {
        for (name, input) in inputs() {
            let done = || toso_app::call(&commune.honest, call.name, input);
            let (told, took, grown) = measured(done);
            offered += 1;
            let code = told.map_or_else(|e| e.code.to_string(), |done| format!("done: {done}"));
            if code != "bad_input" || took > LONGEST || grown > meter::BOUND {
                wrong.push(format!(
                    "{}/{name}: {code}, {took:?}, {grown} bytes",
                    call.name
                ));
            }
        }
    }
    println!("{offered} inputs to {} calls", CALLS.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(state::of_app(&commune.honest), before, "nothing changed");
    commune.goes_on();
}
