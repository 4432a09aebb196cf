//! What users read, word by word.

mod common;

use common::{Folder, OR};

#[test]
fn a_check() {
    let folder = Folder::with(OR);
    insta::assert_snapshot!(folder.run(&["check", "m.nnr"]).exits(0).stdout);
}

#[test]
fn reactions() {
    let folder = Folder::with(&OR.replace("in [0, 1]", "in [-1, 1]"));
    let run = folder.run(&["emit", "reactions", "m.nnr", "--input=-1,0.5"]).exits(0);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn an_error() {
    let folder = Folder::with(&OR.replace("[[1, 1]]", "[[1, 1, 1]]"));
    insta::assert_snapshot!(folder.run(&["check", "m.nnr"]).exits(1).stderr);
}

#[test]
fn a_failed_test() {
    let folder = Folder::with(&OR.replace("y <= 0.1", "y >= 0.1"));
    let run = folder.run(&["test", "m.nnr"]).exits(4);
    insta::assert_snapshot!(format!("{}\n--- stderr\n{}", run.stdout, run.stderr));
}

#[test]
fn an_explanation() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.run(&["explain", "shape-mismatch"]).exits(0).stdout);
}
