//! The agreement matrix where Python says what a test wants it to say.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    assert!(!found.holds(false));
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
