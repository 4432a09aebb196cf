//! Limits of size and depth, and what the parser returns at the edges.
#![allow(clippy::disallowed_methods)] // The clock guards against quadratic steps.

use std::time::Instant;

use nnrc_syntax::ast::{ExprKind, Op};
use nnrc_syntax::{MAX_BYTES, codes, format, parse, parse_expression, parse_recovering};

#[test]
fn nothing_parses_to_nothing() {
    assert_eq!(parse("").unwrap().items, []);
    assert_eq!(parse("\u{feff} \r\n// only a comment").unwrap().items, []);
}

#[test]
fn deep_nesting_is_one_error() {
    for depth in [65, 10_000, 100_000] {
        for (open, close) in [("(", ")"), ("[", "]"), ("{ a = ", "}"), ("f(", ")")] {
            let source = format!("const a = {}1{};", open.repeat(depth), close.repeat(depth));
            let found = parse(&source).unwrap_err();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].code, codes::NESTING_TOO_DEEP);
            assert!(found[0].span.is_some());
            assert_eq!(parse_expression(&source[10..]).unwrap_err()[0].code, codes::NESTING_TOO_DEEP);
        }
    }
    for (open, close) in [("(", ")"), ("[", "]"), ("{ a = ", "}"), ("f(", ")"), ("f(x = -[", "])")] {
        let depth = 64 / open.matches(['(', '[', '{']).count();
        let source = format!("const a = {}1{};", open.repeat(depth), close.repeat(depth));
        assert!(parse(&source).is_ok() && format(&source).is_ok(), "{open}");
    }
}

#[test]
fn long_sums_are_limited_too() {
    let sum = |count: usize| format!("1{}", " - 1".repeat(count));
    assert!(parse_expression(&sum(200)).is_ok());
    for count in [256, 100_000] {
        let found = parse_expression(&sum(count)).unwrap_err();
        assert_eq!((found.len(), found[0].code), (1, codes::NESTING_TOO_DEEP));
    }
    let nested = format!("{}1{}", format!("({} + ", sum(100)).repeat(60), ")".repeat(60));
    assert_eq!(parse_expression(&nested).unwrap_err()[0].code, codes::NESTING_TOO_DEEP);
}

#[test]
fn large_files_are_refused_with_advice() {
    let found = parse(&" ".repeat(MAX_BYTES + 1)).unwrap_err();
    assert_eq!(found[0].code, codes::FILE_TOO_LARGE);
    assert!(found[0].help[0].contains("weights from"));
}

#[test]
fn the_number_of_errors_is_limited() {
    for slip in ["a = ; ", "} ", "\"\n", "( ; ", "a = 1 b = 2 ", "weights { ; "] {
        let started = Instant::now();
        let (_, found) = parse_recovering(&format!("weights {{ {} }}", slip.repeat(50_000)));
        assert!(!found.is_empty() && found.len() <= 100, "{slip}: {}", found.len());
        assert!(started.elapsed().as_secs() < 20, "{slip}");
    }
}

#[test]
fn a_statement_without_its_semicolon_is_kept() {
    let source = "nnr 1\nweights { a = 1\n b = 2\n c = 3; d = ; e = 5 }";
    let (file, found) = parse_recovering(source);
    assert_eq!(found.len(), 5);
    let nnrc_syntax::ast::Item::Weights { block, .. } = &file.items[1] else { panic!() };
    assert_eq!(block.entries.len(), 4);
    let nnrc_syntax::ast::Entry::Set { key, value, .. } = &block.entries[1] else { panic!() };
    assert_eq!(key.text(), "b");
    assert_eq!(&source[value.span.start as usize..value.span.end as usize], "2");
}

#[test]
fn operators_bind_as_usual_and_to_the_left() {
    let ExprKind::Binary { op, left, right } = parse_expression("1 - 2 * -x / 3 + 4").unwrap().kind else {
        panic!()
    };
    assert_eq!((op, right.kind), (Op::Add, ExprKind::Number { value: 4.0, unit: None }));
    let ExprKind::Binary { op, right, .. } = left.kind else { panic!() };
    assert_eq!(op, Op::Subtract);
    let ExprKind::Binary { op, left, .. } = right.kind else { panic!() };
    assert_eq!(op, Op::Divide);
    let ExprKind::Binary { op, right, .. } = left.kind else { panic!() };
    assert_eq!(op, Op::Multiply);
    assert!(matches!(right.kind, ExprKind::Negate(_)));
}

#[test]
fn units_are_told_from_names_and_division() {
    let unit = |text: &str| match parse_expression(text).unwrap().kind {
        ExprKind::Number { unit, .. } => unit,
        ExprKind::Binary { .. } => Some("division".to_owned()),
        kind => panic!("{kind:?}"),
    };
    assert_eq!(unit("20 s").as_deref(), Some("s"));
    assert_eq!(unit("20s").as_deref(), Some("s"));
    assert_eq!(unit("1 /s").as_deref(), Some("/s"));
    assert_eq!(unit("1 uM/s").as_deref(), Some("uM/s"));
    assert_eq!(unit("1 / s").as_deref(), Some("division"));
    assert_eq!(unit("1 /s_name").as_deref(), Some("division"));
    assert_eq!(unit("1 uM/step").as_deref(), Some("division"));
    assert!(parse("expect { f() ~ 1 within 0.05; } train { a = 20; stop when b < 1; }").is_ok());
}

#[test]
fn keywords_serve_as_keys_and_behind_a_dot() {
    let source = "simulate { input = [0, 1]; stop = 2; weights.in = f(from = { train = iris.train }); }";
    assert!(parse(source).is_ok(), "{:?}", parse(source));
    for text in ["", "1 +", "1 2", "a = 1", "within", ")", "\"", "1;"] {
        assert_eq!(parse_expression(text).unwrap_err().len(), 1, "{text}");
    }
}

#[test]
fn parsing_is_fast() {
    // Far above what it takes; a quadratic step would take minutes.
    let lines = include_str!("samples/learner.nnr").repeat(30).replace("nnr 1;", "");
    let started = Instant::now();
    assert!(parse(&lines).is_ok());
    let small = started.elapsed();
    let row = format!("[{}],", "0.5076, -1.25e-3, ".repeat(500));
    let weights = format!("weights {{ y.W = [{}]; }}", row.repeat(400));
    let started = Instant::now();
    assert!(parse(&weights).is_ok());
    let parsed = started.elapsed();
    assert!(format(&weights).is_ok());
    let formatted = started.elapsed() - parsed;
    assert!((small + parsed + formatted).as_secs() < 10);
}
