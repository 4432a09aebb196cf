//! The text form of a folded graph.

use std::fmt;

use crate::op::Fact;

use super::Folded;

impl fmt::Display for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |value: usize| self.graph.name(value);
        for (node, role) in self.graph.nodes.iter().zip(&self.roles) {
            for &output in node.outputs.iter().flatten() {
                match &self.facts[output] {
                    Some(Fact::Constant(tensor)) => {
                        write!(f, "constant {:?}: {} {:?}", name(output), tensor.element, tensor.shape)?;
                        if tensor.values.len() <= 8 {
                            write!(f, " = {:?}", tensor.values)?;
                        }
                        writeln!(f)?;
                    }
                    Some(Fact::Computed { shape, element }) => {
                        write!(f, "{:?}: {element} ", name(output))?;
                        match shape {
                            Some(shape) => write!(f, "{shape:?}")?,
                            None => write!(f, "of unknown shape")?,
                        }
                        let kind = if role.steps.iter().any(Option::is_some) {
                            "linear"
                        } else if role.scalar.is_some() {
                            "element-wise"
                        } else {
                            "other"
                        };
                        writeln!(f, " by {} {:?}, {kind}", node.op, node.name)?;
                    }
                    None => {}
                }
            }
        }
        Ok(())
    }
}
