//! What values are outside a network: names of columns and classes, and the scale that makes values of measurements.

use nnrc_model::model::{Model, Node};
use nnrc_sbml::{Meaning, Scale};
use nnrc_sim::meanings::{Columns, Meanings};
use nnrc_sim::scaling::ColumnScale;

use crate::numbers::plural;

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
    for (at, name) in model.output_names().into_iter().enumerate() {
        meanings.push(Meaning { tensor: output.name.clone(), index: index(output, at), name, scale: None });
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
    let scaled = |meaning: &&Meaning| meaning.scale.is_some();
    let all = meanings.iter().filter(scaled).count();
    if all > 0 {
        let words = meanings.iter().filter(scaled).take(MOST_SPELT_OUT).map(|meaning| {
            let Some(scale) = meaning.scale else { return String::new() };
            let name = if meaning.name.is_empty() { "m" } else { &meaning.name };
            let [low, high] = scale.seen;
            let Scale { shift, factor, start, .. } = scale;
            let mut words = format!("{} = ({name} \u{2212} {shift}) * {factor} + {start}", value(meaning));
            if let Some([low, high]) = scale.clip {
                words.push_str(&format!(", kept within {low} and {high}"));
            }
            words + &format!(" (measured from {low} to {high})")
        });
        let mut words = words.collect::<Vec<_>>().join("; ");
        if all > MOST_SPELT_OUT {
            words.push_str(&format!("; and so on for all {}, see the annotation", plural(all, "input")));
        }
        notes.push(format!("Inputs are scaled measurements: {words}."));
    } else if model.chemistry.fold_scale.is_some() {
        notes.push("Inputs are measurements as they are: their scale is part of the weights.".to_owned());
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
