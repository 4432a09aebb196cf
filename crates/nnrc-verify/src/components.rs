//! Strongly connected components: what must rest together.

use std::collections::BTreeMap;

use nnrc_verify_kernel::poly::Variable;

/// The components of a graph, each behind all that its members read. Members are in the order of their numbers.
///
/// Tarjan's algorithm with a stack of its own: a network may be deeper than the stack of a thread.
pub fn components(reads: &BTreeMap<Variable, Vec<Variable>>) -> Vec<Vec<Variable>> {
    let mut state =
        Search { reads, number: BTreeMap::new(), low: BTreeMap::new(), open: Vec::new(), done: Vec::new() };
    for &root in reads.keys() {
        if !state.number.contains_key(&root) {
            state.visit(root);
        }
    }
    state.done
}

struct Search<'a> {
    reads: &'a BTreeMap<Variable, Vec<Variable>>,
    number: BTreeMap<Variable, usize>,
    /// The smallest number that is reached and still open; the largest there is for those that are done.
    low: BTreeMap<Variable, usize>,
    open: Vec<Variable>,
    done: Vec<Vec<Variable>>,
}

impl Search<'_> {
    fn enter(&mut self, variable: Variable) {
        let number = self.number.len();
        self.number.insert(variable, number);
        self.low.insert(variable, number);
        self.open.push(variable);
    }

    fn visit(&mut self, root: Variable) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((variable, at)) = path.pop() {
            let next = self.reads.get(&variable).and_then(|reads| reads.get(at)).copied();
            let Some(next) = next else {
                self.leave(variable);
                if let Some((parent, _)) = path.last() {
                    let low = self.low[&variable].min(self.low[parent]);
                    self.low.insert(*parent, low);
                }
                continue;
            };
            path.push((variable, at + 1));
            if !self.reads.contains_key(&next) {
                continue;
            }
            match self.low.get(&next) {
                None => {
                    self.enter(next);
                    path.push((next, 0));
                }
                Some(&low) => {
                    let low = low.min(self.low[&variable]);
                    self.low.insert(variable, low);
                }
            }
        }
    }

    fn leave(&mut self, variable: Variable) {
        if self.low[&variable] != self.number[&variable] {
            return;
        }
        let from = self.open.iter().rposition(|open| *open == variable).unwrap_or(0);
        let mut members = self.open.split_off(from);
        for member in &members {
            self.low.insert(*member, usize::MAX);
        }
        members.sort_unstable();
        self.done.push(members);
    }
}
