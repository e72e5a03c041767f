//! Cost curves as a table and a picture: each measure against its own value at ten thousand records, both scales logarithmic.

use serde_json::Value;

/// A measure: its name in `growth.json`, what it is called, its unit, and what one of it is in the file.
const MEASURES: [(&str, &str, &str, f64); 10] = [
    ("first_sync_s", "first sync", "s", 1.0),
    ("first_sync_bytes", "its bytes", "MB", 1e-6),
    ("nothing_new_s", "sync, nothing new", "ms", 1e3),
    ("save_s", "a visit saved", "ms", 1e3),
    ("search_s", "slowest search", "ms", 1e3),
    ("open_s", "program opened", "ms", 1e3),
    ("app_mb", "memory of the app", "MB", 1.0),
    ("hub_mb", "memory of the hub", "MB", 1.0),
    ("device_disk_mb", "disk of the device", "MB", 1.0),
    ("hub_disk_mb", "disk of the hub", "MB", 1.0),
];
const COLOURS: [&str; 10] = [
    "#b3372b", "#c98a12", "#1f7a4d", "#2563a8", "#7a3fa0", "#0e7c86", "#8a5a2b", "#52616f",
    "#c2418a", "#5a8f1d",
];
const WIDE: f64 = 900.0;
const HIGH: f64 = 520.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 330.0;
const TOP: f64 = 70.0;
const FOOT: f64 = 40.0;

fn points(all: &Value) -> &[Value] {
    all["points"].as_array().map_or(&[], Vec::as_slice)
}

fn line(all: &Value, name: &str) -> Vec<(f64, f64)> {
    let read = |point: &Value| Some((point["records"].as_f64()?, point[name].as_f64()?));
    points(all).iter().filter_map(read).collect()
}

/// How a measure grows between two points: 0 not at all, 1 in step with the records, more is steeper.
fn steepness(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.1 / from.1).ln() / (to.0 / from.0).ln()
}

/// The steepness of a measure over its last step.
fn last(line: &[(f64, f64)]) -> Option<f64> {
    let [.., from, to] = line else { return None };
    Some(steepness(*from, *to))
}

/// The curves as a Markdown table; its last column is the steepness of the last step.
#[must_use]
pub fn told(all: &Value) -> String {
    let mut out = String::from("| |");
    for point in points(all) {
        out += &format!(" {} records |", point["records"]);
    }
    out += " steepness |\n|---|";
    out += &"---|".repeat(points(all).len() + 1);
    for (name, what, unit, scale) in MEASURES {
        let line = line(all, name);
        out += &format!("\n| {what} |");
        for (_, value) in &line {
            out += &format!(" {} {unit} |", rounded(value * scale));
        }
        out += &format!(" {:.2} |", last(&line).unwrap_or(f64::NAN));
    }
    out + "\n"
}

fn rounded(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

/// The curves as the text of an SVG file.
#[must_use]
pub fn curves(all: &Value) -> String {
    let lines: Vec<Vec<(f64, f64)>> = MEASURES
        .iter()
        .map(|(name, ..)| by_ten_thousand(line(all, name)))
        .collect();
    let every = || lines.iter().flatten();
    let most = every().map(|(_, y)| *y).fold(1.0, f64::max) * 1.2;
    let least = every().map(|(_, y)| *y).fold(1.0, f64::min) / 1.2;
    let (first, end) = (1_000.0_f64, 300_000.0_f64);
    let x =
        |records: f64| LEFT + (records / first).ln() / (end / first).ln() * (WIDE - LEFT - RIGHT);
    let y =
        |times: f64| HIGH - FOOT - (times / least).ln() / (most / least).ln() * (HIGH - TOP - FOOT);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {HIGH}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDE}\" height=\"{HIGH}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"16\" fill=\"#1b2733\">What a larger commune costs, times what 10,000 records cost</text>\n\
         <text x=\"16\" y=\"46\" fill=\"#52616f\">dashed: in step with the records</text>\n"
    );
    let mut segment = |from: (f64, f64), to: (f64, f64), how: &str| {
        out += &format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" {how}/>\n",
            x(from.0),
            y(from.1),
            x(to.0),
            y(to.1)
        );
    };
    segment((first, 1.0), (end, 1.0), "stroke=\"#d5dce3\"");
    let begin = first.max(10_000.0 * least);
    segment(
        (begin, begin / 1e4),
        (end, end / 1e4),
        "stroke=\"#9aa7b3\" stroke-dasharray=\"5 5\"",
    );
    for (line, colour) in lines.iter().zip(COLOURS) {
        for pair in line.windows(2) {
            if let [from, to] = pair {
                segment(
                    *from,
                    *to,
                    &format!("stroke=\"{colour}\" stroke-width=\"2\""),
                );
            }
        }
    }
    for records in points(all)
        .iter()
        .filter_map(|point| point["records"].as_f64())
    {
        out += &format!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\" fill=\"#52616f\">{:.0}k</text>\n",
            x(records),
            HIGH - 14.0,
            records / 1e3
        );
    }
    // The words stand beside where the lines end, from the top, none on another.
    let mut ends: Vec<(f64, usize)> = lines
        .iter()
        .enumerate()
        .filter_map(|(number, line)| Some((y(line.last()?.1), number)))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP - 10.0;
    for (at, number) in ends {
        let at = at.max(free).min(HIGH - 10.0);
        free = at + 17.0;
        let (name, what, unit, scale) = MEASURES[number];
        let value = line(all, name)
            .last()
            .map_or(0.0, |(_, value)| value * scale);
        out += &format!(
            "<text x=\"{:.0}\" y=\"{at:.0}\" fill=\"{}\">{what}: {} {unit}</text>\n",
            WIDE - RIGHT + 14.0,
            COLOURS[number],
            rounded(value)
        );
    }
    out + "</svg>\n"
}

/// Against the value at ten thousand records.
fn by_ten_thousand(line: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let near = |(records, _): &&(f64, f64)| (5_000.0..50_000.0).contains(records);
    let Some(base) = line.iter().find(near).map(|(_, value)| *value) else {
        return Vec::new();
    };
    line.into_iter()
        .map(|(records, value)| (records, value / base))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_in_step_has_steepness_one_and_a_flat_one_none() {
        let points: Vec<Value> = [1e3, 1e4, 1e5]
            .iter()
            .map(|n| json!({ "records": n, "first_sync_s": n / 1e3, "save_s": 0.002 }))
            .collect();
        let all = json!({ "points": points });
        assert!((last(&line(&all, "first_sync_s")).unwrap() - 1.0).abs() < 1e-9);
        assert!(last(&line(&all, "save_s")).unwrap().abs() < 1e-9);
        let table = told(&all);
        assert!(
            table.contains("| first sync | 1.00 s | 10 s | 100 s | 1.00 |"),
            "{table}"
        );
        assert!(curves(&all).contains("first sync: 100 s"));
    }
}
