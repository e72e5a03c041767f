//! The programs themselves, for tests that use them as people do: from outside.
//!
//! `cargo build` makes them, and notes what of. Without it they may be missing or old: then they are built here.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// One build at a time, and none twice.
static BUILDING: Mutex<()> = Mutex::new(());

/// Path of `toso` or `toso-hub`, as new as what it is made of.
///
/// # Panics
/// It does not build.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().unwrap().parent().unwrap();
    let path = built.join(name);
    let _alone = BUILDING.lock();
    if is_fresh(&path) {
        return path;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    // Of the default members, as a plain `cargo test`: with the same features nothing else is compiled again.
    build.current_dir(root()).args(["build", "--locked", "-q"]);
    build.args(["--bin", name]);
    if built.file_name().is_some_and(|folder| folder == "release") {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success(), "{name} does not build");
    path
}

/// No file that cargo says the program was made of is newer than it.
fn is_fresh(program: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    let (Some(made), Ok(told)) = (
        changed(program),
        std::fs::read_to_string(program.with_extension("d")),
    ) else {
        return false;
    };
    let (_, sources) = told.split_once(": ").unwrap_or_default();
    let mut sources = sources.split_whitespace().peekable();
    sources.peek().is_some()
        && sources.all(|source| changed(Path::new(source)).is_some_and(|changed| changed <= made))
}

/// The top of the repository, asked at run time: a second work tree may share the target folder.
#[must_use]
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().unwrap().to_owned()
}
