//! The fixed point for each sample of a data set.

use std::collections::BTreeMap;

use nnrc_analysis::misfit_of;
use nnrc_model::output::Judging;
use nnrc_sim::io::{Array, insert_beside};

use super::summary::Summary;
use super::{Format, fail, write_npz};
use crate::args::EngineKind;
use crate::destination::Destination;
use crate::native;
use crate::records::{self, Cell};
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::compiled::{Runner, explain, settle_all};
use nnrc::numbers::count;

/// Settles every sample and writes a row for each.
pub fn run(
    session: &Session,
    loaded: &Checked,
    name: &str,
    engine: EngineKind,
    format: Format,
    destination: &Destination,
) -> Result<(), Stop> {
    let reference = session.data(loaded, name)?;
    let model = &loaded.model;
    let Some(dataset) = model.datasets.get(&reference.dataset) else { return Ok(()) };
    if let Some(finding) = misfit_of(model, &reference.dataset) {
        return session.terminal.fail(&loaded.source, finding);
    }
    let inputs: Vec<&[f64]> = model.rows(&reference).into_iter().map(|row| dataset.input(row)).collect();
    let pot = loaded.compile(&model.default_input())?;
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
    let judging = model.judging(Some(dataset));
    let rows = model.rows(&reference);
    let targets: Option<Vec<Vec<f64>>> =
        rows.iter().map(|&row| dataset.target(row, width).filter(|target| target.len() == width)).collect();
    let answers = Answers { pot: &pot, judging: &judging, outputs: &outputs, targets: targets.as_deref() };
    if format == Format::Npz {
        let arrays = answers.arrays();
        destination.write(&session.terminal, |out| write_npz(arrays, out))?;
    } else {
        records::write(&session.terminal, destination, &answers.header(), answers.rows())?;
    }
    if !judging.reading().has_classes() && targets.is_none() && width > 1 {
        let output = &model.nodes[node].name;
        session.terminal.note(&format!(
            "`{output}` is taken as values; where the largest names a class, write `output {output} as classes();`"
        ));
    }
    let Some(targets) = &targets else { return Ok(()) };
    let summary = Summary::new(&judging, &outputs, targets);
    if session.terminal.is_json() {
        return session.terminal.print_json(&summary.json());
    }
    session.terminal.note(&summary.text());
    Ok(())
}

/// The settled outputs of samples, with what they should be as far as that is known.
struct Answers<'a> {
    pot: &'a Compiled,
    judging: &'a Judging,
    outputs: &'a [Vec<f64>],
    targets: Option<&'a [Vec<f64>]>,
}

impl Answers<'_> {
    fn node(&self) -> &nnrc_model::Node {
        &self.pot.model.nodes[self.pot.model.output]
    }

    /// Names of the columns: row, outputs, and the class, or the values they should be.
    fn header(&self) -> Vec<String> {
        let ids: Vec<String> =
            (0..self.node().width()).map(|at| self.pot.value_id(self.pot.model.output, at)).collect();
        let known = self.targets.is_some();
        let mut header = vec!["row".to_owned()];
        if self.judging.reading().has_classes() {
            header.extend(ids);
            header.push("class".to_owned());
            header.extend(known.then(|| "class_true".to_owned()));
        } else {
            let truths: Vec<String> = ids.iter().filter(|_| known).map(|id| format!("{id}_true")).collect();
            header.extend(ids);
            header.extend(truths);
        }
        header
    }

    fn rows(&self) -> impl Iterator<Item = Vec<Cell>> {
        let reading = self.judging.reading();
        let name = |class: Option<usize>| class.map(|class| Cell::from(self.judging.class_name(class)));
        self.outputs.iter().enumerate().map(move |(row, output)| {
            let target = self.targets.map(|targets| &targets[row]);
            let mut cells = vec![Cell::from((row + 1) as f64)];
            cells.extend(self.judging.raw(output).into_iter().map(Cell::from));
            if reading.has_classes() {
                cells.extend(name(reading.class(output)));
                cells.extend(target.and_then(|target| name(reading.wanted(target))));
            } else {
                cells.extend(target.iter().flat_map(|target| self.judging.raw(target)).map(Cell::from));
            }
            cells
        })
    }

    /// The same as arrays; classes are numbers from 0.
    fn arrays(&self) -> BTreeMap<String, Array> {
        let (rows, name) = (self.outputs.len(), &self.node().name);
        let values = |all: &[Vec<f64>]| Array {
            shape: vec![rows, self.node().width()],
            values: self.judging.raw(&all.concat()),
        };
        let mut arrays = BTreeMap::from([(name.clone(), values(self.outputs))]);
        let reading = self.judging.reading();
        if reading.has_classes() {
            let classes = |class: &dyn Fn(&Vec<f64>) -> Option<usize>, all: &[Vec<f64>]| Array {
                shape: vec![rows],
                values: all.iter().filter_map(class).map(|class| class as f64).collect(),
            };
            insert_beside(&mut arrays, "class", classes(&|output| reading.class(output), self.outputs));
            if let Some(targets) = self.targets {
                let truths = classes(&|target| reading.wanted(target), targets);
                insert_beside(&mut arrays, "class_true", truths);
            }
        } else if let Some(targets) = self.targets {
            arrays.insert(format!("{name}_true"), values(targets));
        }
        arrays
    }
}

/// The settled outputs, by the engine of this process.
fn settled(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
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
