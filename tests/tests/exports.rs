//! The forms beside SBML, as the tools that they are for read them.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nnrc_tests::{corpus, peers, root};
use serde_json::{Value, json};

/// Files larger than this as SBML are left to the others.
const LARGEST: u64 = 250_000;

/// Targets, and the endings of their files.
const TARGETS: [(&str, &str); 5] =
    [("sbml", "xml"), ("antimony", "ant"), ("catalyst", "jl"), ("latex", "tex"), ("dot", "dot")];

fn compile(path: &Path, target: &str, out: &Path) -> bool {
    let words = ["compile", "--quiet", "--target", target, "-o"];
    let output = Command::new(peers::nnrc()).args(words).arg(out).arg(path).output().unwrap();
    output.status.success()
}

/// Every good file that SBML serves, in all forms.
fn jobs(folder: &Path) -> Vec<(PathBuf, Value)> {
    let mut jobs = Vec::new();
    for path in corpus::good() {
        if fs::read_to_string(&path).unwrap().contains(".cache/") {
            continue;
        }
        let place = |ending: &str| folder.join(format!("{}.{ending}", jobs.len()));
        let done = TARGETS.map(|(target, ending)| compile(&path, target, &place(ending)));
        if !done[0] || place("xml").metadata().unwrap().len() > LARGEST {
            continue;
        }
        assert!(done[1] && done[3] && done[4], "{}: {done:?}", path.display());
        let [sbml, antimony, latex, dot] = ["xml", "ant", "tex", "dot"].map(&place);
        let catalyst = done[2].then(|| place("jl"));
        let job =
            json!({ "sbml": sbml, "antimony": antimony, "catalyst": catalyst, "latex": latex, "dot": dot });
        jobs.push((path, job));
    }
    jobs
}

#[test]
fn other_tools_read_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = jobs(folder.path());
    assert!(jobs.len() > 40, "{}", jobs.len());
    let input = Value::from(jobs.iter().map(|(_, job)| job.clone()).collect::<Vec<_>>());
    let found = peers::run("exports.py", &[], Some(&input), &[]);
    let mut systems = 0;
    for ((path, _), found) in jobs.iter().zip(found.as_array().unwrap()) {
        let what = format!("{}: {found}", path.strip_prefix(root()).unwrap().display());
        let antimony = &found["antimony"];
        assert_eq!(antimony["findings"], json!([]), "{what}");
        assert_eq!(antimony["counts"][0], antimony["counts"][1], "{what}");
        assert_eq!(antimony["different"], json!([]), "{what}");
        assert!(antimony["apart"].as_f64().unwrap() < 1e-6, "{what}");
        if !found["catalyst"].is_null() {
            let catalyst = &found["catalyst"];
            assert_eq!(catalyst["reactions"][0], catalyst["reactions"][1], "{what}");
            assert!(catalyst["apart"].as_f64().unwrap() < 1e-12, "{what}");
            assert_eq!(catalyst["initial"], json!(0.0), "{what}");
            systems += 1;
        }
        assert_eq!(found["latex"]["reactions"][0], found["latex"]["reactions"][1], "{what}");
        assert_eq!(found["latex"]["balanced"], json!(true), "{what}");
        assert!(found["dot"]["edges"].as_u64().unwrap() > 0, "{what}");
    }
    assert!(systems > 30, "{systems}");
}

/// What a person sees of a small network.
#[test]
fn small_network_in_all_forms() {
    let folder = tempfile::tempdir().unwrap();
    for (target, ending) in &TARGETS[1..] {
        let out = folder.path().join("signed");
        assert!(compile(&root().join("examples/signed/signed.nnr"), target, &out));
        insta::assert_snapshot!(*ending, fs::read_to_string(out).unwrap());
    }
}

fn refused(words: &[&str], network: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("n.nnr"), network).unwrap();
    let mut command = Command::new(peers::nnrc());
    let output = command.args(words).arg("n.nnr").current_dir(folder.path()).output().unwrap();
    assert!(!output.status.success());
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "a file was left");
    format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_a_form_cannot_carry_is_refused() {
    let wide = "network n { input x[50]; layer y = dense(50); output y; } weights { init = ones(); }"
        .replace("ones()", "uniform(low = 0.5, high = 1, seed = 1)");
    insta::assert_snapshot!("too-wide", refused(&["compile", "--target", "catalyst"], &wide));
    let small = "network n { input x[1]; layer y = dense(1); output y; } weights { y.W = [[1]]; }";
    let words = ["compile", "--target", "latex", "--feed", "none"];
    insta::assert_snapshot!("option-of-another-target", refused(&words, small));
    let words = ["compile", "--target", "antimony", "--sbml-level", "l3v2"];
    insta::assert_snapshot!("level-of-antimony", refused(&words, small));
}

/// Names that are words elsewhere, and ones with characters that each form escapes in its own way.
#[test]
fn names_are_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("n.nnr");
    let text =
        "network end { input model[2]; layer begin = dense(2) | smooth_relu(h = 1e-2); layer unit = dense(1);
        output unit; }
        weights { begin.W = [[1, -2], [0.5, 1]]; begin.b = [1, 0]; unit.W = [[1, 1]]; unit.b = [0]; }";
    fs::write(&file, text).unwrap();
    let places = TARGETS.map(|(target, ending)| {
        let out = folder.path().join(format!("n.{ending}"));
        assert!(compile(&file, target, &out), "{target}");
        out
    });
    let [sbml, antimony, catalyst, latex, dot] = &places;
    let job =
        json!([{ "sbml": sbml, "antimony": antimony, "catalyst": catalyst, "latex": latex, "dot": dot }]);
    let found = peers::run("exports.py", &[], Some(&job), &[]);
    assert!(found[0]["antimony"]["apart"].as_f64().is_some_and(|apart| apart < 1e-6), "{found}");
    assert!(found[0]["catalyst"]["apart"].as_f64().is_some_and(|apart| apart < 1e-12), "{found}");
    assert_eq!(found[0]["dot"]["edges"], json!(6), "{found}");
}
