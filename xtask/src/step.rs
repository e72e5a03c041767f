//! Steps with a name, a time and the problems they found; all problems are told at the end, not only the first.

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What a step found: one sentence a problem, none when all is well.
pub(crate) type Problems = Vec<String>;

/// The steps run so far.
#[derive(Debug)]
pub(crate) struct Steps {
    began: Instant,
    done: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    name: String,
    took: Duration,
    problems: Problems,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Runs one step; an error in running it is a problem like any other.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> anyhow::Result<Problems>) {
        println!("== {name}");
        let began = Instant::now();
        let problems = step().unwrap_or_else(|error| vec![format!("{error:#}")]);
        let took = began.elapsed();
        for problem in &problems {
            println!("   {problem}");
        }
        println!("== {name}: {} in {}", verdict(problems.len()), spell(took));
        self.done.push(Done {
            name: name.to_owned(),
            took,
            problems,
        });
    }

    /// Whether every step so far found nothing.
    pub(crate) fn all_well(&self) -> bool {
        self.done.iter().all(|done| done.problems.is_empty())
    }

    /// Prints the table of times, then every problem, then one line; the exit code says the same.
    pub(crate) fn finish(self) -> ExitCode {
        println!("\n   minutes  step");
        for done in &self.done {
            println!(
                "   {:7.2}  {} ({})",
                done.took.as_secs_f64() / 60.0,
                done.name,
                verdict(done.problems.len())
            );
        }
        let all_well = self.all_well();
        for done in &self.done {
            for problem in &done.problems {
                println!("   {}: {problem}", done.name);
            }
        }
        let found: usize = self.done.iter().map(|done| done.problems.len()).sum();
        println!(
            "{} after {:.2} minutes",
            if all_well {
                "ALL WELL".to_owned()
            } else {
                format!("FAILED: {}", verdict(found))
            },
            self.began.elapsed().as_secs_f64() / 60.0
        );
        if all_well {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn verdict(problems: usize) -> String {
    match problems {
        0 => "ok".to_owned(),
        1 => "1 problem".to_owned(),
        more => format!("{more} problems"),
    }
}

fn spell(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::Steps;

    #[test]
    fn a_step_that_cannot_run_counts_as_failed_and_the_next_still_runs() {
        let mut steps = Steps::new();
        steps.run("first", || anyhow::bail!("no such tool"));
        let mut ran = false;
        steps.run("second", || {
            ran = true;
            Ok(Vec::new())
        });
        assert!(ran);
        assert!(!steps.all_well());
    }
}
