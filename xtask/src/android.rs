//! `cargo xtask android-check`: reads the phone's side of the app as the compiler does, where an Android target is at
//! hand. Nothing is linked, so neither the NDK nor Gradle is needed, and nothing is proved of either.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::step::Problems;

const TARGET: &str = "aarch64-linux-android";
/// Stands for the C compiler: checking Rust links nothing, so an empty object will do.
const STUB: &str = "xtask/android/stubcc";

/// A Rust that knows the target.
enum Rust {
    /// That of this run: `rustup target add aarch64-linux-android`.
    OfThisRun,
    /// Debian's `rustc-web`, with the standard library's source from `rust-web-src`.
    Debian,
}

/// Clippy for the app's library on Android; says SKIPPED and what is missing where that cannot be done.
pub(crate) fn check(root: &Path) -> anyhow::Result<Problems> {
    let missing: Vec<&str> = ["clang", "llvm-ar"]
        .into_iter()
        .filter(|name| !command::on_path(name))
        .collect();
    let rust = found();
    if rust.is_none() {
        println!("   SKIPPED: no Rust here knows the target {TARGET}. Either");
        println!(
            "   `rustup target add {TARGET}`, or on Debian `apt-get install rustc-web cargo-web rust-web-src`"
        );
    }
    if !missing.is_empty() {
        println!(
            "   SKIPPED: not on the path: {} (Debian: apt-get install clang llvm)",
            missing.join(", ")
        );
    }
    let Some(rust) = rust.filter(|_| missing.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut check = match rust {
        Rust::OfThisRun => {
            println!("   with the Rust of this run");
            let mut check = command::cargo(root);
            check.arg("clippy");
            check
        }
        Rust::Debian => {
            println!(
                "   with Debian's rustc-web, which builds the standard library's checks first"
            );
            debian(root)
        }
    };
    check.args([
        "--locked",
        "--package",
        "toso-window",
        "--lib",
        "--target",
        TARGET,
    ]);
    // A folder of its own: the programs built for this machine stay as they are.
    check.arg("--target-dir").arg(root.join("target/android"));
    let stub = root.join(STUB);
    for (name, value) in [
        ("CC_aarch64_linux_android", stub.clone().into_os_string()),
        ("CXX_aarch64_linux_android", stub.into_os_string()),
        ("AR_aarch64_linux_android", OsString::from("llvm-ar")),
        // SQLCipher's build script looks whether the folders are there, and no further.
        (
            "AARCH64_LINUX_ANDROID_OPENSSL_INCLUDE_DIR",
            root.join("xtask/android").into(),
        ),
        (
            "AARCH64_LINUX_ANDROID_OPENSSL_LIB_DIR",
            root.join("xtask/android").into(),
        ),
    ] {
        check.env(name, value);
    }
    if matches!(rust, Rust::OfThisRun) {
        check.args(["--", "-D", "warnings"]);
    } else {
        check.env("RUSTFLAGS", "-D warnings");
    }
    command::pass(check)
}

fn found() -> Option<Rust> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    if std_of(&rustc).is_some_and(|folder| folder.join(TARGET).is_dir()) {
        return Some(Rust::OfThisRun);
    }
    let source = Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
    let there = ["/usr/bin/rustc", "/usr/bin/cargo"]
        .iter()
        .all(|path| Path::new(path).is_file());
    (there && source.is_file()).then_some(Rust::Debian)
}

/// The folder of the standard libraries that a compiler has.
fn std_of(rustc: &OsString) -> Option<PathBuf> {
    let mut ask = Command::new(rustc);
    ask.args(["--print", "sysroot"]);
    let sysroot = command::text(ask).ok()?;
    Some(PathBuf::from(sysroot.trim()).join("lib/rustlib"))
}

/// Debian's cargo by its full name, so that rustup's is not taken; it has no clippy.
fn debian(root: &Path) -> Command {
    let mut check = command::program(root, "/usr/bin/cargo");
    check.env("RUSTC", "/usr/bin/rustc");
    // Unstable in a stable compiler: the standard library is checked from source.
    check.env("RUSTC_BOOTSTRAP", "1");
    for of_this_run in ["RUSTUP_TOOLCHAIN", "RUSTDOC", "CARGO"] {
        check.env_remove(of_this_run);
    }
    check.args(["check", "-Zbuild-std=std,panic_abort"]);
    check
}
