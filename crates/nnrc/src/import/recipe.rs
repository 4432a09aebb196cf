//! How the values of a layer of the source are read from nodes of the chemistry.

/// constant + Σ factors · node, unit by unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Nodes with a factor for each of their values.
    pub parts: Vec<(usize, Vec<f64>)>,
    /// What is added, for each value.
    pub constant: Vec<f64>,
}

impl Recipe {
    /// The values of a node themselves.
    pub fn plain(node: usize, width: usize) -> Self {
        Self { parts: vec![(node, vec![1.0; width])], constant: vec![0.0; width] }
    }

    /// The node, if its values are taken as they are.
    pub fn node(&self) -> Option<usize> {
        let is_plain = |(_, factors): &(usize, Vec<f64>)| factors.iter().all(|&factor| factor == 1.0);
        match self.parts.as_slice() {
            [part] if is_plain(part) && self.constant.iter().all(|&value| value == 0.0) => Some(part.0),
            _ => None,
        }
    }

    /// Number of values.
    pub fn width(&self) -> usize {
        self.constant.len()
    }

    /// The values, from those of all nodes.
    pub fn values(&self, nodes: &[Vec<f64>]) -> Vec<f64> {
        let mut values = self.constant.clone();
        for (node, factors) in &self.parts {
            for ((value, factor), own) in values.iter_mut().zip(factors).zip(&nodes[*node]) {
                *value += factor * own;
            }
        }
        values
    }
}
