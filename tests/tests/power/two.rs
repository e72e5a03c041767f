//! Two programs on one profile.

use crate::story::{folder, open, save};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The folder the other program holds open.
const HELD: &str = "POWER_HELD";

#[test]
fn a_second_program_is_told_that_the_profile_is_in_use_and_the_first_goes_on() {
    if let Some(held) = std::env::var_os(HELD) {
        let mut store = open(held.as_ref()).unwrap().store;
        println!("\nopen");
        // Until it is killed; it saves all the while.
        for n in 0.. {
            save(&mut store, n % 50, "ghi").unwrap();
        }
    }
    let folder = folder();
    let name = std::thread::current().name().unwrap().to_owned();
    let mut first = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--nocapture"])
        .env(HELD, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(first.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!({ told }.any(|line| line == "open"));
    for _ in 0..3 {
        assert_eq!(open(folder.path()).unwrap_err().code(), "profile_in_use");
        assert!(first.try_wait().unwrap().is_none(), "the first goes on");
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let opened = open(folder.path()).unwrap();
    opened.store.check().unwrap();
}
