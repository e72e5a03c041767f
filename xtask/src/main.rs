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

mod bench;
mod check;
mod command;
mod demo;
mod deny;
mod dependency;
mod generate;
mod metadata;
mod setup;
mod step;
mod suite;
mod try_field;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Setup,
    /// Formatting, lints, dependency rule, licences, sizes, words, generated files, migrations
    Check {
        /// Leave out clippy, the only step that compiles the workspace
        #[arg(long)]
        quick: bool,
    },
    /// What CI runs: setup, check, then every test
    Test,
    /// The invented commune: a hub and three devices, left running with the commands to try
    Demo {
        /// Play the whole story without a person, and leave nothing behind
        #[arg(long, conflicts_with = "stop")]
        check: bool,
        /// Stop the hub of an earlier demo
        #[arg(long)]
        stop: bool,
    },
    /// How fast the programs are, beside PouchDB and automerge-repo: a table, and target/bench/latest.json
    Bench {
        /// One row by its name
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// Runs of each row
        #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
        samples: u16,
    },
    /// Write the generated files
    Gen,
    /// Add a field to `visit` in a copy of the tree and prove what that took
    TryField,
}

fn main() -> ExitCode {
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
        Task::Setup => steps.run("setup", setup::run),
        Task::Check { quick } => check::run(&root, *quick, &mut steps),
        Task::Test => suite::run(&root, &mut steps),
        Task::Demo { check, stop } => demo::run(&root, *check, *stop, &mut steps),
        Task::Bench { only, samples } => {
            bench::run(&root, only.as_deref(), usize::from(*samples), &mut steps);
        }
        Task::Gen => steps.run("gen", || generate::write(&root)),
        Task::TryField => steps.run("try-field", || try_field::run(&root)),
    }
    Ok(steps.finish())
}
