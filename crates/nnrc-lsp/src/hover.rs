//! What is said about the word under the cursor.

use std::fmt::Write;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use nnrc::numbers::{count, plural, short};
use nnrc::runner::NEAR;
use nnrc_analysis::schema;
use nnrc_model::activation::{Domain, Facts, find};
use nnrc_model::certify::{Inputs, certify};
use nnrc_model::interval::Interval;
use nnrc_model::{Dataset, Model, NodeKind, Targets};
use nnrc_syntax::Span;
use nnrc_syntax::around::Around;

use crate::document::Text;
use crate::features::{Features, Layer};
use crate::hints;
use crate::names::{Kind, Names};
use crate::options::Options;

/// What is said about the word at a byte.
pub fn hover(text: &Text, features: &Features, options: &Options, offset: usize) -> Option<Hover> {
    let names = Names::of(&features.syntax);
    let (markdown, span) = match names.at(offset) {
        Some(one) => {
            let known = match one.kind {
                Kind::Input | Kind::Layer => node(features, &one.name),
                Kind::Data => features
                    .model
                    .as_ref()
                    .and_then(|model| Some(dataset(&one.name, model.datasets.get(&one.name)?))),
                Kind::Network => features.model.as_ref().map(network),
                Kind::Constant => None,
            };
            (known?, one.span)
        }
        None => word(text, features, options, offset)?,
    };
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: markdown });
    Some(Hover { contents, range: Some(text.range(span)) })
}

/// A word of the language, or what is found at the place.
fn word(text: &Text, features: &Features, options: &Options, offset: usize) -> Option<(String, Span)> {
    let mut end = offset.min(text.text().len());
    let rest = text.text().get(end..)?;
    end += rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let around = Around::of(text.text(), end);
    let known = (!around.in_text).then(|| said(&around, text.source.slice(around.word))).flatten();
    let found = || {
        let holds = |span: Span| (span.start as usize..=span.end as usize).contains(&offset);
        let finding = features.findings.iter().find(|finding| finding.span.is_some_and(holds))?;
        Some(((options.explain)(finding.code.name)?, finding.span?))
    };
    known.map(|known| (known, around.word)).or_else(found)
}

/// What is said about a key, a block, an activation or another call.
fn said(around: &Around<'_>, word: &str) -> Option<String> {
    let block = around.block.and_then(schema::block);
    let is_first = around.statement.is_empty();
    if let Some(key) = block.and_then(|block| block.key(word)).filter(|_| is_first) {
        let mut said = format!("`{word}`: {}", key.says);
        if !key.values.is_empty() {
            let values: Vec<String> =
                key.values.iter().map(|value| format!("`{}`", value.trim_end_matches('('))).collect();
            let _ = write!(said, "\n\nValues: {}", values.join(", "));
        }
        return Some(said);
    }
    if let Some(block) = schema::block(word).filter(|_| is_first && around.block.is_none()) {
        return Some(format!("`{word}`: {}", block.says));
    }
    if around.last() == "|"
        && let Some(spec) = find(word)
    {
        return Some(activation(spec.facts));
    }
    let key = around.statement.first().copied().unwrap_or_default();
    let place = match around.block {
        Some("network") => key.to_owned(),
        Some("expect") => "measure".to_owned(),
        Some(block) => format!("{block}.{key}"),
        None => "source".to_owned(),
    };
    let callable = schema::callable(&place, word).filter(|_| !is_first || around.block == Some("expect"))?;
    Some(format!("`{word}({})`: {}", callable.parameters.join(", "), callable.says))
}

fn activation(facts: &Facts) -> String {
    let mut said = format!("`{}`: {}", facts.call(), facts.formula);
    if facts.domain == Domain::NotNegative {
        said.push_str("\n\nDefined for z ≥ 0.");
    }
    if facts.formula.contains(['u', 'v']) {
        said.push_str("\n\nu = (z + √(z² + 4h)) / 2, v = u − z");
    }
    let served = [
        ("fixed_point", facts.fixed_point.is_some()),
        ("one_pot", facts.one_pot.is_some()),
        ("phased", facts.phased.is_some()),
    ];
    let served: Vec<String> =
        served.iter().filter(|(_, is)| *is).map(|(name, _)| format!("`{name}`")).collect();
    let _ = write!(said, "\n\nServed by {}", served.join(", "));
    said
}

fn node(features: &Features, name: &str) -> Option<String> {
    let (model, at, layer) = features.node(name)?;
    let node = &model.nodes[at];
    let mut said = match node.kind {
        NodeKind::Input => format!("input `{name}`: {}", plural(node.width(), "value")),
        NodeKind::Layer { .. } => format!("layer `{name}`: {}", hints::label(layer, node.width())),
    };
    if node.shape.len() > 1 {
        let _ = write!(said, "\n\nshape {:?}", node.shape);
    }
    let _ = write!(
        said,
        "\n\nvalues in {}, {}",
        hull(&node.ranges),
        if layer.has_rails { "two rails" } else { "one rail" }
    );
    chemistry(&mut said, layer);
    // Of one input or layer alone nothing is proven.
    if let Some(rate) = rate(model).filter(|_| matches!(node.kind, NodeKind::Layer { .. })) {
        let _ = write!(said, "\n\n{rate}");
    }
    Some(said)
}

fn chemistry(said: &mut String, layer: &Layer) {
    if layer.families.is_empty() {
        return;
    }
    said.push_str("\n\n| family | reactions |\n|---|---:|\n");
    for (name, reactions) in &layer.families {
        let _ = writeln!(said, "| {name} | {reactions} |");
    }
    if let Some((low, high)) = layer.rates {
        let species = count(layer.species);
        let _ = write!(said, "\n{species} species, rate constants {} to {}", short(low), short(high));
    }
}

/// What is proven of the whole network.
fn rate(model: &Model) -> Option<String> {
    let certificate = certify(model, Inputs::Ranges, NEAR);
    let rate = certificate.local_rate?;
    Some(format!(
        "Proven for the whole network: it approaches its fixed point at a rate of at least {}",
        short(rate)
    ))
}

fn network(model: &Model) -> String {
    let mut said = format!("network `{}` ({})", model.name, model.chemistry.construction.name());
    let layers = model.nodes.iter().filter(|node| matches!(node.kind, NodeKind::Layer { .. })).count();
    let _ = write!(said, "\n\n{}, {}", plural(model.input_width(), "input value"), plural(layers, "layer"));
    if let Some(rate) = rate(model) {
        let _ = write!(said, "\n\n{rate}");
    }
    said
}

fn dataset(name: &str, data: &Dataset) -> String {
    let targets = match &data.targets {
        Targets::None => "no targets".to_owned(),
        Targets::Classes { .. } => "classes as targets".to_owned(),
        Targets::Values { width, .. } => format!("targets of {}", plural(*width, "value")),
    };
    let mut said = format!(
        "dataset `{name}`: {} of {}, {targets}",
        plural(data.rows(), "row"),
        plural(data.width, "value")
    );
    if !data.test.is_empty() {
        let _ = write!(said, "\n\n{} to train, {} to test", data.train.len(), data.test.len());
    }
    said
}

/// The smallest range that holds all of them.
fn hull(ranges: &[Interval]) -> String {
    let low = ranges.iter().map(|range| range.low).fold(f64::INFINITY, f64::min);
    let high = ranges.iter().map(|range| range.high).fold(f64::NEG_INFINITY, f64::max);
    format!("[{}, {}]", short(low), short(high))
}
