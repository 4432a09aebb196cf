//! A folded scale: measurements in, the same values out.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::analyse;
use nnrc_model::Model;
use nnrc_model::forward::forward;

/// Two inputs, of which a hidden layer takes both and the output one, without a bias.
fn text(scale: &str, more: &str) -> String {
    format!(
        "dataset d = rows([
            {{ a = [4.5, -2], b = [1e3], t = [1] }},
            {{ a = [7.25, 11], b = [1.5e3], t = [0] }},
            {{ a = [5, 3.5], b = [900], t = [1] }},
        ]) {{ scale = {scale}; }}
        network n {{
            input a[2]{more};
            input b[1];
            layer hidden = dense(3) | algebraic_tanh(h = 0.5) from b, a;
            layer y = dense(1, bias = false) | identity() from a, hidden;
            output y;
        }}
        weights {{ init = uniform(-2, 2, seed = 5); }}"
    )
}

#[track_caller]
fn outputs_agree(plain: &Model, folded: &Model) {
    let (scaled, raw) = (&plain.datasets["d"], &folded.datasets["d"]);
    for row in 0..raw.rows() {
        let expected = forward(plain, scaled.input(row));
        let found = forward(folded, raw.input(row));
        // Inputs differ, layers do not.
        for (expected, found) in expected.iter().zip(&found).skip(2) {
            for (expected, found) in expected.iter().zip(found) {
                assert!((expected - found).abs() <= 1e-12 * expected.abs().max(1.0), "{expected} {found}");
            }
        }
    }
}

#[test]
fn measurements_give_the_same_values() {
    for scale in ["minmax(-1, 1)", "minmax()", "standard()", "divide(-250)"] {
        let text = text(scale, "");
        let folded = analyse(&format!("{text} chemistry {{ fold_scale = true; }}"));
        assert_eq!(folded.datasets["d"].input(1), [7.25, 11.0, 1500.0], "{scale}");
        outputs_agree(&analyse(&text), &folded);
    }
}

#[test]
fn ranges_and_rails_follow() {
    let text = text("minmax(0, 1)", " in [0, 1.5]");
    let folded = analyse(&format!("{text} chemistry {{ fold_scale = true; }}"));
    let ranges = &folded.nodes[0].ranges;
    // 0 and 1.5 of a column from 4.5 to 7.25, and of one from −2 to 11.
    assert_eq!((ranges[0].low, ranges[0].high), (4.5, 4.5 + 1.5 * 2.75));
    assert_eq!((ranges[1].low, ranges[1].high), (-2.0, -2.0 + 1.5 * 13.0));
    // What was between 0 and 1 has no rail below 0; −2 needs one.
    let rails = |model: &Model| nnrc_model::encoding::encodings(model)[0].dual;
    assert!(rails(&folded) && !rails(&analyse(&text)));
    // Layers compute what they did.
    for (folded, plain) in folded.nodes.iter().zip(&analyse(&text).nodes).skip(2) {
        for (folded, plain) in folded.ranges.iter().zip(&plain.ranges) {
            assert!((folded.high - plain.high).abs() < 1e-9, "{folded:?} {plain:?}");
        }
    }
}

#[test]
fn measurements_are_checked_against_the_range_of_what_they_are_scaled_to() {
    let text = text("minmax(0, 1)", " in [0, 1]");
    let with = |input: &str| {
        let text = format!("{text} chemistry {{ fold_scale = true; }} simulate {{ input = {input}; }}");
        common::analyse_with(&text, &common::Memory::default(), &nnrc_analysis::Overrides::default())
    };
    assert_eq!(
        with("[5, 11, 1e3]").unwrap_or_else(|words| panic!("{words}")).default_input(),
        [5.0, 11.0, 1e3]
    );
    assert!(with("[5, 11.5, 1e3]").is_err_and(|words| {
        words.contains("input-out-of-range")
            && words.contains("after scaling")
            && !words.contains("scale the data")
    }));
}

#[test]
fn rows_beyond_the_training_rows_are_not_told_to_clip() {
    let text = text("minmax(0, 1)", " in [0, 1]")
        .replace("scale =", "split = holdout(test = 0.4, seed = 1); scale =");
    let words = |text: &str| {
        common::analyse_with(text, &common::Memory::default(), &nnrc_analysis::Overrides::default())
            .unwrap_err()
    };
    assert!(words(&text).contains("clip = true"), "a test row lies outside");
    let folded = words(&format!("{text} chemistry {{ fold_scale = true; }}"));
    assert!(!folded.contains("clip") && folded.contains("declare a range that holds all rows"), "{folded}");
}
