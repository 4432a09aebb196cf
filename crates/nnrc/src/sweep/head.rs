//! What a manifest says: what all points have in common, and each point by itself.

use std::collections::BTreeMap;
use std::ops::Range;

use super::design::Design;

/// What all points have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    /// The version of nnrc that planned it.
    pub version: String,
    pub model: String,
    pub files: BTreeMap<String, String>,
    /// Replicates of a study, where they are divided.
    pub of_replicates: Option<u64>,
    pub design: Design,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// What its result is called: it stands for the version of nnrc, the verb, all files and all settings.
    pub id: String,
    /// Values of the axes, by key, in the order of the axes.
    pub set: Vec<(String, String)>,
    /// The replicates of a study of noise; none: all of them.
    pub replicates: Option<Range<u64>>,
}

impl Point {
    /// Its settings in words: `const.h = 0.1, replicates 0 to 4`.
    pub fn words(&self) -> String {
        let mut words: Vec<String> = self.set.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        words.extend(self.replicates.as_ref().map(|range| match range.end - range.start {
            1 => format!("replicate {}", range.start),
            _ => format!("replicates {} to {}", range.start, range.end - 1),
        }));
        words.join(", ")
    }
}
