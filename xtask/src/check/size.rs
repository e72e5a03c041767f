//! File sizes: a file of more than 400 lines is two files.

use std::path::Path;

use anyhow::Context;

use crate::command;
use crate::generate::is_generated;
use crate::step::Problems;

const LINES_MAX: usize = 400;

pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let mut problems = Vec::new();
    for path in command::tracked(root)? {
        if [".rs", ".ts", ".svelte"]
            .iter()
            .any(|end| path.ends_with(end))
        {
            let text = std::fs::read_to_string(root.join(&path))
                .with_context(|| format!("{path} cannot be read"))?;
            problems.extend(too_long(&path, &text));
        }
    }
    Ok(problems)
}

fn too_long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LINES_MAX && !is_generated(text)).then(|| {
        format!("{path} has {lines} lines, {LINES_MAX} are allowed: split it by what it does")
    })
}

#[cfg(test)]
mod tests {
    use super::too_long;
    use crate::generate::MARK;

    #[test]
    fn the_line_after_the_last_allowed_one_is_told_unless_a_program_wrote_it() {
        assert!(too_long("a.rs", &"x\n".repeat(400)).is_none());
        assert!(too_long("a.rs", &"x\n".repeat(401)).is_some());
        assert!(too_long("a.ts", &format!("// {MARK}\n{}", "x\n".repeat(500))).is_none());
    }
}
