//! The table as a picture: one bar a row, how far inside or outside its budget it is, on a scale of factors.

use serde_json::Value;

use super::table::time;

const WIDE: f64 = 860.0;
const LEFT: f64 = 130.0;
const RIGHT: f64 = 250.0;
const STEP: f64 = 34.0;
const TOP: f64 = 78.0;

/// How many times better than its budget a row is: 1 is just held, 2 is half of what was allowed.
fn margin(row: &Value) -> Option<f64> {
    let bound = |words: &str| -> Option<f64> {
        let at = row["budget"].as_str()?.split(words).nth(1)?;
        at.split(['×', ' ']).next()?.parse().ok()
    };
    let of = |figure: &str| row["ours"][figure].as_f64();
    let ratio = row["ratio"].as_f64();
    let budget = row["budget"].as_str().unwrap_or_default();
    if row["ratio_is"] == "ours/theirs" {
        return Some(bound("≤ ")? / ratio?);
    }
    if budget.starts_with("≥ ") {
        return Some(ratio? / bound("≥ ")?);
    }
    if budget.contains("bytes both ways") {
        let most = budget
            .split("; ")
            .find_map(|part| part.strip_prefix("≤ ")?.strip_suffix(" bytes both ways"))?;
        let most: f64 = most.parse().ok()?;
        return Some(most / (of("bytes_up")? + of("bytes_down")?));
    }
    if budget.contains(" ms") {
        return Some(bound("≤ ")? / (of("seconds")? * 1e3));
    }
    if budget.contains(" MB") {
        return Some(bound("≤ ")? / of("mb")?);
    }
    Some(bound("≤ ")? / of("seconds")?)
}

/// The picture of a `latest.json`, as the text of an SVG file.
#[must_use]
pub fn plot(all: &Value) -> String {
    let rows: Vec<(&Value, f64)> = all["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| Some((row, margin(row)?)))
        .collect();
    let (least, most) = (
        0.25_f64,
        rows.iter()
            .map(|(_, m)| *m)
            .fold(4.0, f64::max)
            .min(1_000.0),
    );
    let scale = |margin: f64| {
        let part = (margin.clamp(least, most) / least).ln() / (most / least).ln();
        LEFT + part * (WIDE - LEFT - RIGHT)
    };
    let high = TOP + STEP * rows.len() as f64 + 26.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {high}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDE}\" height=\"{high}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"16\" fill=\"#1b2733\">Times better than the budget (right of the line: it holds)</text>\n\
         <text x=\"16\" y=\"46\" fill=\"#52616f\">{}, commit {}</text>\n",
        escaped(all["machine"].as_str().unwrap_or_default()),
        escaped(all["commit"].as_str().unwrap_or_default()),
    );
    let mut mark = least;
    while mark <= most {
        let x = scale(mark);
        let (colour, width) = if (mark - 1.0).abs() < 1e-9 {
            ("#1b2733", 2)
        } else {
            ("#d5dce3", 1)
        };
        out += &format!(
            "<line x1=\"{x:.1}\" y1=\"{:.0}\" x2=\"{x:.1}\" y2=\"{:.0}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>\
             <text x=\"{x:.1}\" y=\"{:.0}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#52616f\">{mark}×</text>\n",
            TOP - 12.0,
            high - 12.0,
            TOP - 16.0,
        );
        mark *= 2.0;
    }
    for (number, (row, margin)) in rows.iter().enumerate() {
        let y = TOP + STEP * number as f64;
        let (one, end) = (scale(1.0), scale(*margin));
        let colour = if row["holds"] == true {
            "#1f7a4d"
        } else {
            "#b3372b"
        };
        out += &format!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#1b2733\">{}</text>\
             <rect x=\"{:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"18\" fill=\"{colour}\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" fill=\"#1b2733\">{}</text>\n",
            LEFT - 10.0,
            y + 14.0,
            escaped(row["name"].as_str().unwrap_or_default()),
            one.min(end),
            y,
            (one - end).abs().max(2.0),
            WIDE - RIGHT + 12.0,
            y + 14.0,
            escaped(&beside(row)),
        );
    }
    out + "</svg>\n"
}

/// `1.2 s, 8.1× as fast`
fn beside(row: &Value) -> String {
    let ours = match (row["ours"]["seconds"].as_f64(), row["ours"]["mb"].as_f64()) {
        (Some(seconds), _) => time(seconds),
        (None, Some(mb)) => format!("{mb:.0} MB"),
        _ => String::new(),
    };
    let holds = if row["holds"] == true { "" } else { ", short" };
    match (row["ratio"].as_f64(), row["ratio_is"].as_str()) {
        (Some(ratio), Some("ours/theirs")) => format!("{ours}, {ratio:.2}× the bare work{holds}"),
        (Some(ratio), _) => format!("{ours}, {ratio:.1}× as fast{holds}"),
        _ => format!("{ours}{holds}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(budget: &str, ratio_is: Value) -> Value {
        json!({ "name": "a<b", "budget": budget, "ratio": 2.0, "ratio_is": ratio_is, "holds": true,
            "ours": { "seconds": 0.5, "bytes_up": 60.0, "bytes_down": 40.0, "mb": 10.0 } })
    }

    #[test]
    fn each_kind_of_budget_has_its_margin() {
        for (budget, ratio_is, margin) in [
            (
                "≥ 5× as fast; ≤ 1/8 of its bytes up",
                json!("theirs/ours"),
                0.4,
            ),
            ("≤ 1.2× the bare work", json!("ours/theirs"), 0.6),
            ("1 request; ≤ 1023 bytes both ways", json!(null), 10.23),
            (
                "≤ 20000 bytes both ways; ≤ 2 requests",
                json!("theirs/ours"),
                200.0,
            ),
            ("≤ 60 s", json!(null), 120.0),
            ("≤ 50 ms; ≤ 32 MB", json!(null), 0.1),
            ("≤ 150 MB", json!(null), 15.0),
        ] {
            let found = super::margin(&row(budget, ratio_is)).unwrap();
            assert!((found - margin).abs() < 1e-9, "{budget}: {found}");
        }
        let picture =
            plot(&json!({ "rows": [row("≤ 60 s", json!(null))], "machine": "m", "commit": "c" }));
        assert!(
            picture.starts_with("<svg")
                && picture.contains("a&lt;b")
                && picture.contains("#1f7a4d")
        );
    }
}
