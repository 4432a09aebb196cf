//! The text of an imported network.

use std::fmt::Write;

use nnrc_import::{Network, Source};
use nnrc_model::activation::Activation;
use nnrc_model::output::OutputKind;

use super::mapped::{Mapped, MappedLayer, Operation};
use super::shares::Shares;
use super::stand_in::{Closeness, StandIn, is_another};
use crate::numbers::{plural, short};

/// What the text says beside the layers.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Name of the network.
    pub name: &'a str,
    /// Name of the source file.
    pub file: &'a str,
    /// SHA-256 of the source file, in hexadecimal digits.
    pub digest: &'a str,
    /// The weight file, seen from the text.
    pub weights: &'a str,
    /// What is known of the way from the source: closeness, and by how much rectifiers may be off.
    pub mapping: (Closeness, f64),
    /// The range of the input; none: that of the data.
    pub range: Option<(f64, f64)>,
    /// What the output is; none: what the data say.
    pub output: Option<OutputKind>,
    /// The data set.
    pub data: Option<Data<'a>>,
    /// What the network is expected to reach on the data: a metric, a comparison, a number.
    pub expectation: Option<(&'static str, &'static str, String)>,
    /// Whether the names of features are said: those of a table may be others.
    pub names_features: bool,
    /// Epochs of fine-tuning that the weights have behind them.
    pub finetuned: Option<usize>,
    /// The shares that a softmax at the end becomes.
    pub rational: Option<Shares>,
}

/// A data set of the text.
#[derive(Debug, Clone)]
pub struct Data<'a> {
    /// Its name.
    pub name: &'a str,
    /// What reads it: `csv` or `npz`.
    pub reader: &'a str,
    /// Its file, seen from the text.
    pub path: &'a str,
    /// The inputs in the language: a list of columns; none: all that are no targets.
    pub inputs: Option<String>,
    /// The target in the language: `onehot(species)`; none: what the file has.
    pub target: Option<String>,
    /// Whether inputs are scaled by their means and deviations.
    pub is_scaled: bool,
}

/// The text, in the one canonical layout up to spaces.
pub fn text(network: &Network, mapped: &Mapped, said: &Said<'_>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, network, mapped, said);
    out
}

fn write_all(out: &mut String, network: &Network, mapped: &Mapped, said: &Said<'_>) -> std::fmt::Result {
    writeln!(out, "nnr 1;\n")?;
    writeln!(out, "// Imported from {} ({}).", quoted(said.file), origin(network))?;
    writeln!(out, "// SHA-256 {}", said.digest)?;
    if let Some(epochs) = said.finetuned {
        writeln!(out, "// Fine-tuned through the functions below: {}.", plural(epochs, "epoch"))?;
    }
    writeln!(out)?;
    if let Some(data) = &said.data {
        write!(out, "dataset {} = {}({})", data.name, data.reader, quoted(data.path))?;
        let inputs = data.inputs.as_ref().map(|inputs| format!("inputs = {inputs};"));
        let target = data.target.as_ref().map(|target| format!("target = {target};"));
        let scale = data.is_scaled.then(|| "scale = standard();".to_owned());
        let lines: Vec<String> = inputs.into_iter().chain(target).chain(scale).collect();
        if lines.is_empty() {
            writeln!(out, " {{ }}\n")?;
        } else {
            writeln!(out, " {{\n    {}\n}}\n", lines.join("\n    "))?;
        }
    }
    writeln!(out, "network {} {{", said.name)?;
    write!(out, "    input {}[{}]", mapped.input, shape(network))?;
    if let Some((low, high)) = said.range {
        write!(out, " in [{}, {}]", number(low), number(high))?;
    }
    if said.names_features && !network.feature_names.is_empty() {
        write!(out, " as features({})", list(&network.feature_names))?;
    }
    writeln!(out, ";\n")?;
    let mut described = None;
    for (at, layer) in mapped.layers.iter().enumerate() {
        if described != Some(layer.of) {
            described = Some(layer.of);
            writeln!(out, "    // {}", comment(network, layer.of, said))?;
        }
        let is_output = at + 1 == mapped.layers.len();
        write!(out, "    layer {} = {}", layer.name, operation(layer))?;
        if layer.activation != Activation::Identity {
            write!(out, " | {}", activation(layer.activation))?;
        }
        if let Some(shares) = said.rational.filter(|_| is_output) {
            write!(out, " | {}", activation(shares.activation()))?;
        }
        if layer.sources != [at] {
            let names: Vec<&str> = layer.sources.iter().map(|&source| name(mapped, source)).collect();
            write!(out, " from {}", names.join(", "))?;
        }
        writeln!(out, ";")?;
    }
    let last = mapped.layers.last().map_or("", |layer| layer.name.as_str());
    write!(out, "\n    output {last}")?;
    if let Some(kind) = &said.output {
        write!(out, " as {}", meaning(kind))?;
    }
    writeln!(out, ";\n}}\n")?;
    writeln!(out, "weights from {} {{ }}", quoted(said.weights))?;
    if let (Some((metric, sign, goal)), Some(data)) = (&said.expectation, &said.data) {
        writeln!(out, "\nexpect {{\n    {metric}({}) on {} {sign} {goal};\n}}", said.name, data.name)?;
    }
    Ok(())
}

/// The exporter and its versions.
fn origin(network: &Network) -> String {
    let origin = &network.origin;
    let producer = match (origin.producer.as_str(), origin.producer_version.as_str()) {
        ("", _) => "unknown exporter".to_owned(),
        (name, "") => name.to_owned(),
        (name, version) => format!("{name} {version}"),
    };
    // What stands in the file ends at its line here.
    let producer: String = producer.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if origin.opset == 0 { producer } else { format!("{producer}, op set {}", origin.opset) }
}

/// Where a layer comes from, and by how much it may be off.
fn comment(network: &Network, of: usize, said: &Said<'_>) -> String {
    let layer = &network.layers[of];
    let nodes = layer.source_nodes.iter().map(|node| node.escape_debug().to_string());
    let nodes: Vec<String> = nodes.filter(|node| !node.is_empty()).collect();
    let named = match nodes.as_slice() {
        [] => String::new(),
        [one] => format!(" \"{one}\""),
        [first, .., last] => format!(" \"{first}\" to \"{last}\""),
    };
    let mut words = format!("{}{named}", layer.source_op);
    let source = layer.activation;
    if source != nnrc_import::Activation::Identity {
        let (closeness, tolerance) = said.mapping;
        let stand_in = StandIn::of(source, closeness, tolerance);
        let units: Vec<String> = stand_in.units.iter().map(|&(_, unit)| activation(unit)).collect();
        let by = match units.as_slice() {
            [one] => one.clone(),
            units => format!("a weighted sum of {}", units.join(" and ")),
        };
        let another = if is_another(source) { ", which is another function" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(words, ": {source} as {by}, off by at most {}{another}", short(stand_in.deviation));
    }
    if let Some(shares) = said.rational.filter(|_| of + 1 == network.layers.len()) {
        let by = activation(shares.activation());
        let (largest, mean, place) = (short(shares.largest), short(shares.mean), shares.place());
        let _ = write!(
            words,
            ": softmax as {by}, which is another function, off by up to {largest} {place}, {mean} on average"
        );
    }
    words
}

fn operation(layer: &MappedLayer) -> String {
    match layer.operation {
        Operation::Dense { .. } => format!("dense({})", layer.width),
        Operation::Add => "add()".to_owned(),
        Operation::Concat => "concat()".to_owned(),
    }
}

/// An activation as the language has it.
pub fn activation(activation: Activation) -> String {
    let names = activation.facts().parameters.iter().map(|parameter| parameter.name);
    let arguments: Vec<String> = names
        .zip(activation.parameters())
        .map(|(name, value)| format!("{name} = {}", number(value)))
        .collect();
    format!("{}({})", activation.name(), arguments.join(", "))
}

/// What an output is, as the language has it.
fn meaning(kind: &OutputKind) -> String {
    match kind {
        OutputKind::Classes { names } if names.is_empty() => "classes()".to_owned(),
        OutputKind::Classes { names } => format!("classes({})", list(names)),
        OutputKind::Binary { threshold, names } => {
            let threshold = threshold.map(|threshold| format!("threshold = {}", number(threshold)));
            let names = (!names.is_empty()).then(|| format!("names = {}", list(names)));
            let arguments: Vec<String> = threshold.into_iter().chain(names).collect();
            format!("binary({})", arguments.join(", "))
        }
        OutputKind::Values => "values()".to_owned(),
    }
}

/// The name of a node.
fn name(mapped: &Mapped, node: usize) -> &str {
    match node.checked_sub(1).and_then(|at| mapped.layers.get(at)) {
        Some(layer) => &layer.name,
        None => &mapped.input,
    }
}

/// The sizes of the input, without those of 1 around them.
fn shape(network: &Network) -> String {
    let width = network.input_width();
    let own = match network.inputs.as_slice() {
        [one] => one.shape.as_slice(),
        _ => &[],
    };
    let first = own.iter().position(|&size| size != 1).unwrap_or(own.len());
    let last = own.iter().rposition(|&size| size != 1).map_or(first, |last| last + 1);
    let own: Vec<String> = own[first..last].iter().map(usize::to_string).collect();
    let is_whole = own.len() > 1 && network.layers.iter().any(|layer| layer.sources.contains(&Source::Input));
    if is_whole { own.join(", ") } else { width.to_string() }
}

/// A number that reads back as itself.
pub fn number(value: f64) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value.abs()) { format!("{value}") } else { format!("{value:e}") }
}

/// Texts of the language.
pub fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

/// A text of the language.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
