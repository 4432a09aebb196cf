//! The words of the language for programs that colour it: a TextMate grammar and a table for the Pygments lexer, made of
//! the word lists of `nnrc-syntax`, the activations and the schema.

use std::collections::BTreeSet;
use std::path::PathBuf;

use nnrc_analysis::schema::CALLABLES;
use nnrc_model::activation::SPECS;
use nnrc_syntax::words::{CONTEXTUAL, KEYWORDS, RESERVED, UNITS};
use serde_json::{Value, json};

/// The files that are made of the words, and what they hold.
pub fn files() -> Vec<(PathBuf, String)> {
    let grammar = serde_json::to_string_pretty(&grammar()).unwrap() + "\n";
    vec![
        (crate::root().join("editors/vscode/syntaxes/nnr.tmLanguage.json"), grammar),
        (crate::root().join("python/nnrc/_words.py"), python()),
    ]
}

/// What is called: activations and everything else with parentheses.
fn functions() -> BTreeSet<&'static str> {
    let calls = CALLABLES.iter().map(|callable| callable.name);
    SPECS.iter().map(|spec| spec.facts.name).chain(calls).collect()
}

/// One of these words, the longest first, so that none hides another that begins with it.
fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<&str> = words.into_iter().collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    words.join("|")
}

fn grammar() -> Value {
    let declares = ["const", "dataset", "network", "input", "layer", "output"];
    let keywords = one_of(KEYWORDS.iter().copied());
    let contextual = one_of(CONTEXTUAL.iter().copied());
    let name = "[A-Za-z_][A-Za-z0-9_]*";
    let rules = [
        "comment",
        "string",
        "number",
        "declaration",
        "keyword",
        "contextual",
        "reserved",
        "constant",
        "function",
        "key",
        "operator",
    ];
    json!({
        "$comment": "Made of the word lists of the compiler by `cargo xtask words`.",
        "name": "nnr",
        "scopeName": "source.nnr",
        "fileTypes": ["nnr"],
        "patterns": rules.map(|rule| json!({ "include": format!("#{rule}") })),
        "repository": {
            "comment": { "name": "comment.line.double-slash.nnr", "match": "//.*$" },
            "string": {
                "name": "string.quoted.double.nnr",
                "begin": "\"",
                "end": "\"|$",
                "patterns": [
                    { "name": "constant.character.escape.nnr", "match": "\\\\[\\\\\"nt]" },
                    { "name": "invalid.illegal.escape.nnr", "match": "\\\\." },
                ],
            },
            "number": {
                "match": format!("\\b(\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)(?:[ \\t]*({})(?![A-Za-z0-9_]))?", one_of(UNITS.iter().copied())),
                "captures": { "1": { "name": "constant.numeric.nnr" }, "2": { "name": "keyword.other.unit.nnr" } },
            },
            "declaration": {
                "match": format!("\\b({})\\s+({name})", declares.join("|")),
                "captures": { "1": { "name": "keyword.control.nnr" }, "2": { "name": "entity.name.type.nnr" } },
            },
            "keyword": { "name": "keyword.control.nnr", "match": format!("\\b(?:{keywords})\\b") },
            "contextual": { "name": "keyword.control.nnr", "match": format!("\\b(?:{contextual})\\b(?=\\s*(?:=|{name}\\s*\\())") },
            "reserved": { "name": "invalid.illegal.reserved.nnr", "match": format!("\\b(?:{})\\b(?!\\s*[=.\\],])", one_of(RESERVED.iter().copied())) },
            "constant": { "name": "constant.language.nnr", "match": "\\b(?:true|false)\\b" },
            "function": {
                "patterns": [
                    { "name": "support.function.nnr", "match": format!("\\b(?:{})(?=\\s*\\()", one_of(functions())) },
                    { "name": "entity.name.function.nnr", "match": format!("\\b{name}(?=\\s*\\()") },
                ],
            },
            "key": { "name": "variable.other.property.nnr", "match": format!("\\b{name}(?:\\.{name})*(?=\\s*=(?!=))") },
            "operator": { "name": "keyword.operator.nnr", "match": "==|<=|>=|[=<>~|+\\-*/]" },
        },
    })
}

fn python() -> String {
    let mut text =
        "\"\"\"Words of the language, made of the word lists of the compiler by `cargo xtask words`.\"\"\"\n"
            .to_owned();
    let tables: [(&str, Vec<&str>); 5] = [
        ("KEYWORDS", KEYWORDS.to_vec()),
        ("CONTEXTUAL", CONTEXTUAL.to_vec()),
        ("RESERVED", RESERVED.to_vec()),
        ("UNITS", UNITS.to_vec()),
        ("FUNCTIONS", functions().into_iter().collect()),
    ];
    for (name, words) in tables {
        let lines: String = words.iter().map(|word| format!("    \"{word}\",\n")).collect();
        text.push_str(&format!("\n{name} = (\n{lines})\n"));
    }
    text
}
