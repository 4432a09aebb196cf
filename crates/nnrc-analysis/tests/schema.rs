//! The tables of blocks, keys and calls say what analysis accepts and what the reference documents.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Memory;
use nnrc_analysis::schema::{self, BLOCKS, CALLABLES};
use nnrc_analysis::{Overrides, analyse};
use nnrc_model::Table;
use nnrc_syntax::wording::words;
use nnrc_syntax::{Code, Diagnostic, codes};

const NETWORK: &str = "network n { input x[2]; layer y = dense(1) | smooth_relu(); output y; }\n";
const DATA: &str = "dataset d = rows([{ x = [0, 1], t = [1] }, { x = [1, 0], t = [0] }]);\n";
const WEIGHTS: &str = "weights { init = glorot_uniform(seed = 1); }\n";

fn findings(text: &str) -> Vec<Diagnostic> {
    let columns = ["a", "b", "c"].map(str::to_owned).to_vec();
    let mut table = Table::named(columns);
    table.push(2, ["0", "1", "0"]);
    table.push(3, ["1", "0", "1"]);
    let tables = BTreeMap::from([("d.csv".to_owned(), table)]);
    let files = Memory { tables, ..Memory::default() };
    let (file, mut findings) = nnrc_syntax::parse_recovering(text);
    findings.extend(analyse(&file, text, &Overrides::default(), &files).diagnostics);
    findings
}

/// A file whose block `name` holds this line.
fn with(name: &str, line: &str) -> String {
    match name {
        // What is scaled, and whose clock it is.
        "dataset" if line.starts_with("target_scale") => with(name, &format!("target = c; {line}")),
        "chemistry" if line.starts_with("clock") => with(name, &format!("construction = phased; {line}")),
        "dataset" => format!("dataset d = csv(\"d.csv\") {{ {line} }}\n{NETWORK}{WEIGHTS}"),
        "weights" => format!("{NETWORK}weights from \"w.npz\" {{ {line} }}\n"),
        "train" => format!("{DATA}{NETWORK}{WEIGHTS}train {{ {line} }}\n"),
        _ => format!("{DATA}{NETWORK}{WEIGHTS}train {{ data = d; }}\n{name} {{ {line} }}\n"),
    }
}

#[test]
fn analysis_accepts_every_key_with_every_value() {
    const WRONG: &[Code] = &[
        codes::SYNTAX,
        codes::UNKNOWN_KEY,
        codes::UNKNOWN_OPERATION,
        codes::UNKNOWN_ARGUMENT,
        codes::WRONG_TYPE,
    ];
    for block in BLOCKS {
        for key in block.keys {
            for value in key.values.iter().filter(|value| !value.ends_with('(')) {
                let found = findings(&with(block.name, &format!("{} = {value};", key.name)));
                // Not a name that the key does not know, either.
                let unknown = |finding: &&Diagnostic| {
                    finding.code == codes::UNKNOWN_NAME && finding.message.contains("cannot be")
                };
                let wrong = found.iter().find(|finding| WRONG.contains(&finding.code) || unknown(finding));
                assert!(wrong.is_none(), "{}.{} = {value}: {wrong:?}", block.name, key.name);
            }
            let found = findings(&with(block.name, &format!("{} = 1;", key.name)));
            assert!(!found.iter().any(|finding| finding.code == codes::UNKNOWN_KEY), "{}", key.name);
        }
    }
}

#[test]
fn every_call_takes_these_parameters() {
    for callable in CALLABLES {
        let call = format!("{}(bogus_argument = 1)", callable.name);
        let text = match callable.place {
            "layer" => NETWORK.replace("dense(1) | smooth_relu()", &call) + WEIGHTS,
            "input" => NETWORK.replace("input x[2]", &format!("input x[2] as {call}")) + WEIGHTS,
            "output" => NETWORK.replace("output y", &format!("output y as {call}")) + WEIGHTS,
            "source" => format!("dataset d = {call};\n{NETWORK}{WEIGHTS}"),
            "measure" => format!("{DATA}{NETWORK}{WEIGHTS}expect {{ {call} on d >= 0; }}\n"),
            "optimiser" => with("train", &format!("rule = gradient({call});")),
            "noise.redraw" => with("noise", &format!("rates = relative(0.1, redraw = {call});")),
            "sweep.over" => with("sweep", &format!("over = {{ noise.seed = {call} }};")),
            place => {
                let (block, key) = place.split_once('.').unwrap();
                assert!(schema::block(block).unwrap().key(key).is_some(), "{place}");
                let line = format!("{key} = {call};");
                if block == "weights" {
                    format!("{NETWORK}weights {{ {line} }}\n")
                } else {
                    with(block, &line)
                }
            }
        };
        let text = if callable.name == "max_error" {
            text.replace("bogus", "\"a\", bogus").replace(" on d", "")
        } else {
            text
        };
        let found = findings(&text);
        let wanted = format!("`{}` has no argument `bogus_argument`", callable.name);
        let finding = found.iter().find(|finding| finding.message == wanted);
        let finding = finding.unwrap_or_else(|| panic!("{}: {found:?}\n{text}", callable.name));
        let takes = if callable.parameters.is_empty() {
            format!("`{0}` takes no arguments: write `{0}()`", callable.name)
        } else {
            format!("`{}` takes {}", callable.name, words(callable.parameters))
        };
        assert_eq!(finding.help, [takes]);
    }
}

#[test]
fn the_reference_documents_these_keys() {
    let page = include_str!("../../../docs/src/language.md");
    let mut block = String::new();
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut section, mut inside) = (String::new(), false);
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.split('`').nth(1).unwrap_or_default().to_owned();
        }
        if line.starts_with("| key ") {
            block = line.split('`').nth(1).unwrap_or(&section).to_owned();
            inside = true;
        } else if !line.starts_with('|') {
            inside = false;
        } else if inside && !line.starts_with("|---") {
            let cell = line.split('|').nth(1).unwrap();
            let keys = cell.split('`').skip(1).step_by(2).filter(|key| !key.contains(' '));
            documented.entry(block.clone()).or_default().extend(keys.map(str::to_owned));
        }
    }
    // Two keys of data sets are columns of the table of sources.
    documented.get_mut("dataset").unwrap().extend(["inputs", "target"].map(str::to_owned));
    for block in BLOCKS.iter().filter(|block| block.name != "weights") {
        let names: BTreeSet<String> = block.names().into_iter().map(str::to_owned).collect();
        assert_eq!(documented[block.name], names, "{}", block.name);
    }
    for key in schema::WEIGHTS.names() {
        assert!(page.contains(&format!("    {key} ")) || page.contains(&format!("`{key} =`")), "{key}");
    }
}
