//! Planted faults: each is switched on by its name, and some test must fail.
//!
//! One build with `--cfg fault` holds them all. Only our own crates are compiled for it: cargo runs this program in the
//! place of the compiler for those, and it adds the flag.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use super::book::{self, Book};
use crate::command;
use crate::step::Problems;

/// Set where cargo calls this program as its compiler.
const PLANTING: &str = "TOSO_PLANTING";
/// Names the fault that is switched on, where one was planted.
const ASKED_FOR: &str = "TOSO_FAULT";
/// Faults that may escape of those there are.
const ESCAPES: usize = 1;
/// What is played for each fault: everything quick, the simulator with few seeds; and what takes minutes only where that
/// found nothing.
const QUICK: &str = "not (binary(command_line) | package(xtask) | binary(kills) | binary(power) | binary(crash_points))";
const SLOW: &str = "binary(kills) | binary(power) | binary(crash_points)";

/// True when cargo called this program as its compiler.
pub(crate) fn is_compiler() -> bool {
    std::env::var_os(PLANTING).is_some()
}

/// Compiles as cargo asked, with the faults in it.
pub(crate) fn compile() -> anyhow::Result<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let compiler = words.next().context("cargo names the compiler")?;
    let status = Command::new(compiler)
        .args(words)
        .args(["--cfg", "fault"])
        .status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Plants every fault in its turn and notes which test found it.
pub(super) fn find(root: &Path) -> anyhow::Result<Problems> {
    let faults = names(root)?;
    let compiler = command::built(root, "planting", "xtask");
    keep(&compiler)?;
    let plant = |verb: &[&str]| planted(root, &compiler, verb);
    let mut problems = command::pass(plant(&["build"]))?;
    if problems.is_empty() {
        problems = command::pass(tests(plant, QUICK, None))?;
    }
    if problems.is_empty() {
        problems = command::pass(tests(plant, SLOW, None))?;
    }
    let found = if problems.is_empty() {
        look(root, &faults, plant)
    } else {
        Ok(())
    };
    // The programs under `target` are those without faults again, whatever happened.
    problems.extend(command::pass(command::cargo_whole(root, &["build"]))?);
    found?;
    let book = Book::read(root)?;
    let escaped = book.faults.values().filter(|test| test.is_none()).count();
    if escaped > ESCAPES {
        problems.push(format!(
            "{escaped} of {} planted faults were found by no test",
            faults.len()
        ));
    }
    Ok(problems)
}

/// Copies this very program to where no build replaces it. One may have done so since it was started: its name then stands
/// for another file or for none, while Linux still has what runs under a name of its own.
fn keep(compiler: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(compiler.parent().context("no folder")?)?;
    let own = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        std::env::current_exe()?
    };
    std::fs::copy(&own, compiler).with_context(|| own.display().to_string())?;
    Ok(())
}

/// Looks that the programs people run, as a build with this profile left them, do not know the word that switches planted
/// faults on: it is compiled in with them only.
pub(crate) fn absent(root: &Path, profile: &str) -> anyhow::Result<Problems> {
    let mut problems = Vec::new();
    for program in ["toso", "toso-hub"] {
        let path = command::built(root, profile, program);
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        if String::from_utf8_lossy(&bytes).contains(ASKED_FOR) {
            problems.push(format!("{program} holds planted faults"));
        }
    }
    Ok(problems)
}

fn look(
    root: &Path,
    faults: &BTreeSet<String>,
    plant: impl Fn(&[&str]) -> Command,
) -> anyhow::Result<()> {
    let mut book = Book::read(root)?;
    book.begin_faults(book::code_of(root, book::CRATES_AND_TESTS)?, faults);
    for name in faults {
        // Found before, on this code.
        if book.faults.get(name).is_some_and(Option::is_some) {
            continue;
        }
        let mut test = None;
        let before = book.found_before(name).and_then(one_test);
        for set in before.as_deref().into_iter().chain([QUICK, SLOW]) {
            let output = tests(&plant, set, Some(name)).output()?;
            let told = String::from_utf8_lossy(&output.stderr);
            test = told.lines().find_map(failed);
            if test.is_some() {
                break;
            }
            if !output.status.success() {
                bail!("with `{name}` planted the tests do not run:\n{told}");
            }
        }
        println!(
            "   {name}: {}",
            test.as_deref().unwrap_or("found by nothing")
        );
        book.faults.insert(name.clone(), test);
        book.write(root)?;
    }
    Ok(())
}

/// The test a line of nextest says has failed: `FAIL [ 0.1s] ( 1/9) package::binary name`.
fn failed(line: &str) -> Option<String> {
    let line = line.trim();
    let ends = ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV [", "SIGKILL ["];
    if !ends.iter().any(|end| line.starts_with(end)) {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().rev().take(2).collect();
    Some(format!("{} {}", words.get(1)?, words.first()?))
}

/// How nextest picks the one test that `failed` named.
fn one_test(named: &str) -> Option<String> {
    let (program, name) = named.split_once(' ')?;
    Some(format!("binary_id(={program}) & test(={name})"))
}

fn tests(plant: impl Fn(&[&str]) -> Command, set: &str, fault: Option<&str>) -> Command {
    let mut run = plant(&["nextest", "run"]);
    run.args(["-E", set, "--max-fail", "1:immediate"]);
    if ![QUICK, SLOW].contains(&set) {
        // The one that found it before may have another name by now.
        run.arg("--no-tests=pass");
    }
    run.env("SIM_COUNT", "400").env("RUST_BACKTRACE", "0");
    if let Some(fault) = fault {
        run.env(ASKED_FOR, fault);
    }
    run
}

fn planted(root: &Path, compiler: &Path, verb: &[&str]) -> Command {
    let mut command = command::cargo_whole(root, verb);
    command.env("RUSTC_WORKSPACE_WRAPPER", compiler);
    command.env(PLANTING, "1");
    command
}

/// Every fault named in the sources.
fn names(root: &Path) -> anyhow::Result<BTreeSet<String>> {
    const CALL: &str = "planted!(\"";
    let mut names = BTreeSet::new();
    for path in command::tracked(root)? {
        if !path.starts_with("crates/") || !path.ends_with(".rs") {
            continue;
        }
        let text = std::fs::read_to_string(root.join(&path))?;
        let calls = text.split(CALL).skip(1);
        names.extend(calls.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{failed, keep, names, one_test};
    use crate::command;

    /// Where the copy is to go that a program makes of itself after its file was taken away.
    const COPY: &str = "TOSO_COPY_OF_ITSELF";

    #[test]
    fn a_program_that_was_replaced_since_it_started_is_kept() {
        let own = std::env::current_exe().unwrap();
        if let Some(copy) = std::env::var_os(COPY) {
            std::fs::remove_file(own).unwrap();
            keep(copy.as_ref()).unwrap();
            return;
        }
        let folder = std::env::temp_dir().join(format!("toso-kept-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (program, copy) = (folder.join("own"), folder.join("kept/copy"));
        std::fs::copy(&own, &program).unwrap();
        let module = module_path!().split_once("::").unwrap().1;
        let story = format!("{module}::a_program_that_was_replaced_since_it_started_is_kept");
        let told = Command::new(&program)
            .args(["--exact", &story])
            .env(COPY, &copy)
            .output()
            .unwrap();
        assert!(told.status.success(), "{told:?}");
        assert!(!program.exists(), "it was not played");
        assert!(std::fs::read(copy).unwrap() == std::fs::read(own).unwrap());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn twenty_five_faults_stand_in_the_sources() {
        let names = names(&command::root().unwrap()).unwrap();
        assert_eq!(names.len(), 25, "{names:?}");
    }

    #[test]
    fn a_failed_test_is_named_by_its_program_and_itself() {
        let line =
            "        FAIL [   0.488s] ( 1/2) toso-tests::protocol_stories stories::twins::lost";
        let told = failed(line);
        assert_eq!(
            told.as_deref(),
            Some("toso-tests::protocol_stories stories::twins::lost")
        );
        assert_eq!(
            told.as_deref().and_then(one_test).as_deref(),
            Some("binary_id(=toso-tests::protocol_stories) & test(=stories::twins::lost)")
        );
        assert_eq!(
            failed("        PASS [   0.488s] ( 1/2) toso-sync name"),
            None
        );
    }
}
