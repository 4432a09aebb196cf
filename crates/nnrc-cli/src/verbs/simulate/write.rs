//! Results of a simulation as tables, arrays and pictures.

use std::collections::BTreeMap;

use nnrc::answers::Answer;
use nnrc::{Answers, ColumnKind, Compiled, FixedPoint, TimeCourse};
use nnrc_sim::io::{Array, insert_beside, npz};

use crate::destination::Destination;
use crate::records::{self, Cell};
use crate::terminal::{Stop, Terminal};

/// The form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Npz,
    Svg,
}

/// Where a result goes, and in which form.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    pub format: Format,
    pub destination: &'a Destination,
}

/// A row for each time; arrays for each node, with a clock also of what else is recorded; or a picture.
pub fn course(
    terminal: &Terminal,
    pot: &Compiled,
    course: TimeCourse,
    Output { format, destination }: Output<'_>,
) -> Result<(), Stop> {
    match format {
        Format::Csv => {
            let names = course.columns.iter().map(|column| column.name.as_str());
            let header: Vec<&str> = std::iter::once("time").chain(names).collect();
            let rows = course.times.iter().enumerate();
            let rows = rows.map(|(at, time)| [&[*time], course.row(at)].concat());
            records::write(terminal, destination, &header, rows)
        }
        Format::Npz => {
            let rows = course.times.len();
            let mut arrays = BTreeMap::new();
            for (name, members) in course.groups(|column| column.kind != ColumnKind::Rail) {
                let row = |at: usize| members.iter().map(move |&member| (at, member));
                let values = (0..rows).flat_map(row).map(|(at, member)| course.row(at)[member]).collect();
                arrays.insert(name.to_owned(), Array { shape: vec![rows, members.len()], values });
            }
            insert_beside(&mut arrays, "time", Array { shape: vec![rows], values: course.times });
            destination.write(terminal, |out| npz::write(out, &arrays))
        }
        Format::Svg => {
            let picture = pot.picture(&course);
            destination.write(terminal, |out| out.write_all(picture.as_bytes()))
        }
    }
}

/// Every species with its concentration; as arrays the value of each node.
pub fn fixed_point(
    terminal: &Terminal,
    pot: &Compiled,
    rest: &FixedPoint,
    Output { format, destination }: Output<'_>,
) -> Result<(), Stop> {
    if format == Format::Npz {
        let array = |values: &Vec<f64>| Array { shape: vec![values.len()], values: values.clone() };
        let nodes = pot.model.nodes.iter().zip(&rest.values);
        let arrays = nodes.map(|(node, values)| (node.name.clone(), array(values))).collect();
        return destination.write(terminal, |out| npz::write(out, &arrays));
    }
    let rows = pot.table_of(rest).into_iter().map(|(name, value)| [Cell::from(name), Cell::from(value)]);
    records::write(terminal, destination, &["species", "value"], rows)
}

/// A row for each sample: outputs, and the class, or the values they should be.
pub fn answers(
    terminal: &Terminal,
    answers: &Answers<'_>,
    Output { format, destination }: Output<'_>,
) -> Result<(), Stop> {
    if format == Format::Npz {
        let arrays = arrays(answers);
        let outputs = &answers.node().name;
        return destination.write(terminal, |out| npz::write_headed(out, outputs, &arrays));
    }
    let ids = answers.ids();
    let mut header = vec!["row".to_owned()];
    header.extend(ids.iter().cloned());
    let has_targets = answers.targets.is_some();
    if answers.has_classes() {
        header.push("class".to_owned());
        header.extend(has_targets.then(|| "class_true".to_owned()));
    } else if has_targets {
        header.extend(ids.iter().map(|id| format!("{id}_true")));
    }
    let rows = (0..answers.outputs.len()).map(|row| {
        let mut cells = vec![Cell::from((row + 1) as f64)];
        cells.extend(answers.judging.raw(&answers.outputs[row]).into_iter().map(Cell::from));
        let (answer, wanted) = answers.answer(row);
        for (answer, is_target) in std::iter::once((answer, false)).chain(wanted.map(|wanted| (wanted, true)))
        {
            match answer {
                Answer::Class(class) => {
                    cells.extend(class.map(|class| Cell::from(answers.judging.class_name(class))));
                }
                // What is answered stands there already.
                Answer::Values(values) if is_target => cells.extend(values.into_iter().map(Cell::from)),
                Answer::Values(_) => {}
            }
        }
        cells
    });
    records::write(terminal, destination, &header, rows)
}

/// The same as arrays; classes are numbers from 0.
fn arrays(answers: &Answers<'_>) -> BTreeMap<String, Array> {
    let (rows, node) = (answers.outputs.len(), answers.node());
    let raw = |all: &[Vec<f64>]| Array {
        shape: vec![rows, node.width()],
        values: answers.judging.raw(&all.concat()),
    };
    let mut arrays = BTreeMap::from([(node.name.clone(), raw(&answers.outputs))]);
    let reading = answers.judging.reading();
    if answers.has_classes() {
        let classes = |class: &dyn Fn(&Vec<f64>) -> Option<usize>, all: &[Vec<f64>]| Array {
            shape: vec![rows],
            values: all.iter().filter_map(class).map(|class| class as f64).collect(),
        };
        insert_beside(&mut arrays, "class", classes(&|output| reading.class(output), &answers.outputs));
        if let Some(targets) = &answers.targets {
            insert_beside(&mut arrays, "class_true", classes(&|target| reading.wanted(target), targets));
        }
    } else if let Some(targets) = &answers.targets {
        arrays.insert(format!("{}_true", node.name), raw(targets));
    }
    arrays
}
