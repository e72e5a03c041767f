//! `cargo xtask bench`: measures, prints the table, writes `target/bench/latest.json` and the picture beside it.
//!
//! `--only growth` measures one commune after the other instead and writes `growth.json` and `growth.svg`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use toso_tests::bench::{Bench, curves, grow, plot, run, table, told};
use toso_tests::binary::root;

/// As the programs it stands for have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::print_stdout, reason = "a person reads it")]
fn say(line: &str) {
    println!("{line}");
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("FAILED  {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What was asked for.
struct Asked {
    only: Option<String>,
    samples: usize,
    commit: String,
    /// Draw the picture of what was measured before, and measure nothing.
    draw: Option<PathBuf>,
}

fn asked() -> anyhow::Result<Asked> {
    let mut asked = Asked {
        only: None,
        samples: 5,
        commit: String::new(),
        draw: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words
            .next()
            .with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--only" => asked.only = Some(value),
            "--samples" => asked.samples = value.parse().context("--samples takes a number")?,
            "--commit" => asked.commit = value,
            "--draw" => asked.draw = Some(value.into()),
            other => bail!("{other}? Only --only, --samples, --commit, --draw"),
        }
    }
    if asked.samples == 0 {
        bail!("--samples takes a number from 1");
    }
    Ok(asked)
}

fn measure() -> anyhow::Result<()> {
    let asked = asked()?;
    if let Some(file) = &asked.draw {
        let all = serde_json::from_slice(&std::fs::read(file)?)?;
        say(&table(&all));
        return Ok(std::fs::write(
            file.with_file_name("latest.svg"),
            plot(&all),
        )?);
    }
    let here = std::env::current_exe()?;
    let built = here.parent().context("no folder")?;
    let out = built.parent().context("no folder")?.join("bench");
    let bench = Bench {
        hub: built.join("toso-hub"),
        toso: built.join("toso"),
        peers: root().join("tests/peers"),
        work: out.join("work"),
        samples: asked.samples,
        tell: say,
    };
    std::fs::create_dir_all(&bench.work)?;
    if asked.only.as_deref() == Some("growth") {
        let all = grow(&bench, &asked.commit)?;
        std::fs::write(out.join("growth.json"), serde_json::to_string_pretty(&all)?)?;
        std::fs::write(out.join("growth.svg"), curves(&all))?;
        say(&format!("\n{}", told(&all)));
        return Ok(());
    }
    let (rows, all) = run(&bench, asked.only.as_deref(), &asked.commit)?;
    std::fs::write(out.join("latest.json"), serde_json::to_string_pretty(&all)?)?;
    std::fs::write(out.join("latest.svg"), plot(&all))?;
    say(&format!("\n{}", table(&all)));
    let short = rows.iter().filter(|row| !row.holds()).count();
    say(&format!(
        "{} of {} budgets hold; {}/latest.json",
        rows.len() - short,
        rows.len(),
        out.display()
    ));
    Ok(())
}
