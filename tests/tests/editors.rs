//! `nnrc lsp`, asked by a client that follows a script.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::collections::BTreeSet;
use std::path::Path;

use nnrc_tests::editor::{Editor, edited, uri};
use nnrc_tests::{corpus, root};
use serde_json::{Value, json};

const URI: &str = "untitled:m.nnr";

const MODEL: &str = "\
// é 😀
const h = 0.01;
network gate {
\tinput  x[2] in [0, 1];
    layer  hidden = dense(3) | smooth_relu(h = h);
    layer  y = dense(1) | smooth_relu(h = h) from hidden, x;
    output y;
}
weights { init = uniform(0.1, 0.5, seed = 1); }
expect { for [0, 1]: y <= 9; }
";

fn editor() -> Editor {
    Editor::initialised(json!({ "capabilities": {} })).0
}

/// Line and column, from 0 and in UTF-16, of a text in another.
fn place(text: &str, of: &str) -> (u32, u32) {
    let before = &text[..text.find(of).unwrap_or_else(|| panic!("{of}"))];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line as u32, before[start..].encode_utf16().count() as u32)
}

fn about(text: &str, of: &str) -> Value {
    let (line, character) = place(text, of);
    Editor::at(URI, line, character)
}

// ---------------------------------------------------------------------------------- questions

#[test]
fn a_text_is_written_asked_about_and_fixed() {
    let (mut editor, answer) = Editor::initialised(json!({ "capabilities": {} }));
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(answer["serverInfo"]["name"], "nnrc");
    assert!(editor.open(URI, MODEL).is_empty(), "nothing is wrong with it");

    // A slip, made by an edit behind characters of two units.
    let (line, character) = place(MODEL, "smooth_relu(h = h);");
    let range = json!({ "start": { "line": line, "character": character + 2 }, "end": { "line": line, "character": character + 4 } });
    editor.change(URI, 2, json!({ "range": range, "text": "" }));
    let broken = MODEL.replacen("smooth_relu(h = h);", "smth_relu(h = h);", 1);
    let found = editor.diagnostics(URI, 2);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "unknown-operation");
    assert_eq!(found[0]["range"]["start"], json!({ "line": line, "character": character }));
    assert_eq!(found[0]["range"]["end"], json!({ "line": line, "character": character + 9 }));

    let params = json!({ "textDocument": { "uri": URI }, "range": found[0]["range"], "context": { "diagnostics": found } });
    let actions = editor.ask("textDocument/codeAction", params);
    assert_eq!(actions.as_array().unwrap().len(), 1);
    assert_eq!(actions[0]["title"], "did you mean `smooth_relu`?");
    assert_eq!(actions[0]["isPreferred"], true);
    let edits = actions[0]["edit"]["changes"][URI].as_array().unwrap();
    let fixed = edited(&broken, edits);
    assert_eq!(fixed, MODEL);
    assert!(editor.replace(URI, 3, &fixed).is_empty());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn hover_and_hints_say_what_a_layer_costs() {
    let mut editor = editor();
    editor.open(URI, MODEL);
    let said = |editor: &mut Editor, of: &str| {
        let hover = editor.ask("textDocument/hover", about(MODEL, of));
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    // A unit of a rectifier has inflow, decay by quenching, and one reaction for each weight and bias; all are counted
    // by `nnrc emit reactions` as single lines.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.nnr"), MODEL).unwrap();
    let listed = corpus::nnrc(folder.path(), &["emit", "reactions", "m.nnr", "--message-format", "json"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    let count = |layer: &str| listed.matches(&format!("\"family\":\"{layer}.")).count();
    let hidden = said(&mut editor, "hidden =");
    assert!(hidden.contains("2 → 3"), "{hidden}");
    assert!(
        count("hidden") > 0 && hidden.contains(&format!("{} reactions", count("hidden"))),
        "{hidden}\n{listed}"
    );
    assert!(hidden.contains("one rail") && hidden.contains("rate of at least"), "{hidden}");
    assert!(said(&mut editor, "x[2]").contains("values in [0, 1]"));
    assert!(said(&mut editor, "smooth_relu").contains("u = (z + √(z² + 4h)) / 2"));
    assert!(said(&mut editor, "init =").contains("glorot_uniform"));
    assert!(said(&mut editor, "weights {").contains("weights"));
    assert!(said(&mut editor, "uniform(0.1").contains("low, high, seed"));
    assert_eq!(said(&mut editor, "// é"), "", "nothing is said about a comment");

    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints =
        editor.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": whole }));
    let hints = hints.as_array().unwrap();
    assert_eq!(hints.len(), 2);
    assert_eq!(hints[0]["label"], format!("2 → 3 · {} reactions", count("hidden")));
    assert_eq!(hints[1]["label"], format!("5 → 1 · {} reactions", count("y")));
    let (line, character) = place(MODEL, "smooth_relu(h = h);");
    let end = character + "smooth_relu(h = h);".len() as u32;
    assert_eq!(hints[0]["position"], json!({ "line": line, "character": end }));
    editor.leave();
}

#[test]
fn names_are_found_and_changed_everywhere() {
    let mut editor = editor();
    editor.open(URI, MODEL);
    let definition = editor.ask("textDocument/definition", about(MODEL, "hidden, x"));
    let (line, character) = place(MODEL, "hidden =");
    assert_eq!(definition[0]["range"]["start"], json!({ "line": line, "character": character }));
    let mut params = about(MODEL, "h = 0.01");
    params["newName"] = json!("level");
    let edit = editor.ask("textDocument/rename", params);
    let renamed = edited(MODEL, edit["changes"][URI].as_array().unwrap());
    assert_eq!(renamed, MODEL.replace("const h", "const level").replace("h = h", "h = level"));
    assert!(editor.replace(URI, 2, &renamed).is_empty(), "it means the same");
    let prepared = editor.ask("textDocument/prepareRename", about(&renamed, "level ="));
    assert_eq!(prepared["placeholder"], "level");
    assert_eq!(editor.ask("textDocument/prepareRename", about(&renamed, "dense")), Value::Null);
    let mut params = about(&renamed, "level =");
    params["newName"] = json!("hidden");
    let refused = editor.try_ask("textDocument/rename", params).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("already"), "{refused}");
    // What is not understood could hold the name.
    let mut params = about(&renamed, "level =");
    params["newName"] = json!("other");
    editor.replace(URI, 3, &renamed.replacen("output y;", "output y", 1));
    let refused = editor.try_ask("textDocument/rename", params).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("errors of syntax"), "{refused}");
    editor.replace(URI, 4, &renamed);
    let mut params = about(&renamed, "hidden =");
    params["context"] = json!({ "includeDeclaration": false });
    assert_eq!(editor.ask("textDocument/references", params).as_array().unwrap().len(), 1);
    editor.leave();
}

#[test]
fn every_rename_of_every_example_leaves_a_file_that_means_the_same() {
    let mut editor = editor();
    let mut renames = 0;
    for path in corpus::good() {
        let text = std::fs::read_to_string(&path).unwrap();
        let own = uri(&path);
        let before = editor.open(&own, &text);
        // What needs data that the repository does not hold is left out.
        let Some(known) = outline(&path, &text) else { continue };
        let mut version = 1;
        for (offset, name) in declared(&text) {
            let line = text[..offset].matches('\n').count() as u32;
            let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            let mut params = Editor::at(&own, line, text[start..offset].encode_utf16().count() as u32);
            // Data sets are taken in the order of their names where nothing else is said.
            let other = format!("{name}_other");
            params["newName"] = json!(other);
            let edit = editor.ask("textDocument/rename", params);
            let edits =
                edit["changes"][&own].as_array().unwrap_or_else(|| panic!("{name} of {}", path.display()));
            let renamed = edited(&text, edits);
            assert_ne!(renamed, text);
            version += 1;
            let after = editor.replace(&own, version, &renamed);
            assert_eq!(after.len(), before.len(), "{name} of {}: {after:?}", path.display());
            let now = outline(&path, &renamed).unwrap_or_default();
            let sorted = |text: &str| text.replace(&other, &name);
            assert_eq!(sorted(&now), sorted(&known), "{name} of {}", path.display());
            version += 1;
            editor.replace(&own, version, &text);
            renames += 1;
        }
        editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": own } }));
    }
    assert!(renames >= 100, "{renames}");
    editor.leave();
}

/// The checked network of a text in words; none where there is an error.
fn outline(path: &Path, text: &str) -> Option<String> {
    let files = corpus::Files(path.parent().unwrap().to_owned());
    let checked = nnrc::Project::from_text("m.nnr", text, &files).check().ok()?;
    Some(nnrc::stages::model_text(&checked.model))
}

/// Names that a text declares, and where.
fn declared(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        for word in ["const ", "dataset ", "network ", "input ", "layer "] {
            if let Some(rest) = code.strip_prefix(word) {
                let name = rest.trim_start();
                let length =
                    name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
                let start = at + indent + word.len() + (rest.len() - name.len());
                if length > 0 {
                    all.push((start, name[..length].to_owned()));
                }
            }
        }
        at += line.len();
    }
    all
}

#[test]
fn completion_and_formatting_follow_the_text() {
    let mut editor = editor();
    let text = MODEL.replace("init = uniform(0.1, 0.5, seed = 1);", "");
    editor.open(URI, &text);
    let labels = |answer: &Value| -> Vec<String> {
        answer.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    };
    let (line, character) = place(&text, "weights { ");
    let keys = editor.ask("textDocument/completion", Editor::at(URI, line, character + 10));
    assert_eq!(labels(&keys)[..4], ["hidden.W", "hidden.b", "y.W", "y.b"]);
    let answer = editor.ask("textDocument/completion", about(&text, "relu(h = h) from"));
    assert!(labels(&answer).contains(&"algebraic_tanh".to_owned()), "{answer}");
    // What is accepted is written in the place of the word.
    let item = answer.as_array().unwrap().iter().find(|item| item["label"] == "square").unwrap();
    let accepted = edited(&text, &[item["textEdit"].clone()]);
    assert!(accepted.contains("dense(1) | square(h = h) from"), "{accepted}");

    let edits = editor.ask(
        "textDocument/formatting",
        json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 4, "insertSpaces": true } }),
    );
    let formatted = edited(&text, edits.as_array().unwrap());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.nnr"), &text).unwrap();
    assert!(corpus::nnrc(folder.path(), &["fmt", "m.nnr"]).status.success());
    assert_eq!(formatted, std::fs::read_to_string(folder.path().join("m.nnr")).unwrap());
    editor.replace(URI, 2, &formatted);
    let again = editor.ask(
        "textDocument/formatting",
        json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 4, "insertSpaces": true } }),
    );
    assert_eq!(again, json!([]));
    editor.replace(URI, 3, "network {");
    let refused = editor.ask(
        "textDocument/formatting",
        json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 4, "insertSpaces": true } }),
    );
    assert_eq!(refused, Value::Null, "what cannot be read stays as it is");
    editor.leave();
}

// -------------------------------------------------------------------------------- diagnostics

/// What `nnrc check` says about a file, as the protocol has it: places in UTF-16 from 0.
fn checked(path: &Path, text: &str) -> Vec<Value> {
    let output = corpus::run(path, "check", &["--message-format", "json"]);
    let position = |finding: &Value, line: &str, column: &str| {
        let (Some(line), Some(column)) = (finding[line].as_u64(), finding[column].as_u64()) else {
            return json!({ "line": 0, "character": 0 });
        };
        let own = text.split('\n').nth(line as usize - 1).unwrap_or_default();
        let units: usize = own.chars().take(column as usize - 1).map(char::len_utf16).sum();
        json!({ "line": line - 1, "character": units })
    };
    let range = |finding: &Value| {
        let (start, end) = (position(finding, "line", "column"), position(finding, "end_line", "end_column"));
        json!({ "start": start, "end": end })
    };
    let severity = |finding: &Value| match finding["severity"].as_str().unwrap() {
        "error" => 1,
        "warning" => 2,
        _ => 3,
    };
    corpus::diagnostics(&output)
        .iter()
        .map(|finding| {
            let mut message = finding["message"].as_str().unwrap().to_owned();
            let label = finding["label"].as_str().unwrap();
            if !label.is_empty() {
                message.push_str(&format!("\n{label}"));
            }
            for help in finding["help"].as_array().unwrap() {
                message.push_str(&format!("\nhelp: {}", help.as_str().unwrap()));
            }
            let others: Vec<Value> = finding["others"]
                .as_array()
                .unwrap()
                .iter()
                .map(|other| json!({ "range": range(other), "message": other["label"] }))
                .collect();
            json!({
                "code": finding["code"], "severity": severity(finding), "message": message,
                "range": range(finding), "others": others,
            })
        })
        .collect()
}

#[test]
fn an_editor_shows_what_check_says_for_every_bad_file() {
    let mut editor = editor();
    let (mut files, mut findings, mut codes) = (0, 0, BTreeSet::new());
    for bad in corpus::bad() {
        // A file that is no text never comes to an editor.
        let Ok(text) = std::fs::read_to_string(&bad.path) else { continue };
        let own = uri(&bad.path);
        let shown: Vec<Value> = editor
            .open(&own, &text)
            .iter()
            .map(|one| {
                let others: Vec<Value> = one["relatedInformation"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|other| {
                        assert_eq!(other["location"]["uri"], own.as_str());
                        json!({ "range": other["location"]["range"], "message": other["message"] })
                    })
                    .collect();
                json!({
                    "code": one["code"], "severity": one["severity"], "message": one["message"],
                    "range": one["range"], "others": others,
                })
            })
            .collect();
        let wanted = checked(&bad.path, &text);
        assert_eq!(shown, wanted, "{}", bad.path.display());
        files += 1;
        findings += wanted.len();
        codes.extend(wanted.iter().map(|one| one["code"].as_str().unwrap().to_owned()));
        editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": own } }));
    }
    assert!(
        files >= 200 && findings >= 200 && codes.len() >= 50,
        "{files} files, {findings} findings, {} codes",
        codes.len()
    );
    editor.leave();
}

#[test]
fn every_fix_of_every_bad_file_is_an_action() {
    let mut editor = editor();
    let mut actions = 0;
    for bad in corpus::bad() {
        let Ok(text) = std::fs::read_to_string(&bad.path) else { continue };
        let own = uri(&bad.path);
        editor.open(&own, &text);
        let whole =
            json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } });
        let params =
            json!({ "textDocument": { "uri": own }, "range": whole, "context": { "diagnostics": [] } });
        let offered = editor.ask("textDocument/codeAction", params);
        let output = corpus::run(&bad.path, "check", &["--message-format", "json"]);
        let listed = corpus::diagnostics(&output);
        let listed: Vec<&Value> =
            listed.iter().flat_map(|finding| finding["fixes"].as_array().unwrap()).collect();
        let titles = |of: &[&Value], key: &str| -> Vec<String> {
            of.iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
        };
        let offered: Vec<&Value> = offered.as_array().unwrap().iter().collect();
        assert_eq!(titles(&offered, "title"), titles(&listed, "help"), "{}", bad.path.display());
        actions += offered.len();
    }
    assert!(actions >= 40, "{actions}");
    editor.leave();
}

#[test]
fn links_lead_to_the_page_where_an_editor_says_it_is() {
    let params =
        json!({ "capabilities": {}, "initializationOptions": { "docs": "https://example.org/nnrc/" } });
    let (mut editor, _) = Editor::initialised(params);
    let found = editor.open(URI, "network");
    assert_eq!(found[0]["codeDescription"]["href"], "https://example.org/nnrc/diagnostics.html#syntax");
    let page = std::fs::read_to_string(root().join("docs/src/diagnostics.md")).unwrap();
    assert!(page.contains("\n## syntax\n"), "the heading that the link names");
    editor.leave();
}

#[test]
fn places_count_as_the_editor_counts() {
    let text = "const é = 1;\r\n/* 😀 */ const 😀b = 2;\r\n\tlayer\r\n";
    let unknown = |encodings: Value| {
        let params = json!({ "capabilities": { "general": { "positionEncodings": encodings } } });
        let (mut editor, answer) = Editor::initialised(params);
        let found = editor.open(URI, text);
        editor.leave();
        (answer["capabilities"]["positionEncoding"].clone(), found)
    };
    let (encoding, utf16) = unknown(json!(["utf-16"]));
    assert_eq!(encoding, "utf-16");
    let (encoding, utf8) = unknown(json!(["utf-16", "utf-8"]));
    assert_eq!(encoding, "utf-8");
    let starts = |found: &[Value]| -> Vec<(u64, u64)> {
        found
            .iter()
            .map(|one| &one["range"]["end"])
            .map(|end| (end["line"].as_u64().unwrap(), end["character"].as_u64().unwrap()))
            .collect()
    };
    // `é` ends behind 7 units and 8 bytes.
    assert_eq!(starts(&utf16)[0], (0, 7), "{utf16:?}");
    assert_eq!(starts(&utf8)[0], (0, 8), "{utf8:?}");
    assert!(utf16.len() > 1 && utf16.len() == utf8.len());
}

// --------------------------------------------------------------------------- edits while it works

#[test]
fn the_latest_text_wins() {
    let folder = tempfile::tempdir().unwrap();
    // A table that takes a while to read.
    let rows: String = (0..60_000).map(|row| format!("{}.5,{},1\n", row % 7, row % 5)).collect();
    std::fs::write(folder.path().join("d.csv"), format!("a,b,c\n{rows}")).unwrap();
    let text = "dataset d = csv(\"d.csv\") { target = c; }\nnetwork n { input x[2]; layer y = dense(1); output y as values(); }\nweights { y.W = [[1, 1]]; y.b = [0]; }\n";
    let own = uri(&folder.path().join("m.nnr"));
    let mut editor = editor();
    let item = json!({ "uri": own, "languageId": "nnr", "version": 1, "text": text });
    editor.tell("textDocument/didOpen", json!({ "textDocument": item }));
    let mut waiting = Vec::new();
    for version in 2..40 {
        editor.change(&own, version, json!({ "text": format!("{text}// {version}\nconst unused = 1") }));
        waiting.push(editor.begin("textDocument/hover", Editor::at(&own, 1, 25)));
    }
    let id = editor.begin("textDocument/hover", Editor::at(&own, 0, 8));
    editor.change(&own, 40, json!({ "text": text }));
    let last = editor.diagnostics(&own, 40);
    assert!(last.is_empty(), "{last:?}");
    // Every question has an answer, also those about texts that are no more.
    for id in waiting.into_iter().chain([id]) {
        if let Err(error) = editor.end(id) {
            assert_eq!(error["code"], -32801, "{error}");
        }
    }
    assert!(editor.replace(&own, 41, &format!("{text}const u = 1;\n")).len() == 1);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_data_file_that_changes_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d.csv");
    std::fs::write(&data, "a,b,c\n0,1,1\n1,0,0\n").unwrap();
    let text = "dataset d = csv(\"d.csv\") { target = c; }\nnetwork n { input x[2] in [0, 1]; layer y = dense(1); output y as values(); }\nweights { y.W = [[1, 1]]; y.b = [0]; }\n";
    let own = uri(&folder.path().join("m.nnr"));
    let mut editor = editor();
    assert!(editor.open(&own, text).is_empty());
    std::fs::write(&data, "a,b,z\n0,1,1\n1,0,0\n0,0,0\n").unwrap();
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": own } }));
    let found = editor.diagnostics(&own, 1);
    assert_eq!(found[0]["code"], "missing-column", "{found:?}");
    editor.leave();
}

// ------------------------------------------------------------------------- clients that misbehave

#[test]
fn what_is_asked_at_the_wrong_time_is_an_error() {
    let mut editor = Editor::start();
    let refused = editor.try_ask("textDocument/hover", Editor::at(URI, 0, 0)).unwrap_err();
    assert_eq!(refused["code"], -32002, "before initialize");
    editor.tell(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": URI, "languageId": "nnr", "version": 1, "text": "x" } }),
    );
    editor.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(editor.try_ask("initialize", json!({ "capabilities": {} })).unwrap_err()["code"], -32600);
    assert_eq!(
        editor.try_ask("textDocument/hover", Editor::at(URI, 0, 0)).unwrap_err()["code"],
        -32602,
        "never opened"
    );
    assert_eq!(editor.try_ask("textDocument/hover", json!({ "line": 1 })).unwrap_err()["code"], -32602);
    assert_eq!(editor.try_ask("textDocument/sing", json!({})).unwrap_err()["code"], -32601);
    editor.tell("$/sing", json!({}));
    editor.tell("textDocument/didChange", json!(7));
    editor.tell("$/cancelRequest", json!({ "id": [] }));
    editor.ask("shutdown", Value::Null);
    assert_eq!(
        editor.try_ask("textDocument/hover", Editor::at(URI, 0, 0)).unwrap_err()["code"],
        -32600,
        "after shutdown"
    );
    editor.tell("exit", Value::Null);
    let (status, words) = editor.status();
    assert_eq!((status, words.as_str()), (0, ""));
}

#[test]
fn a_client_that_leaves_gets_the_status_of_the_protocol() {
    // Without `shutdown`.
    let mut editor = editor();
    editor.tell("exit", Value::Null);
    assert_eq!(editor.status().0, 1);
    let mut editor = Editor::start();
    editor.tell("exit", Value::Null);
    assert_eq!(editor.status().0, 1);
    // By closing the stream: at once, in the middle, after `shutdown`.
    for text in ["", "Content-Length: 50\r\n\r\n{", "Content-Le"] {
        let mut editor = Editor::start();
        editor.send(text.as_bytes());
        let (status, words) = editor.status();
        assert_eq!(status, 1, "{words}");
        assert!(words.starts_with("nnrc lsp: ") && words.lines().count() == 1, "{words}");
    }
    let mut editor = self::editor();
    editor.open(URI, MODEL);
    editor.ask("shutdown", Value::Null);
    assert_eq!(editor.status().0, 0);
}

#[test]
fn garbage_is_answered_or_ends_the_server_with_a_sentence() {
    let mut editor = editor();
    // A frame that holds no message is answered, and the next one is read.
    editor.send(b"Content-Length: 9\r\n\r\n{\"id\": 1,");
    let answer = editor.message();
    assert_eq!(answer["error"]["code"], -32700);
    assert_eq!(answer["id"], Value::Null);
    let deep = "[".repeat(100_000);
    editor.send(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    assert_eq!(editor.message()["error"]["code"], -32700);
    assert!(editor.open(URI, MODEL).is_empty(), "it goes on");
    for text in [
        "GET / HTTP/1.1\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "\u{0}\u{1}\u{2}\n",
        "Content-Length: -3\r\n\r\n",
    ] {
        let mut editor = self::editor();
        editor.send(text.as_bytes());
        let (status, words) = editor.status();
        assert_eq!(status, 1, "{text:?}");
        assert!(words.contains("not the language server protocol"), "{words}");
        assert!(!words.contains("internal error"), "{words}");
    }
}

#[test]
fn random_texts_and_places_end_no_server() {
    let mut random = nnrc_model::random::Random::new(7);
    let mut editor = editor();
    editor.open(URI, MODEL);
    let mut text = MODEL.to_owned();
    for version in 2..250 {
        text = if version % 20 == 0 { MODEL.to_owned() } else { corpus::mutate(&text, &mut random) };
        editor.change(URI, version, json!({ "text": text }));
        let (line, character) = (random.below(14) as u32, random.below(60) as u32);
        let at = Editor::at(URI, line, character);
        editor.ask("textDocument/completion", at.clone());
        editor.ask("textDocument/definition", at.clone());
        editor.ask("textDocument/hover", at.clone());
        let mut renamed = at;
        renamed["newName"] = json!("fresh");
        // A place without a name is refused; nothing else is.
        if let Err(error) = editor.try_ask("textDocument/rename", renamed) {
            assert_eq!(error["code"], -32803, "{error}");
        }
        editor.ask(
            "textDocument/formatting",
            json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 4, "insertSpaces": true } }),
        );
    }
    assert_eq!(editor.leave(), 0);
}
