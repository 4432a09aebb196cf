//! The order in which what depends on each other can be solved for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Strongly connected components of a graph, each sorted, those that a component depends on before it.
/// `depends[f]` lists what f depends on.
///
/// Of several components that depend on nothing left, the one with the smallest member comes first: the order follows
/// from the graph, not from the way it is walked.
pub fn components(depends: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let found = connected(depends);
    let mut component_of = vec![0; depends.len()];
    for (at, members) in found.iter().enumerate() {
        members.iter().for_each(|&member| component_of[member] = at);
    }
    // Dependencies between components, each as often as the graph has it.
    let (mut waits, mut frees) = (vec![0_usize; found.len()], vec![Vec::new(); found.len()]);
    for (node, others) in depends.iter().enumerate() {
        for &other in others {
            let (from, to) = (component_of[other], component_of[node]);
            if from != to {
                waits[to] += 1;
                frees[from].push(to);
            }
        }
    }
    let next = |at: usize| Reverse((found[at][0], at));
    let mut ready: BinaryHeap<_> = (0..found.len()).filter(|&at| waits[at] == 0).map(next).collect();
    let mut order = Vec::with_capacity(found.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(found[at].clone());
        for &freed in &frees[at] {
            waits[freed] -= 1;
            if waits[freed] == 0 {
                ready.push(next(freed));
            }
        }
    }
    order
}

/// Strongly connected components, each sorted and not empty: Tarjan's algorithm with a stack of its own.
fn connected(depends: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let count = depends.len();
    let (mut number, mut low, mut open) = (vec![UNSEEN; count], vec![0; count], vec![false; count]);
    let (mut path, mut stack, mut found, mut next) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for root in 0..count {
        if number[root] == UNSEEN {
            path.push((root, 0));
        }
        while let Some((node, edge)) = path.pop() {
            if edge == 0 {
                (number[node], low[node], open[node]) = (next, next, true);
                next += 1;
                stack.push(node);
            }
            if let Some(&other) = depends[node].get(edge) {
                path.push((node, edge + 1));
                if number[other] == UNSEEN {
                    path.push((other, 0));
                } else if open[other] {
                    low[node] = low[node].min(number[other]);
                }
                continue;
            }
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == number[node] {
                let start = stack.iter().position(|&other| other == node).unwrap_or(0);
                let mut component = stack.split_off(start);
                component.iter().for_each(|&member| open[member] = false);
                component.sort_unstable();
                found.push(component);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn dependencies_come_first() {
        let depends = vec![vec![1], vec![2, 1], vec![3], vec![2], vec![0, 2]];
        assert_eq!(components(&depends), vec![vec![2, 3], vec![1], vec![0], vec![4]]);
    }

    #[test]
    fn a_ring_is_one_component() {
        let depends = vec![vec![1], vec![2], vec![0]];
        assert_eq!(components(&depends), vec![vec![0, 1, 2]]);
    }

    #[test]
    fn what_depends_on_nothing_left_follows_its_smallest_member() {
        let depends = vec![vec![3], vec![], vec![5], vec![0, 4, 4], vec![], vec![2, 1]];
        assert_eq!(components(&depends), vec![vec![1], vec![2, 5], vec![4], vec![0, 3]]);
        assert!(components(&[]).is_empty());
    }
}
