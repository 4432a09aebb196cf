//! The text form of a network.

use std::fmt;

use super::{Layer, LayerKind, Network, Source};

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for input in &self.inputs {
            writeln!(f, "input {:?} {:?}", input.name, input.shape)?;
        }
        if !self.feature_names.is_empty() {
            writeln!(f, "features {:?}", self.feature_names)?;
        }
        for layer in &self.layers {
            write!(f, "layer {} [{}] = ", layer.name, layer.width)?;
            match &layer.kind {
                LayerKind::Affine(map) => {
                    let (rows, columns) = (map.matrix.rows(), map.matrix.columns());
                    write!(f, "affine {rows} x {columns}, {} entries, of ", map.matrix.entries())?;
                }
                LayerKind::Add => write!(f, "add of ")?,
                LayerKind::Concat => write!(f, "concat of ")?,
            }
            let sources: Vec<&str> = layer.sources.iter().map(|source| self.source_name(*source)).collect();
            writeln!(
                f,
                "{}; {}; from {} {:?}",
                sources.join(", "),
                layer.activation,
                layer.source_op,
                layer.source_nodes
            )?;
        }
        writeln!(f, "head {} {:?}", self.head, self.head_nodes)?;
        if !self.class_names.is_empty() {
            writeln!(f, "classes {:?}", self.class_names)?;
        }
        Ok(())
    }
}

impl Network {
    fn source_name(&self, source: Source) -> &str {
        match source {
            Source::Input => "input",
            Source::Layer(layer) => self.layers.get(layer).map_or("", |layer: &Layer| &layer.name),
        }
    }
}
