//! `toso serve`: the same calls over HTTP on loopback.

use crate::bench::Bench;
use crate::commune::Place;
use crate::program::end;
use crate::story::{LAN, text};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// What a request is made of.
struct Page {
    host: String,
    token: String,
}

impl Page {
    fn send(&self, method: &str, path: &str, lines: &[String], body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        for line in lines {
            head += &format!("{line}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream
    }

    fn lines(&self, more: &[&str]) -> Vec<String> {
        let own = [
            format!("Host: {}", self.host),
            format!("Authorization: Bearer {}", self.token),
        ];
        let more = more.iter().map(|line| (*line).to_owned());
        own.into_iter().chain(more).collect()
    }

    /// Asks, shows what was asked and answered, and answers it.
    fn ask(
        &self,
        bench: &mut Bench,
        (method, path): (&str, &str),
        lines: &[String],
        body: &str,
    ) -> Value {
        let mut all = lines.to_vec();
        all.push("Connection: close".to_owned());
        let mut answer = String::new();
        let mut stream = self.send(method, path, &all, body.as_bytes());
        stream.read_to_string(&mut answer).unwrap();
        let (head, told) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap();
        let mut shown = vec![format!("{method} {path}")];
        shown.extend(lines.iter().cloned());
        if !body.is_empty() {
            shown.extend([String::new(), body.to_owned()]);
        }
        let value = serde_json::from_str(told).unwrap_or_else(|_| Value::String(told.to_owned()));
        let told = if value.is_string() {
            told.trim_end().to_owned()
        } else {
            bench.names.value(&value).to_string()
        };
        shown.extend([String::new(), format!("→ {status}"), told]);
        bench.show(&shown);
        value
    }

    fn call(&self, bench: &mut Bench, name: &str, input: Value) -> Value {
        let body = json!({ "name": name, "input": input }).to_string();
        let value = self.ask(bench, ("POST", "/call"), &self.lines(&[]), &body);
        bench.fit(name, &value);
        value
    }
}

/// The whole app for a page on the same machine.
pub fn browser(bench: &mut Bench, place: &Place) {
    bench.chapter("In a browser");
    bench.note("`toso serve` answers on loopback whoever knows the token of its first line: `POST /call`, `GET /changed` (server-sent events), `PUT` and `GET /file/{hash}`. `open` is the address for a browser: the screens, which need no token, and the token behind `#`, which a browser keeps to itself. It ends in order on SIGTERM.");
    let (child, first) = bench.serve_app(LAN);
    let page = Page {
        host: text(&first, "listening")
            .strip_prefix("http://")
            .unwrap()
            .to_owned(),
        token: text(&first, "token"),
    };
    bench.names.know(&page.host, "127.0.0.1:8500");
    bench.names.know(&page.token, "<token>");
    bench.told(
        "toso serve",
        "toso --profile lan serve --listen 127.0.0.1:0",
        &first,
        false,
    );
    let lines = page.lines(&[]);
    let mut changes = BufReader::new(page.send("GET", "/changed", &lines, b""));
    let mut line = String::new();
    // Once the head is here, the page listens.
    while line.trim() != "content-type: text/event-stream" {
        line.clear();
        assert!(changes.read_line(&mut line).unwrap() > 0);
    }
    let fields = json!({ "head_name": "Vừ Y Xia" });
    let input = json!({ "space": place.team, "kind": "household", "fields": fields });
    let made = page.call(bench, "record.create", input);
    while !line.starts_with("event: ") {
        line.clear();
        assert!(changes.read_line(&mut line).unwrap() > 0);
    }
    let mut data = String::new();
    changes.read_line(&mut data).unwrap();
    let told: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(told, json!({ "kinds": ["household"], "ids": [made["id"]] }));
    bench.note("A page that listened heard of it:");
    let mut shown = vec!["GET /changed".to_owned()];
    shown.extend(lines.clone());
    shown.extend([String::new(), "→ 200 text/event-stream".to_owned()]);
    shown.extend([line.trim_end().to_owned(), data.trim_end().to_owned()]);
    bench.show(&shown);
    let synced = page.call(bench, "sync.run", json!({}));
    assert_eq!(synced["pushed"]["changes"], 1);
    bench.note("A file goes in named by its SHA-256 in hex, and the answer says under which name it is kept. `GET` gives its bytes.");
    let pdf = "%PDF-1.7 giấy chứng nhận";
    let hex: String = toso_sync::key::sha256(&[pdf.as_bytes()])
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    bench.names.know(&hex, "<sha-256>");
    let space = format!("Toso-Space: {}", place.team);
    let kept = page.ask(
        bench,
        ("PUT", &format!("/file/{hex}")),
        &page.lines(&[&space]),
        pdf,
    );
    bench.fit("file.add", &kept);
    let path = format!("/file/{}", text(&kept, "hash"));
    let got = page.ask(bench, ("GET", &path), &lines, "");
    assert_eq!(got, pdf);
    bench.note("A refused call answers 422 with the same error as everywhere; a request that is not the own page's is not read.");
    let refused = page.ask(
        bench,
        ("POST", "/call"),
        &lines,
        r#"{"name":"record.get","input":{"id":"x"}}"#,
    );
    bench.fit("error", &refused);
    let body = r#"{"name":"space.list"}"#;
    let (host, token) = (lines[0].clone(), lines[1].clone());
    let strangers = [
        ("wrong_token", vec![host.clone()]),
        (
            "foreign_origin",
            vec![
                host,
                token.clone(),
                "Origin: http://evil.example".to_owned(),
            ],
        ),
        ("foreign_host", vec!["Host: evil.example".to_owned(), token]),
    ];
    for (code, lines) in strangers {
        let told = page.ask(bench, ("POST", "/call"), &lines, body);
        bench.fit("error", &told);
        assert_eq!(told["error"]["code"], code);
    }
    end(child);
    let mut rest = String::new();
    changes.read_to_string(&mut rest).unwrap();
}
