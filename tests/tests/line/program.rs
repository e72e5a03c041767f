//! Small things of the bench: starting and ending programs, spelling a line, shortening an answer.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// Asks a program to end and waits until it has, well.
pub fn end(mut child: Child) {
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

pub fn first_line(command: &mut Command) -> (Child, ChildStdout, Value) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let value = serde_json::from_str(&line).expect("a first line");
    (child, out.into_inner(), value)
}

pub fn line(name: &str, words: &[&str]) -> String {
    let mut line = name.to_owned();
    for word in words {
        line += &match word {
            word if word.starts_with(['{', '[']) => format!(" '{word}'"),
            word if word.contains(' ') => format!(" \"{word}\""),
            word => format!(" {word}"),
        };
    }
    line
}

/// Long answers lose their middle: a schema shows two of its fields.
pub fn short(name: &str, value: &Value) -> Value {
    let mut value = value.clone();
    let keep = if name == "schema.get" { 2 } else { usize::MAX };
    if let Some(fields) = value.get_mut("properties").and_then(Value::as_object_mut)
        && fields.len() > keep
    {
        let names: Vec<String> = fields.keys().skip(keep).cloned().collect();
        for name in names {
            fields.remove(&name);
        }
        fields.insert("…".to_owned(), "…".into());
    }
    value
}

/// Runs a program to its end, with this on its standard input.
pub fn talk(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // One that refuses its arguments ends without reading.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    child.wait_with_output().unwrap()
}
