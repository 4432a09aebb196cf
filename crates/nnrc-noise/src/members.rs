//! Numbers for the members of reaction families, for noise that disturbs each of them by itself.

use std::ops::Range;

use nnrc_crn::{Crn, Handle, ReactionFamily};

/// A number for each member: family after family, row-major over all index variables of a family. Values at which there
/// is no member have a number too.
#[derive(Debug, Clone)]
pub struct MemberIndex {
    /// Where each family begins, and where the last one ends.
    starts: Vec<usize>,
}

impl MemberIndex {
    /// Numbers the members of a network.
    pub fn new(crn: &Crn) -> Self {
        let mut starts = vec![0];
        let mut end = 0;
        for (_, family) in crn.reactions.iter() {
            end += sizes(crn, family).product::<usize>();
            starts.push(end);
        }
        Self { starts }
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The numbers of a family.
    pub fn range(&self, family: Handle<ReactionFamily>) -> Range<usize> {
        self.starts[family.index()]..self.starts[family.index() + 1]
    }

    /// The number of the member at `values` of the index variables.
    pub fn of(&self, crn: &Crn, family: Handle<ReactionFamily>, values: &[usize]) -> usize {
        let sizes = sizes(crn, &crn.reactions[family]);
        self.starts[family.index()] + sizes.zip(values).fold(0, |flat, (size, value)| flat * size + value)
    }
}

/// Number of values of each index variable.
fn sizes<'a>(crn: &'a Crn, family: &'a ReactionFamily) -> impl Iterator<Item = usize> + 'a {
    family.over.iter().map(|variable| crn.axes[variable.axis].size())
}
