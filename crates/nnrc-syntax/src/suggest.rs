//! Near names: what somebody may have meant.

/// The candidate nearest to `name`, if it is near enough to be a slip of the fingers.
///
/// Counts insertions, deletions, substitutions and swaps of neighbours; about a third of the letters may
/// differ. Of several equally near candidates the first wins, so that the answer does not depend on chance.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted: Vec<char> = name.chars().collect();
    // Nobody mistypes a word this long into another one, and the distance below is quadratic.
    if wanted.is_empty() || wanted.len() > 100 {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
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
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
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
    fn other_words_are_left_alone() {
        assert_eq!(suggest("banana", ["network", "weights"]), None);
        assert_eq!(suggest("x", ["y", "h"]), None);
        assert_eq!(suggest("", ["a"]), None);
        assert_eq!(suggest("abc", ["abc"]), None, "the name itself is no suggestion");
    }
}
