//! Near names: what somebody may have meant.

use std::fmt;
use std::ops::Deref;

/// A name that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    word: String,
    is_sure: bool,
}

impl Near {
    /// What a word of another language is called here.
    pub fn known(word: impl Into<String>) -> Self {
        Self { word: word.into(), is_sure: true }
    }

    /// The same as a part of something longer.
    pub fn within(self, whole: impl FnOnce(&str) -> String) -> Self {
        Self { word: whole(&self.word), ..self }
    }

    /// Whether it can hardly be another one: no candidate is as near, and the two differ by a slip in letters, not in
    /// numbers.
    pub fn is_sure(&self) -> bool {
        self.is_sure
    }

    /// The same, only proposed: where another slip would be a name with a meaning of its own.
    pub fn unsure(self) -> Self {
        Self { is_sure: false, ..self }
    }
}

impl Deref for Near {
    type Target = str;
    fn deref(&self) -> &str {
        &self.word
    }
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.word)
    }
}

impl From<Near> for String {
    fn from(near: Near) -> Self {
        near.word
    }
}

/// The candidate nearest to `name`, if it is near enough to be a slip of the fingers.
///
/// Counts insertions, deletions, substitutions and swaps of neighbours; about a third of the letters may
/// differ. Of several equally near candidates the first wins, so that the answer does not depend on chance.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Near> {
    let wanted: Vec<char> = name.chars().collect();
    // Nobody mistypes a word this long into another one, and the distance below is quadratic.
    if wanted.is_empty() || wanted.len() > 100 {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    let mut is_only = true;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let letters: Vec<char> = candidate.chars().collect();
        let allowed = wanted.len().max(letters.len()).div_ceil(3).min(wanted.len().max(letters.len()) / 2);
        if wanted.len().abs_diff(letters.len()) > allowed {
            continue;
        }
        // A word in the wrong case is nearer than any misspelling.
        let distance =
            if candidate.eq_ignore_ascii_case(name) { 0 } else { damerau_levenshtein(&wanted, &letters) };
        if distance > allowed {
            continue;
        }
        match best {
            Some((least, known)) if distance >= least => is_only &= distance > least || known == candidate,
            _ => (best, is_only) = (Some((distance, candidate)), true),
        }
    }
    best.map(|(distance, candidate)| Near {
        word: candidate.to_owned(),
        is_sure: is_only && is_slip(distance, &wanted, candidate) && digits(name).eq(digits(candidate)),
    })
}

/// One slip, or two letters that are left out or too many; of one or two letters anything could be made.
fn is_slip(distance: usize, name: &[char], candidate: &str) -> bool {
    let apart = name.len().abs_diff(candidate.chars().count());
    distance == 0 || name.len() > 2 && (distance == 1 || distance == 2 && apart == 2)
}

fn digits(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().filter(char::is_ascii_digit)
}

/// The least number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn damerau_levenshtein(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut row = Vec::with_capacity(right.len() + 1);
        row.push(i + 1);
        for (j, r) in right.iter().enumerate() {
            let mut least = (last[j] + usize::from(l != r)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let words = ["network", "weights", "within", "smooth_relu", "h"];
        assert_eq!(suggest("netwrok", words).as_deref(), Some("network"));
        assert_eq!(suggest("weigths", words).as_deref(), Some("weights"));
        assert_eq!(suggest("withn", words).as_deref(), Some("within"));
        assert_eq!(suggest("smothrelu", words).as_deref(), Some("smooth_relu"));
        assert_eq!(suggest("NETWORK", words).as_deref(), Some("network"));
    }

    #[test]
    fn only_slips_that_mean_one_word_are_sure() {
        let is_sure = |name, words: &[&'static str]| suggest(name, words.iter().copied()).unwrap().is_sure();
        assert!(is_sure("hiddn", &["hidden", "output"]) && is_sure("NETWORK", &["network"]));
        assert!(!is_sure("hiddn", &["hidden", "hiddens", "hiden"]), "two are as near");
        assert!(!is_sure("hidden3", &["hidden1", "hidden2"]) && !is_sure("hidden3", &["hidden1"]));
        assert!(is_sure("smth_relu", &["smooth_relu"]) && !is_sure("algebraic_sinh", &["algebraic_tanh"]));
        assert!(!is_sure("ma", &["mae"]), "there is too little of it");
        assert!(!is_sure("leaky_smooth_relu", &["smooth_relu"]), "a word more is no slip");
    }

    #[test]
    fn other_words_are_left_alone() {
        assert_eq!(suggest("banana", ["network", "weights"]), None);
        assert_eq!(suggest("x", ["y", "h"]), None);
        assert_eq!(suggest("", ["a"]), None);
        assert_eq!(suggest("abc", ["abc"]), None, "the name itself is no suggestion");
    }
}
