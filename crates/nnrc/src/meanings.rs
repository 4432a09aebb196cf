//! What values are outside a network: names of columns and classes, and the scale that makes values of measurements.

use nnrc_model::{Model, Node};
use nnrc_sbml::{Meaning, Scale};
use nnrc_sim::meanings::{Columns, Meanings};
use nnrc_sim::scaling::ColumnScale;

/// Columns that notes spell out; the annotation has all of them.
const MOST_SPELT_OUT: usize = 20;

/// The meanings of all inputs and outputs that have one.
pub fn of(model: &Model) -> Vec<Meaning> {
    let scale = model.input_scale();
    let names = model.column_names();
    let mut meanings = Vec::new();
    let mut column = 0;
    for (_, node) in model.inputs() {
        for at in 0..node.width() {
            let scale = scale.map(|scaling| as_written(scaling.columns[column]));
            let name = names.get(column).cloned().unwrap_or_default();
            meanings.push(Meaning { tensor: node.name.clone(), index: index(node, at), name, scale });
            column += 1;
        }
    }
    let output = &model.nodes[model.output];
    let (names, scale) = (model.output_names(), model.judging(None).scaling);
    for at in 0..output.width() {
        let scale = scale.as_ref().and_then(|scaling| scaling.columns.get(at));
        meanings.push(Meaning {
            tensor: output.name.clone(),
            index: index(output, at),
            name: names.get(at).cloned().unwrap_or_default(),
            scale: scale.copied().map(as_written),
        });
    }
    meanings.retain(|meaning| !meaning.name.is_empty() || meaning.scale.is_some());
    meanings
}

/// What files of weights and of numbers carry.
pub fn carried(model: &Model) -> Meanings {
    let judging = model.judging(None);
    let classes = if judging.reading().has_classes() { judging.names } else { Vec::new() };
    let targets = if classes.is_empty() { model.output_names() } else { Vec::new() };
    Meanings {
        inputs: Columns { names: model.column_names(), scale: model.input_scale().cloned() },
        targets: Columns { names: targets, scale: judging.scaling },
        classes,
    }
}

/// What a legend says of the value called `id`: `setosa (y_1)`.
pub fn legend(meanings: &[Meaning], id: String) -> String {
    match meanings.iter().find(|meaning| value(meaning) == id && !meaning.name.is_empty()) {
        Some(Meaning { name, scale: Some(_), .. }) => format!("{name}, scaled ({id})"),
        Some(meaning) => format!("{} ({id})", meaning.name),
        None => id,
    }
}

/// The name of a value in files and tables: `y_1`.
fn value(meaning: &Meaning) -> String {
    format!("{}_{}", meaning.tensor, meaning.index.replace(',', "_"))
}

/// Paragraphs for the notes of a file.
pub fn notes(model: &Model, meanings: &[Meaning]) -> Vec<String> {
    let mut notes = Vec::new();
    let output = &model.nodes[model.output].name;
    let (outputs, inputs): (Vec<&Meaning>, Vec<&Meaning>) = meanings
        .iter()
        .filter(|meaning| meaning.scale.is_some())
        .partition(|meaning| meaning.tensor == *output);
    if !inputs.is_empty() {
        notes.push(format!("Inputs are scaled measurements: {}.", scaled(&inputs, forth)));
    } else if model.chemistry.fold_scale.is_some() {
        notes.push("Inputs are measurements as they are: their scale is part of the weights.".to_owned());
    }
    if !outputs.is_empty() {
        notes.push(format!("Outputs are scaled; in the units of the data: {}.", scaled(&outputs, back)));
    }
    let named: Vec<String> = meanings
        .iter()
        .filter(|meaning| meaning.scale.is_none() && !meaning.name.is_empty())
        .take(MOST_SPELT_OUT)
        .map(|meaning| format!("{} is {}", value(meaning), meaning.name))
        .collect();
    if !named.is_empty() {
        notes.push(format!("{}.", named.join(", ")));
    }
    notes
}

/// What takes outputs of a regression back to the units of the data; none where they are not scaled.
pub fn back_to_data(model: &Model) -> Option<String> {
    let output = &model.nodes[model.output].name;
    let all = of(model);
    let scaled_outputs: Vec<&Meaning> =
        all.iter().filter(|meaning| meaning.tensor == *output && meaning.scale.is_some()).collect();
    let words = scaled(&scaled_outputs, back);
    (!scaled_outputs.is_empty()).then(|| format!("`{output}` is scaled; in the units of the data {words}"))
}

/// The formulas of values, as many as are spelt out.
fn scaled(meanings: &[&Meaning], formula: fn(&str, &str, Scale) -> String) -> String {
    let one = |meaning: &&Meaning| {
        let name = if meaning.name.is_empty() { "m" } else { &meaning.name };
        meaning.scale.map(|scale| formula(&value(meaning), name, scale))
    };
    let mut words = meanings.iter().take(MOST_SPELT_OUT).filter_map(one).collect::<Vec<_>>().join("; ");
    if meanings.len() > MOST_SPELT_OUT {
        words.push_str(&format!("; and so on for all {}, see the annotation", meanings.len()));
    }
    words
}

/// What makes a value of a measurement.
fn forth(value: &str, name: &str, Scale { shift, factor, start, seen: [low, high], clip }: Scale) -> String {
    let kept = clip.map_or(String::new(), |[low, high]| format!(", kept within {low} and {high}"));
    format!("{value} = ({name} \u{2212} {shift}) * {factor} + {start}{kept} (measured from {low} to {high})")
}

/// What makes a measurement of a value.
fn back(value: &str, name: &str, Scale { shift, factor, start, seen: [low, high], .. }: Scale) -> String {
    format!("{name} = ({value} \u{2212} {start}) / {factor} + {shift} (measured from {low} to {high})")
}

fn as_written(column: ColumnScale) -> Scale {
    Scale {
        shift: column.shift,
        factor: column.factor,
        start: column.start,
        seen: column.seen,
        clip: column.clip,
    }
}

/// The 1-based index of a value among those of its node, size by size: `2`, or `1,2`.
fn index(node: &Node, at: usize) -> String {
    let mut rest = at;
    let mut parts: Vec<String> = Vec::new();
    for size in node.shape.iter().rev() {
        parts.push((rest % size + 1).to_string());
        rest /= size;
    }
    parts.reverse();
    parts.join(",")
}
