//! `--engine crate`: the same results as in process, and what happens where nothing can be built.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::path::{Path, PathBuf};

use common::{Folder, OR, Run};

/// The cache of these tests, kept between runs.
fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("nnrc-cache")
}

/// Runs with a cache and, if given, other programs on the path.
fn run(folder: &Folder, arguments: &[&str], cache: &Path, path: Option<&Path>) -> Run {
    let mut command = folder.command(arguments);
    command.env("NNRC_CACHE", cache);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    Run::of(command.output().unwrap())
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(',').filter_map(|cell| cell.parse().ok()).collect()
}

/// Two tables with the same words and nearly the same numbers.
#[track_caller]
fn assert_alike(one: &str, other: &str, within: f64) {
    let words = |text: &str| -> Vec<String> {
        let is_word = |cell: &&str| cell.parse::<f64>().is_err();
        text.lines().map(|line| line.split(',').filter(is_word).collect::<Vec<_>>().join(",")).collect()
    };
    assert_eq!(words(one), words(other));
    for (a, b) in one.lines().zip(other.lines()) {
        let (a, b) = (numbers(a), numbers(b));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            assert!((a - b).abs() <= within * b.abs().max(1.0), "{a} {b}");
        }
    }
}

/// A folder of programs: `rustc` as it is, and `cargo` as this script.
fn toolchain(script: Option<&str>) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    put("rustc", "#!/bin/sh\necho 'rustc of the tests'\n");
    if let Some(script) = script {
        put("cargo", &format!("#!/bin/sh\n{script}\n"));
    }
    folder
}

const TWO_RAILS: &str = "\
network gate {
    input  x[2] in [-1, 1];
    layer  h = dense(3) | smooth_relu(h = 0.1);
    layer  y = dense(1) | identity();
    output y;
}
weights { init = uniform(-1, 1, seed = 4); }
";

#[test]
fn results_are_those_of_the_process() {
    for text in [OR, TWO_RAILS] {
        let folder = Folder::with(text);
        let mut modes = vec![
            vec!["simulate", "m.nnr", "--input", "0,1"],
            vec!["simulate", "m.nnr", "--input", "1,0", "--until", "3"],
            vec!["simulate", "m.nnr", "--input", "1,1", "--set", "simulate.every=0.5", "--until", "4.2"],
            vec!["simulate", "m.nnr", "--input", "1,1", "--set", "simulate.start=settled", "--until", "1"],
            vec!["simulate", "m.nnr", "--input", "1,1", "--steady"],
        ];
        if text == OR {
            modes.push(vec!["simulate", "m.nnr", "--steady", "--data", "bits"]);
        }
        for mode in modes {
            let process = run(&folder, &mode, &cache(), None).exits(0);
            let native = run(&folder, &[&mode[..], &["--engine", "crate"]].concat(), &cache(), None).exits(0);
            assert_alike(&native.stdout, &process.stdout, 1e-5);
            assert!(native.stdout.lines().count() > 1);
            let last = |run: &Run| run.stderr.lines().last().map(str::to_owned);
            if !mode.contains(&"--steady") {
                assert_eq!(
                    last(&native).map(|l| l.contains("until")),
                    last(&process).map(|l| l.contains("until"))
                );
            }
        }
        for name in ["a.npz", "a.svg", "a.csv"] {
            run(&folder, &["simulate", "m.nnr", "--engine", "crate", "-o", name], &cache(), None).exits(0);
            assert!(std::fs::metadata(folder.path(name)).unwrap().len() > 100);
        }
        run(&folder, &["simulate", "m.nnr", "-o", "b.npz"], &cache(), None).exits(0);
        let read = |name: &str| nnrc_sim::io::npz::read(&std::fs::read(folder.path(name)).unwrap()).unwrap();
        let shapes =
            |name: &str| read(name).into_iter().map(|(key, array)| (key, array.shape)).collect::<Vec<_>>();
        assert_eq!(shapes("a.npz"), shapes("b.npz"));
    }
}

#[test]
fn a_second_run_starts_no_cargo() {
    let folder = Folder::with(OR);
    let cache = tempfile::tempdir().unwrap();
    // A cargo that makes a program which says that it does not settle, and counts its calls.
    let tools = toolchain(Some(
        "PATH=/usr/bin:/bin; echo call >> ../../calls; mkdir -p $CARGO_TARGET_DIR/release; \
         name=$(basename $(pwd)); printf '#!/bin/sh\\necho error: not settled >&2; exit 5' \
         > $CARGO_TARGET_DIR/release/$name; chmod +x $CARGO_TARGET_DIR/release/$name",
    ));
    let arguments = ["simulate", "m.nnr", "--engine", "crate"];
    for _ in 0..2 {
        run(&folder, &arguments, cache.path(), Some(tools.path())).exits(5).reports("not-settled");
    }
    // Other weights of the same signs are other numbers, not another program.
    folder.write("m.nnr", OR.replace("-0.25", "-0.125"));
    run(&folder, &arguments, cache.path(), Some(tools.path())).exits(5);
    assert_eq!(std::fs::read_to_string(cache.path().join("calls")).unwrap(), "call\n");
}

#[test]
fn without_a_toolchain_the_process_serves() {
    let folder = Folder::with(OR);
    let empty = tempfile::tempdir().unwrap();
    let arguments = ["simulate", "m.nnr", "--steady", "--input", "0,1"];
    let process = run(&folder, &arguments, &cache(), None).exits(0);
    for tools in [empty, toolchain(None)] {
        let cache = tempfile::tempdir().unwrap();
        let native = [&arguments[..], &["--engine", "crate"]].concat();
        let native = run(&folder, &native, cache.path(), Some(tools.path())).exits(0);
        assert_eq!(native.stdout, process.stdout);
        assert!(native.stderr.contains("not installed"), "{}", native.stderr);
    }
}

#[test]
fn a_failing_build_shows_the_compilers_words() {
    let folder = Folder::with(OR);
    let cache = tempfile::tempdir().unwrap();
    let tools = toolchain(Some("echo 'error[E0000]: no such thing' >&2; exit 101"));
    let arguments = ["simulate", "m.nnr", "--engine", "crate"];
    let run = run(&folder, &arguments, cache.path(), Some(tools.path())).exits(3).reports("build-failed");
    assert!(run.stderr.contains("no such thing"), "{}", run.stderr);
    let crates = cache.path().join("crates");
    assert!(run.stderr.contains(crates.to_str().unwrap()), "{}", run.stderr);
    let made = std::fs::read_dir(crates).unwrap().next().unwrap().unwrap().path();
    assert!(made.join("src/crn.rs").is_file() && !made.join("program").exists());
}

#[test]
fn missing_dependencies_are_fetched_or_explained() {
    let folder = Folder::with(OR);
    let cache = tempfile::tempdir().unwrap();
    let tools = toolchain(Some(
        "echo $1 >> ../../calls; echo 'error: no matching package named `crc32fast` found' >&2; exit 101",
    ));
    let arguments = ["simulate", "m.nnr", "--engine", "crate"];
    let run = run(&folder, &arguments, cache.path(), Some(tools.path())).exits(3).reports("build-failed");
    assert!(run.stderr.contains("cargo fetch"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(cache.path().join("calls")).unwrap(), "build\nfetch\n");
}

#[test]
fn a_cache_that_cannot_be_written_names_the_variable() {
    let folder = Folder::with(OR);
    folder.write("file", "");
    for place in ["file", "file/below"] {
        let arguments = ["simulate", "m.nnr", "--engine", "crate"];
        let run = run(&folder, &arguments, &folder.path(place), None).exits(3).reports("not-writable");
        assert!(run.stderr.contains("NNRC_CACHE"), "{}", run.stderr);
    }
}

#[test]
fn two_at_once_build_one_program() {
    let folder = Folder::with(OR);
    let shared = cache().join("two");
    let _ = std::fs::remove_dir_all(shared.join("crates"));
    let arguments = ["simulate", "m.nnr", "--engine", "crate", "--steady", "--input", "1,1"];
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..3).map(|_| scope.spawn(|| run(&folder, &arguments, &shared, None))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().exits(0)).collect()
    });
    assert!(runs.iter().all(|run| run.stdout == runs[0].stdout && run.stdout.contains("y_1")));
    let names: Vec<_> = std::fs::read_dir(shared.join("crates")).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

fn arrays(path: &Path) -> nnrc_sim::io::Arrays {
    nnrc_sim::io::npz::read(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn training_gives_the_weights_of_the_process() {
    let example = common::examples().join("iris_train/iris_train.nnr");
    let example = example.to_str().unwrap();
    let (process, native) = (Folder::new(), Folder::new());
    for more in [
        &["--set", "train.epochs=5"][..],
        &[
            "--set",
            "train.epochs=8",
            "--set",
            "train.schedule=constant()",
            "--set",
            "train.validation=iris.test",
        ],
    ] {
        let arguments = [&["train", example], more].concat();
        run(&process, &arguments, &cache(), None).exits(0);
        let trained = [&arguments[..], &["--engine", "crate"]].concat();
        run(&native, &trained, &cache(), None).exits(0);
        assert_eq!(process.names(), native.names());
        for name in ["iris_train.trained.npz", "iris_train.checkpoint.npz"] {
            let (one, other) = (arrays(&process.path(name)), arrays(&native.path(name)));
            assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
            for (key, array) in &one {
                assert_eq!(array.shape, other[key].shape);
                for (a, b) in array.values.iter().zip(&other[key].values) {
                    assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{name} {key}: {a} {b}");
                }
            }
        }
        assert_alike(&native.read("iris_train.train.csv"), &process.read("iris_train.train.csv"), 1e-9);
        assert!(native.read("iris_train.train.svg").contains("<svg"));
    }
    // A checkpoint of one engine is one of the other.
    let more = ["train", example, "--resume", "--set", "train.epochs=10"];
    let more =
        [&more[..], &["--set", "train.schedule=constant()", "--set", "train.validation=iris.test"]].concat();
    run(&process, &[&more[..], &["--engine", "crate"]].concat(), &cache(), None).exits(0);
    run(&native, &more, &cache(), None).exits(0);
    assert_alike(&native.read("iris_train.train.csv"), &process.read("iris_train.train.csv"), 1e-9);
}

#[test]
fn training_that_diverges_says_so_in_both() {
    let example = common::examples().join("iris_train/iris_train.nnr");
    let folder = Folder::new();
    let arguments = ["train", example.to_str().unwrap(), "--set", "train.rule=gradient(sgd(rate = 1e9))"];
    let native = [&arguments[..], &["--engine", "crate"]].concat();
    let run = run(&folder, &native, &cache(), None).exits(5).reports("training-diverged");
    assert!(run.stderr.contains("smaller learning rate"), "{}", run.stderr);
    assert!(!folder.names().contains(&"iris_train.trained.npz".to_owned()));
}

#[test]
fn a_generated_program_trains_by_itself() {
    let folder = Folder::new();
    let example = common::examples().join("iris_train/iris_train.nnr");
    run(&folder, &["compile", example.to_str().unwrap(), "--target", "rust", "-o", "net"], &cache(), None)
        .exits(0);
    let build = std::process::Command::new("cargo")
        .args(["build", "--release", "--offline", "--locked", "-q"])
        .current_dir(folder.path("net"))
        .env("CARGO_TARGET_DIR", cache().join("compiled"))
        .env("RUSTFLAGS", "-D warnings")
        .status()
        .unwrap();
    assert!(build.success());
    let program = folder.path("net/target/release/classifier-crn");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::copy(cache().join("compiled/release/classifier-crn"), &program).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        Run::of(command.args(arguments).current_dir(folder.path("")).output().unwrap())
    };
    let help = run(&["train", "--help"]).exits(0).stdout;
    for words in
        ["softmax_cross_entropy)", "cosine:0)", "(default: 200)", "hidden.W [8, 4]", "class from 0 to 2"]
    {
        assert!(help.contains(words), "{words} in {help}");
    }
    assert!(run(&["--help"]).exits(0).stdout.contains("train --data"));
    let mut table = "a,b,c,d,class\n".to_owned();
    for row in 0..30 {
        let class = row % 3;
        let at = |feature: i32| {
            f64::from((row * 7 + feature * 5) % 10) / 50.0 + f64::from(u8::from(feature == class))
        };
        table += &format!("{},{},{},{},{class}\n", at(0), at(1), at(2), at(3));
    }
    folder.write("samples.csv", &table);
    let options = ["train", "--data", "samples.csv", "--scaled", "--metrics", "m.csv", "--rate", "0.05"];
    run(&[&options[..], &["--epochs", "120", "--stop", "accuracy>=1"]].concat()).exits(0);
    let last = folder.read("m.csv").lines().last().unwrap().to_owned();
    assert_eq!(numbers(&last).last(), Some(&1.0), "{last}");
    assert_eq!(arrays(&folder.path("trained.npz"))["hidden.W"].shape, [8, 4]);
    let refused =
        run(&["train", "--data", "samples.csv", "--scaled", "--resume", "--rate", "0.9", "--batch", "4"])
            .exits(1);
    for words in ["`--rate`: 0.05 in the checkpoint, 0.9 now", "`--batch`: ", " in the checkpoint, 4 now"] {
        assert!(refused.stderr.contains(words), "{words} in {}", refused.stderr);
    }
    // What is read is never replaced, and two results need two files.
    let rows = folder.read("samples.csv");
    for (options, words) in [
        (&["-o", "trained.npz", "--weights", "trained.npz"][..], "trained.npz"),
        (&["--weights", "checkpoint.npz", "-o", "w.npz"], "checkpoint.npz"),
        (&["--validation", "samples.csv", "--metrics", "net/../samples.csv"], "samples.csv"),
        (&["-o", "w.npz", "--checkpoint", "./net/data/model.npz"], "model.npz"),
        (&["-o", "w.npz", "--checkpoint", "./w.npz"], "one file"),
    ] {
        let refused = run(&[&["train", "--data", "samples.csv"][..], options].concat()).exits(1);
        assert!(refused.stderr.contains(words) && refused.stderr.contains("name "), "{}", refused.stderr);
    }
    assert_eq!(folder.read("samples.csv"), rows);
    run(&["train"]).exits(1);
    folder.write("bad.csv", "a,b,c,d,class\n1,1,1,1,7\n");
    assert!(run(&["train", "--data", "bad.csv"]).exits(1).stderr.contains("no class"));
    folder.write("odd.csv", "a,b,c,d,r,s,t\n1,1,1,1,0,1,0\n1,1,1,1,0.5,0.2,0.2\n");
    let refused = run(&["train", "--data", "odd.csv", "--scaled"]).exits(1);
    assert!(
        refused.stderr.contains("row 2") && refused.stderr.contains("no probabilities"),
        "{}",
        refused.stderr
    );
    run(&["train", "--data", "odd.csv", "--scaled", "--loss", "squared_error", "--epochs", "1"]).exits(0);
    measurements(&folder, &run);
}

/// Measurements are scaled by the program as the data of the model were: here each length between its extremes in
/// the table, which the training rows hold.
fn measurements(folder: &Folder, run: &dyn Fn(&[&str]) -> Run) {
    let text = std::fs::read_to_string(common::examples().join("iris/iris.csv")).unwrap();
    let rows: Vec<(Vec<f64>, String)> = text
        .lines()
        .skip(1)
        .map(|line| (numbers(line.rsplit_once(',').unwrap().0), line.rsplit_once(',').unwrap().1.to_owned()))
        .collect();
    let ends: Vec<(f64, f64)> = (0..4)
        .map(|at| {
            let column = rows.iter().map(|(row, _)| row[at]);
            (column.clone().fold(f64::INFINITY, f64::min), column.fold(0.0, f64::max))
        })
        .collect();
    let mut names: Vec<&String> = rows.iter().map(|(_, name)| name).collect();
    names.dedup();
    let table = |header: &str, scales: bool, is_labelled: bool| {
        let mut table = header.to_owned() + if is_labelled { ",class\n" } else { "\n" };
        for (row, species) in &rows {
            let value = |(value, (low, high)): (&f64, &(f64, f64))| {
                if scales { ((value - low) / (high - low)).to_string() } else { value.to_string() }
            };
            let mut cells: Vec<String> = row.iter().zip(&ends).map(value).collect();
            cells.extend(
                is_labelled.then(|| names.iter().position(|name| *name == species).unwrap().to_string()),
            );
            table += &(cells.join(",") + "\n");
        }
        table
    };
    let own = "sepal_length,sepal_width,petal_length,petal_width";
    folder.write("raw.csv", table(own, false, true));
    folder.write("scaled.csv", table("a,b,c,d", true, true));
    let train = |options: &[&str], output: &str| {
        let end = ["--epochs", "3", "--checkpoint", "c.npz", "-o", output];
        run(&[&["train"], options, &end].concat()).exits(0).stderr
    };
    assert!(train(&["--data", "raw.csv"], "raw.npz").contains("measurements"));
    train(&["--data", "scaled.csv", "--scaled"], "scaled.npz");
    let (raw, scaled) = (arrays(&folder.path("raw.npz")), arrays(&folder.path("scaled.npz")));
    for key in ["hidden.W", "y.b"] {
        let pairs = raw[key].values.iter().zip(&scaled[key].values);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-12), "{key}: {pairs:?}");
    }
    // The scale goes with the weights.
    assert_eq!(raw["nnrc.inputs.shift"].values, ends.iter().map(|(low, _)| *low).collect::<Vec<_>>());
    folder.write("raw.csv", table(own, false, false));
    folder.write("scaled.csv", table("a,b,c,d", true, false));
    let settled = |options: &[&str]| run(&[&["simulate", "--steady"], options].concat()).exits(0);
    let many = settled(&["--data", "raw.csv"]).stdout;
    assert_alike(&many, &settled(&["--data", "scaled.csv", "--scaled"]).stdout, 1e-9);
    let one = settled(&["--input", "5.1,3.5,1.4,0.2", "--raw", "--record", "y"]).stdout;
    assert_alike(&one, &many.lines().take(2).collect::<Vec<_>>().join("\n"), 1e-9);
    // Scaled values where measurements are expected, the reverse, and columns in another order.
    let refused = run(&["simulate", "--data", "scaled.csv"]).exits(1).stderr;
    assert!(refused.contains("`--scaled` takes values") && refused.contains("never negative"), "{refused}");
    assert!(settled(&["--input", "0.5,0.5,0.5,0.5"]).stderr.contains("--raw takes measurements"));
    folder.write("raw.csv", table("sepal_width,sepal_length,petal_length,petal_width", false, false));
    let refused = run(&["simulate", "--data", "raw.csv"]).exits(1).stderr;
    assert!(refused.contains(&own.replace(',', ", ")), "{refused}");
}
