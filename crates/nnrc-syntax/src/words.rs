//! The closed word lists of the language. The grammar has the same lists as rules; a test compares them.

/// Words with a meaning of their own. Nothing can be declared under one.
pub const KEYWORDS: &[&str] = &[
    "nnr",
    "const",
    "dataset",
    "network",
    "weights",
    "chemistry",
    "train",
    "simulate",
    "noise",
    "sweep",
    "expect",
    "input",
    "layer",
    "output",
    "in",
    "from",
    "stop",
    "when",
    "for",
    "on",
    "within",
];

/// Words with a meaning of their own in one place, and free as names everywhere.
pub const CONTEXTUAL: &[&str] = &["as", "verb"];

/// Words kept for later versions. Nothing can be declared under one.
pub const RESERVED: &[&str] = &["report", "import", "fragment", "compartment"];

/// The units a number may carry.
pub const UNITS: &[&str] = &[
    "s", "ms", "us", "min", "h", "M", "mM", "uM", "nM", "pM", "L", "mL", "uL", "nL", "pL", "fL", "/s",
    "/min", "/h", "/M/s", "/mM/s", "/uM/s", "/nM/s", "uM/s", "nM/s",
];

/// Whether `word` is a keyword.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether `word` is kept for a later version.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// The unit somebody may have meant by `word`.
pub(crate) fn meant_unit(word: &str) -> Option<&'static str> {
    let plain = word.replace(['µ', 'μ'], "u");
    let spelt = match plain.to_ascii_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "msec" | "millisecond" | "milliseconds" => "ms",
        "usec" | "microsecond" | "microseconds" => "us",
        "m" | "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "hz" | "hertz" => "/s",
        "molar" => "M",
        "millimolar" => "mM",
        "micromolar" => "uM",
        "nanomolar" => "nM",
        "picomolar" => "pM",
        "liter" | "liters" | "litre" | "litres" => "L",
        lower => return UNITS.iter().copied().find(|unit| unit.eq_ignore_ascii_case(lower)),
    };
    Some(spelt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAMMAR: &str = include_str!("nnr.pest");

    #[test]
    fn the_grammar_knows_the_same_words() {
        for keyword in KEYWORDS.iter().chain(CONTEXTUAL) {
            assert!(GRAMMAR.contains(&format!("@{{ \"{keyword}\" ~ !word_char }}")), "{keyword}");
        }
        let rules = GRAMMAR.lines().filter(|line| line.starts_with("kw_")).count();
        assert_eq!(rules, KEYWORDS.len() + CONTEXTUAL.len());
        for word in RESERVED.iter().chain(UNITS) {
            assert!(GRAMMAR.contains(&format!("\"{word}\"")), "{word}");
        }
    }

    #[test]
    fn a_unit_is_recognised_by_its_usual_names() {
        assert_eq!(meant_unit("µM"), Some("uM"));
        assert_eq!(meant_unit("seconds"), Some("s"));
        assert_eq!(meant_unit("ml"), Some("mL"));
        assert_eq!(meant_unit("parsec"), None);
    }
}
