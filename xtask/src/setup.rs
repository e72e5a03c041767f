//! Installing what a new Debian 12 machine lacks. What is there is left alone, and nothing is run without saying so.

use std::path::Path;

use anyhow::{Context, bail};

use crate::command;
use crate::step::Problems;

/// What a command wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Compile and test everything but the window.
    Build,
    /// Compile the window, and see it.
    Window,
    /// Drive the window without a screen.
    WindowTest,
    /// Drive the screens in a browser.
    Browser,
    /// Count the instructions of a program.
    Count,
}

impl Work {
    /// All that the tests do.
    pub(crate) const ALL: &[Self] = &[Self::Build, Self::Window, Self::WindowTest, Self::Browser];
}

/// A Debian package, what it is for, and why.
const PACKAGES: &[(&str, &[Work], &str)] = {
    use Work::{Browser, Build, Count, Window, WindowTest};
    &[
        (
            "gcc",
            &[Build],
            "compiles SQLCipher, zstd and the TLS library",
        ),
        ("libc6-dev", &[Build], "the C library's headers"),
        ("libssl-dev", &[Build], "SQLCipher's cryptography"),
        ("make", &[Build], "native build scripts"),
        ("perl", &[Build], "native build scripts"),
        ("pkg-config", &[Build], "finds the libraries above"),
        (
            "strace",
            &[Build],
            "ends programs at a system call, for the tests of what they leave",
        ),
        (
            "valgrind",
            &[Count],
            "counts instructions, which no other work on the machine changes",
        ),
        ("libwebkit2gtk-4.1-dev", &[Window], "the window's web view"),
        (
            "libdbus-1-dev",
            &[Window],
            "tells the window of a second start, and of dark mode",
        ),
        (
            "fonts-noto-core",
            &[Window, Browser],
            "letters with all Vietnamese marks",
        ),
        (
            "webkit2gtk-driver",
            &[WindowTest],
            "presses the window's buttons",
        ),
        ("xvfb", &[WindowTest], "a display without a screen"),
        ("xauth", &[WindowTest], "lets the window use that display"),
        ("dbus", &[WindowTest], "a message bus of the test's own"),
        (
            "chromium",
            &[Browser],
            "shows the screens to the browser tests",
        ),
    ]
};

/// Makes sure that `works` can be done.
pub(crate) fn run(works: &[Work]) -> anyhow::Result<Problems> {
    if !command::on_path("dpkg-query") {
        return elsewhere(works);
    }
    let wanted = wanted(works);
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        println!("   all {} system packages are there", wanted.len());
        return Ok(Vec::new());
    }
    for (name, _, why) in PACKAGES.iter().filter(|(name, ..)| missing.contains(name)) {
        println!("   {name} is missing: {why}");
    }
    let line = format!(
        "apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
    if !is_root()? {
        bail!("not root: run `sudo apt-get update && sudo {line}`, then this command again");
    }
    if apt(&["update"]).is_err() {
        println!("   the package lists could not be renewed; trying with those at hand");
    }
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    if let Err(first) = apt(&install) {
        println!("   {first:#}; repairing, then once more");
        // A broken first run leaves half-configured packages behind; if nothing is to repair this does nothing.
        if let Err(repair) = end_well("dpkg", &["--configure", "-a"]) {
            println!("   {repair:#}");
        }
        apt(&install).with_context(|| format!("run `{line}` by hand and read what it says"))?;
    }
    let still = self::missing(&wanted)?;
    if !still.is_empty() {
        bail!("still missing after the installation: {}", still.join(", "));
    }
    Ok(Vec::new())
}

/// Whether the window can be compiled here.
pub(crate) fn has_web_view() -> bool {
    let linux = cfg!(target_os = "linux");
    !linux || command::on_path("pkg-config") && exists("webkit2gtk-4.1")
}

fn exists(library: &str) -> bool {
    let mut ask = command::program(Path::new("/"), "pkg-config");
    ask.args(["--exists", library]);
    ask.status().is_ok_and(|status| status.success())
}

/// The packages that `works` want.
fn wanted(works: &[Work]) -> Vec<&'static str> {
    PACKAGES
        .iter()
        .filter(|(_, uses, _)| uses.iter().any(|work| works.contains(work)))
        .map(|(name, ..)| *name)
        .collect()
}

/// On another system the person installs; we only look whether the things that matter answer.
fn elsewhere(works: &[Work]) -> anyhow::Result<Problems> {
    let compiler = command::on_path("cc") || command::on_path("clang");
    let openssl = command::on_path("pkg-config") && exists("openssl");
    if works.contains(&Work::Window) && !has_web_view() {
        bail!(
            "not Debian: install the headers of WebKitGTK 4.1 with your system's own installer, then run this command again"
        );
    }
    if compiler && (openssl || cfg!(target_os = "macos")) {
        println!("   not Debian; a C compiler and OpenSSL's headers answer, so going on");
        return Ok(Vec::new());
    }
    bail!(
        "not Debian: install a C compiler, make, perl, pkg-config and OpenSSL's headers with your system's own \
         installer, then run this command again"
    )
}

/// Those of the packages that dpkg does not hold as installed.
fn missing(wanted: &[&'static str]) -> anyhow::Result<Vec<&'static str>> {
    let mut ask = command::program(Path::new("/"), "dpkg-query");
    ask.args(["-W", "-f=${Package} ${Provides} ${db:Status-Status}\n"]);
    Ok(lacking(wanted, &command::text(ask)?))
}

/// A package counts when it, or one that provides it (pkgconf for pkg-config), is fully installed.
fn lacking(wanted: &[&'static str], listing: &str) -> Vec<&'static str> {
    let installed: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| {
            !installed.iter().any(|line| {
                line.split([' ', ',', ':'])
                    .any(|installed| installed == *name)
            })
        })
        .collect()
}

fn is_root() -> anyhow::Result<bool> {
    let mut ask = command::program(Path::new("/"), "id");
    ask.arg("-u");
    Ok(command::text(ask)?.trim() == "0")
}

/// Another apt that runs at the same moment (a new machine's own updates) is waited for.
fn apt(words: &[&str]) -> anyhow::Result<()> {
    end_well(
        "apt-get",
        &[&["-o", "DPkg::Lock::Timeout=300"], words].concat(),
    )
}

fn end_well(name: &str, words: &[&str]) -> anyhow::Result<()> {
    let mut run = command::program(Path::new("/"), name);
    run.args(words).env("DEBIAN_FRONTEND", "noninteractive");
    match command::pass(run)?.pop() {
        None => Ok(()),
        Some(problem) => bail!(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::{Work, lacking, wanted};

    #[test]
    fn a_provider_counts_and_a_half_installed_package_does_not() {
        let listing = "gcc c-compiler, gcc-x86-64-linux-gnu (= 4:12.2.0-3) installed\n\
                       libc6-dev libc-dev installed\n\
                       libssl-dev  half-configured\n\
                       make  installed\n\
                       perl perl5 installed\n\
                       pkgconf pkg-config (= 1.8.1-1) installed\n\
                       strace  installed\n";
        assert_eq!(lacking(&wanted(&[Work::Build]), listing), ["libssl-dev"]);
    }

    #[test]
    fn an_empty_machine_lacks_everything() {
        let of_the_tests = super::PACKAGES.len() - wanted(&[Work::Count]).len();
        assert_eq!(lacking(&wanted(Work::ALL), "").len(), of_the_tests);
    }

    #[test]
    fn who_only_compiles_the_hub_gets_no_browser() {
        let build = wanted(&[Work::Build]);
        assert!(build.contains(&"gcc") && !build.contains(&"chromium"));
        assert!(wanted(&[Work::Browser]).contains(&"fonts-noto-core"));
    }
}
