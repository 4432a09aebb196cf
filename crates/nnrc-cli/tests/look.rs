//! The verbs that show a network: `show`, `draw`, `report`.

mod common;

use common::{Folder, OR};
use serde_json::Value;

#[test]
fn a_place_is_shown_for_people_and_for_programs() {
    let folder = Folder::with(OR);
    let shown = folder.run(&["show", "m.nnr", "y[1]", "--input", "1,1"]).exits(0).stdout;
    // 1 + 1 - 0.25, and R_h of that with h = 0.01.
    assert!(shown.contains("z = x[1] + x[2] - 0.25 = 1.75"), "{shown}");
    let expected = (1.75 + (1.75_f64 * 1.75 + 0.04).sqrt()) / 2.0;
    let json = folder.run(&["show", "m.nnr", "y[1]", "--input", "1,1", "--message-format", "json"]).exits(0);
    let json: Value = serde_json::from_str(&json.stdout).expect("one object");
    assert_eq!((&json["place"], &json["kind"]), (&Value::from("y[1]"), &Value::from("unit")));
    let value = json["values"]["shown"][0]["chemistry"].as_f64().expect("a number");
    assert!((value - expected).abs() < 1e-9, "{value}");
    assert_eq!(json["input"], serde_json::json!([1, 1]));
    let row = folder.run(&["show", "m.nnr", "x[2]", "--row", "2"]).exits(0).stdout;
    assert!(row.contains("For input [0, 1]"), "{row}");
    assert_eq!(folder.names(), ["m.nnr"]);
}

#[test]
fn a_place_that_is_none_is_wrong_usage() {
    let folder = Folder::with(OR);
    for (place, words) in [
        ("y[2]", "`y` has index 1 alone"),
        ("y.W[1,3]", "`y.W` has indices [1..1, 1..2]"),
        ("k_quench_x", "did you mean `k_quench_y`"),
        ("nothing_like_it", "inputs and layers are `x`, `y`"),
        ("", "inputs and layers are"),
    ] {
        let run = folder.run(&["show", "m.nnr", place]).exits(2);
        assert!(run.stderr.contains(words), "{place}: {}", run.stderr);
        let json = folder.run(&["show", "m.nnr", place, "--message-format", "json"]).exits(2);
        let finding: Value = serde_json::from_str(&json.stderr).expect("one object");
        assert_eq!(finding["code"], "usage");
    }
    folder.run(&["show", "m.nnr"]).exits(2);
    folder.run(&["show", "missing.nnr", "y"]).exits(3);
    Folder::with(&OR.replace("dense(1)", "dense(2)")).run(&["show", "m.nnr", "y"]).exits(1);
}

#[test]
fn pictures_and_pages_go_beside_the_model_and_never_over_it() {
    let folder = Folder::with(OR);
    folder.run(&["draw", "m.nnr"]).exits(0);
    folder.run(&["report", "m.nnr"]).exits(0);
    assert_eq!(folder.names(), ["m.net.svg", "m.nnr", "m.report.html"]);
    assert_eq!(folder.run(&["draw", "m.nnr", "-o", "-"]).exits(0).stdout, folder.read("m.net.svg"));
    assert_eq!(folder.run(&["report", "m.nnr", "-o", "-"]).exits(0).stdout, folder.read("m.report.html"));
    let filled = folder.run(&["draw", "m.nnr", "--input", "0,1", "-o", "-"]).exits(0).stdout;
    assert!(filled.contains("values at rest for input [0, 1]") && filled != folder.read("m.net.svg"));
    let from_stdin = folder.run_with_stdin(&["draw", "-"], OR).exits(0);
    assert!(from_stdin.stderr.contains("wrote gate.net.svg"), "{}", from_stdin.stderr);
    for verb in ["draw", "report"] {
        folder.run(&[verb, "m.nnr", "-o", "m.nnr"]).exits(3).reports("not-writable");
        folder.run(&[verb, "m.nnr", "-o", "no/where"]).exits(3).reports("not-writable");
    }
    assert_eq!(folder.read("m.nnr"), OR);
}

#[test]
fn a_page_takes_what_training_and_noise_have_left() {
    let folder = Folder::with(OR);
    folder.write("m.train.csv", "epoch,train_loss\n1,0.5\n2,0.25\n");
    folder.write("m.noise.csv", "network,noise,loss\nm,\"a, b\",0.125\n");
    folder.run(&["report", "m.nnr"]).exits(0);
    let page = folder.read("m.report.html");
    assert!(page.contains("<section id=\"training\">") && page.contains("[0.5,0.25]"), "{page}");
    assert!(page.contains("<td>a, b</td><td>0.125</td>"), "{page}");
    // They are inputs of the page.
    folder.run(&["report", "m.nnr", "-o", "m.train.csv"]).exits(3).reports("not-writable");
    for (text, words) in [("", "it is empty"), ("a,b\n1\n", "line 2 has 1 cell"), ("\u{0}", "")] {
        folder.write("m.noise.csv", text);
        let run = folder.run(&["report", "m.nnr", "-o", "other.html"]);
        if !words.is_empty() {
            let run = run.exits(3).reports("malformed-file");
            assert!(run.stderr.contains(words), "{}", run.stderr);
        }
    }
    folder.write("m.noise.csv", [0xff, 0xfe]);
    folder.run(&["report", "m.nnr", "-o", "other.html"]).exits(3).reports("malformed-file");
}

#[test]
fn the_guide_shows_what_the_command_prints() {
    let guide = std::fs::read_to_string(common::examples().join("../docs/src/seeing.md")).expect("the guide");
    let block =
        guide.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let (command, shown) = block.split_once('\n').expect("a command");
    let (shown, _) = shown.split_once("  …").expect("it is cut");
    let words: Vec<String> = command.split_whitespace().skip(2).map(|word| word.replace('\'', "")).collect();
    let file =
        words[1].strip_prefix("examples/").map(|file| common::examples().join(file)).expect("an example");
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words[1] = file.to_str().expect("a path");
    let printed = Folder::new().run(&words).exits(0).stdout;
    assert!(printed.starts_with(shown), "{printed}\n{shown}");
    for picture in ["net_iris", "net_skip", "net_digits", "net_cnn", "net_onepot_xor", "net_phased_xor"] {
        let path = format!("images/{picture}.svg");
        assert!(guide.contains(&path) && common::examples().join("../docs/src").join(path).exists());
    }
}
