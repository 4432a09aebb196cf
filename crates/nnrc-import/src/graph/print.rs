//! The text form of a graph.

use std::fmt;

use super::{Attribute, Graph};

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        write!(f, "onnx ir {}", origin.ir_version)?;
        for (domain, version) in &origin.opsets {
            let domain = if domain.is_empty() { "opset" } else { domain };
            write!(f, ", {domain} {version}")?;
        }
        let producer = format!("{} {}", origin.producer, origin.producer_version);
        writeln!(f, ", by {}", producer.trim())?;
        for input in &self.inputs {
            writeln!(f, "input {:?}: {} {:?}", input.name, input.element, input.shape)?;
        }
        for (&value, tensor) in &self.constants {
            writeln!(f, "constant {:?}: {} {:?}", self.name(value), tensor.element, tensor.shape)?;
        }
        for node in &self.nodes {
            write!(f, "node {:?}: {}(", node.name, node.op)?;
            for (k, input) in node.inputs.iter().enumerate() {
                let comma = if k == 0 { "" } else { ", " };
                match input {
                    Some(value) => write!(f, "{comma}{:?}", self.name(*value))?,
                    None => write!(f, "{comma}none")?,
                }
            }
            for (name, attribute) in &node.attributes {
                write!(f, "; {name} = {attribute}")?;
            }
            write!(f, ") ->")?;
            for output in node.outputs.iter().flatten() {
                write!(f, " {:?}", self.name(*output))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "output {:?}", self.name(self.output))?;
        if !self.class_names.is_empty() {
            writeln!(f, "classes {:?}", self.class_names)?;
        }
        if !self.feature_names.is_empty() {
            writeln!(f, "features {:?}", self.feature_names)?;
        }
        Ok(())
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Ints(values) => write!(f, "{values:?}"),
            Self::Floats(values) if values.len() > 8 => write!(f, "{} numbers", values.len()),
            Self::Floats(values) => write!(f, "{values:?}"),
            Self::Texts(texts) => write!(f, "{texts:?}"),
            Self::Tensor(tensor) => match tensor.values.as_slice() {
                [value] => write!(f, "{} {value:?}", tensor.element),
                _ => write!(f, "{} {:?}", tensor.element, tensor.shape),
            },
            Self::Subgraph => write!(f, "subgraph"),
            Self::Other => write!(f, "other"),
        }
    }
}
