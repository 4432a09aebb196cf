//! What is written, and where.

mod common;

use std::process::Stdio;

use common::{Folder, OR};

#[test]
fn stdin_and_stdout() {
    let folder = Folder::new();
    folder.run_with_stdin(&["check", "-"], OR).exits(0);
    folder.run_with_stdin(&["test", "-"], OR).exits(0);
    let run = folder.run_with_stdin(&["compile", "-", "--target", "sbml", "-o", "-"], OR).exits(0);
    assert!(run.stdout.starts_with("<?xml"), "{}", run.stdout);
    let run = folder.run_with_stdin(&["fmt", "-"], "nnr 1 ;  const a=1;").exits(0);
    assert_eq!(run.stdout, "nnr 1;\nconst a = 1;\n");
    assert!(folder.names().is_empty());
    // Without a name of the file, that of the network.
    folder.run_with_stdin(&["compile", "-", "--target", "crn"], OR).exits(0);
    assert_eq!(folder.names(), ["gate.crn"]);
    let run = folder.run_with_stdin(&["check", "-"], "network n { }").exits(1);
    assert!(run.stderr.contains("<stdin>:1:"), "{}", run.stderr);
}

#[test]
fn files_are_complete_or_not_there() {
    let folder = Folder::with(OR);
    folder.write("out.xml", "precious");
    folder
        .run(&["compile", "m.nnr", "--target", "sbml", "-o", "missing/out.xml"])
        .exits(3)
        .reports("not-writable");
    folder.run(&["compile", "m.nnr", "--target", "sbml", "-o", "."]).exits(3).reports("not-writable");
    folder.run(&["simulate", "m.nnr", "-o", "missing/out.csv"]).exits(3).reports("not-writable");
    folder.write("bad.nnr", OR.replace("dense(1)", "dense(9)"));
    folder.run(&["compile", "bad.nnr", "--target", "sbml", "-o", "out.xml"]).exits(1);
    assert_eq!(folder.read("out.xml"), "precious");
    assert_eq!(folder.names(), ["bad.nnr", "m.nnr", "out.xml"]);
    folder.run(&["compile", "m.nnr", "--target", "sbml", "-o", "out.xml"]).exits(0);
    assert!(folder.read("out.xml").ends_with("</sbml>\n"));
    assert_eq!(folder.names(), ["bad.nnr", "m.nnr", "out.xml"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::with(OR);
    for verb in [&["simulate", "m.nnr", "--set", "simulate.points=100000"][..], &["emit", "model", "m.nnr"]] {
        let mut command = folder.command(verb);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("its end");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        assert!(!stderr.contains("error"), "{stderr}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::with(OR);
    for name in ["a", "b"] {
        folder.run(&["compile", "m.nnr", "--target", "sbml", "-o", &format!("{name}.xml")]).exits(0);
        folder.run(&["simulate", "m.nnr", "-o", &format!("{name}.npz")]).exits(0);
        folder.run(&["simulate", "m.nnr", "-o", &format!("{name}.svg")]).exits(0);
    }
    for extension in ["xml", "npz", "svg"] {
        let read = |name: &str| std::fs::read(folder.path(&format!("{name}.{extension}"))).expect("a file");
        assert_eq!(read("a"), read("b"), "{extension}");
    }
    let text = folder.read("a.xml");
    assert!(!text.contains(folder.path("").to_str().expect("a path")), "no absolute paths in output");
}

#[test]
fn time_courses() {
    let folder = Folder::with(OR);
    let rows = |arguments: &[&str]| -> Vec<Vec<String>> {
        let run = folder.run(&[&["simulate", "m.nnr", "--input", "1,0"], arguments].concat()).exits(0);
        run.stdout.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let course = rows(&["--until", "10", "--set", "simulate.every=2.5"]);
    assert_eq!(course[0], ["time", "x_1", "x_2", "y_1"]);
    let times: Vec<&str> = course[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(times, ["0", "2.5", "5", "7.5", "10"]);
    assert_eq!(course[1][1..], ["1", "0", "0.1"]);
    // The end is reported even where it is no multiple.
    let course = rows(&["--until", "10", "--set", "simulate.every=4"]);
    assert_eq!(course.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["time", "0", "4", "8", "10"]);
    let course = rows(&["--until", "1", "--set", "simulate.points=3", "--set", "simulate.record=[y]"]);
    assert_eq!(course[0], ["time", "y_1"]);
    assert_eq!(course.len(), 4);
    folder
        .run(&["simulate", "m.nnr", "--until", "10", "--set", "simulate.every=1e-9"])
        .exits(1)
        .reports("out-of-range");

    folder.run(&["simulate", "m.nnr", "-o", "c.npz", "--until", "1"]).exits(0);
    let bytes = std::fs::read(folder.path("c.npz")).expect("a file");
    let arrays = nnrc_sim::io::npz::read(&bytes).expect("arrays");
    assert_eq!(arrays["time"].shape, [201]);
    assert_eq!((&arrays["x"].shape[..], &arrays["y"].shape[..]), (&[201, 2][..], &[201, 1][..]));
}

#[test]
fn diagnostics_as_json() {
    let folder = Folder::with(&OR.replace("output y", "output z"));
    let run = folder.run(&["check", "m.nnr", "--message-format", "json"]).exits(1);
    assert!(run.stdout.is_empty());
    let findings: Vec<serde_json::Value> =
        run.stderr.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let finding = &findings[0];
    assert_eq!((&finding["severity"], &finding["code"]), (&"error".into(), &"unknown-name".into()));
    assert_eq!(
        (&finding["file"], &finding["line"], &finding["column"]),
        (&"m.nnr".into(), &10.into(), &12.into())
    );
    assert_eq!((&finding["end_line"], &finding["end_column"]), (&10.into(), &13.into()));
    assert!(finding["message"].is_string() && finding["label"].is_string() && finding["help"].is_array());

    let folder = Folder::with(OR);
    for verb in ["check", "analyze"] {
        let run = folder.run(&[verb, "m.nnr", "--message-format", "json"]).exits(0);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(report["network"], "gate");
    }
    let run = folder.run(&["test", "m.nnr", "--message-format", "json"]).exits(0);
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(
        run.stdout
            .lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["ok"] == true)
    );
}

#[test]
fn wrong_usage_as_json() {
    let folder = Folder::with(OR);
    let json = |arguments: &[&str], option: &[&str]| {
        let run = folder.run(&[arguments, option].concat()).exits(2);
        assert!(run.stdout.is_empty());
        let finding: serde_json::Value = serde_json::from_str(&run.stderr).expect("one JSON object");
        assert_eq!((&finding["severity"], &finding["code"]), (&"error".into(), &"usage".into()));
        assert!(finding["help"].is_array());
        finding
    };
    for (arguments, part) in [
        (&["check"][..], "<FILE.nnr>"),
        (&["chek", "m.nnr"], "chek"),
        (&["check", "m.nnr", "--nonsense"], "--nonsense"),
        (&["compile", "m.nnr", "--target", "fortran"], "[possible values: sbml, rust, crn, antimony"),
        (&["simulate", "m.nnr", "--until", "soon"], "a unit of time"),
        (&[], "requires a subcommand"),
        // Found after the command line is parsed.
        (&["simulate", "m.nnr", "-o", "out.pdf"], ".svg"),
    ] {
        for option in [&["--message-format", "json"][..], &["--message-format=json"]] {
            let finding = json(arguments, option);
            let message = finding["message"].as_str().expect("text");
            assert!(message.contains(part) && !message.contains("Usage"), "{message}");
        }
    }
    let tips = json(&["chek", "m.nnr"], &["--message-format=json"])["help"].to_string();
    assert!(tips.contains("check"), "{tips}");
    // Help is no error, and no JSON.
    let help = folder.run(&["check", "--help", "--message-format=json"]).exits(0).stdout;
    assert!(help.contains("Usage: nnrc check"), "{help}");
}

#[test]
fn quiet_and_colours() {
    let folder = Folder::with(&OR.replace("smooth_relu(h = 0.01)", "smooth_relu(h = 1e-9)"));
    folder.run(&["check", "m.nnr"]).exits(0).reports("wide-rate-range");
    let run = folder.run(&["check", "m.nnr", "--quiet"]).exits(0);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    let run = folder.run(&["check", "m.nnr", "--color", "always"]).exits(0);
    assert!(run.stderr.contains("\u{1b}["), "{}", run.stderr);
    let run = folder.run(&["check", "m.nnr", "--color", "auto"]).exits(0);
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
}

#[test]
fn formatting_in_place() {
    let folder = Folder::with(OR);
    folder.write("ugly.nnr", "nnr 1 ;const a=1;  // why\n");
    let run = folder.run(&["fmt", "--check", "m.nnr", "ugly.nnr"]).exits(1);
    assert_eq!(run.stdout, "ugly.nnr\n");
    folder.run(&["fmt", "m.nnr", "ugly.nnr"]).exits(0);
    folder.run(&["fmt", "--check", "m.nnr", "ugly.nnr"]).exits(0);
    assert_eq!(folder.read("m.nnr"), OR);
    folder.write("broken.nnr", "network {");
    folder.run(&["fmt", "broken.nnr", "m.nnr"]).exits(1).reports("syntax");
    assert_eq!(folder.read("broken.nnr"), "network {");
}

#[test]
fn new_models_work_and_nothing_is_overwritten() {
    let folder = Folder::new();
    folder.run(&["new", "gate"]).exits(0);
    folder.run(&["check", "gate.nnr"]).exits(0);
    folder.run(&["test", "gate.nnr"]).exits(0);
    folder.run(&["fmt", "--check", "gate.nnr"]).exits(0);
    folder.write("gate.nnr", "mine");
    folder.run(&["new", "gate"]).exits(3).reports("not-writable");
    assert_eq!(folder.read("gate.nnr"), "mine");
}

#[test]
fn many_reactions_are_warned_of() {
    let text = "nnr 1;\nnetwork n { input x[50]; layer y = dense(40) | smooth_relu(); output y; }\n\
                weights { init = uniform(-1, 1, seed = 1); }\n";
    let folder = Folder::with(text);
    folder.run(&["check", "m.nnr"]).exits(0).reports("many-reactions");
    folder.run(&["compile", "m.nnr", "--target", "sbml"]).exits(0).reports("many-reactions");
    let run = folder.run(&["compile", "m.nnr", "--target", "crn"]).exits(0);
    assert!(!run.stderr.contains("many-reactions"), "{}", run.stderr);
    let seeded = |seed: &str| folder.run(&["emit", "reactions", "m.nnr", "--seed", seed]).exits(0).stdout;
    assert_eq!(seeded("1"), folder.run(&["emit", "reactions", "m.nnr"]).stdout);
    assert_ne!(seeded("1"), seeded("2"));
}
