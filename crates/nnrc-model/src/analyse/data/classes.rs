//! Classes out of labels.

use std::collections::BTreeSet;

use crate::model::Targets;

/// Classes from words: sorted names, and the class of each row.
pub fn of_words(words: &[String]) -> Targets {
    let names: Vec<String> = words.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let labels = words.iter().map(|word| names.binary_search(word).unwrap_or(0)).collect();
    Targets::Classes { labels, names }
}

/// Classes from numbers, sorted by value.
pub fn of_numbers(numbers: &[usize]) -> Targets {
    let mut distinct = numbers.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let labels = numbers.iter().map(|number| distinct.binary_search(number).unwrap_or(0)).collect();
    Targets::Classes { labels, names: distinct.iter().map(usize::to_string).collect() }
}

pub fn label_names(labels: &[usize]) -> Vec<String> {
    (0..=labels.iter().copied().max().unwrap_or(0).min(1_000_000)).map(|label| label.to_string()).collect()
}
