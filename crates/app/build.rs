//! Has the app built anew when the screens (`ui/dist`) were: `toso serve` takes them in.
#![allow(
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output"
)]

use std::path::Path;
use std::{env, fs};

const UI: &str = "../../ui";
const BUILT: &str = "../../ui/dist";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_SERVE").is_none() || !Path::new(UI).exists() {
        return;
    }
    // A watched folder that is not there would have cargo build the app every time.
    let made = fs::create_dir_all(BUILT);
    if made.is_err() && !Path::new(BUILT).exists() {
        println!("cargo::warning=ui/dist cannot be made: the app is built anew every time");
    }
    println!("cargo::rerun-if-changed={BUILT}");
}
