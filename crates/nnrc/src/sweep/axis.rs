//! Axes as they are written on a command line: `noise.seed=1..20`, `const.h=1e-1,1e-2`.

use nnrc_model::SweepAxis;
use nnrc_syntax::{Source, outline, parse_expression};

use crate::failure::Failure;

/// Values of one axis at most.
pub(super) const MAX_VALUES: u64 = 1_000_000;

/// Reads an axis: a key, `=`, and values between commas, each an expression of the language or a range of whole numbers
/// that holds both its ends, `1..20`.
///
/// # Errors
///
/// A value that is no expression; in words, what is no axis at all.
pub fn axis(text: &str) -> Result<SweepAxis, AxisError> {
    let Some((key, values)) = text.split_once('=') else {
        return Err(AxisError::Form(format!("`{text}` has no values; write `noise.seed=1..20`")));
    };
    let key = key.trim();
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let words: Vec<&str> = key.split('.').collect();
    if key != "seed" && (words.len() < 2 || words[0] == "sweep" || !words.into_iter().all(is_word)) {
        return Err(AxisError::Form(format!(
            "`{text}`: `{key}` is no key of a block; write `noise.seed=1..20`, or `seed=1..20` for random weights"
        )));
    }
    let mut all = Vec::new();
    for value in parts(values) {
        let value = value.trim();
        match range(value) {
            Some((first, last)) => {
                let count = (u128::from(last) + 1).saturating_sub(u128::from(first));
                if !(1..=u128::from(MAX_VALUES)).contains(&count) {
                    return Err(AxisError::Form(format!(
                        "`{key}`: `{value}` has {count} numbers; a range has from 1 to {MAX_VALUES}"
                    )));
                }
                all.extend((first..=last).map(|number| number.to_string()));
            }
            None => all.push(canonical(key, value)?),
        }
    }
    Ok(SweepAxis { key: key.to_owned(), values: all })
}

/// Why a text is no axis.
#[derive(Debug, Clone)]
pub enum AxisError {
    /// It does not have the form of one.
    Form(String),
    /// A value is no expression.
    Value(Failure),
}

/// An expression in one spelling, so that `1e-2` and `0.01` are the same point.
fn canonical(key: &str, value: &str) -> Result<String, AxisError> {
    let expr = parse_expression(value).map_err(|findings| {
        AxisError::Value(Failure { source: Source::new(format!("<{key}>"), value), findings })
    })?;
    Ok(outline::expression(&expr))
}

/// The ends of `1..20`.
fn range(value: &str) -> Option<(u64, u64)> {
    let (first, last) = value.split_once("..")?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// What stands between commas that are in no brackets and no text.
fn parts(values: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_usize, false, 0);
    let mut parts = Vec::new();
    let mut escaped = false;
    for (at, letter) in values.char_indices() {
        match letter {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(&values[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        escaped = quoted && letter == '\\' && !escaped;
    }
    parts.push(&values[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        axis(text).unwrap_or_else(|error| panic!("{text}: {error:?}")).values
    }

    #[test]
    fn values_are_told_apart() {
        assert_eq!(values("noise.seed=1..3,7"), ["1", "2", "3", "7"]);
        assert_eq!(values("const.h = 1e-1, 1e-2 ,0.010"), ["0.1", "0.01", "0.01"]);
        assert_eq!(
            values("noise.rates=relative(0.1, redraw = ou(tau = 1)),[relative(0.2)]"),
            ["relative(0.1, redraw = ou(tau = 1))", "[relative(0.2)]"]
        );
        assert_eq!(values(r#"dataset.d.inputs="a,b\",","c""#), [r#""a,b\",""#, r#""c""#]);
        assert_eq!(axis("seed=4..5").unwrap().key, "seed");
    }

    #[test]
    fn what_is_no_axis_is_said() {
        let words = |text: &str| match axis(text).unwrap_err() {
            AxisError::Form(words) => words,
            AxisError::Value(failure) => failure.to_string(),
        };
        for (text, part) in [
            ("noise.seed", "no values"),
            ("h=1", "no key of a block"),
            ("sweep.shards=1", "no key of a block"),
            ("noise.s d=1", "no key of a block"),
            ("noise.seed=3..1", "has 0 numbers"),
            ("noise.seed=0..18446744073709551615", "from 1 to 1000000"),
            ("noise.seed=", "expected a value"),
            ("noise.seed=1,,2", "expected a value"),
            ("noise.seed=1 +", "value"),
        ] {
            assert!(words(text).contains(part), "{text}: {}", words(text));
        }
    }
}
