//! `nnrc sweep`: the same bytes for any number of shards and kills, and refusals of what does not belong together.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Folder, Run};

const GATE: &str = "\
nnr 1;
const h = 0.1;
dataset bits = csv(\"bits.csv\") { target = t; }
network gate {
    input  x[2] in [0, 1];
    layer  y = dense(1) | smooth_relu(h = h);
    output y;
}
weights { y.W = [[1, 1]]; y.b = [-0.25]; }
";

const BITS: &str = "a,b,t\n0,0,0\n0,1,1\n1,0,1\n";

const NOISE: &str = "\
noise {
    rates          = [relative([0.05, 0.2]), relative(0.1, redraw = ou(tau = 1))];
    concentrations = ssa(volume = [30, 100]);
    combine        = separate;
    compare        = relu(h = 1e-4);
    times          = [5, 20];
    replicates     = 11;
}
";

const TRAIN: &str = "train { data = bits; epochs = 3; batch = 2; }\n";

/// A folder with the gate, its data, and more blocks.
fn gate(more: &str) -> Folder {
    let folder = Folder::with(&format!("{GATE}{more}"));
    folder.write("bits.csv", BITS);
    folder
}

fn plan(folder: &Folder, words: &[&str]) -> Run {
    let words: Vec<&str> = ["sweep", "plan", "m.nnr", "-o", "s.jsonl"].iter().chain(words).copied().collect();
    folder.run(&words)
}

fn run(folder: &Folder, words: &[&str]) -> Run {
    let words: Vec<&str> = ["sweep", "run", "s.jsonl"].iter().chain(words).copied().collect();
    folder.run(&words)
}

/// Merges a folder of results; the bytes of the table.
fn merged(folder: &Folder, results: &str) -> Vec<u8> {
    folder.run(&["sweep", "merge", "s.jsonl", results, "-o", "all.csv"]).exits(0);
    fs::read(folder.path("all.csv")).unwrap()
}

/// Files of a folder of results.
fn files(folder: &Folder, results: &str) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder.path(results)) else { return BTreeMap::new() };
    let read = |path: PathBuf| Some((path.file_name()?.to_str()?.to_owned(), fs::read(path).ok()?));
    entries.filter_map(|entry| read(entry.unwrap().path())).collect()
}

/// Starts a shard and kills it as soon as it has a result; one that was faster begins anew.
fn kill(folder: &Folder, results: &str, words: &[&str]) {
    let words: Vec<&str> =
        ["sweep", "run", "s.jsonl", "--out", results].iter().chain(words).copied().collect();
    for _ in 0..50 {
        let mut child: Child =
            folder.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while files(folder, results).is_empty() && start.elapsed() < Duration::from_secs(60) {
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        // What a signal has ended has no status.
        if child.wait().unwrap().code().is_none() {
            return;
        }
        fs::remove_dir_all(folder.path(results)).unwrap();
    }
    panic!("no run was killed");
}

// ------------------------------------------------------------------------------ the same bytes

#[test]
fn shards_and_kills_change_no_byte() {
    let folder = gate(NOISE);
    plan(&folder, &["--verb", "noise", "--over", "const.h=0.1,1e-2", "--over", "noise.seed=1..8"]).exits(0);
    run(&folder, &["--out", "one"]).exits(0);
    let whole = merged(&folder, "one");
    for shards in [4, 7] {
        let results = format!("of {shards}");
        kill(&folder, &results, &["--shard", &format!("1/{shards}")]);
        for shard in 0..shards {
            run(&folder, &["--out", &results, "--shard", &format!("{shard}/{shards}")]).exits(0);
        }
        assert_eq!(merged(&folder, &results), whole, "{shards} shards");
        assert_eq!(files(&folder, &results), files(&folder, "one"), "{shards} shards");
    }
    // In one process, point by point, the verb gives the same rows.
    let text = String::from_utf8(whole).unwrap();
    let mut rows = text.lines();
    let header = rows.next().unwrap();
    assert!(header.starts_with("const.h,noise.seed,network,rates,"), "{header}");
    for (h, seed) in [("0.1", 1), ("0.1", 2), ("0.1", 3)] {
        let settings = [format!("const.h={h}"), format!("noise.seed={seed}")];
        let alone =
            folder.run(&["noise", "m.nnr", "-o", "-", "--set", &settings[0], "--set", &settings[1]]).exits(0);
        for line in alone.stdout.lines().skip(1) {
            assert_eq!(rows.next(), Some(format!("{h},{seed},{line}").as_str()));
        }
    }
}

#[test]
fn ranges_of_replicates_are_the_study() {
    let folder = gate(NOISE);
    folder.run(&["noise", "m.nnr", "-o", "alone.csv"]).exits(0);
    let alone = fs::read(folder.path("alone.csv")).unwrap();
    // One by one, with a rest, across the lanes of exact simulation, and all at once.
    for each in ["1", "3", "5", "11", "50"] {
        plan(&folder, &["--verb", "noise", "--replicates", each]).exits(0);
        if each.parse::<u64>().unwrap() < 11 {
            kill(&folder, each, &[]);
        }
        run(&folder, &["--out", each, "--threads", "2"]).exits(0);
        assert_eq!(merged(&folder, each), alone, "{each} in each");
    }
    // Beside an axis each of its values has a study.
    plan(&folder, &["--verb", "noise", "--replicates", "4", "--over", "noise.seed=1,5"]).exits(0);
    run(&folder, &["--out", "both"]).exits(0);
    let both = String::from_utf8(merged(&folder, "both")).unwrap();
    let own: Vec<String> =
        String::from_utf8(alone).unwrap().lines().skip(1).map(|line| format!("1,{line}")).collect();
    let first: Vec<&str> = both.lines().skip(1).take(own.len()).collect();
    assert_eq!(first, own);
    assert_eq!(both.lines().count(), 1 + 2 * own.len());
}

#[test]
fn replicates_of_a_network_that_is_trained_first() {
    let folder = gate(&format!("{TRAIN}noise {{ rates = relative(0.1); replicates = 4; data = bits; }}"));
    folder.run(&["noise", "m.nnr", "-o", "alone.csv"]).exits(0);
    plan(&folder, &["--verb", "noise", "--replicates", "2"]).exits(0);
    run(&folder, &[]).exits(0);
    assert_eq!(merged(&folder, "results"), fs::read(folder.path("alone.csv")).unwrap());
}

#[test]
fn two_runs_of_one_shard_at_once() {
    let folder = gate(NOISE);
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..6"]).exits(0);
    let start =
        || folder.command(&["sweep", "run", "s.jsonl", "--out", "both"]).stderr(Stdio::piped()).spawn();
    let children = [start().unwrap(), start().unwrap(), start().unwrap()];
    for child in children {
        Run::of(child.wait_with_output().unwrap()).exits(0);
    }
    run(&folder, &["--out", "one"]).exits(0);
    assert_eq!(files(&folder, "both"), files(&folder, "one"));
    // Everything is there: nothing is run again.
    let again = run(&folder, &["--out", "both"]).exits(0);
    assert!(again.stderr.contains("0 points run, 6 there already"), "{}", again.stderr);
}

#[test]
fn other_verbs() {
    let folder = gate(&format!(
        "{TRAIN}simulate {{ until = 2; points = 3; }}\n\
         expect {{ for [0, 0]: y <= 0.2; for [1, 1]: y ~ 1.75 within 0.01; }}\n"
    ));
    // A time course is that of the verb.
    plan(&folder, &["--verb", "simulate", "--over", "const.h=0.1,0.001"]).exits(0);
    run(&folder, &["--out", "courses"]).exits(0);
    folder.run(&["simulate", "m.nnr", "-o", "alone.csv", "--set", "const.h=0.001"]).exits(0);
    assert!(
        files(&folder, "courses").values().any(|bytes| *bytes == fs::read(folder.path("alone.csv")).unwrap())
    );
    let table = String::from_utf8(merged(&folder, "courses")).unwrap();
    assert_eq!(table.lines().count(), 7);
    assert!(table.starts_with("const.h,time,x_1,"), "{table}");
    // A training gives a row of metrics, and weights beside it.
    plan(&folder, &["--verb", "train", "--zip", "seed=1,2", "--zip", "train.batch=1,3"]).exits(0);
    run(&folder, &["--out", "weights"]).exits(0);
    let table = String::from_utf8(merged(&folder, "weights")).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[0].starts_with("seed,train.batch,epochs,ending,train_loss,"), "{table}");
    assert!(rows[1].starts_with("1,1,3,") && rows[2].starts_with("2,3,3,") && rows.len() == 3, "{table}");
    folder.run(&["train", "m.nnr", "--seed", "2", "--set", "train.batch=3", "-o", "alone.npz"]).exits(0);
    assert!(
        files(&folder, "weights").values().any(|bytes| *bytes == fs::read(folder.path("alone.npz")).unwrap())
    );
    // Expectations that fail are results.
    folder.write("m.nnr", folder.read("m.nnr").replace(TRAIN, ""));
    plan(&folder, &["--verb", "test", "--over", "const.h=0.01,0.1", "--set", "simulate.until=200"]).exits(0);
    run(&folder, &["--out", "verdicts"]).exits(0);
    insta::assert_snapshot!(String::from_utf8(merged(&folder, "verdicts")).unwrap());
}

// ------------------------------------------------------------------------------ plans

#[test]
fn the_block_of_a_file_and_its_options() {
    let folder = gate(
        "noise { rates = relative(0.1); replicates = 3; }\n\
         sweep { over = { noise.seed = range(1, 2) }; zip = { const.h = [0.1, 0.2] }; verb = noise; shards = 2; }\n",
    );
    folder.run(&["sweep", "plan", "m.nnr", "--estimate"]).exits(0);
    let text = folder.read("m.sweep.jsonl");
    let id = |line: &str| line.split('"').find(|word| word.len() == 16).map(str::to_owned);
    let mut shown = String::new();
    for line in text.lines() {
        let line = line.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        shown += &id(&line).map_or(line.clone(), |id| line.replace(&id, "ID"));
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
    // What the command line says takes the place of what the block says.
    plan(&folder, &["--over", "noise.seed=7", "--shards", "5", "--verb", "simulate"]).exits(0);
    let head = folder.read("s.jsonl");
    assert!(
        head.contains("\"verb\":\"simulate\"") && head.contains("\"shards\":5") && !head.contains("zip"),
        "{head}"
    );
    assert_eq!(head.lines().count(), 2);
    let estimate = plan(&folder, &["--estimate", "--message-format", "json"]).exits(0);
    assert!(estimate.stdout.contains("\"points\":4"), "{}", estimate.stdout);
    // The same plan gives the same bytes.
    plan(&folder, &[]).exits(0);
    assert_eq!(folder.read("s.jsonl"), text);
}

#[test]
fn manifests_are_found_from_elsewhere() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    folder.write("models/m.nnr", folder.read("m.nnr").replace("bits.csv", "../bits.csv"));
    folder.write("models/w.npz", fs::read(weights(&folder)).unwrap());
    fs::create_dir(folder.path("plans")).unwrap();
    folder
        .run(&[
            "sweep",
            "plan",
            "models/m.nnr",
            "--verb",
            "noise",
            "--over",
            "noise.seed=1..2",
            "-o",
            "plans/s.jsonl",
            "--weights",
            "models/w.npz",
            "--set",
            "noise.times=10",
        ])
        .exits(0);
    let head = folder.read("plans/s.jsonl");
    for part in
        ["\"model\":\"../models/m.nnr\"", "\"../bits.csv\"", "\"weights\":\"w.npz\"", "\"noise.times\":10"]
    {
        assert!(head.contains(part), "{part}: {head}");
    }
    folder.run(&["sweep", "run", "plans/s.jsonl", "--out", "plans/results"]).exits(0);
    folder.run(&["sweep", "merge", "plans/s.jsonl", "plans/results", "-o", "all.csv"]).exits(0);
    let alone = folder.run(&[
        "noise",
        "models/m.nnr",
        "-o",
        "-",
        "--weights",
        "models/w.npz",
        "--set",
        "noise.times=10",
        "--set",
        "noise.seed=1",
    ]);
    assert_eq!(
        folder.read("all.csv").lines().nth(1).unwrap(),
        format!("1,{}", alone.stdout.lines().nth(1).unwrap())
    );
}

/// Weights of the gate in a file.
fn weights(folder: &Folder) -> PathBuf {
    folder.write("t.nnr", format!("{}{TRAIN}", folder.read("m.nnr")));
    folder.run(&["train", "t.nnr", "-o", "w.npz"]).exits(0);
    folder.path("w.npz")
}

#[test]
fn plans_that_make_no_sense() {
    let folder = gate("noise { rates = relative(0.1); replicates = 3; }\n");
    let usage = |words: &[&str], part: &str| {
        let run = plan(&folder, words).exits(2);
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    };
    usage(&["--over", "noise.seed=1..3"], "what is to be run");
    usage(&["--verb", "noise"], "nothing to go over");
    usage(&["--verb", "noise", "--over", "noise.seed"], "no values");
    usage(&["--verb", "noise", "--over", "noise.seed=1,1"], "two points are the same");
    usage(&["--verb", "noise", "--over", "noise.seed=1", "--over", "noise.seed=2"], "two axes");
    usage(&["--verb", "noise", "--zip", "noise.seed=1,2", "--zip", "const.h=1"], "one number of values");
    usage(&["--verb", "simulate", "--over", "const.h=1", "--replicates", "2"], "only a study");
    usage(&["--verb", "noise", "--over", "noise.replicates=2,3", "--replicates", "2"], "cannot be divided");
    usage(&["--verb", "noise", "--over", "noise.seed=1..1000000", "--replicates", "1"], "more than 1000000");
    folder.run_with_stdin(&["sweep", "plan", "-", "--verb", "noise"], GATE).exits(2);
    // A misspelt key is found now, and so is a value that the file does not take.
    plan(&folder, &["--verb", "noise", "--over", "noise.sed=1..3"]).exits(1).reports("unknown-key");
    plan(&folder, &["--verb", "noise", "--over", "noise.replicates=1,0"]).exits(1).reports("out-of-range");
    plan(&folder, &["--verb", "noise", "--over", "seed=a"]).exits(1).reports("out-of-range");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1 +"]).exits(1).reports("syntax");
    plan(&folder, &["--verb", "train", "--over", "seed=1"]).exits(1).reports("missing-argument");
    plan(&folder, &["--verb", "test", "--over", "const.h=1"]).exits(1).reports("missing-argument");
    assert!(!folder.path("s.jsonl").exists());
    // A manifest takes the place of nothing that is read.
    for output in ["m.nnr", "bits.csv"] {
        let words = ["sweep", "plan", "m.nnr", "--verb", "noise", "--over", "noise.seed=1", "-o", output];
        folder.run(&words).exits(3).reports("not-writable");
    }
    assert_eq!(folder.read("bits.csv"), BITS);
}

// ------------------------------------------------------------------------------ refusals

#[test]
fn gaps_and_foreign_results_are_refused() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..6"]).exits(0);
    let merge = || folder.run(&["sweep", "merge", "s.jsonl", "results", "-o", "all.csv"]);
    merge().exits(3).reports("unreadable-file");
    run(&folder, &["--shard", "0/3"]).exits(0);
    let gap = merge().exits(3).reports("results-mismatch");
    assert!(
        gap.stderr.contains("4 of 6 points are missing") && gap.stderr.contains("point 2,"),
        "{}",
        gap.stderr
    );
    run(&folder, &[]).exits(0);
    merge().exits(0);
    // Files of others do not matter, results of other sweeps do.
    folder.write("results/notes.txt", "");
    folder.write("results/0123456789abcdef.txt", "");
    merge().exits(0);
    folder.write("results/0123456789abcdef.csv", "");
    let foreign = merge().exits(3).reports("results-mismatch");
    assert!(foreign.stderr.contains("0123456789abcdef"), "{}", foreign.stderr);
    fs::remove_file(folder.path("results/0123456789abcdef.csv")).unwrap();
    // A result that was cut off.
    let name = files(&folder, "results").into_keys().find(|name| name.ends_with(".csv")).unwrap();
    folder.write(&format!("results/{name}"), "network,rates\n1\n");
    merge().exits(3).reports("results-mismatch");
    // The table takes the place of no result.
    let output = format!("results/{name}");
    folder.run(&["sweep", "merge", "s.jsonl", "results", "-o", &output]).exits(3).reports("not-writable");
    folder.run(&["sweep", "merge", "s.jsonl", "results", "-o", "s.jsonl"]).exits(3).reports("not-writable");
}

#[test]
fn stale_manifests_are_refused() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..3"]).exits(0);
    let text = folder.read("s.jsonl");
    let model = folder.read("m.nnr");
    let refused = |words: &str| {
        let run = run(&folder, &[]).exits(3).reports("stale-manifest");
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert!(!folder.path("results").exists());
    };
    folder.write("s.jsonl", text.replace("\"noise.seed\":2", "\"noise.seed\":20"));
    refused("line 3");
    folder.run(&["sweep", "merge", "s.jsonl", "results"]).exits(3).reports("stale-manifest");
    let version = format!("\"nnrc\":\"{}\"", env!("CARGO_PKG_VERSION"));
    folder.write("s.jsonl", text.replace(&version, "\"nnrc\":\"0.0.9\""));
    refused("0.0.9");
    folder.write("s.jsonl", &text);
    folder.write("m.nnr", model.replace("0.1", "0.3"));
    refused("`m.nnr` has changed");
    folder.write("m.nnr", &model);
    folder.write("bits.csv", "a,b,t\n0,0,1\n");
    refused("`bits.csv` has changed");
    fs::remove_file(folder.path("bits.csv")).unwrap();
    run(&folder, &[]).exits(3).reports("unreadable-file");
    folder.write("bits.csv", BITS);
    run(&folder, &[]).exits(0);
    for (text, code) in [("", "malformed-file"), ("{}", "malformed-file")] {
        folder.write("s.jsonl", text);
        run(&folder, &[]).exits(3).reports(code);
    }
    folder.write("s.jsonl", [0xff, 0xfe]);
    run(&folder, &[]).exits(3).reports("malformed-file");
    folder.run(&["sweep", "run", "none.jsonl"]).exits(3).reports("unreadable-file");
    folder.run(&["sweep", "run", "-"]).exits(2);
}

#[test]
fn points_that_fail_are_recorded() {
    // A step so long that training by it leaves all bounds.
    let folder = gate("train { data = bits; epochs = 40; rule = gradient(sgd(rate = 0.1)); }\n");
    let rule = "train.rule=gradient(sgd(rate = 0.1)),gradient(sgd(rate = 1e9)),gradient(sgd(rate = 0.2))";
    plan(&folder, &["--verb", "train", "--over", rule]).exits(0);
    let first = run(&folder, &[]).exits(0);
    assert!(
        first.stderr.contains("[failed-point]") && first.stderr.contains("2 points run, 1 failed"),
        "{}",
        first.stderr
    );
    let names: Vec<String> = files(&folder, "results").into_keys().collect();
    assert_eq!(names.iter().filter(|name| name.ends_with(".csv")).count(), 2);
    let failure = names.iter().find(|name| name.ends_with(".error.json")).unwrap();
    let text = folder.read(&format!("results/{failure}"));
    assert!(text.contains("\"code\":\"training-diverged\"") && text.contains("\"status\":5"), "{text}");
    let merge = |words: &[&str]| {
        let words: Vec<&str> =
            ["sweep", "merge", "s.jsonl", "-o", "all.csv"].iter().chain(words).copied().collect();
        folder.run(&words)
    };
    let refused = merge(&[]).exits(4).reports("failed-point");
    assert!(
        refused.stderr.contains("--allow-failed") && !folder.path("all.csv").exists(),
        "{}",
        refused.stderr
    );
    merge(&["--allow-failed"]).exits(0).reports("failed-point");
    assert_eq!(folder.read("all.csv").lines().count(), 3);
    // It is not run again unless that is asked for.
    let again = run(&folder, &[]).exits(0);
    assert!(again.stderr.contains("0 points run, 3 there already"), "{}", again.stderr);
    let retried = run(&folder, &["--retry-failed"]).exits(0);
    assert!(retried.stderr.contains("2 there already, 1 failed"), "{}", retried.stderr);
}

#[test]
fn places_that_cannot_be_written() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..2"]).exits(0);
    folder.write("file", "");
    run(&folder, &["--out", "file"]).exits(3).reports("not-writable");
    run(&folder, &["--out", "file/results"]).exits(3).reports("not-writable");
    folder
        .run(&["sweep", "plan", "m.nnr", "--verb", "noise", "--over", "noise.seed=1", "-o", "none/s.jsonl"])
        .exits(3)
        .reports("not-writable");
}

/// A disk that is full: no file may grow beyond some blocks.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = gate("simulate { until = 10; points = 2000; }\n");
    plan(&folder, &["--verb", "simulate", "--over", "const.h=0.1,0.2,0.3"]).exits(0);
    let command = env!("CARGO_BIN_EXE_nnrc");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec '{command}' sweep run s.jsonl");
    let mut shell = std::process::Command::new("sh");
    let output =
        shell.args(["-c", &script]).current_dir(folder.path("")).env("NO_COLOR", "1").output().unwrap();
    Run::of(output).exits(3).reports("not-writable");
    assert_eq!(files(&folder, "results").len(), 0);
    // There is room again.
    run(&folder, &[]).exits(0);
    assert_eq!(merged(&folder, "results").iter().filter(|byte| **byte == b'\n').count(), 6001);
}

// ------------------------------------------------------------------------------ schedulers

#[test]
fn schedulers_say_which_shard_it_is() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..5"]).exits(0);
    let run = |variables: &[(&str, &str)], words: &[&str]| {
        let words: Vec<&str> =
            ["sweep", "run", "s.jsonl", "--message-format", "json"].iter().chain(words).copied().collect();
        let mut command = folder.command(&words);
        command.envs(variables.iter().copied());
        Run::of(command.output().unwrap())
    };
    let index = [("JOB_COMPLETION_INDEX", "1")];
    let unknown = run(&index, &[]).exits(2);
    assert!(unknown.stderr.contains("--shards N"), "{}", unknown.stderr);
    let second = run(&index, &["--shards", "3"]).exits(0);
    assert!(
        second.stdout.contains("\"shard\":\"1/3\"") && second.stdout.contains("\"run\":2"),
        "{}",
        second.stdout
    );
    let array = [
        ("SLURM_ARRAY_TASK_ID", "4"),
        ("SLURM_ARRAY_TASK_COUNT", "4"),
        ("SLURM_ARRAY_TASK_MIN", "1"),
        ("SLURM_ARRAY_TASK_MAX", "4"),
    ];
    let last = run(&array, &[]).exits(0);
    assert!(last.stdout.contains("\"shard\":\"3/4\""), "{}", last.stdout);
    // What the command line says counts.
    let first = run(&array, &["--shard", "0/5"]).exits(0);
    assert!(first.stdout.contains("\"shard\":\"0/5\""), "{}", first.stdout);
    run(&[], &["--shard", "5/5"]).exits(2);
    run(&[], &["--shard", "0/5", "--set", "const.h=1"]).exits(2);
}

#[test]
fn a_time_limit_stops_between_points() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..5"]).exits(0);
    let none = run(&folder, &["--time-limit", "0s"]).exits(0);
    assert!(none.stderr.contains("0 points run, 5 left"), "{}", none.stderr);
    run(&folder, &["--time-limit", "0s", "--strict"]).exits(6).reports("points-left");
    run(&folder, &["--time-limit", "2h", "--strict"]).exits(0);
    run(&folder, &["--time-limit", "0s", "--strict"]).exits(0);
    run(&folder, &["--time-limit", "2 days"]).exits(2);
}

#[test]
fn scripts_are_written() {
    let folder = gate("noise { rates = relative(0.1); replicates = 2; }\n");
    plan(&folder, &["--verb", "noise", "--over", "noise.seed=1..5", "--shards", "3"]).exits(0);
    let script = |driver: &str, words: &[&str]| {
        let words: Vec<&str> = ["sweep", "emit", driver, "s.jsonl"].iter().chain(words).copied().collect();
        folder.run(&words)
    };
    let snakefile = script("snakemake", &[]).exits(0).stdout;
    assert!(snakefile.contains("SHARDS = 3\n") && snakefile.contains("runtime=30"), "{snakefile}");
    let slurm = script("slurm", &["--shards", "7", "--minutes", "60", "-o", "run.sh"]).exits(0);
    assert_eq!(slurm.stdout, "");
    let text = folder.read("run.sh");
    assert!(text.contains("--array=0-6") && text.contains("--time=60"), "{text}");
    // The script is one of a shell: it runs with the variable of the scheduler.
    let command = std::path::Path::new(env!("CARGO_BIN_EXE_nnrc")).parent().unwrap();
    let path = format!("{}:{}", command.display(), std::env::var("PATH").unwrap());
    for task in 0..7 {
        let mut shell = std::process::Command::new("sh");
        shell.arg("run.sh").current_dir(folder.path("")).env("PATH", &path);
        Run::of(shell.env("SLURM_ARRAY_TASK_ID", task.to_string()).output().unwrap()).exits(0);
    }
    merged(&folder, "results");
    let job = script("k8s", &[]).exits(0).stdout;
    assert!(job.contains("completions: 3"), "{job}");
    script("snakemake", &["--results", "a{b}"]).exits(2);
    script("slurm", &["-o", "s.jsonl"]).exits(3).reports("not-writable");
}
