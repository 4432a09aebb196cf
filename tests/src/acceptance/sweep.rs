//! Sweeps: the same bytes for any number of shards, with a kill in each, and what plan and merge cost.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::corpus::nnrc;
use crate::{Finding, peers, root};

/// The example in a folder of its own, as a plan with these words.
fn planned(words: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("examples/sweep_xor/sweep_xor.nnr"), folder.path().join("m.nnr")).unwrap();
    run(folder.path(), &[&["sweep", "plan", "m.nnr", "-o", "s.jsonl"], words].concat());
    folder
}

/// Runs the command, which must end well; how long it took.
fn run(folder: &Path, words: &[&str]) -> Duration {
    let start = Instant::now();
    let output = nnrc(folder, words);
    let took = start.elapsed();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    took
}

/// Starts a shard and kills it once a result is there; whether that came before its end.
fn kill(folder: &Path, results: &str, shard: &str) -> bool {
    let mut command = Command::new(peers::nnrc());
    command.args(["sweep", "run", "s.jsonl", "--out", results, "--shard", shard]).current_dir(folder);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_done = |name: &str| name.ends_with(".csv");
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        let entries = fs::read_dir(folder.join(results)).into_iter().flatten();
        if entries.flatten().any(|entry| is_done(&entry.file_name().to_string_lossy())) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// One process, and 4 and 7 shards of which one is killed by SIGKILL and run again.
pub fn shards() -> Vec<Finding> {
    let folder = planned(&["--over", "noise.seed=1..28"]);
    let merged = |results: &str| {
        run(folder.path(), &["sweep", "merge", "s.jsonl", results, "-o", "all.csv"]);
        fs::read(folder.path().join("all.csv")).unwrap()
    };
    run(folder.path(), &["sweep", "run", "s.jsonl", "--out", "one"]);
    let whole = merged("one");
    [4, 7]
        .map(|shards| {
            let results = format!("of-{shards}");
            let killed = kill(folder.path(), &results, &format!("1/{shards}"));
            for shard in 0..shards {
                let shard = format!("{shard}/{shards}");
                run(folder.path(), &["sweep", "run", "s.jsonl", "--out", &results, "--shard", &shard]);
            }
            let same = merged(&results) == whole;
            Finding::new(
                format!("28 studies of noise in {shards} shards, one of them killed and run again: the bytes of one process"),
                format!("{}, {} bytes", if same { "the same" } else { "others" }, whole.len()),
                same && killed,
            )
        })
        .to_vec()
}

/// Ranges of replicates, taken together, beside the verb.
pub fn ranges() -> Vec<Finding> {
    let divided = |each: &str| {
        let seed = ["--over", "noise.seed=1", "--set", "noise.replicates=20", "--replicates", each];
        let folder = planned(&seed);
        run(folder.path(), &["sweep", "run", "s.jsonl"]);
        run(folder.path(), &["sweep", "merge", "s.jsonl", "results", "-o", "all.csv"]);
        run(folder.path(), &["noise", "m.nnr", "-o", "alone.csv", "--set", "noise.replicates=20"]);
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        let (all, alone) = (read("all.csv"), read("alone.csv"));
        all.lines().skip(1).eq(alone.lines().skip(1).map(|line| format!("1,{line}")))
    };
    let same = ["1", "3", "7"].map(divided);
    vec![Finding::new(
        "20 replicates divided into ranges of 1, 3 and 7: the rows of `nnrc noise`",
        format!("{} of 3 the same", same.iter().filter(|same| **same).count()),
        same.iter().all(|same| *same),
    )]
}

/// What plan, shards without anything to do, and merge take beside the work of 64 points.
pub fn overhead() -> Vec<Finding> {
    let folder = planned(&[]);
    let plan = run(
        folder.path(),
        &[
            "sweep",
            "plan",
            "m.nnr",
            "-o",
            "s.jsonl",
            "--over",
            "noise.seed=1..64",
            "--set",
            "noise.replicates=40",
        ],
    );
    let work = run(folder.path(), &["sweep", "run", "s.jsonl"]);
    let idle: Duration = (0..4)
        .map(|shard| run(folder.path(), &["sweep", "run", "s.jsonl", "--shard", &format!("{shard}/4")]))
        .sum();
    let merge = run(folder.path(), &["sweep", "merge", "s.jsonl", "results", "-o", "all.csv"]);
    let share = 100.0 * (plan + idle + merge).as_secs_f64() / work.as_secs_f64();
    vec![Finding::new(
        "a sweep of 64 points: plan, the start of four shards and merge take under 2 % of the work",
        format!("{share:.2} % of {:.1} s", work.as_secs_f64()),
        share < 2.0,
    )]
}
