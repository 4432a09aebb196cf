//! What the test benches of the examples let through, beside the table of the documentation.

use serde_json::Value;

use crate::{Effort, Finding, corpus, root};

/// A line of the table: an example, how many mutants are asked for, how many there are, what becomes of them.
struct Line {
    example: String,
    asked: String,
    /// Mutants, noticed, survived, equivalent.
    counts: [u64; 4],
}

/// Examples that are judged within seconds.
const QUICK: [&str; 6] = ["or", "xor", "signed", "skip", "noise_xor", "sweep_xor"];

/// The lines of `docs/src/test-bench.md`: | example | asked for | mutants | noticed | survived | equivalent | … |
fn table() -> Vec<Line> {
    let page = std::fs::read_to_string(root().join("docs/src/test-bench.md")).unwrap();
    let line = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [example, asked, counts @ ..] = &*cells else { return None };
        let counts: Vec<u64> = counts.iter().map_while(|cell| cell.parse().ok()).collect();
        asked.parse::<u64>().ok()?;
        Some(Line {
            example: (*example).to_owned(),
            asked: (*asked).to_owned(),
            counts: counts.try_into().ok()?,
        })
    };
    page.lines().filter_map(line).collect()
}

/// Every line of the table holds.
pub fn benches(effort: Effort) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let table = table();
    let is_due = |line: &&Line| effort == Effort::Full || QUICK.contains(&line.example.as_str());
    let mut findings: Vec<Finding> = table
        .iter()
        .filter(is_due)
        .map(|Line { example, asked, counts }| {
            let path = root().join(format!("examples/{example}/{example}.nnr"));
            let words = ["test", path.to_str().unwrap(), "--mutants", asked, "-q", "--message-format", "json"];
            let output = corpus::nnrc(folder.path(), &words);
            let text = String::from_utf8_lossy(&output.stdout);
            let last: Value = text.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
            let found = ["mutants", "noticed", "survived", "equivalent"].map(|key| last["summary"][key].as_u64());
            let [mutants, noticed, survived, equivalent] = counts;
            Finding::new(
                format!(
                    "test bench of {example}: of {mutants} mutants {noticed} are noticed, {survived} survive, \
                     {equivalent} are equivalent"
                ),
                format!("{:?}", found.map(Option::unwrap_or_default)),
                found == counts.map(Some),
            )
        })
        .collect();
    findings.push(Finding::new(
        "the table of test benches has its examples",
        format!("{} lines", table.len()),
        QUICK.iter().all(|name| table.iter().any(|line| line.example == *name)),
    ));
    findings
}
