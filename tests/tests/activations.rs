//! Every activation has all that [the architecture](../../docs/src/architecture.md) asks of a new one.
//!
//! The compiler names the table of activations, the match of the lowering and every fact that is missing; the rest is
//! named here and in `nnrc-lower/tests/chemistry.rs`, which asks for a snapshot of its reactions.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::fs;

use nnrc_model::activation::{Facts, SPECS};
use nnrc_tests::{corpus, root};

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs/src").join(name)).unwrap()
}

/// Name, parameters with their defaults, and formula of an activation.
type Row = (String, Vec<(String, f64)>, String);

/// Name, parameters and formula of each row of the reference's table.
fn rows() -> Vec<Row> {
    let text = page("language.md");
    let section = text.split("### Activations").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let (name, rest) = cells.next()?.split_once('(')?;
        let parameters = rest.strip_suffix(")`")?.split(", ").filter_map(|one| one.split_once(" = "));
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.parse().unwrap()));
        Some((name.to_owned(), parameters.collect(), cells.next()?.to_owned()))
    };
    section.lines().filter_map(row).collect()
}

#[test]
fn the_reference_has_a_row_for_each() {
    let expected: Vec<_> = SPECS
        .iter()
        .map(|spec| {
            let parameters = spec.facts.parameters.iter().map(|one| (one.name.to_owned(), one.default));
            (spec.facts.name.to_owned(), parameters.collect(), spec.facts.formula.to_owned())
        })
        .collect();
    assert_eq!(rows(), expected, "docs/src/language.md and the facts differ");
}

/// Names among the headings of a page, before a colon if there is one.
fn headings(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("### "));
    let names = headings.flat_map(|heading| heading.split(": ").next().unwrap().split(", "));
    names.map(str::to_owned).collect()
}

#[test]
fn the_reactions_of_each_are_explained() {
    let (at_rest, clocked) = (headings(&page("constructions.md")), headings(&page("phased.md")));
    for facts in SPECS.iter().map(|spec| spec.facts) {
        let is_at_rest = facts.fixed_point.is_some();
        let (page, known) = if is_at_rest { ("constructions.md", &at_rest) } else { ("phased.md", &clocked) };
        let is_known = known.iter().any(|heading| heading == facts.name);
        assert!(is_known, "docs/src/{page} has no section on {}", facts.name);
    }
}

#[test]
fn a_good_file_uses_each() {
    let texts: Vec<String> = corpus::good().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let uses = |text: &String, facts: &Facts| {
        let call = format!("{}(", facts.name);
        text.match_indices(&call).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
        })
    };
    for facts in SPECS.iter().map(|spec| spec.facts) {
        assert!(texts.iter().any(|text| uses(text, facts)), "no good file uses {}", facts.name);
    }
}

/// The formula in Python is the independent check of the values.
#[test]
fn the_plain_forward_pass_knows_each() {
    let text = fs::read_to_string(root().join("tests/peers/forward.py")).unwrap();
    for facts in SPECS.iter().map(|spec| spec.facts) {
        let is_known = text.contains(&format!("\"{}\":", facts.name))
            || text.contains(&format!("name == \"{}\"", facts.name));
        assert!(is_known, "tests/peers/forward.py does not know {}", facts.name);
    }
}
