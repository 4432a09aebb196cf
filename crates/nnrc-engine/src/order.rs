//! The order in which families can be solved for.

/// Strongly connected components of a graph, each sorted, those that a component depends on before it.
/// `depends[f]` lists what f depends on. Tarjan's algorithm with a stack of its own.
pub(crate) fn components(depends: &[Vec<usize>]) -> Vec<Vec<usize>> {
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
}
