//! Installing what a new Debian 12 machine lacks. What is there is left alone, and nothing is run without saying so.

use std::path::Path;

use anyhow::{Context, bail};

use crate::command;
use crate::step::Problems;

/// A Debian package and what needs it.
const PACKAGES: &[(&str, &str)] = &[
    ("gcc", "compiles SQLCipher, zstd and the TLS library"),
    ("libc6-dev", "the C library's headers"),
    ("libssl-dev", "SQLCipher's cryptography"),
    ("make", "native build scripts"),
    ("perl", "native build scripts"),
    ("pkg-config", "finds the libraries above"),
];

/// Makes sure the default members can be built and tested.
pub(crate) fn run() -> anyhow::Result<Problems> {
    if !command::on_path("dpkg-query") {
        return elsewhere();
    }
    let missing = missing()?;
    if missing.is_empty() {
        println!("   all {} system packages are there", PACKAGES.len());
        return Ok(Vec::new());
    }
    for (name, why) in PACKAGES.iter().filter(|(name, _)| missing.contains(name)) {
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
    let still = self::missing()?;
    if !still.is_empty() {
        bail!("still missing after the installation: {}", still.join(", "));
    }
    Ok(Vec::new())
}

/// On another system the person installs; we only look whether the two things that matter answer.
fn elsewhere() -> anyhow::Result<Problems> {
    let compiler = command::on_path("cc") || command::on_path("clang");
    let openssl =
        command::on_path("pkg-config") && end_well("pkg-config", &["--exists", "openssl"]).is_ok();
    if compiler && (openssl || cfg!(target_os = "macos")) {
        println!("   not Debian; a C compiler and OpenSSL's headers answer, so going on");
        return Ok(Vec::new());
    }
    bail!(
        "not Debian: install a C compiler, make, perl, pkg-config and OpenSSL's headers with your system's own \
         installer, then run this command again"
    )
}

/// The packages of the table that dpkg does not hold as installed.
fn missing() -> anyhow::Result<Vec<&'static str>> {
    let mut ask = command::program(Path::new("/"), "dpkg-query");
    ask.args(["-W", "-f=${Package} ${Provides} ${db:Status-Status}\n"]);
    Ok(lacking(&command::text(ask)?))
}

/// A package counts when it, or one that provides it (pkgconf for pkg-config), is fully installed.
fn lacking(listing: &str) -> Vec<&'static str> {
    let installed: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    PACKAGES
        .iter()
        .map(|(name, _)| *name)
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

fn apt(words: &[&str]) -> anyhow::Result<()> {
    end_well("apt-get", words)
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
    use super::lacking;

    #[test]
    fn a_provider_counts_and_a_half_installed_package_does_not() {
        let listing = "gcc c-compiler, gcc-x86-64-linux-gnu (= 4:12.2.0-3) installed\n\
                       libc6-dev libc-dev installed\n\
                       libssl-dev  half-configured\n\
                       make  installed\n\
                       perl perl5 installed\n\
                       pkgconf pkg-config (= 1.8.1-1) installed\n";
        assert_eq!(lacking(listing), ["libssl-dev"]);
    }

    #[test]
    fn an_empty_machine_lacks_everything() {
        assert_eq!(lacking("").len(), super::PACKAGES.len());
    }
}
