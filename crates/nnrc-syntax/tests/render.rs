//! What diagnostics look like on a terminal.

use nnrc_syntax::{Diagnostic, Severity, Source, Span, codes, render};

#[test]
fn a_finding_without_place_has_no_snippet() {
    let source = Source::new("a.nnr", "nnr 1;\n");
    let finding =
        Diagnostic::global(Severity::Warning, codes::MANY_REACTIONS, "the network has 2,000 reactions")
            .help("simulate with `nnrc simulate` instead");
    insta::assert_snapshot!(render(&source, &[finding], false));
}

#[test]
fn findings_come_in_the_order_of_the_text() {
    let source = Source::new("a.nnr", "µ a = 1;\nb = 2;\n");
    let later = Diagnostic::error(codes::UNKNOWN_KEY, Span::new(10, 11), "unknown key `b`")
        .label("here")
        .other(Span::new(3, 4), "near `a`")
        .help("write `a`")
        .help("or write nothing");
    let sooner = Diagnostic::error(codes::UNKNOWN_KEY, Span::new(3, 4), "unknown key `a`");
    insta::assert_snapshot!(render(&source, &[later, sooner], false));
}

#[test]
fn a_block_is_marked_at_its_first_line_and_the_end_of_the_text_is_a_place() {
    let source = Source::new("a.nnr", "network n {\n    output y;\n}\n");
    let whole = Diagnostic::error(codes::MISSING_INPUT, Span::new(0, 27), "no input").label("this network");
    let end = Diagnostic::error(codes::SYNTAX, Span::new(28, 28), "expected more").label("here");
    insta::assert_snapshot!(render(&source, &[whole, end], false));
}

#[test]
fn colours_are_escape_sequences() {
    let source = Source::new("a.nnr", "a\n");
    let finding = [Diagnostic::error(codes::SYNTAX, Span::new(0, 1), "bad")];
    assert!(render(&source, &finding, true).contains("\u{1b}["));
    assert!(!render(&source, &finding, false).contains('\u{1b}'));
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let source = Source::new("a.nnr", format!("a = [{}];\n", "0.123456, ".repeat(100_000)));
    for (start, end) in [(500_000, 500_001), (4, 1_000_005), (0, 1), (1_000_006, 1_000_006)] {
        let finding = Diagnostic::error(codes::SYNTAX, Span::new(start, end), "bad").label("here");
        let text = render(&source, &[finding], false);
        assert!(text.len() < 1_500, "{}", text.len());
        let (line, column) = source.line_column(start);
        assert!(text.contains(&format!("a.nnr:{line}:{column}\n")), "{text}");
    }
}

#[test]
fn spans_outside_the_text_do_no_harm() {
    for text in ["", "µ", "a\r\n", "\t\u{7f}\n\n"] {
        let source = Source::new("a.nnr", text);
        for (start, end) in [(0, 0), (0, 9), (1, 1), (1, 2), (9, 9), (9, 3)] {
            let span = Span { start, end, ..Span::default() };
            let finding =
                Diagnostic::error(codes::SYNTAX, span, "bad").label("here").other(Span::new(0, 1), "x");
            assert!(render(&source, &[finding], false).contains("a.nnr:"));
        }
    }
}
