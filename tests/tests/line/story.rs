//! The story the transcript tells: a hub is made, a commune's office and a member get to work, and each command and call
//! has its turn.

use crate::bench::{Bench, Who};
use crate::{browser, commune, end, hand_over, screen, work};
use serde_json::Value;

pub const OFFICE: Who = Who {
    profile: "office",
    pin: "mat khau van phong",
};
pub const LAN: Who = Who {
    profile: "lan",
    pin: "135790",
};
pub const PAO: Who = Who {
    profile: "pao",
    pin: "246810",
};

const HEAD: &str = "\
<!-- made by the contract test: TOSO_WRITE_CLI=1 cargo test -p toso-tests --test command_line; do not edit -->
# The command line

A stable contract for scripts, operators and black-box tests, shown as the programs answered it. JSON stands on standard
output, one value (one a line for `toso calls`); people's words stand on standard error, and so does an error:
`{\"error\":{\"code\",\"message\",\"hint\"}}`. Exit 0 done, 1 refused or failed, 2 wrong usage. Fields and calls may be added,
never taken away or renamed. A PIN or passphrase is asked for or taken from `TOSO_PIN`, never an argument.
`--help` after any command tells it in Vietnamese and English.

Below, `TOSO_PIN` is set for each profile. Ids, keys, codes, times and sizes differ from run to run and have names here;
long answers stand on several lines. The hub listens on 127.0.0.1:8420.
";

/// What the programs answered.
pub fn tell() -> String {
    let mut bench = Bench::new();
    let calls = bench.lines(LAN, &["calls"]);
    let names: Vec<String> = calls.iter().map(|call| text(call, "name")).collect();
    for call in &calls {
        bench.fit("toso calls", call);
    }
    let place = commune::hub(&mut bench);
    let place = commune::office(&mut bench, place);
    let place = commune::let_in(&mut bench, place);
    let household = work::records(&mut bench, &place);
    work::two_versions(&mut bench, &household);
    work::forms_and_files(&mut bench, &place, &household);
    screen::screens(&mut bench, &place, &household);
    work::syncing(&mut bench);
    work::carried(&mut bench);
    hand_over::hand_over(&mut bench, &place);
    browser::browser(&mut bench, &place);
    end::secrets(&mut bench);
    end::backed_up(&mut bench);
    end::erased_and_revoked(&mut bench, &place);
    end::operator(&mut bench, &place);
    let table = table(&calls);
    format!("{HEAD}{table}{}", bench.finish(&names))
}

/// The calls at a glance.
fn table(calls: &[Value]) -> String {
    let mut out = String::from(
        "\n## Calls\n\n`toso --profile DIR calls` lists them, one a line: name, what it needs, what it does, JSON Schema of input and\noutput. The same calls are asked for from the window, a browser and a test.\n\n| Call | Input | Needs | Does |\n|---|---|---|---|\n",
    );
    let first = calls.first().unwrap();
    let example = format!("\n```console\n$ toso --profile lan calls\n{first}\n…\n```\n");
    for call in calls {
        let required: Vec<&str> = call["input"]["required"]
            .as_array()
            .map(|all| all.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let fields: Vec<String> = call["input"]["properties"]
            .as_object()
            .map(|all| {
                let each = all.keys().map(|name| {
                    let mark = if required.contains(&name.as_str()) {
                        ""
                    } else {
                        "?"
                    };
                    format!("{name}{mark}")
                });
                each.collect()
            })
            .unwrap_or_default();
        out += &format!(
            "| `{}` | `{{{}}}` | {} | {} |\n",
            text(call, "name"),
            fields.join(", "),
            text(call, "needs"),
            text(call, "doc")
        );
    }
    out + &example
}

/// A text of an answer.
pub fn text(value: &Value, field: &str) -> String {
    let found = value[field].as_str();
    found
        .unwrap_or_else(|| panic!("no {field} in {value}"))
        .to_owned()
}
