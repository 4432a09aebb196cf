//! What the grammar expected, in words.

use crate::grammar::Rule;

/// Where in a file something is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// At the top level.
    Item,
    /// In a `network` block.
    Member,
    /// In a block of `key = value;`.
    Entry,
    /// In an `expect` block.
    Expectation,
    /// In an expression that stands alone.
    Expression,
}

impl Context {
    /// The rule of one statement in this place.
    pub fn rule(self) -> Rule {
        match self {
            Self::Item => Rule::item,
            Self::Member => Rule::member,
            Self::Entry => Rule::entry,
            Self::Expectation => Rule::expectation,
            Self::Expression => Rule::expression,
        }
    }

    /// What the statement is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Item => {
                "an item of the file (`network`, `weights`, `dataset`, `chemistry`, `train`, `simulate`, \
                           `noise`, `sweep`, `expect` or `const`)"
            }
            Self::Member => "`input`, `layer`, `output` or `}`",
            Self::Entry => "`key = value;` or `}`",
            Self::Expectation => {
                "`for [inputs]: layer ~ value;`, a measure such as `accuracy() >= 0.9;` or `}`"
            }
            Self::Expression => "a value",
        }
    }
}

/// The keyword that a rule stands for.
pub(crate) fn keyword(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::kw_nnr => "nnr",
        Rule::kw_const => "const",
        Rule::kw_dataset => "dataset",
        Rule::kw_network => "network",
        Rule::kw_weights => "weights",
        Rule::kw_chemistry => "chemistry",
        Rule::kw_train => "train",
        Rule::kw_simulate => "simulate",
        Rule::kw_noise => "noise",
        Rule::kw_sweep => "sweep",
        Rule::kw_expect => "expect",
        Rule::kw_input => "input",
        Rule::kw_layer => "layer",
        Rule::kw_output => "output",
        Rule::kw_in => "in",
        Rule::kw_from => "from",
        Rule::kw_stop => "stop",
        Rule::kw_when => "when",
        Rule::kw_for => "for",
        Rule::kw_on => "on",
        Rule::kw_within => "within",
        Rule::kw_as => "as",
        Rule::kw_verb => "verb",
        _ => return None,
    })
}

/// A rule in words.
pub(crate) fn words(rule: Rule) -> String {
    if let Some(keyword) = keyword(rule) {
        return format!("`{keyword}`");
    }
    match rule {
        Rule::EOI => "the end of the text",
        Rule::name => "a name",
        Rule::word | Rule::key | Rule::field => "a key",
        Rule::head | Rule::path | Rule::place => "a name",
        Rule::callee | Rule::call => "a call such as `dense(2)`",
        Rule::arg => "an argument",
        Rule::expr | Rule::number | Rule::row => "a value",
        Rule::list | Rule::range => "a list such as `[0, 1]`",
        Rule::dims => "a size such as `[2]`",
        Rule::record | Rule::block => "`{`",
        Rule::int => "a whole number",
        Rule::unit => "a unit",
        Rule::string => "a string such as `\"name.csv\"`",
        Rule::cmp => "a comparison (`~`, `<=`, `>=`, `<`, `>` or `==`)",
        Rule::infix => "an operator",
        Rule::within => "`within`",
        Rule::equals => "`=`",
        Rule::semicolon => "`;`",
        Rule::comma => "`,`",
        Rule::colon => "`:`",
        Rule::dot => "`.`",
        Rule::pipe => "`|`",
        Rule::negate | Rule::minus => "`-`",
        Rule::open_paren | Rule::group => "`(`",
        Rule::close_paren => "`)`",
        Rule::open_bracket => "`[`",
        Rule::close_bracket => "`]`",
        Rule::open_brace => "`{`",
        Rule::close_brace => "`}`",
        _ => "something else",
    }
    .to_owned()
}

/// All of `rules` in words, joined to one phrase: `a`, `b` or `c`.
pub(crate) fn phrase(rules: &[Rule]) -> String {
    // What only lengthens a complete value is left out where something else is expected as well.
    let lengthens = |rule: &Rule| matches!(rule, Rule::infix | Rule::unit | Rule::dot | Rule::open_paren);
    let short: Vec<Rule> = rules.iter().copied().filter(|rule| !lengthens(rule)).collect();
    let mut words: Vec<String> = Vec::new();
    for rule in if short.is_empty() { rules } else { &short } {
        let word = self::words(*rule);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    match words.split_last() {
        None => "something else".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}
