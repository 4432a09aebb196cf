//! What stands behind inputs and layers: `8 → 3 · 59 reactions`.

use std::collections::BTreeMap;

use lsp_types::{InlayHint, InlayHintLabel, Range};
use nnrc::numbers::plural;
use nnrc_syntax::ast::{Item, Member};

use crate::document::Text;
use crate::features::{Features, Layer};

/// The hints of a range of the text, one for each layer.
pub fn hints(text: &Text, features: &Features, range: Range) -> Vec<InlayHint> {
    let Some(model) = &features.model else { return Vec::new() };
    let ends = statement_ends(features);
    let layers = model.nodes.iter().zip(&features.layers).filter(|(_, layer)| layer.takes > 0);
    let all = layers.filter_map(|(node, layer)| {
        let position = text.position(*ends.get(node.name.as_str())?);
        (range.start <= position && position <= range.end).then(|| InlayHint {
            position,
            label: InlayHintLabel::String(label(layer, node.width())),
            kind: None,
            text_edits: None,
            tooltip: None,
            padding_left: Some(true),
            padding_right: None,
            data: None,
        })
    });
    all.collect()
}

/// `8 → 3 · 59 reactions`
pub fn label(layer: &Layer, width: usize) -> String {
    format!("{} → {width} · {}", layer.takes, plural(layer.reactions(), "reaction"))
}

/// Where the statement of each layer ends.
fn statement_ends(features: &Features) -> BTreeMap<&str, usize> {
    let networks = features.syntax.items.iter().filter_map(|item| match item {
        Item::Network(network) => Some(network),
        _ => None,
    });
    let layers = networks.flat_map(|network| &network.members).filter_map(|member| match member {
        Member::Layer(layer) => Some((layer.name.name.as_str(), layer.span.end as usize)),
        Member::Input { .. } | Member::Output { .. } => None,
    });
    layers.collect()
}
