//! The fixed point for each sample of a data set.

use std::collections::BTreeMap;

use nnrc_model::model::Targets;
use nnrc_sim::io::Array;

use super::{Format, fail, number, write_csv, write_npz};
use crate::args::EngineKind;
use crate::files::Destination;
use crate::native;
use crate::numbers::count;
use crate::pot::{Pot, Runner, explain, settle_all};
use crate::session::{Loaded, Session};
use crate::terminal::Stop;

/// Settles every sample and writes a row for each.
pub fn run(
    session: &Session,
    loaded: &Loaded,
    name: &str,
    engine: EngineKind,
    format: Format,
    destination: &Destination,
) -> Result<(), Stop> {
    let reference = session.data(loaded, name)?;
    let model = &loaded.model;
    let Some(dataset) = model.datasets.get(&reference.dataset) else { return Ok(()) };
    let inputs: Vec<&[f64]> = model.rows(&reference).into_iter().map(|row| dataset.input(row)).collect();
    let pot = Pot::new(session, loaded, &model.default_input())?;
    let runner = pot.runner();
    if inputs.len() > 1000 {
        session.terminal.note(&format!("settling {} samples", count(inputs.len())));
    }
    let node = model.output;
    let width = model.nodes[node].width();
    let outputs = match native::program(session, loaded, &pot, engine)? {
        Some(program) => match program.settle_all(&model.simulation, &model.nodes[node].name, &inputs) {
            Ok(values) => values.chunks_exact(width.max(1)).map(<[f64]>::to_vec).collect(),
            Err(mut finding) => {
                finding.message = format!("`{name}`: {}", finding.message);
                return fail(session, loaded, *finding);
            }
        },
        None => settled(session, loaded, &pot, &runner, (name, &inputs))?,
    };
    if format == Format::Npz {
        let rows = outputs.len();
        let classes = outputs.iter().map(|output| class_of(output) as f64).collect();
        let arrays = BTreeMap::from([
            (model.nodes[node].name.clone(), Array { shape: vec![rows, width], values: outputs.concat() }),
            ("class".to_owned(), Array { shape: vec![rows], values: classes }),
        ]);
        return destination.write(&session.terminal, |out| write_npz(arrays, out));
    }
    let mut header = vec!["row".to_owned()];
    header.extend((0..width).map(|at| pot.value_id(node, at)));
    header.push("class".to_owned());
    let names: &[String] = match &dataset.targets {
        Targets::Classes { names, .. } => names,
        Targets::None | Targets::Values { .. } => &[],
    };
    let rows: Vec<Vec<String>> = outputs
        .iter()
        .enumerate()
        .map(|(row, output)| {
            let mut cells = vec![(row + 1).to_string()];
            cells.extend(output.iter().copied().map(number));
            cells.push(class_name(output, names));
            cells
        })
        .collect();
    destination.write(&session.terminal, |out| write_csv(&header, &rows, out))
}

/// The settled outputs, by the engine of this process.
fn settled(
    session: &Session,
    loaded: &Loaded,
    pot: &Pot<'_>,
    runner: &Runner<'_>,
    (name, inputs): (&str, &[&[f64]]),
) -> Result<Vec<Vec<f64>>, Stop> {
    let mut outputs = Vec::with_capacity(inputs.len());
    for (row, result) in settle_all(runner, inputs).into_iter().enumerate() {
        match result {
            Ok(output) => outputs.push(output),
            Err(error) => {
                let doing = format!("row {} of `{name}`", row + 1);
                return fail(session, loaded, explain(pot, runner, &error, &doing));
            }
        }
    }
    Ok(outputs)
}

/// The class that an output names, from 0: the largest of several, above 0.5 or not for one.
fn class_of(output: &[f64]) -> usize {
    match output {
        [only] => usize::from(*only > 0.5),
        several => (0..several.len()).fold(0, |best, at| if several[at] > several[best] { at } else { best }),
    }
}

/// The name of the class if the data has names; else its number, from 1 for several outputs.
fn class_name(output: &[f64], names: &[String]) -> String {
    let class = class_of(output);
    match names.get(class) {
        Some(name) => name.clone(),
        None if output.len() == 1 => class.to_string(),
        None => (class + 1).to_string(),
    }
}
