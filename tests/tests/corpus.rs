//! Good and bad files: what is refused, with which words, and that nothing ends in a panic.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nnrc_analysis::Overrides;
use nnrc_lower::{Lowered, lower};
use nnrc_model::random::Random;
use nnrc_syntax::codes;
use nnrc_tests::corpus::{self, Bad, Files, diagnostics, folder, run};
use nnrc_tests::peers;

/// Codes without a folder, and why.
const WITHOUT_FOLDER: &[(&str, &str)] = &[
    ("file-too-large", "17 MiB of text are generated: `a_source_beyond_the_limit_is_refused_at_once`"),
    ("not-writable", "it is about the output: `an_output_that_cannot_be_written_is_no_success`"),
    ("build-failed", "it is about the toolchain: `a_failing_build_shows_the_compilers_words`"),
    ("no-python", "it is about the machine: `without_a_python_nothing_is_asked`"),
    ("stale-manifest", "it is about the plan of a sweep: `stale_manifests_are_refused`"),
    ("results-mismatch", "it is about results of a sweep: `gaps_and_foreign_results_are_refused`"),
    ("failed-point", "it is about results of a sweep: `points_that_fail_are_recorded`"),
    ("not-reproduced", "it is about an archive: `changes_are_found_with_their_place`"),
    ("unverifiable-file", "it is about an SBML file: `each_trap_is_refused_by_its_code`"),
    ("not-proven", "it is about a certificate: `certificates_of_other_files_are_refused`"),
    ("points-left", "it is about the time of a run: `a_time_limit_stops_between_points`"),
    ("shuffled-events", "it is about the output: `a_shuffled_feed_is_written_as_a_cycle`"),
];

/// Codes that are about something without a place in the text.
const WITHOUT_PLACE: &[&str] =
    &["missing-network", "not-settled", "solver-failed", "many-reactions", "wide-rate-range", "unused-name"];

// ------------------------------------------------------------------------------------ bad files

#[test]
fn each_bad_file_gives_exactly_its_code() {
    let all = corpus::bad();
    assert!(all.len() >= 200, "{} files", all.len());
    let faults: Vec<String> = all.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with the answer to a bad file.
fn faults(bad: &Bad) -> Vec<String> {
    let output = run(&bad.path, &bad.verb, &["--message-format", "json"]);
    let code = codes::find(&bad.code).unwrap_or_else(|| panic!("{} is no code", bad.code));
    let severity = if code.exit == 0 { "note warning" } else { "error" };
    let found = diagnostics(&output);
    let mut faults = Vec::new();
    if output.status.code() != Some(code.exit.into()) {
        faults.push(format!("exit status {:?}", output.status.code()));
    }
    if !found.iter().any(|finding| finding["code"] == bad.code) {
        faults.push("its code is not among the findings".to_owned());
    }
    for finding in &found {
        let text = |key: &str| finding[key].as_str().unwrap_or_default();
        let says_what_to_do =
            !text("label").is_empty() || finding["help"].as_array().is_some_and(|h| !h.is_empty());
        let has_place = finding["line"].as_u64() > Some(0) && finding["column"].as_u64() > Some(0);
        if finding["code"] != bad.code || !severity.contains(text("severity")) {
            faults.push(format!("{} {}", text("severity"), text("code")));
        }
        if text("message").is_empty() || !says_what_to_do && code.exit > 0 {
            faults.push("no message, or neither label nor help".to_owned());
        }
        let placeless = WITHOUT_PLACE.contains(&bad.code.as_str()) || bad.verb == "simulate";
        if !has_place && !placeless {
            faults.push("no place".to_owned());
        }
    }
    let name = bad.path.strip_prefix(folder()).unwrap().display();
    faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
}

#[test]
fn the_words_for_each_code() {
    let mut by_code: BTreeMap<String, String> = BTreeMap::new();
    for bad in corpus::bad() {
        let output = run(&bad.path, &bad.verb, &[]);
        let words = String::from_utf8(output.stderr).unwrap();
        by_code.entry(bad.code).or_default().push_str(&format!("{}\n\n", words.trim_end()));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (code, words) in by_code {
            insta::assert_snapshot!(code, words);
        }
    });
}

#[test]
fn every_code_has_a_folder_or_a_reason() {
    let with: BTreeSet<String> = corpus::bad().into_iter().map(|bad| bad.code).collect();
    for code in codes::ALL {
        let reasons = WITHOUT_FOLDER.iter().filter(|(name, _)| *name == code.name).count();
        assert_eq!(reasons + usize::from(with.contains(code.name)), 1, "{}", code.name);
    }
    for code in with.iter().map(String::as_str).chain(WITHOUT_FOLDER.iter().map(|(name, _)| *name)) {
        assert!(codes::find(code).is_some(), "{code}");
    }
}

// ----------------------------------------------------------------------------------- good files

#[test]
fn nothing_is_said_about_good_files() {
    let files = corpus::sources(&folder().join("good"));
    assert!(files.len() >= 25, "{} files", files.len());
    for path in files {
        for (verb, args) in [("check", &["--message-format", "json"][..]), ("fmt", &["--check"])] {
            let output = run(&path, verb, args);
            let words = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && words.is_empty(), "{verb} {}: {words}", path.display());
        }
    }
}

// --------------------------------------------------------------------------------------- limits

/// A model in a file of its own, in a folder of its own.
fn scratch(contents: impl AsRef<[u8]>) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.nnr");
    fs::write(&path, contents).unwrap();
    (folder, path)
}

/// Checks a text; the codes of its errors.
fn check(contents: impl AsRef<[u8]>) -> Vec<String> {
    let (_folder, path) = scratch(contents);
    // Against costs that grow with the square of the size: CPU seconds, which do not depend on what else is running.
    let output = limited(&path, "check", "-t 20");
    let found = diagnostics(&output);
    let errors: Vec<&serde_json::Value> = found.iter().filter(|found| found["severity"] == "error").collect();
    let exit =
        errors.iter().filter_map(|error| codes::find(error["code"].as_str()?)).map(|code| code.exit).max();
    assert_eq!(output.status.code(), Some(exit.unwrap_or(0).into()));
    errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
}

const GATE: &str = "\
nnr 1;
network gate { input x[2] in [0, 1]; layer y = dense(1) | smooth_relu(h = 0.1); output y; }
weights { y.W = [[1, 1]]; y.b = [0]; }
";

#[test]
fn deep_brackets_are_one_error() {
    for depth in [65, 10_000, 100_000] {
        for bracket in ["(", "[", "{ a = ", "f(", "{", "[1, ", "-("] {
            let text = format!("{GATE}simulate {{ until = {}", bracket.repeat(depth));
            assert_eq!(check(text), ["nesting-too-deep"], "{depth} x {bracket}");
        }
        let closed = format!("{GATE}simulate {{ until = {}1{}; }}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(check(closed), ["nesting-too-deep"]);
        assert_eq!(check("{".repeat(depth)), ["nesting-too-deep"]);
        assert!(check("}".repeat(depth)).iter().all(|code| code == "syntax"));
    }
}

#[test]
fn long_expressions_and_lines_are_refused_or_read() {
    let sum = |count: usize| format!("{GATE}simulate {{ until = {}; }}", vec!["1"; count].join(" + "));
    assert_eq!(check(sum(200)), [""; 0]);
    assert_eq!(check(sum(100_000)), ["nesting-too-deep"]);
    let calls = vec!["smooth_relu(h = 0.1)"; 50_000].join(" | ");
    assert_eq!(
        check(format!("network n {{ input x[2]; layer y = dense(1) | {calls} output y; }}")),
        ["syntax"]
    );
    let weights = vec!["0.5"; 300_000].join(", ");
    assert_eq!(check(GATE.replace("[[1, 1]]", &format!("[[{weights}]]"))), ["shape-mismatch"]);
    assert_eq!(check(format!("{GATE}// {}", "long ".repeat(300_000))), [""; 0]);
    assert_eq!(check(format!("{GATE}{}", "x".repeat(1 << 20))), ["syntax"]);
    assert_eq!(check(format!("{GATE}expect {{ {} }}", "é".repeat(1 << 19))), ["syntax"]);
}

#[test]
fn many_errors_are_cut_off() {
    let entries: String = (0..200_000).map(|at| format!("k{at} = 1;\n")).collect();
    let found = check(format!("{GATE}chemistry {{ {entries} }}"));
    assert_eq!(found.len(), 100);
    let layers: String = (0..30_000).map(|at| format!("layer l{at} = dense(1) from m{at};\n")).collect();
    let found = check(format!("network n {{ input x[1]; {layers} output y; }}"));
    assert_eq!(found.len(), 100);
    assert!(check(";".repeat(1 << 20)).len() <= 100);
}

#[test]
fn a_network_of_many_layers_is_read_in_good_time() {
    let layers: String = (0..20_000).map(|at| format!("layer l{at} = add();\n")).collect();
    assert_eq!(check(format!("network n {{ input x[1]; {layers} output l0; }}")), [""; 0]);
    let circle: String =
        (0..20_000).map(|at| format!("layer l{at} = add() from l{};\n", (at + 1) % 20_000)).collect();
    assert_eq!(check(format!("network n {{ input x[1]; {circle} output l0; }}")), ["cyclic-network"]);
}

#[test]
fn a_source_beyond_the_limit_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.nnr");
    let mut file = File::create(&path).unwrap();
    let line = format!("// {}\n", "weights ".repeat(127));
    for _ in 0..50 * 1024 * 1024 / line.len() {
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
    for verb in ["check", "fmt", "test"] {
        let begin = Instant::now();
        // A quarter of a gigabyte of address space would hold the text, but no copy of it with a syntax tree.
        let output = limited(&path, verb, "-v 250000");
        assert!(begin.elapsed() < Duration::from_secs(5));
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let found = diagnostics(&output);
        assert_eq!(found[0]["code"], "file-too-large");
        assert!(found[0]["help"].to_string().contains("weights from"));
    }
}

/// Runs a verb with a limit on the address space, in kB.
fn limited(path: &Path, verb: &str, limit: &str) -> std::process::Output {
    let script = format!("ulimit {limit} && exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &script])
        .arg(peers::nnrc())
        .arg(verb)
        .arg(path)
        .args(["--message-format", "json"])
        .output()
        .unwrap()
}

#[test]
fn memory_is_bounded_by_the_size_of_the_text() {
    // A megabyte of each; 60 times that is a loose bound for a syntax tree with places and diagnostics.
    let texts = [
        "{a=1;".repeat(200_000),
        format!("{GATE}chemistry {{ {} }}", "a=1;".repeat(250_000)),
        format!("{GATE}simulate {{ record = [{}]; }}", "y,".repeat(500_000)),
        format!("{GATE}dataset d = rows([{}]);", "{x=[0,1]},".repeat(100_000)),
        format!("const s = \"{}\"; const l = [{}]; {GATE}", "a".repeat(1 << 19), "s,".repeat(1 << 18)),
        format!("network n {{ input x[1000000]; {} output y; }}", "layer y = dense(1000000);".repeat(40_000)),
        format!("network n {{ {} output y; }}", "input x[1000,1000]; ".repeat(50_000)),
        "network n{".repeat(100_000),
        "\"".repeat(1 << 20),
    ];
    for text in texts {
        let (_folder, path) = scratch(&text);
        let output = limited(&path, "check", "-v 600000");
        let has_ended = matches!(output.status.code(), Some(0 | 1));
        assert!(has_ended, "{}…: {}", &text[..40], String::from_utf8_lossy(&output.stderr));
    }
}

// ------------------------------------------------------------------------------- odd source files

#[test]
fn odd_encodings() {
    assert_eq!(check([GATE.as_bytes(), b"// caf\xe9\n"].concat()), ["invalid-utf8"]);
    assert_eq!(check(b"\xff\xfen\0n\0r\0"), ["invalid-utf8"]);
    assert_eq!(check(b"\x80"), ["invalid-utf8"]);
    assert_eq!(check(""), ["missing-network"]);
    assert_eq!(check("\u{feff}"), ["missing-network"]);
    assert_eq!(check(" \n\t\r\n"), ["missing-network"]);
    assert!(check("\0".repeat(1000)).iter().all(|code| code == "syntax"));
    assert_eq!(check(format!("\u{feff}{}", GATE.replace('\n', "\r\n"))), [""; 0]);
    assert_eq!(check(GATE.replace("nnr 1;", "nnr\u{a0}1;")), ["syntax"]);
    assert_eq!(check(GATE.trim_end()), [""; 0]);
}

#[test]
fn paths_that_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.nnr"), GATE).unwrap();
    for (path, words) in [(".", "directory"), ("no/model.nnr", "no such file"), ("modle.nnr", "model.nnr")] {
        let output = corpus::nnrc(folder.path(), &["check", path, "--message-format", "json"]);
        assert_eq!(output.status.code(), Some(3));
        let found = diagnostics(&output);
        assert_eq!(found[0]["code"], "unreadable-file");
        assert!(found[0].to_string().contains(words), "{}", found[0]);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_no_success() {
    let (folder, path) = scratch(GATE);
    let is_a_folder = folder.path().join("folder.xml");
    fs::create_dir(&is_a_folder).unwrap();
    let model = path.to_str().unwrap();
    for output in ["nowhere/out.xml", "folder.xml", "model.nnr/out.xml", "/proc/out.xml"] {
        let args = ["compile", model, "--target", "sbml", "-o", output, "--message-format", "json"];
        let run = corpus::nnrc(folder.path(), &args);
        assert_eq!(run.status.code(), Some(3), "{output}");
        assert_eq!(diagnostics(&run)[0]["code"], "not-writable");
        let args = ["simulate", model, "-o", &output.replace(".xml", ".csv"), "--message-format", "json"];
        if output != "folder.xml" {
            assert_eq!(corpus::nnrc(folder.path(), &args).status.code(), Some(3), "{output}");
        }
    }
    assert_eq!(names(folder.path()), ["folder.xml", "model.nnr"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), GATE);
}

#[test]
fn a_failure_leaves_no_file() {
    for bad in corpus::bad().into_iter().filter(|bad| codes::find(&bad.code).unwrap().exit != 0) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.xml");
        let out = out.to_str().unwrap();
        if bad.verb == "check" {
            let output = run(&bad.path, "compile", &["--target", "sbml", "-o", out]);
            assert_ne!(output.status.code(), Some(0), "{}", bad.path.display());
            assert_eq!(names(folder.path()), [""; 0], "{}", bad.path.display());
        }
    }
    // A file that was there is not touched.
    let (folder, _) = scratch(GATE.replace("[[1, 1]]", "[[1]]"));
    fs::write(folder.path().join("model.xml"), "kept").unwrap();
    let output = corpus::nnrc(folder.path(), &["compile", "model.nnr", "--target", "sbml"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(names(folder.path()), ["model.nnr", "model.xml"]);
    assert_eq!(fs::read_to_string(folder.path().join("model.xml")).unwrap(), "kept");
}

#[test]
fn standard_input_is_a_source_too() {
    let mut child = Command::new(peers::nnrc())
        .args(["check", "-", "--message-format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"network \xff").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(diagnostics(&output)[0]["file"], "<stdin>");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

// ------------------------------------------------------------------------------------ mutations

/// More mutations find more: `NNRC_MUTATIONS=200000 NNRC_SEED=7 cargo test -p nnrc-tests --test corpus mutations`.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn mutations_of_good_files_never_panic() {
    // Ten thousand times large data would test the reading of files.
    let is_small = |path: &std::path::PathBuf| {
        !["mnist", "digits"].iter().any(|large| path.to_str().is_some_and(|path| path.contains(large)))
    };
    let seeds: Vec<(std::path::PathBuf, String)> = corpus::good()
        .into_iter()
        .filter(is_small)
        .map(|path| (path.parent().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect();
    let mut random = Random::new(setting("NNRC_SEED", 1));
    let (mut good, mut lowered) = (0, 0);
    for _ in 0..setting("NNRC_MUTATIONS", 10_000) {
        let (folder, text) = &seeds[random.below(seeds.len() as u64) as usize];
        let text = corpus::mutate(text, &mut random);
        let begin = Instant::now();
        let reached = catch_unwind(AssertUnwindSafe(|| through(&text, folder)));
        let Ok(reached) = reached else { panic!("a panic in\n{text:?}") };
        assert!(begin.elapsed() < Duration::from_secs(10), "{:?} for\n{text:?}", begin.elapsed());
        good += usize::from(reached >= Reached::Model);
        lowered += usize::from(reached == Reached::Sbml);
    }
    // Otherwise the mutations are too wild to test anything but the parser.
    assert!(good > 1000 && lowered > 1000, "{good} good models, {lowered} lowered");
}

/// How far a text came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Syntax,
    Analysis,
    Model,
    Sbml,
}

/// Takes a text all the way from the parser to SBML.
fn through(text: &str, folder: &Path) -> Reached {
    let source = nnrc_syntax::Source::new("mutated.nnr", text);
    let (file, found) = nnrc_syntax::parse_recovering(text);
    let shown = nnrc_syntax::render(&source, &found, false);
    if found.iter().any(nnrc_syntax::Diagnostic::is_error) {
        assert!(!shown.is_empty());
        assert!(nnrc_syntax::format(text).is_err());
        // What is left of the file must still be fit for analysis.
        let _ = nnrc_analysis::analyse(&file, text, &Overrides::default(), &Files(folder.to_owned()));
        return Reached::Syntax;
    }
    let formatted = nnrc_syntax::format(text).unwrap();
    assert_eq!(nnrc_syntax::format(&formatted).unwrap(), formatted);
    let analysis = nnrc_analysis::analyse(&file, text, &Overrides::default(), &Files(folder.to_owned()));
    nnrc_syntax::render(&source, &analysis.diagnostics, true);
    let Some(model) = analysis.model else {
        // Nobody is told nothing.
        assert!(analysis.diagnostics.iter().any(nnrc_syntax::Diagnostic::is_error), "no model and no error");
        return Reached::Analysis;
    };
    let size: usize = model.nodes.iter().map(nnrc_model::Node::width).sum();
    if size > 300 {
        return Reached::Model;
    }
    let input = model.default_input();
    assert_eq!(input.len(), model.input_width());
    let everywhere = nnrc_model::certify::Inputs::Ranges;
    nnrc_model::certify::certify(&model, everywhere, 1e-3);
    let Ok(Lowered { crn, info, .. }) = lower(&model, &input) else { return Reached::Model };
    if info.reaction_count() > 5_000 {
        return Reached::Model;
    }
    nnrc_sbml::write(&crn, &info, &nnrc_sbml::Options::default(), &mut std::io::sink())
        .map_or(Reached::Model, |()| Reached::Sbml)
}
