//! Seconds and memory for input that could cost any amount of them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{Finding, peers};

/// A network on two bits, without weights.
const NET: &str =
    "network gate { input x[2] in [0, 1]; layer y = dense(1) | smooth_relu(h = 0.01); output y; }\n";
/// With its own.
const WEIGHTS: &str = "weights { y.W = [[1, 1]]; y.b = [-0.25]; }\n";
/// Elements of an array of 1.6 GB.
const MANY: usize = 200_000_000;

/// What a run is and what it may take.
struct Bound<'a> {
    claim: String,
    job: Value,
    /// Exit statuses that are right.
    exits: &'a [i64],
    /// What it must say.
    says: &'a str,
    seconds: f64,
    mebibytes: f64,
}

/// Runs and judges.
fn judge(bounds: Vec<Bound<'_>>) -> Vec<Finding> {
    let jobs: Vec<&Value> = bounds.iter().map(|bound| &bound.job).collect();
    let answers = peers::run("bounded.py", &[], Some(&json!(jobs)), &[]);
    let finding = |(bound, answer): (&Bound<'_>, &Value)| {
        let (exit, words) = (answer["exit"].as_i64().unwrap(), answer["stderr"].as_str().unwrap());
        let number = |key: &str| answer[key].as_f64().unwrap();
        let (seconds, memory) = (number("wall_s"), number("peak_rss_mib"));
        // What went wrong is cut where it would fill screens.
        let is_short = number("stderr_bytes") < 4000.0;
        let holds = bound.exits.contains(&exit)
            && words.contains(bound.says)
            && is_short
            && seconds <= bound.seconds
            && memory <= bound.mebibytes;
        let said = words.lines().next().unwrap_or_default();
        let mut figure = format!("{seconds:.2} s, {memory:.0} MiB, exit {exit}");
        if !said.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(figure, ": {}", said.chars().take(160).collect::<String>());
        }
        let claim = format!("{} (at most {} s and {} MiB)", bound.claim, bound.seconds, bound.mebibytes);
        Finding::new(claim, figure, holds)
    };
    bounds.iter().zip(answers.as_array().unwrap()).map(finding).collect()
}

/// A folder that anyone may enter, with a copy of the command and a network.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    enterable(folder.path());
    let nnrc = folder.path().join("nnrc");
    fs::copy(peers::nnrc(), &nnrc).unwrap();
    fs::write(folder.path().join("net.nnr"), NET.to_owned() + WEIGHTS).unwrap();
    (folder, nnrc)
}

/// A folder in which anyone may write.
fn enterable(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    folder.to_owned()
}

fn command(nnrc: &Path, folder: &Path, words: &[&str]) -> Value {
    let mut all = vec![nnrc.to_str().unwrap()];
    all.extend(words);
    json!({ "command": all, "folder": folder })
}

/// An archive with one array of zeros, deflated, beside others.
fn zeros(path: &Path, name: &str, shape: &str, others: &str) {
    let script = format!(
        "import io, zipfile, numpy as np
with zipfile.ZipFile({path:?}, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    def put(name, array):
        data = io.BytesIO(); np.lib.format.write_array(data, array); out.writestr(name + '.npy', data.getvalue())
    {others}
    with out.open({name:?} + '.npy', 'w', force_zip64=True) as member:
        head = {{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}
        np.lib.format.write_array_header_1_0(member, head)
        for _ in range({MANY} * 8 // 1600000): member.write(bytes(1600000))
"
    );
    let done = std::process::Command::new(peers::python()).args(["-c", &script]).status().unwrap();
    assert!(done.success());
}

/// Arrays of 1.6 GB in 1.6 MB.
pub fn archives() -> Vec<Finding> {
    let (folder, nnrc) = folder();
    let at = |name: &str| folder.path().join(name);
    zeros(&at("weights.npz"), "y.W", &format!("(1, {MANY})"), "put('y.b', np.zeros(1))");
    zeros(
        &at("beside.npz"),
        "moments",
        &format!("({MANY},)"),
        "put('y.W', np.ones((1, 2))); put('y.b', np.zeros(1))",
    );
    zeros(&at("data.npz"), "x", &format!("({MANY}, 1)"), "put('t', np.zeros((3, 1)))");
    fs::write(
        at("data.nnr"),
        format!("dataset d = npz(\"data.npz\") {{ inputs = x; target = t; }}\n{NET}{WEIGHTS}"),
    )
    .unwrap();
    let size = fs::metadata(at("weights.npz")).unwrap().len() as f64 / 1e6;
    let claims = [
        (
            format!("weights of 1.6 GB deflated to {size:.1} MB are refused by their shape"),
            &["check", "net.nnr", "--weights", "weights.npz"][..],
            3,
            "y.W",
        ),
        (
            "such an array beside the weights is nobody's business".to_owned(),
            &["check", "net.nnr", "--weights", "beside.npz"],
            0,
            "",
        ),
        (
            "data of that kind that do not fit the network are refused".to_owned(),
            &["check", "data.nnr"],
            3,
            "data.npz",
        ),
    ];
    let bound = |(claim, words, exit, says): &'_ (String, &[&str], i64, &'static str)| Bound {
        claim: claim.clone(),
        job: command(&nnrc, folder.path(), words),
        exits: if *exit == 0 { &[0] } else { &[1, 3] },
        says,
        seconds: 5.0,
        mebibytes: 200.0,
    };
    judge(claims.iter().map(bound).collect())
}

/// Tables that are wide, or have one cell for all.
pub fn tables() -> Vec<Finding> {
    let (folder, nnrc) = folder();
    let at = |name: &str| folder.path().join(name);
    let columns = 200_000;
    let line = |cell: &dyn Fn(usize) -> String| (0..columns).map(cell).collect::<Vec<_>>().join(",");
    let (header, row) = (line(&|at| format!("c{at}")), line(&|at| (at % 7).to_string()));
    fs::write(at("wide.csv"), format!("{header}\n{row}\n{row}\n")).unwrap();
    fs::write(at("long.csv"), format!("a,b,c\n0,1,1\n0,{},1\n", "7".repeat(50_000_000) + "x")).unwrap();
    for (name, inputs) in [("wide", "[c3, c199998]; target = c199999"), ("long", "[a, b]; target = c")] {
        let data = format!("dataset d = csv(\"{name}.csv\") {{ inputs = {inputs}; }}\n");
        fs::write(at(&format!("{name}.nnr")), data + &NET.replace("[0, 1]", "[0, 7]") + WEIGHTS).unwrap();
    }
    let all = format!("dataset d = csv(\"wide.csv\") {{ target = c0; }}\n{NET}{WEIGHTS}");
    fs::write(at("all.nnr"), all).unwrap();
    let claims = [
        ("two columns of 200,000 are read", "wide.nnr", 0, "", 300.0),
        ("200,000 columns for a network of two inputs are refused", "all.nnr", 1, "199999", 300.0),
        ("a cell of 50 MB is named and cut", "long.nnr", 1, "777", 400.0),
    ];
    let bound = |(claim, file, exit, says, mebibytes): &(&'static str, &str, i64, &'static str, f64)| Bound {
        claim: (*claim).to_owned(),
        job: command(&nnrc, folder.path(), &["check", file]),
        exits: if *exit == 0 { &[0] } else { &[1, 3] },
        says,
        seconds: 5.0,
        mebibytes: *mebibytes,
    };
    judge(claims.iter().map(bound).collect())
}

/// Devices and pipes in the place of files.
pub fn devices() -> Vec<Finding> {
    let (folder, nnrc) = folder();
    let at = |name: &str| folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(at("pipe.npz")).status().unwrap().success());
    for (name, target) in [("zero.npz", "/dev/zero"), ("zero.csv", "/dev/zero"), ("zero.nnr", "/dev/zero")] {
        std::os::unix::fs::symlink(target, at(name)).unwrap();
    }
    let data = format!("dataset d = csv(\"zero.csv\") {{ inputs = [a, b]; target = c; }}\n{NET}{WEIGHTS}");
    fs::write(at("data.nnr"), data).unwrap();
    let claims = [
        ("`/dev/zero` as weights", &["check", "net.nnr", "--weights", "zero.npz"][..], "may never end"),
        (
            "a pipe that nobody writes to as weights",
            &["check", "net.nnr", "--weights", "pipe.npz"],
            "may never end",
        ),
        ("`/dev/zero` as data", &["check", "data.nnr"], "may never end"),
        ("`/dev/zero` as the model", &["check", "zero.nnr"], "more than"),
    ];
    let mut bounds: Vec<Bound<'_>> = claims
        .iter()
        .map(|(claim, words, says)| Bound {
            claim: (*claim).to_owned(),
            job: command(&nnrc, folder.path(), words),
            exits: &[3, 1],
            says,
            seconds: 2.0,
            mebibytes: 100.0,
        })
        .collect();
    for words in [&["--help"][..], &["train", "--help"], &["--version"]] {
        let mut job = command(&nnrc, folder.path(), words);
        job["stdout"] = json!("/dev/full");
        bounds.push(Bound {
            claim: format!("`nnrc {}` to a full device is no success", words.join(" ")),
            job,
            exits: &[3],
            says: "no space left",
            seconds: 2.0,
            mebibytes: 100.0,
        });
    }
    judge(bounds)
}

/// A machine that starts no thread, and one with a small stack.
pub fn machines() -> Vec<Finding> {
    let (folder, nnrc) = folder();
    let data =
        "dataset d = rows([{ x = [0, 0], t = [0] }, { x = [0, 1], t = [1] }, { x = [1, 0], t = [1] }]);\n";
    let train = "train { data = d; rule = gradient(sgd(rate = 0.1)); epochs = 20; }\n";
    let noise = "noise { data = d; rates = relative(0.1); replicates = 3; }\n";
    let model = format!("{data}{NET}{train}{noise}{WEIGHTS}");
    let runs: [&[&str]; 7] = [
        &["check", "all.nnr"],
        &["simulate", "all.nnr"],
        &["simulate", "all.nnr", "--steady", "--data", "d"],
        &["train", "all.nnr", "-o", "w.npz"],
        &["noise", "all.nnr", "-o", "noise.csv"],
        &["compile", "all.nnr", "--target", "sbml", "-o", "net.xml"],
        &["compile", "all.nnr", "--target", "rust", "-o", "net-sim"],
    ];
    let mut bounds = Vec::new();
    for words in runs {
        for (machine, key, value) in [
            ("no thread can be started", "no_threads", json!(true)),
            ("a stack of 100 kB", "stack_kib", json!(100)),
        ] {
            // Whoever runs may be another user, who writes over nobody's files.
            let own = enterable(&folder.path().join(bounds.len().to_string()));
            fs::write(own.join("all.nnr"), &model).unwrap();
            let mut job = command(&nnrc, &own, words);
            job[key] = value;
            bounds.push(Bound {
                claim: format!("`nnrc {}`: {machine}", words.join(" ")),
                job,
                exits: &[0],
                says: "",
                seconds: 10.0,
                mebibytes: 100.0,
            });
        }
    }
    judge(bounds)
}

/// Time courses without an end in sight.
pub fn chemistry() -> Vec<Finding> {
    let (folder, nnrc) = folder();
    let at = |name: &str| folder.path().join(name);
    let data = "dataset d = rows([{ x = [0, 1], t = [1] }, { x = [1, 0], t = [0] }]);\n";
    let net = NET.replace("smooth_relu(h = 0.01)", "sigmoid()");
    let train = "train { data = d; rule = sgd(rate = 1); epochs = 3; }\n";
    fs::write(
        at("clock.nnr"),
        format!("{data}{net}{train}{WEIGHTS}chemistry {{ construction = phased; }}\n"),
    )
    .unwrap();
    let bound = |claim: &str, words: &[&str], exits, says| Bound {
        claim: claim.to_owned(),
        job: command(&nnrc, folder.path(), words),
        exits,
        says,
        seconds: 60.0,
        mebibytes: 500.0,
    };
    judge(vec![
        bound(
            "`--until 1e300` of a pot with a clock is refused, with the limit",
            &["simulate", "clock.nnr", "--until", "1e300"],
            &[5],
            "at most 100,000 are followed",
        ),
        bound(
            "`--until 1e300` of a pot that settles",
            &["simulate", "net.nnr", "--until", "1e300"],
            &[0, 5],
            "",
        ),
    ])
}
