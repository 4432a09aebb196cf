//! Acceptance lists: every claim with its figure, written into `docs/results.md`.

use std::fmt::Write;

use nnrc_tests::acceptance::{
    activations, agreement, certificate, crates, editors, examples, families, fixed_point, gradients, import,
    mnist, noise, one_pot, phased, publishing, python, robustness, running, sbml, sweep, training, units,
    vectors, verify,
};
use nnrc_tests::{Effort, Finding, root};

use crate::{environment, man};

/// The lists.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum List {
    /// The construction `fixed_point`: chemistry, files, certificate.
    FixedPoint,
    /// Generated crates, gradients and training; MNIST as well if `cargo xtask data mnist` fetched it.
    Crates,
    /// The construction `one_pot`: chemistry, learning, files, and noise.
    OnePot,
    /// The construction `phased`: clock, modules, learning to the halt, files.
    Phased,
    /// Networks that were trained elsewhere: chemistry against the source, other tools, damaged files.
    Import,
    /// Signals, damaged and costly input: what is left, seconds and memory.
    Robustness,
    /// The Python package beside PyTorch, Keras and notebooks, and in an empty environment; several gigabytes are installed.
    Python,
    /// The part of one-pot about noise in rate constants and concentrations, and few molecules; learning under noise takes
    /// half an hour.
    Noise,
    /// Editors: times of answers, the extension for Visual Studio Code as npm packages it.
    Editors,
    /// What is published beside the code, each by its own linter: manual pages, citation, recipes.
    Publishing,
    /// Sweeps: shards, kills, ranges of replicates, overhead.
    Sweep,
    /// `nnrc verify`: proofs of every activation and file, mutants, certificates; what test benches let through.
    Verify,
}

/// A check and what it is called while it runs.
type Check = (&'static str, fn() -> Vec<Finding>);

impl List {
    fn title(self) -> &'static str {
        match self {
            Self::FixedPoint => "fixed_point",
            Self::Crates => "crates",
            Self::OnePot => "one_pot",
            Self::Phased => "phased",
            Self::Import => "import",
            Self::Robustness => "robustness",
            Self::Python => "python",
            Self::Noise => "noise",
            Self::Editors => "editors",
            Self::Publishing => "publishing",
            Self::Sweep => "sweep",
            Self::Verify => "verify",
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
                ("files: units and volumes", || units::grid(Effort::Full)),
                ("files: two rails", units::rules),
                ("files: how long to run", running::times),
                ("random networks", || agreement::random(60)),
                ("vectors: networks", vectors::networks),
                ("vectors: activations", vectors::activation_table),
                ("vectors: joint activations", vectors::joint_activations),
                ("activations", activations::formulas),
                ("transients", vectors::transients),
                ("steady-state trap", examples::negative_root),
                ("families", families::widths),
                ("magnitudes", || fixed_point::extremes(0, 2000)),
                ("certificate", || certificate::random(200, 20)),
                ("certificate: rates", certificate::rates),
                ("corpus", corpus),
            ],
            Self::Crates => {
                let mut checks: Vec<Check> = vec![
                    ("crates: builds", crates::builds),
                    ("crates: widths", crates::widths),
                    ("crates: agreement", || crates::agreement(50)),
                    ("integrators", integrators),
                    ("gradients: vectors", gradients::vectors),
                    ("gradients: derivatives", gradients::derivative_rows),
                    ("gradients: activations", gradients::simulation),
                    ("gradients: random networks", || gradients::random(20)),
                    ("training: Iris", training::iris),
                    ("training: digits", training::digits),
                    ("training: simulated", training::simulated),
                    ("training: kills", training::kills),
                ];
                if mnist::folder().exists() {
                    checks.push(("training: MNIST", mnist::all));
                } else {
                    println!("MNIST is left out: `cargo xtask data mnist` fetches it");
                }
                checks
            }
            Self::OnePot => vec![
                ("frozen pots", one_pot::frozen),
                ("sizes", one_pot::counts),
                ("files", one_pot::sbml),
                ("programs", one_pot::programs),
                ("kills", one_pot::kills),
                ("threads", one_pot::threads),
                ("XOR", || one_pot::xor_runs(Effort::Full)),
                ("sine", one_pot::sine_runs),
                ("Iris", one_pot::iris_runs),
                ("digits", one_pot::digits_runs),
            ],
            Self::Phased => vec![
                ("clock", || phased::clock::periods(1000)),
                ("clock: memory", phased::clock::memory),
                ("clock: a learner on a ring", phased::clock::ring_learner),
                ("modules", phased::modules::formulas),
                ("modules: finite time", phased::modules::finite_time),
                ("one network, all constructions", phased::forward::constructions),
                ("learning: online steps", phased::learning::sgd_sequence),
                ("learning: bound of the error", phased::bound::steps),
                ("the judge", || phased::judge::sweep(Effort::Full)),
                ("the judge under noise", || phased::threshold::thresholds(Effort::Full)),
                ("studies of noise", phased::noise::studies),
                ("the judge: innocents", phased::judge::innocents),
                ("learning: to the halt", phased::learning::gates),
                ("learning: random weights", || phased::learning::random_weights(10)),
                ("files", phased::files::soundness),
                ("files: cycles", phased::files::cycles),
                ("files: to the halt", phased::files::halts),
                ("files: events", phased::external::events),
                ("files: events to the halt", phased::external::halt),
            ],
            Self::Import => vec![
                ("sources", import::sources),
                ("networks", || import::networks(&import::names())),
                ("other tools", || import::elsewhere(usize::MAX)),
                ("fine-tuning", import::finetuning),
                ("files that are no network", import::refused),
                ("damaged files", || import::damaged(20_000)),
            ],
            Self::Robustness => vec![
                ("signals", || robustness::signals(60)),
                ("archives", robustness::archives),
                ("tables", robustness::tables),
                ("devices", robustness::devices),
                ("machines", robustness::machines),
                ("chemistry", robustness::chemistry),
            ],
            Self::Python => vec![("package", package)],
            Self::Noise => vec![
                ("molecules", noise::distribution),
                ("scaling", noise::scaling),
                ("threads", noise::threads),
                ("volumes and times", noise::volumes),
                ("learning: the preset", || noise::preset(3)),
                ("learning: XOR", || noise::learning_xor(5)),
                ("learning: Iris", || noise::learning_iris(5)),
            ],
            Self::Editors => vec![("answers", editors::answers), ("extension", editors::extension)],
            Self::Publishing => vec![("manual pages", manual_pages), ("metadata", metadata)],
            Self::Sweep => vec![
                ("shards and kills", sweep::shards),
                ("ranges of replicates", sweep::ranges),
                ("overhead", sweep::overhead),
            ],
            Self::Verify => vec![
                ("activations", verify::activations),
                ("files", || verify::files(Effort::Full)),
                ("certificates", verify::certificates),
                ("mutants", || verify::mutants(Effort::Full)),
                ("harness", verify::harness),
                ("other tools", verify::other_tools),
                ("speed", verify::speed),
                ("statuses", verify::statuses),
                ("test benches", || verify::benches(Effort::Full)),
            ],
        }
    }
}

/// Runs a list; whether every claim holds. That of one pot runs noise as well, and MNIST if it is asked for; these have
/// sections of their own, so that the figures of each can be renewed alone.
pub fn run(list: List, mnist_in_the_pot: bool) -> bool {
    let is_pot = matches!(list, List::OnePot);
    if mnist_in_the_pot && !is_pot {
        eprintln!("`--mnist` belongs to one-pot");
        return false;
    }
    if mnist_in_the_pot && !mnist::folder().exists() {
        eprintln!("there are no images; write `cargo xtask data mnist` first");
        return false;
    }
    let mut good = measure(list.title(), &list.checks());
    if mnist_in_the_pot {
        good &= measure("one_pot: MNIST", &[("MNIST", one_pot::mnist_run)]);
    }
    if is_pot {
        good &= measure(List::Noise.title(), &List::Noise.checks());
    }
    good
}

fn measure(title: &str, checks: &[Check]) -> bool {
    let mut all = Vec::new();
    for (name, check) in checks {
        let start = std::time::Instant::now();
        let findings = check();
        println!("{name}, {:.1} s", start.elapsed().as_secs_f64());
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
    write_results(title, &all);
    let failed = all.iter().filter(|finding| !finding.holds).count();
    println!("{} claims, {failed} fail", all.len());
    failed == 0
}

/// The Python package as users get it.
fn package() -> Vec<Finding> {
    let wheel = environment::wheel("release", &root().join("dist"));
    let python = environment::accept_python();
    environment::install(&python, &wheel);
    python::claims(&python, &wheel)
}

/// The manual pages, as they are written now.
fn manual_pages() -> Vec<Finding> {
    let names = man::write();
    publishing::manual_pages(&root().join("dist/man"), &names)
}

/// Citation, metadata and recipes.
fn metadata() -> Vec<Finding> {
    publishing::metadata(&environment::linters())
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

/// The comparison with diffsol, a test of its own since diffsol takes long to build.
fn integrators() -> Vec<Finding> {
    let output = std::process::Command::new("cargo")
        .args(["test", "--package", "nnrc-tests", "--test", "solvers", "--", "--nocapture"])
        .current_dir(root())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let findings = words.lines().filter_map(|line| line.strip_prefix("finding: ")?.rsplit_once(": "));
    let mut findings: Vec<Finding> =
        findings.map(|(claim, figure)| Finding::new(claim, figure, output.status.success())).collect();
    if findings.is_empty() {
        findings.push(Finding::new("time courses agree with diffsol's BDF", "no figures", false));
    }
    findings
}

const HEADER: &str = "# Results\n\nWhat `cargo xtask accept NAME` measured, claim by claim.\n";

/// Replaces the section, keeps the others.
fn write_results(title: &str, findings: &[Finding]) {
    let path = root().join("docs/results.md");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let title = format!("## {title}\n");
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
