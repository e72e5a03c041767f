//! Everything that is said to people and machines on the day: errors, refusals, figures, what programs print.

use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use toso_app::call;
use toso_app::calls::CALLS;
use toso_tests::binary::program;
use toso_tests::demo::{PIN, Person};

use crate::canary::WRONG;

/// Where it is written down.
pub struct Said(File);

impl Said {
    pub fn new(home: &Path) -> Self {
        std::fs::create_dir(home.join("said")).unwrap();
        Self(File::create(home.join("said/errors.txt")).unwrap())
    }

    fn note(&mut self, text: &[u8]) {
        self.0.write_all(text).unwrap();
        self.0.write_all(b"\n").unwrap();
    }

    /// A call that is refused; what it says. One that is done answers whoever asked, and is no matter here.
    pub fn call(&mut self, person: &Person, name: &str, input: Value) {
        if let Err(error) = call(person.app().unwrap(), name, input) {
            self.note(error.to_json().to_string().as_bytes());
            self.note(format!("{error} {error:?}").as_bytes());
        }
    }

    /// Every field of every call's input, and every field of every form, with what does not belong there.
    pub fn wrong_fields(&mut self, person: &Person, space: &str) {
        let wrong = [
            WRONG.name,
            WRONG.phone,
            WRONG.number,
            WRONG.address,
            WRONG.note,
        ];
        for (n, found) in CALLS.iter().enumerate() {
            let schema = (found.input)();
            let fields = schema.get("properties").and_then(Value::as_object);
            for field in fields.into_iter().flat_map(|fields| fields.keys()) {
                // These two are words of programs, and are told again: nobody types them.
                if !matches!(field.as_str(), "kind" | "kinds")
                    && !found.name.starts_with("profile.")
                {
                    let text = wrong[n % wrong.len()];
                    self.call(person, found.name, json!({ field: text }));
                    self.call(
                        person,
                        found.name,
                        json!({ field: [text], "what": { "x": text } }),
                    );
                }
            }
        }
        for kind in toso_domain::record::KINDS {
            for field in toso_domain::schema::fields(kind.name) {
                let fields = json!({ &field.name: { WRONG.note: WRONG.name } });
                let input = json!({ "space": space, "kind": kind.name, "fields": fields });
                self.call(person, "record.create", input);
                let fields = json!({ &field.name: WRONG.name });
                let input = json!({ "space": space, "kind": kind.name, "fields": fields });
                if field.name != "note" && field.name != "text" {
                    self.call(person, "record.create", input);
                }
            }
        }
    }

    /// Requests that are no requests, a person in every part of them.
    pub fn at_the_hub(&mut self, url: &str) {
        let host = url.strip_prefix("http://").unwrap();
        let (name, note) = (WRONG.name, WRONG.note);
        let json = json!({ "call": name, "input": { "reason": note } }).to_string();
        let heads = format!(
            "authorization: Bearer {name}\r\nx-forwarded-for: {name}\r\nuser-agent: {note}\r\n"
        );
        for path in [
            "/v1/sync",
            "/v1/sync/open",
            "/v1/staff",
            "/v1/enrol",
            "/v1/enrol/state",
            "/v1/token",
            "/v1/challenge",
        ] {
            for body in [note, &json] {
                self.http(host, "POST", path, &heads, body);
                self.http(host, "POST", &format!("{path}?ten={name}"), "", body);
            }
        }
        for path in ["/metrics", "/v1/openapi.json", "/livez", "/readyz"] {
            self.http(host, "GET", path, &heads, "");
        }
        self.http(host, "GET", &format!("/v1/{name}"), &heads, "");
        self.http(host, "BREW", "/v1/sync", &heads, note);
        // After all that: do the figures tell who asked?
        self.http(host, "GET", "/metrics", "", "");
    }

    fn http(&mut self, host: &str, method: &str, path: &str, heads: &str, body: &str) {
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n{heads}\r\n",
            body.len()
        );
        drop(stream.write_all(head.as_bytes()));
        drop(stream.write_all(body.as_bytes()));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        self.note(&answer);
    }

    /// The programs, told nonsense; what they print on both sides.
    pub fn programs(&mut self, home: &Path, profile: &Path) {
        let wrong =
            json!({ "space": WRONG.name, "fields": { "head_name": WRONG.name } }).to_string();
        let hub = home.join("hub");
        let runs: [(&str, &Path, Vec<&str>); 6] = [
            ("toso", profile, vec!["call", "record.create", &wrong]),
            (
                "toso",
                profile,
                vec!["call", "record.get", "{\"id\":\"0965430213\"}"],
            ),
            ("toso", profile, vec!["sync"]),
            ("toso", profile, vec!["call", "profile.state", "{"]),
            ("toso-hub", &hub, vec!["doctor"]),
            ("toso-hub", &hub, vec!["backup-check"]),
        ];
        for (name, folder, words) in runs {
            let mut command = Command::new(program(name));
            match name {
                "toso" => command.arg("--profile").arg(folder).args(words),
                _ => command.args(&words).arg("--data").arg(folder),
            };
            command
                .env("TOSO_PIN", PIN)
                .env("RUST_LOG", "trace")
                .stdin(Stdio::null());
            let told = command.output().unwrap();
            self.note(&[told.stdout, told.stderr].concat());
        }
    }
}
