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

/// Everything that an outline and a description of the model show.
const FLOWERS: &str = "\
nnr 1;
const h = 2 * (0.01 + 0.04);
dataset flowers = csv(\"flowers.csv\") {
    inputs = [width, length];
    target = onehot(kind);
    scale  = minmax(0, 1, clip = true);
    split  = holdout(test = 0.5, seed = 1);
}
network classifier {
    input  x[2] in [0, 1] as features([\"width\", \"length\"]);
    layer  hidden = dense(3) | smooth_relu(h = h);
    layer  skip   = concat() from hidden, x;
    layer  y      = dense(2, bias = false) | algebraic_sigmoid();
    output y as classes([\"red\", \"blue\"]);
}
weights { init = uniform(-1, 1, seed = 3); y.W = [[1, 0, 0, 0.5, 0], [0, 1, 0, 0, -0.5]]; }
train { data = flowers.train; loss = squared_error; epochs = 3; stop when validation.accuracy >= 0.9; }
noise { rates = relative([0.05, 0.1]); replicates = 2; }
expect {
    accuracy(classifier) on flowers.test >= 0;
    for [0, 1]: y[2] ~ 0.5 within 0.5;
}
";

fn flowers() -> Folder {
    let folder = Folder::with(FLOWERS);
    folder.write("flowers.csv", "width,length,kind\n1,10,red\n2,20,blue\n3,25,red\n4,60,blue\n");
    folder
}

#[test]
fn the_syntax_tree_as_an_outline() {
    insta::assert_snapshot!(flowers().run(&["emit", "ast", "m.nnr"]).exits(0).stdout);
}

#[test]
fn the_checked_network_in_words() {
    let run = flowers().run(&["emit", "model", "m.nnr"]).exits(0);
    insta::assert_snapshot!(run.stdout);
    // What means the same is printed the same.
    let other = flowers();
    other.write("m.nnr", FLOWERS.replace("    ", "\t").replace("0.05,", "5e-2, // small\n"));
    assert_eq!(other.run(&["emit", "model", "m.nnr"]).stdout, run.stdout);
}
