//! The project's own commands: `cargo xtask NAME`.
//!
//! It links none of the other crates, so that it runs on a machine where they cannot be compiled yet.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on standard output and standard error"
)]

mod android;
mod bench;
mod check;
mod command;
mod demo;
mod deny;
mod dependency;
mod generate;
mod metadata;
mod proof;
mod setup;
mod step;
mod stories;
mod suite;
mod try_field;
mod ui;
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use demo::Play;
use setup::Work;

/// Set up, check, test and generate: each command does its own set-up and says what it does.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what a new Debian machine lacks to build and test (does nothing when all is there)
    Setup {
        /// Also what the window, its test and the browser tests need
        #[arg(long)]
        all: bool,
    },
    /// Formatting, lints, dependency rule, licences, sizes, words, generated files, migrations
    Check {
        /// Leave out clippy, the only step that compiles the workspace
        #[arg(long)]
        quick: bool,
    },
    /// What CI runs: setup, check, every test, and the stories in a real browser and in the real window
    Test,
    /// The stories in a real browser and in the real window, without the rest
    Stories,
    /// The invented commune: a hub and three devices, left running with their screens to open
    Demo {
        /// Play the whole story without a person, and leave nothing behind
        #[arg(long, group = "play")]
        check: bool,
        /// Leave the devices to the command line, and say what to try
        #[arg(long, group = "play")]
        terminal: bool,
        /// Take the network from a demo that runs
        #[arg(long, group = "play")]
        offline: bool,
        /// Give it back
        #[arg(long, group = "play")]
        online: bool,
        /// Stop a demo that runs
        #[arg(long, group = "play")]
        stop: bool,
    },
    /// Build the window with its screens and open it
    App {
        /// Open it where nobody sees it, look that it shows its screens, and close it
        #[arg(long)]
        check: bool,
    },
    /// Check the phone's side of the app as the compiler does, where an Android target is at hand
    AndroidCheck,
    /// How fast the programs are, beside PouchDB and automerge-repo: a table, and target/bench/latest.json
    Bench {
        /// One row by its name; `growth`: the same work in larger and larger communes
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// Runs of each row
        #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
        samples: u16,
    },
    /// The long forms of the instruments: nothing is lost, nothing leaks; their counters go into docs/proof.json
    Proof {
        /// Minutes for all of them together
        #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
        minutes: u64,
        /// One by its name; `counts` counts instructions, `faults` plants faults and looks which test finds each,
        /// `mutants` changes the code a little, in place, and looks whether a test notices (needs cargo-mutants),
        /// `coverage` counts the lines the tests run (needs cargo-llvm-cov)
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
    },
    /// Write the generated files
    Gen,
    /// Add a field to `visit` in a copy of the tree and prove what that took
    TryField,
}

fn main() -> ExitCode {
    if proof::is_planting() {
        return proof::compile_planted().unwrap_or(ExitCode::FAILURE);
    }
    match run(&Line::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    let root = command::root()?;
    let mut steps = step::Steps::new();
    match task {
        Task::Setup { all } => {
            let works: &[Work] = if *all { Work::ALL } else { &[Work::Build] };
            steps.run("setup", || setup::run(works));
        }
        Task::Check { quick } => check::run(
            &root,
            if *quick {
                check::Compiled::No
            } else {
                check::Compiled::Yes
            },
            &mut steps,
        ),
        Task::Test => suite::run(&root, &mut steps),
        Task::Stories => suite::played(&root, &mut steps),
        Task::Demo {
            check,
            terminal,
            offline,
            online,
            stop,
        } => {
            let asked = [
                (*check, Play::Check),
                (*terminal, Play::Terminal),
                (*offline, Play::Offline),
                (*online, Play::Online),
                (*stop, Play::Stop),
            ];
            let play = asked.iter().find(|(asked, _)| *asked);
            demo::run(
                &root,
                play.map_or(Play::Screens, |(_, play)| *play),
                &mut steps,
            );
        }
        Task::App { check } => window::run(&root, *check, &mut steps),
        Task::AndroidCheck => steps.run("android-check", || android::check(&root)),
        Task::Bench { only, samples } => {
            bench::run(&root, only.as_deref(), usize::from(*samples), &mut steps);
        }
        Task::Proof { minutes, only } => proof::run(&root, *minutes, only.as_deref(), &mut steps),
        Task::Gen => steps.run("gen", || generate::write(&root)),
        Task::TryField => steps.run("try-field", || try_field::run(&root)),
    }
    Ok(steps.finish())
}
