//! Properties of any text: the parser does not panic, the formatter changes no meaning.
#![allow(clippy::unwrap_used)] // Helpers of tests are not seen as tests.

use nnrc_syntax::{Source, format, parse, parse_expression, parse_recovering, render};
use proptest::prelude::*;

const SAMPLES: [&str; 4] = [
    include_str!("samples/xor.nnr"),
    include_str!("samples/iris.nnr"),
    include_str!("samples/digits.nnr"),
    include_str!("samples/learner.nnr"),
];

const SNIPPETS: [&str; 45] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ":",
    ".",
    "=",
    "==",
    "~",
    "<",
    "<=",
    "|",
    "+",
    "-",
    "*",
    "/",
    "\"",
    "\\",
    " ",
    "\n",
    "// c\n",
    "//",
    "network",
    "input",
    "layer",
    "weights {",
    "expect {",
    "for",
    "within",
    "stop when",
    "1",
    "0.5",
    "1e999",
    " s",
    "/s",
    "µ",
    "\u{feff}",
    "\r\n",
    "const a = ",
    "nnr 1;",
    "x",
];

/// The tree as text, without the places.
fn meaning(source: &str) -> Option<String> {
    let file = parse(source).ok()?;
    let mut tree = String::new();
    for piece in format!("{:?}", file.items).split("Span { start: ") {
        tree.push_str(piece.find('}').filter(|_| piece.contains("end: ")).map_or(piece, |at| &piece[at..]));
    }
    Some(tree)
}

/// Whatever the text: no panic, places inside the text, and formatting keeps the meaning and is idempotent.
fn holds(source: &str) {
    let (_, found) = parse_recovering(source);
    for diagnostic in &found {
        let places = diagnostic.span.iter().chain(diagnostic.others.iter().map(|(span, _)| span));
        for span in places {
            assert!(span.start <= span.end && span.end as usize <= source.len(), "{diagnostic:?}");
        }
    }
    render(&Source::new("a.nnr", source), &found, false);
    assert_eq!(parse(source).is_ok(), found.is_empty());
    let _ = parse_expression(source);
    let Some(meaning_before) = meaning(source) else { return };
    let once = format(source).unwrap();
    let comments = |text: &str| text.matches("//").count();
    assert_eq!(meaning(&once).as_ref(), Some(&meaning_before), "{source}\n────\n{once}");
    assert_eq!(comments(&once), comments(source), "{source}\n────\n{once}");
    assert_eq!(format(&once).unwrap(), once, "not idempotent:\n{source}");
}

/// The nearest boundary of characters at or before a share of the text.
fn place(text: &str, share: f64) -> usize {
    let mut at = (text.len() as f64 * share) as usize;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// An expression in source form, with blanks, comments and line ends in odd places.
fn expression() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        "[0-9]{1,3}(\\.[0-9]{1,2})?(e-?[0-9])?( ?(s|uM|/s|uM/s|min))?",
        "[a-z]{1,3}(\\.(train|in|x)){0,2}".prop_filter("no keyword", |word| {
            !["in", "on", "for", "nnr"].contains(&word.split('.').next().unwrap_or(""))
        }),
        Just("\"a // b\"".to_owned()),
    ];
    let blank = prop_oneof![6 => Just(""), 4 => Just(" "), 2 => Just("\n"), 1 => Just(" // c\n"), 1 => Just("\n  // d\n")];
    atom.prop_recursive(4, 40, 5, move |inner| {
        let item = (blank.clone(), inner.clone(), blank.clone()).prop_map(|(a, b, c)| format!("{a}{b}{c}"));
        let items = prop::collection::vec(item.clone(), 0..5);
        let end = prop::bool::ANY;
        prop_oneof![
            (items.clone(), end).prop_map(|(items, comma)| list("[", &items, comma, "]")),
            (items.clone(), end).prop_map(|(items, comma)| list("f(", &items, comma, ")")),
            (items, end).prop_map(|(items, comma)| {
                let fields: Vec<_> = items.iter().map(|item| format!(" key ={item}")).collect();
                list("{", &fields, comma, "}")
            }),
            item.clone().prop_map(|item| format!("({item})")),
            (item.clone(), "[-+*/]", item.clone()).prop_map(|(a, op, b)| format!("({a}{op} {b})")),
            inner.prop_map(|inner| format!("(-{inner})")),
        ]
    })
}

fn list(open: &str, items: &[String], comma: bool, close: &str) -> String {
    format!("{open}{}{}{close}", items.join(","), if comma && !items.is_empty() { "," } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(source in "\\PC{0,80}") {
        holds(&source);
    }

    #[test]
    fn any_tokens_are_survived(pieces in prop::collection::vec(prop::sample::select(&SNIPPETS[..]), 0..40)) {
        holds(&pieces.concat());
        holds(&format!("weights {{ {} }}", pieces.join(" ")));
    }

    #[test]
    fn mutated_samples_are_survived(
        sample in prop::sample::select(&SAMPLES[..]),
        cuts in prop::collection::vec((0.0..1.0, 0_usize..12, prop::sample::select(&SNIPPETS[..])), 1..4),
    ) {
        let mut source = sample.to_owned();
        for (share, length, snippet) in cuts {
            let from = place(&source, share);
            let to = place(&source, ((from + length) as f64 / source.len() as f64).min(1.0)).max(from);
            source.replace_range(from..to, snippet);
        }
        holds(&source);
    }

    #[test]
    fn blanks_and_comments_anywhere_are_survived(
        sample in prop::sample::select(&SAMPLES[..]),
        shares in prop::collection::vec((0.0..1.0, prop::sample::select(&["\n", "\n\n\n", "  ", " // c\n", "\n// d\n"][..])), 1..6),
    ) {
        let mut source = sample.to_owned();
        for (share, blank) in shares {
            // Behind punctuation a blank changes nothing.
            let from = place(&source, share);
            let Some(at) = source[from..].find([';', ',', '=', '{', '[', ']', ')']) else { continue };
            source.insert_str(from + at, blank);
        }
        holds(&source);
    }

    #[test]
    fn formatting_keeps_the_meaning_of_expressions(
        values in prop::collection::vec((expression(), "[a-z]{2,9}( ){0,3}", "(\n|\n\n| |  // x\n)"), 1..5),
    ) {
        let entries: String = values.iter().map(|(value, key, end)| format!("k{key}= {value};{end}")).collect();
        let source = format!("weights {{\n{entries}}}\n");
        prop_assert!(parse(&source).is_ok(), "{}\n{:?}", source, parse(&source));
        holds(&source);
    }
}
