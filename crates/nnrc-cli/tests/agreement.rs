//! The agreement matrix where Python says what a test wants it to say.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

mod common;

use common::{Folder, OR, Run};
use nnrc_cli::agreement::python::{Ended, ask};
use nnrc_cli::agreement::{Disagreement, Engine, Matrix, Question, Row, Verdict, matrix};

/// A program in the place of Python.
fn program(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("python");
    std::fs::write(&path, format!("#!/bin/sh\nread question\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// What is made of answers: `$2` is the script, in which each engine's package stands.
fn answered(text: &str) -> Matrix {
    let folder = tempfile::tempdir().unwrap();
    let python = program(folder.path(), text);
    let read = BTreeMap::from([("y".to_owned(), BTreeMap::from([("y_1".to_owned(), 1.0)]))]);
    let rows = [Row { start: BTreeMap::new(), expected: BTreeMap::from([("y".to_owned(), 0.5)]) }];
    let model = Path::new("none.xml");
    let question = Question { model, rows: &rows, read: &read, until: 2.0, points: 3, tolerance: 1e-6 };
    matrix(&question, &[Engine::Copasi, Engine::Scipy], &python)
}

#[test]
fn the_first_place_beyond_the_tolerance_is_named() {
    let found = answered(
        "case \"$2\" in *COPASI*) y=0.3;; *) y=0.25;; esac\n\
         echo '{\"version\":\"1\",\"seconds\":0.1,\"rows\":[{\"y\":[0,'$y',0.5]}]}'",
    );
    assert_eq!(found.reference, Some(Engine::Scipy));
    assert_eq!(found.outcomes[0].verdict, Verdict::Agrees);
    let place = Disagreement {
        row: 1,
        output: "y".to_owned(),
        time: 1.0,
        value: 0.3,
        expected: 0.25,
        against: "scipy",
    };
    assert_eq!(found.outcomes[1].verdict, Verdict::Disagrees(place));
    assert!(
        found.text().ends_with("copasi: row 1, y at time 1: 0.3 instead of 0.25 (scipy)\n"),
        "{}",
        found.text()
    );
    let object = &found.json()[1];
    assert_eq!(
        (object["verdict"].as_str(), &object["disagreement"]["time"]),
        (Some("disagrees"), &1.0.into())
    );
    assert!(!found.holds(false));
}

#[test]
fn absent_engines_pass_unless_they_are_required() {
    let found = answered(
        "case \"$2\" in *COPASI*) echo '{\"absent\":\"No module named COPASI\"}';;\n\
         *) echo '{\"version\":\"1\",\"rows\":[{\"y\":[0,0.25,0.5]}]}';; esac",
    );
    assert_eq!(found.outcomes[1].verdict, Verdict::Absent("No module named COPASI".to_owned()));
    assert!(found.holds(false) && !found.holds(true));
    // Where none is there nothing has been compared.
    let found = answered("echo '{\"absent\":\"nothing\"}'");
    assert!(found.holds(false) && !found.holds(true) && found.reference.is_none());
    assert!(found.text().ends_with("no engine has an answer: nothing was compared\n"), "{}", found.text());
}

#[test]
fn answers_that_are_none_are_failures() {
    let why = |text: &str| match answered(text).outcomes[0].verdict.clone() {
        Verdict::Failed(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why("echo Traceback >&2; echo 'MemoryError: too much' >&2; exit 1"), "MemoryError: too much");
    assert_eq!(why("exit 0"), "it ended without a word");
    assert!(why("echo hello").starts_with("its answer is no JSON"));
    assert_eq!(why("echo '{\"failed\":\"CVODE\"}'"), "CVODE");
    assert_eq!(why("echo '{\"rows\":[]}'"), "it answered 0 rows of 1");
    assert_eq!(why("echo '{\"rows\":[{\"y\":[1]}]}'"), "it gave 1 times of 3");
    assert_eq!(why("echo '{\"rows\":[{}]}'"), "its answer has no `y`");
    // What is no number is as far away as can be.
    let found = answered("echo '{\"rows\":[{\"y\":[0,0,null]}]}'");
    assert!(matches!(found.outcomes[0].verdict, Verdict::Disagrees(_)), "{}", found.text());
}

#[test]
fn what_hangs_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let python = program(folder.path(), "exec sleep 60");
    let begin = Instant::now();
    assert_eq!(ask(&python, "", "{}", Duration::from_millis(200)), Ended::Hung);
    assert!(begin.elapsed() < Duration::from_secs(20));
    let missing = ask(&folder.path().join("nobody"), "", "{}", Duration::from_secs(1));
    assert!(matches!(missing, Ended::Failed(why) if why.contains("cannot be run")));
}

/// A file of OR, and what `verify` says of it with this program in the place of Python.
fn verified(text: &str, words: &[&str]) -> Run {
    let folder = Folder::with(OR);
    folder.run(&["compile", "m.nnr", "--target", "sbml", "-q"]).exits(0);
    let python = program(&folder.path(""), text);
    let all = [&["verify", "m.nnr", "m.xml", "-q"], words].concat();
    Run::of(folder.command(&all).env("NNRC_PYTHON", python).output().unwrap())
}

/// Whatever the proof says, an engine that disagrees, fails or, where that is asked for, is absent is status 4.
#[test]
fn engines_decide_the_status_of_a_proof() {
    let absent = "echo '{\"absent\":\"No module named copasi\"}'";
    let run = verified(absent, &["--engines", "copasi"]).exits(0);
    assert!(run.stdout.starts_with("proven: m.xml computes m.nnr"), "{}", run.stdout);
    assert!(run.stdout.ends_with("no engine has an answer: nothing was compared\n"), "{}", run.stdout);
    verified(absent, &["--engines", "copasi", "--require"]).exits(4);
    let run = verified("exit 1", &["--engines", "copasi", "--input", "0,1"]).exits(4);
    assert!(run.stdout.contains("\n  engines   1 input at 21 times until "), "{}", run.stdout);
    assert!(
        run.stdout
            .ends_with("copasi: it ended without a word\nno engine has an answer: nothing was compared\n")
    );
}

/// What an engine is asked: the inputs that are given, eight of more, as concentrations of the file.
#[test]
fn engines_are_asked_for_the_points_of_the_statement() {
    let question = |words: &[&str]| -> serde_json::Value {
        let run =
            verified("echo \"$question\" >&2; exit 1", &[&["--engines", "scipy"], words].concat()).exits(4);
        let line = run.stdout.lines().find_map(|line| line.strip_prefix("scipy: ")).unwrap().to_owned();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    };
    let asked = question(&["--data", "bits"]);
    assert_eq!(
        asked["rows"].to_string(),
        r#"[{"x_1":0.0,"x_2":0.0},{"x_1":0.0,"x_2":1.0},{"x_1":1.0,"x_2":0.0}]"#
    );
    assert_eq!(asked["read"].to_string(), r#"{"y[1]":{"y_1":1.0}}"#);
    assert_eq!((&asked["model"], &asked["points"]), (&"m.xml".into(), &21.into()));
    let asked = question(&[]);
    assert_eq!(asked["rows"].as_array().unwrap().len(), 3);
    assert_eq!(asked["rows"][1].to_string(), r#"{"x_1":1.0,"x_2":1.0}"#);
}

#[test]
fn without_a_python_nothing_is_asked() {
    let folder = Folder::with(OR);
    folder.run(&["compile", "m.nnr", "--target", "sbml", "-q"]).exits(0);
    let words = ["verify", "m.nnr", "m.xml", "--engines", "scipy"];
    let run = Run::of(folder.command(&words).env("NNRC_PYTHON", "/no/such/python").output().unwrap());
    let run = run.exits(3).reports("no-python");
    assert!(run.stdout.is_empty() && run.stderr.contains("give the path of a Python"), "{}", run.stderr);
}

#[test]
fn lists_of_engines_that_are_none_are_wrong_usage() {
    let folder = Folder::with(OR);
    for (words, said) in [
        (&["--engines", "roadruner"][..], "did you mean `roadrunner`?"),
        (&["--engines", ","], "expected engines, such as `roadrunner,copasi`"),
        (&["--require"], "--engines <LIST>"),
        (&["--engine-tolerance", "1e-3"], "--engines <LIST>"),
        (&["--engines", "all", "--engine-tolerance", "0"], "expected a number above 0"),
        (&["--engines", "all", "--certificate", "c.json"], "cannot be used with"),
    ] {
        let run = folder.run(&[&["verify", "m.nnr", "m.xml"], words].concat()).exits(2);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}
