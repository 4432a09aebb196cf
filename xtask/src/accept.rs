//! Acceptance lists: every claim with its figure, written into `docs/results.md`.

use std::fmt::Write;

use nnrc_tests::acceptance::{activations, agreement, certificate, examples, families, sbml, vectors};
use nnrc_tests::{Effort, Finding, root};

/// The lists.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum List {
    /// The construction `fixed_point`: chemistry, files, certificate.
    FixedPoint,
}

/// A check and what it is called while it runs.
type Check = (&'static str, fn() -> Vec<Finding>);

impl List {
    fn title(self) -> &'static str {
        match self {
            Self::FixedPoint => "fixed_point",
        }
    }

    fn checks(self) -> Vec<Check> {
        match self {
            Self::FixedPoint => vec![
                ("examples: commands", examples::commands),
                ("examples: files", || examples::files(Effort::Full)),
                ("examples: agreement", examples::agreement),
                ("examples: Iris", examples::all_flowers),
                ("files", || sbml::workloads(Effort::Full)),
                ("random networks", || agreement::random(60)),
                ("vectors: networks", vectors::networks),
                ("vectors: activations", vectors::activation_table),
                ("vectors: joint activations", vectors::joint_activations),
                ("activations", activations::formulas),
                ("transients", vectors::transients),
                ("steady-state trap", examples::negative_root),
                ("families", families::widths),
                ("certificate", || certificate::random(200)),
                ("certificate: other layers", certificate::others),
                ("corpus", corpus),
            ],
        }
    }
}

/// Runs a list; whether every claim holds.
pub fn run(list: List) -> bool {
    let mut all = Vec::new();
    for (name, check) in list.checks() {
        println!("{name}");
        let findings = check();
        for finding in &findings {
            println!(
                "  {} {}: {}",
                if finding.holds { "ok  " } else { "FAIL" },
                finding.claim,
                finding.figure
            );
        }
        all.extend(findings);
    }
    write_results(list, &all);
    let failed = all.iter().filter(|finding| !finding.holds).count();
    println!("{} claims, {failed} fail", all.len());
    failed == 0
}

/// The corpus tests, with ten times as many mutations as in the suite.
fn corpus() -> Vec<Finding> {
    let mutations = 100_000;
    let output = std::process::Command::new("cargo")
        .args(["test", "--package", "nnrc-tests", "--test", "corpus"])
        .env("NNRC_MUTATIONS", mutations.to_string())
        .current_dir(root())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let result = words.lines().find(|line| line.starts_with("test result")).unwrap_or("no result").to_owned();
    let (bad, good) = (nnrc_tests::corpus::bad().len(), nnrc_tests::corpus::good().len());
    vec![Finding::new(
        format!(
            "corpus: {bad} bad files each give exactly their folder's code, {good} good ones nothing; \
             {mutations} mutations of good files without a panic"
        ),
        result,
        output.status.success(),
    )]
}

const HEADER: &str = "# Results\n\nWhat `cargo xtask accept NAME` measured, claim by claim.\n";

/// Replaces the section of the list, keeps the others.
fn write_results(list: List, findings: &[Finding]) {
    let path = root().join("docs/results.md");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let title = format!("## {}\n", list.title());
    let mut sections: Vec<String> =
        old.split("\n## ").skip(1).map(|section| format!("## {}\n", section.trim_end())).collect();
    sections.retain(|section| !section.starts_with(&title));
    let mut own = format!("{title}\n| claim | measured | holds |\n|---|---|---|\n");
    for finding in findings {
        let holds = if finding.holds { "yes" } else { "no" };
        let _ = writeln!(own, "| {} | {} | {holds} |", cell(&finding.claim), cell(&finding.figure));
    }
    sections.push(own);
    sections.sort();
    std::fs::write(path, format!("{HEADER}\n{}", sections.join("\n"))).unwrap();
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
