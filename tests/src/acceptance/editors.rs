//! Editors: how long answers about a long file take, and the extension as it is packaged.

use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::editor::Editor;
use crate::{Finding, root};

/// The longest answer.
const BOUND: Duration = Duration::from_millis(20);

/// Answers of each kind.
const REPEATS: usize = 40;

const URI: &str = "untitled:long.nnr";

/// A file of a thousand lines: data and weights in the text, layers in a row, expectations.
pub fn long_file() -> String {
    const LAYERS: usize = 24;
    const UNITS: usize = 8;
    let mut text = String::from("nnr 1;\n");
    for at in 0..40 {
        let _ = writeln!(text, "const h{at} = 0.0{};", at + 1);
    }
    text.push_str("dataset d = rows([\n");
    for row in 0..420 {
        let _ = writeln!(text, "    {{ x = [{}, {}], t = [{}] }},", row % 7, row % 5, row % 2);
    }
    text.push_str("]) { scale = minmax(0, 1); }\nnetwork long {\n    input x[2] in [0, 1];\n");
    for layer in 0..LAYERS {
        let _ = writeln!(text, "    layer l{layer} = dense({UNITS}) | smooth_relu(h = h{layer});");
    }
    text.push_str("    layer y = dense(1);\n    output y as values();\n}\nweights {\n");
    for layer in 0..LAYERS {
        let inputs = if layer == 0 { 2 } else { UNITS };
        let _ = writeln!(text, "    l{layer}.W = [");
        for unit in 0..UNITS {
            let row: Vec<String> = (0..inputs).map(|at| format!("0.{}", (unit + at) % 9 + 1)).collect();
            let _ = writeln!(text, "        [{}],", row.join(", "));
        }
        let _ = writeln!(text, "    ];\n    l{layer}.b = [{}];", ["0.1"; UNITS].join(", "));
    }
    let _ = writeln!(text, "    y.W = [[{}]];\n    y.b = [0];\n}}\nexpect {{", ["0.1"; UNITS].join(", "));
    while text.lines().count() < 999 {
        text.push_str("    for [0, 1]: y >= 0;\n");
    }
    text.push_str("}\n");
    text
}

/// How long each kind of answer about a file of a thousand lines takes, until the editor has read it.
pub fn answers() -> Vec<Finding> {
    let text = long_file();
    let (mut editor, _) = Editor::initialised(json!({ "capabilities": {} }));
    let unused: Vec<Value> = editor.open(URI, &text);
    let line = text.lines().position(|line| line.contains("layer l9 ")).unwrap() as u32;
    let name = Editor::at(URI, line, 11);
    let activation = Editor::at(URI, line, 27);
    let mut rename = name.clone();
    rename["newName"] = json!("renamed");
    let document = json!({ "uri": URI });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 2000, "character": 0 } });
    let questions = [
        ("hover", "textDocument/hover", name.clone()),
        ("completion", "textDocument/completion", activation),
        ("definition", "textDocument/definition", name),
        ("rename", "textDocument/rename", rename),
        (
            "formatting",
            "textDocument/formatting",
            json!({ "textDocument": document, "options": { "tabSize": 4, "insertSpaces": true } }),
        ),
        ("inlay hints", "textDocument/inlayHint", json!({ "textDocument": document, "range": whole })),
        (
            "code actions",
            "textDocument/codeAction",
            json!({ "textDocument": document, "range": whole, "context": { "diagnostics": [] } }),
        ),
    ];
    let mut findings: Vec<Finding> = questions
        .into_iter()
        .map(|(what, method, params)| {
            let mut times: Vec<Duration> = (0..REPEATS)
                .map(|_| {
                    let start = Instant::now();
                    editor.ask(method, params.clone());
                    start.elapsed()
                })
                .collect();
            finding(what, &mut times)
        })
        .collect();
    // The first letter of `dense` and back: from the key to its diagnostics.
    let mut times: Vec<Duration> = (0..REPEATS as i32)
        .map(|at| {
            let new = if at % 2 == 0 { "x" } else { "d" };
            let range = json!({ "start": { "line": line, "character": 15 }, "end": { "line": line, "character": 16 } });
            let start = Instant::now();
            editor.change(URI, at + 2, json!({ "range": range, "text": new }));
            editor.diagnostics(URI, at + 2);
            start.elapsed()
        })
        .collect();
    findings.push(finding("from an edit to its diagnostics", &mut times));
    assert!(unused.len() < 40, "the file is sound: {unused:?}");
    editor.leave();
    findings
}

fn finding(what: &str, times: &mut [Duration]) -> Finding {
    times.sort();
    let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    Finding::new(
        format!("a file of a thousand lines, {what}: at most {} ms", BOUND.as_millis()),
        format!("median {}, longest of {} {}", ms(median), times.len(), ms(longest)),
        longest <= BOUND,
    )
}

/// The extension for Visual Studio Code: types, colours of every example, the package. It needs npm.
pub fn extension() -> Vec<Finding> {
    let folder = root().join("editors/vscode");
    let run = |words: &[&str]| Command::new("npm").args(words).current_dir(&folder).output();
    let steps: [(&str, &[&str]); 3] = [
        ("what package-lock.json names is installed", &["ci", "--no-audit", "--no-fund"]),
        ("every example is coloured, and nothing in it as invalid", &["test"]),
        ("the extension has the types it says, and is packaged", &["run", "package"]),
    ];
    steps
        .iter()
        .map(|(claim, words)| {
            let (figure, holds) = match run(words) {
                Ok(output) if output.status.success() => (format!("`npm {}`", words.join(" ")), true),
                Ok(output) => (last_line(&output.stderr, &output.stdout), false),
                Err(error) => (format!("npm: {error}"), false),
            };
            Finding::new(format!("extension for Visual Studio Code: {claim}"), figure, holds)
        })
        .collect()
}

/// The last line that something says, of stderr if it says anything there.
pub(super) fn last_line(stderr: &[u8], stdout: &[u8]) -> String {
    let of = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_owned)
    };
    of(stderr).or_else(|| of(stdout)).unwrap_or_else(|| "nothing is said".to_owned())
}
