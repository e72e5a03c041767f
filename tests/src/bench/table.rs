//! The table people read, in Markdown, made from the file so that both say the same.

use serde_json::Value;

/// The table of a `latest.json`.
#[must_use]
pub fn table(all: &Value) -> String {
    let mut out = String::from(
        "| Row | Ours | Spread | Beside | Theirs | Spread | Ratio | Budget | Holds | fsync |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in all["rows"].as_array().into_iter().flatten() {
        let holds = if row["holds"] == true {
            "yes"
        } else {
            "**no**"
        };
        let ratio = match (row["ratio"].as_f64(), row["ratio_is"].as_str()) {
            (Some(ratio), Some("ours/theirs")) => format!("{ratio:.2}× the bare"),
            (Some(ratio), _) => format!("{ratio:.1}× as fast"),
            _ => String::new(),
        };
        out += &format!(
            "| `{}`: {} | {} | {} | {} | {} | {} | {ratio} | {} | {holds} | {:.2} ms |\n",
            text(&row["name"]),
            text(&row["what"]),
            figures(&row["ours"]),
            spread(&row["ours"], &row["runs"]["ours"]),
            text(&row["peer"]),
            figures(&row["theirs"]),
            spread(&row["theirs"], &row["runs"]["theirs"]),
            text(&row["budget"]),
            row["fsync_ms"].as_f64().unwrap_or(0.0),
        );
    }
    out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `3.2 s, 520 KB up, 1.1 KB down, 12 requests`
fn figures(of: &Value) -> String {
    let mut parts = Vec::new();
    if let Some(seconds) = of["seconds"].as_f64() {
        parts.push(time(seconds));
    }
    for (name, word) in [("bytes_up", "up"), ("bytes_down", "down")] {
        if let Some(bytes) = of[name].as_f64() {
            parts.push(format!("{} {word}", size(bytes)));
        }
    }
    if let Some(requests) = of["requests"].as_f64() {
        parts.push(format!("{requests:.0} req"));
    }
    if let Some(mb) = of["mb"].as_f64() {
        parts.push(format!("{mb:.1} MB"));
    }
    parts.join(", ")
}

fn spread(of: &Value, runs: &Value) -> String {
    let runs: Vec<f64> = runs
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    let least = runs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = runs.iter().copied().fold(0.0, f64::max);
    if runs.is_empty() {
        return String::new();
    }
    let spell = |figure: f64| {
        if of["seconds"].is_number() {
            time(figure)
        } else {
            format!("{figure:.1}")
        }
    };
    format!("{}–{} of {}", spell(least), spell(most), runs.len())
}

/// Seconds as people say them.
pub(super) fn time(seconds: f64) -> String {
    if seconds < 0.001 {
        format!("{:.0} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

fn size(bytes: f64) -> String {
    if bytes < 10_000.0 {
        format!("{bytes:.0} B")
    } else if bytes < 1e6 {
        format!("{:.1} KB", bytes / 1e3)
    } else {
        format!("{:.2} MB", bytes / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_missed_budget_is_seen_in_the_table_and_figures_have_units() {
        let side =
            json!({ "seconds": 0.25, "bytes_up": 520_000.0, "bytes_down": 900.0, "requests": 3 });
        let row = json!({ "name": "push", "what": "x", "ours": side, "peer": "P", "theirs": side, "ratio": 1.0,
            "ratio_is": "theirs/ours", "budget": "≥ 5× as fast", "holds": false, "fsync_ms": 0.5,
            "runs": { "ours": [0.2, 0.3], "theirs": [0.25] } });
        let table = table(&json!({ "rows": [row] }));
        let line = table.lines().last().unwrap();
        for part in [
            "250.00 ms, 520.0 KB up, 900 B down, 3 req",
            "200.00 ms–300.00 ms of 2",
            "1.0× as fast",
            "**no**",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }
}
