//! Exit statuses and codes.

mod common;

use common::{Folder, OR};

#[test]
fn a_good_model_passes_everything() {
    let folder = Folder::with(OR);
    for arguments in [
        &["check", "m.nnr"][..],
        &["test", "m.nnr"],
        &["simulate", "m.nnr"],
        &["simulate", "m.nnr", "--steady"],
        &["simulate", "m.nnr", "--steady", "--data", "bits"],
        &["analyze", "m.nnr"],
        &["compile", "m.nnr", "--target", "sbml"],
        &["compile", "m.nnr", "--target", "crn"],
        &["emit", "ast", "m.nnr"],
        &["emit", "model", "m.nnr"],
        &["emit", "crn", "m.nnr"],
        &["emit", "reactions", "m.nnr"],
        &["fmt", "--check", "m.nnr"],
        &["explain", "syntax"],
        &["explain"],
        &["completions", "bash"],
        &["--help"],
        &["simulate", "--help"],
        &["--version"],
    ] {
        folder.run(arguments).exits(0);
    }
    assert_eq!(folder.names(), ["m.crn", "m.nnr", "m.xml"]);
}

#[test]
fn errors_of_the_model_exit_with_1() {
    let folder = Folder::with(&OR.replace("dense(1)", "dense(2)"));
    for verb in ["check", "test", "simulate", "analyze", "train", "noise"] {
        folder.run(&[verb, "m.nnr"]).exits(1).reports("shape-mismatch");
    }
    folder.run(&["compile", "m.nnr", "--target", "sbml"]).exits(1);
    assert_eq!(folder.names(), ["m.nnr"]);
    Folder::with("network {").run(&["check", "m.nnr"]).exits(1).reports("syntax");
    Folder::with("").run(&["check", "m.nnr"]).exits(1).reports("missing-network");
}

#[test]
fn what_is_not_served_says_so() {
    let folder = Folder::with(OR);
    let other = ["check", "m.nnr", "--set", "chemistry.construction=rate_independent"];
    folder.run(&other).exits(1).reports("not-served");
}

#[test]
fn a_study_of_noise_needs_its_block() {
    Folder::with(OR).run(&["noise", "m.nnr"]).exits(1).reports("missing-argument");
}

#[test]
fn a_crate_takes_no_place_of_others() {
    let folder = Folder::with(OR);
    folder.run(&["compile", "m.nnr", "--target", "rust"]).exits(0);
    folder.run(&["compile", "m.nnr", "--target", "rust", "-o", "m-sim"]).exits(0);
    folder.run(&["compile", "m.nnr", "--target", "rust", "-o", "m.nnr"]).exits(3).reports("not-writable");
    folder.run(&["compile", "m.nnr", "--target", "rust", "-o", "-"]).exits(2);
}

#[test]
fn wrong_usage_exits_with_2() {
    let folder = Folder::with(OR);
    for arguments in [
        &[][..],
        &["chek", "m.nnr"],
        &["check"],
        &["check", "m.nnr", "--nonsense"],
        &["compile", "m.nnr"],
        &["compile", "m.nnr", "--target", "fortran"],
        &["check", "m.nnr", "--set", "chemistry"],
        &["check", "m.nnr", "--set", "chemistry=1"],
        &["check", "m.nnr", "--set", ".=1"],
        &["simulate", "m.nnr", "--input", "a,b"],
        &["simulate", "m.nnr", "--input", "nan,0"],
        &["simulate", "m.nnr", "--input", ""],
        &["simulate", "m.nnr", "--row", "0"],
        &["simulate", "m.nnr", "--until", "-1"],
        &["simulate", "m.nnr", "--until=inf"],
        &["simulate", "m.nnr", "-o", "out.pdf"],
        &["simulate", "m.nnr", "--steady", "-o", "out.svg"],
        &["explain", "shape-mismach"],
        &["new", "not a name"],
        &["new", "network"],
    ] {
        folder.run(arguments).exits(2);
    }
    assert_eq!(folder.names(), ["m.nnr"]);
    let run = folder.run(&["explain", "shape-mismach"]);
    assert!(run.stderr.contains("`shape-mismatch`"), "{}", run.stderr);
}

#[test]
fn trouble_with_files_exits_with_3() {
    let folder = Folder::with(OR);
    let run = folder.run(&["check", "n.nnr"]).exits(3).reports("unreadable-file");
    assert!(run.stderr.contains("did you mean `m.nnr`?"), "{}", run.stderr);
    folder.run(&["check", "."]).exits(3).reports("unreadable-file");
    folder.write("latin.nnr", b"// caf\xe9\n");
    let run = folder.run(&["check", "latin.nnr"]).exits(3).reports("invalid-utf8");
    assert!(run.stderr.contains("latin.nnr:1:7"), "{}", run.stderr);

    let weights = |name: &str, content: &[u8], code: &str| {
        folder.write(name, content);
        let text = OR.replace(
            "weights {\n    y.W = [[1, 1]];\n    y.b = [-0.25];\n}",
            &format!("weights from \"{name}\" {{ }}"),
        );
        folder.write("w.nnr", text);
        folder.run(&["check", "w.nnr"]).exits(3).reports(code);
        folder.run(&["check", "m.nnr", "--weights", name]).exits(3).reports(code);
    };
    weights("w.npz", b"PK\x03\x04 and no more", "malformed-file");
    weights("w.safetensors", b"short", "malformed-file");
    weights("w.pt", b"\x80\x02}q\x00.", "pickled-file");
    weights("w.npy", b"\x80\x04\x95", "pickled-file");
    weights("w.txt", b"1 2 3", "malformed-file");
    folder.run(&["check", "m.nnr", "--weights", "gone.npz"]).exits(3).reports("unreadable-file");

    let table = |content: &[u8], code: &str, exit: i32| {
        folder.write("d.csv", content);
        let data = "dataset d = csv(\"d.csv\") { inputs = [a, b]; target = t; }\n";
        folder.write("d.nnr", format!("{OR}{data}"));
        folder.run(&["check", "d.nnr"]).exits(exit).reports(code);
    };
    table(b"a,b,t\n0,1\n", "ragged-table", 3);
    table(b"a,b,t\n0,x,1\n", "text-in-number-column", 3);
    table(b"a,b,t\n0,\xff,1\n", "invalid-utf8", 3);
    table(b"a,b,t\n0,inf,1\n", "non-finite-data", 3);
    table(b"a,c,t\n0,0,1\n", "missing-column", 1);
    table(b"a,b,t\n", "empty-dataset", 1);
}

#[test]
fn a_large_source_is_refused_without_loading_it() {
    let folder = Folder::new();
    let file = std::fs::File::create(folder.path("huge.nnr")).expect("a file");
    file.set_len(1 << 40).expect("a sparse file");
    folder.run(&["check", "huge.nnr"]).exits(1).reports("file-too-large");
    folder.run(&["fmt", "huge.nnr"]).exits(1).reports("file-too-large");
}

#[test]
fn failed_expectations_exit_with_4() {
    let folder = Folder::with(&OR.replace("y <= 0.1", "y ~ 0.5 within 0.1"));
    let run = folder.run(&["test", "m.nnr"]).exits(4).reports("expectation-failed");
    assert!(
        run.stdout.starts_with("FAILED  for [0, 0]: y ~ 0.5 within 0.1    found 0.03508\nok "),
        "{}",
        run.stdout
    );
    // Unsettled at `until` is a failure that says so, even where the value would do.
    let folder = Folder::with(OR);
    let run = folder.run(&["test", "m.nnr", "--set", "simulate.until=1"]).exits(4);
    assert!(run.stdout.contains("not settled"), "{}", run.stdout);
    // The gravest of several files decides, and all of them are tested.
    folder.write("bad.nnr", "network");
    let run = folder.run(&["test", "bad.nnr", "m.nnr"]).exits(1);
    assert!(run.stdout.contains("2 expectations held"), "{}", run.stdout);
}

#[test]
fn a_file_without_expectations_passes() {
    let folder = Folder::with(OR.split("expect").next().unwrap_or_default());
    let run = folder.run(&["test", "m.nnr"]).exits(0);
    assert!(run.stderr.contains("expects nothing"), "{}", run.stderr);
}

#[test]
fn the_model_is_never_replaced_by_its_output() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.nnr");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/or/or.nnr");
    std::fs::copy(example, &path).unwrap();
    let before = std::fs::read(&path).unwrap();
    for target in ["sbml", "crn"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_nnrc"))
            .args(["compile", "--target", target])
            .args([&path, std::path::Path::new("-o"), &path])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_conserved_total_is_not_taken_for_a_slow_approach() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.nnr");
    let text = "network n { input x[1] in [0, 1]; layer y = dense(1) | softsign(); output y; }
                weights { y.W = [[1.07]]; y.b = [0.85]; }";
    std::fs::write(&path, text).unwrap();
    for input in ["0", "0.8"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_nnrc"))
            .args(["analyze", "--message-format", "json", "--input", input])
            .arg(&path)
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let rate = report["measured"]["slowest_rate"].as_f64();
        assert!(rate.is_none_or(|rate| rate > 0.5), "{rate:?}");
    }
}

#[test]
fn an_output_without_a_folder_is_refused_before_the_work() {
    let folder = Folder::with(&format!(
        "{OR}noise {{ rates = relative(0.1); replicates = 200000; }}\n\
         train {{ data = bits; epochs = 10000000; rule = gradient(sgd(rate = 1e-9)); }}\n"
    ));
    std::fs::create_dir(folder.path("taken.csv")).unwrap();
    for arguments in [
        &["noise", "m.nnr", "-o", "none/study.csv"][..],
        &["noise", "m.nnr", "-o", "taken.csv"],
        &["train", "m.nnr", "-o", "none/w.npz"],
        &["simulate", "m.nnr", "--until", "1e12", "-o", "m.nnr/y.csv"],
    ] {
        let begin = std::time::Instant::now();
        folder.run(arguments).exits(3).reports("not-writable");
        assert!(begin.elapsed().as_secs() < 10, "{arguments:?}");
    }
    assert_eq!(folder.names(), ["m.nnr", "taken.csv"]);
}
