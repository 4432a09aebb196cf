//! Inputs and targets from files.

use std::path::Path;

use super::console::say;
use super::file_error::{Fault, FileError, InputError, RowFault};
use super::widths::{input_width, output_width};
use crate::io::{ArrayFile, ReadError, npz, read_file, table};
use crate::meanings::{Columns, Meanings};
use crate::network::{Network, Role};
use crate::scaling::Scaling;
use crate::train::Loss;

/// How the network's own data were scaled, and whether those of a file are scaled already.
pub(crate) struct Own<'a> {
    pub meanings: &'a Meanings,
    pub are_scaled: bool,
}

impl<'a> Own<'a> {
    /// Says what is done with files of data, where there is a choice.
    pub fn new(meanings: &'a Meanings, are_scaled: bool) -> Self {
        let Meanings { inputs, targets, .. } = meanings;
        if inputs.scale.is_none() && targets.scale.is_none() {
            return Self { meanings, are_scaled: true };
        }
        if !are_scaled {
            say(
                "data are taken as measurements and scaled as the network's own; `--scaled` takes scaled values",
            );
        }
        Self { meanings, are_scaled }
    }

    /// Values of inputs for those of a file.
    pub fn inputs(&self, values: &[f64]) -> Vec<f64> {
        self.each(&self.meanings.inputs, values, Scaling::apply)
    }

    /// Targets for those of a file.
    pub fn targets(&self, values: &[f64]) -> Vec<f64> {
        self.each(&self.meanings.targets, values, Scaling::apply)
    }

    /// Outputs in the units of the files.
    pub fn outputs(&self, values: &[f64]) -> Vec<f64> {
        self.each(&self.meanings.targets, values, Scaling::undo)
    }

    fn each(&self, columns: &Columns, values: &[f64], map: fn(&Scaling, &[f64]) -> Vec<f64>) -> Vec<f64> {
        match columns.scale.as_ref().filter(|_| !self.are_scaled) {
            Some(scale) => map(scale, values),
            None => values.to_vec(),
        }
    }

    /// What may be the reason where a value does not fit.
    fn hint(&self) -> &'static str {
        match &self.meanings.inputs.scale {
            Some(_) if !self.are_scaled => {
                " (after scaling; `--scaled` takes values that are scaled already)"
            }
            Some(_) => " (`--scaled` is given: leave it out for measurements)",
            None => "",
        }
    }
}

/// Inputs with their targets, one after another.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Samples {
    /// As many as all inputs have elements, for each sample.
    pub inputs: Vec<f64>,
    /// As many as all outputs have elements, for each sample.
    pub targets: Vec<f64>,
    /// Number of samples.
    pub count: usize,
}

/// Checks the number of the values of the inputs, their signs, and their ranges.
pub(crate) fn check_input<N: Network>(values: &[f64]) -> Result<(), InputError> {
    let width = input_width::<N>();
    if values.len() != width {
        return Err(InputError::Count(values.len(), width));
    }
    let mut rest = values;
    for quantity in N::quantities().iter().filter(|quantity| quantity.role.is_input()) {
        let (own, others) = rest.split_at(quantity.width);
        rest = others;
        let is_bad = |value: &f64| *value < 0.0 && quantity.role == Role::Input;
        if let Some(at) = own.iter().position(is_bad) {
            return Err(InputError::Negative(quantity.name, at + 1, own[at]));
        }
        if let Some((name, low, high)) = N::RANGES.iter().find(|(name, ..)| *name == quantity.name)
            && let Some(at) = own.iter().position(|value| !(*low..=*high).contains(value))
        {
            return Err(InputError::Outside(name, at + 1, own[at], [*low, *high]));
        }
    }
    Ok(())
}

/// The inputs in a file, one in each row.
pub(crate) fn inputs<N: Network>(path: &Path, own: &Own<'_>) -> Result<Vec<Vec<f64>>, FileError> {
    let width = input_width::<N>();
    let rows = match arrays(path)? {
        Some(file) => {
            let name = if file.holds("x") { "x" } else { npz::SINGLE };
            if !file.holds(name) {
                return Err(FileError::new(path, Fault::NoArray("x".to_owned())));
            }
            matrix(path, &file, name, Some(width))?
        }
        None => cells(path, own)?,
    };
    let rows = rows.iter().map(|row| own.inputs(row)).collect::<Vec<_>>();
    check_rows::<N>(path, own, rows.iter().map(Vec::as_slice))?;
    Ok(rows)
}

/// Inputs and targets: arrays `x` and `t`, or columns of inputs and after them columns of targets.
///
/// Instead of a target for each of several outputs there may be one number, the class from 0.
pub(crate) fn samples<N: Network>(path: &Path, own: &Own<'_>) -> Result<Samples, FileError> {
    let width = input_width::<N>();
    let samples = samples_of(path, own, width, output_width::<N>())?;
    check_rows::<N>(path, own, samples.inputs.chunks(width.max(1)))?;
    Ok(samples)
}

/// The same for any number of inputs and outputs; signs of inputs are not looked at.
pub(crate) fn samples_of(
    path: &Path,
    own: &Own<'_>,
    width: usize,
    outputs: usize,
) -> Result<Samples, FileError> {
    let (rows, targets) = match arrays(path)? {
        Some(file) => (matrix(path, &file, "x", Some(width))?, matrix(path, &file, "t", None)?),
        None => cells(path, own)?
            .into_iter()
            .map(|mut row| {
                let target = row.split_off(width.min(row.len()));
                (row, target)
            })
            .unzip(),
    };
    if let Some(at) = rows.iter().position(|row| row.len() != width) {
        return Err(FileError::row(path, at, RowFault::Input(InputError::Count(rows[at].len(), width), "")));
    }
    if rows.len() != targets.len() {
        return Err(FileError::new(path, Fault::Counts(rows.len(), targets.len())));
    }
    let mut samples = Samples { count: rows.len(), inputs: own.inputs(&rows.concat()), targets: Vec::new() };
    for (at, target) in targets.iter().enumerate() {
        match target.as_slice() {
            &[class] if outputs > 1 => {
                if class.fract() != 0.0 || !(0.0..outputs as f64).contains(&class) {
                    return Err(FileError::row(path, at, RowFault::Class(class, outputs - 1)));
                }
                samples.targets.extend((0..outputs).map(|one| f64::from(u8::from(one as f64 == class))));
            }
            target if target.len() == outputs => samples.targets.extend(own.targets(target)),
            target => {
                return Err(FileError::row(path, at, RowFault::Targets(target.len(), outputs)));
            }
        }
    }
    Ok(samples)
}

/// Checks that targets are what a loss is made for: those of a cross-entropy are probabilities.
pub(crate) fn check_targets(
    path: &Path,
    samples: &Samples,
    outputs: usize,
    loss: Loss,
) -> Result<(), FileError> {
    match loss {
        Loss::SquaredError => return Ok(()),
        Loss::CrossEntropy | Loss::SoftmaxCrossEntropy => {}
    }
    let are_probabilities =
        |row: &[f64]| row.iter().all(|t| *t >= 0.0) && (row.iter().sum::<f64>() - 1.0).abs() < 1e-6;
    match samples.targets.chunks(outputs.max(1)).position(|row| !are_probabilities(row)) {
        None => Ok(()),
        Some(at) => Err(FileError::row(path, at, RowFault::Probabilities)),
    }
}

/// The arrays of a file of NumPy; none for tables.
fn arrays(path: &Path) -> Result<Option<ArrayFile<'static>>, FileError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    if !matches!(extension, Some("npz" | "npy")) {
        return Ok(None);
    }
    let bytes = read_file(path).map_err(|error| FileError::unreadable(path, &error))?;
    npz::open(bytes).map(Some).map_err(|error| FileError::new(path, Fault::Malformed(error)))
}

/// The rows of an array: of `width` values, or of any number. The shape is judged before the values are decoded.
fn matrix(
    path: &Path,
    file: &ArrayFile<'_>,
    name: &str,
    width: Option<usize>,
) -> Result<Vec<Vec<f64>>, FileError> {
    let missing = || FileError::new(path, Fault::NoArray(name.to_owned()));
    let failed = |error: ReadError| FileError::new(path, Fault::Malformed(error));
    let shape = file.shape(name).ok_or_else(missing)?.map_err(failed)?;
    let columns = shape.iter().skip(1).try_fold(1, |product: usize, &size| product.checked_mul(size));
    match columns {
        Some(columns) if columns > 0 && !shape.is_empty() && width.is_none_or(|width| width == columns) => {
            let array = file.read(name).ok_or_else(missing)?.map_err(failed)?;
            Ok(array.values.chunks_exact(columns).map(<[f64]>::to_vec).collect())
        }
        _ => Err(FileError::new(path, Fault::Shape(name.to_owned(), shape, width))),
    }
}

/// The numbers of a table. Columns with the names that the network knows stand where it knows them.
fn cells(path: &Path, own: &Own<'_>) -> Result<Vec<Vec<f64>>, FileError> {
    let bytes = read_file(path).map_err(|error| FileError::unreadable(path, &error))?;
    let extension = path.extension().and_then(|extension| extension.to_str());
    let (header, rows) =
        table::numbers(&bytes, extension).map_err(|error| FileError::new(path, Fault::Malformed(error)))?;
    let known = &own.meanings.inputs.names;
    if !header.starts_with(known) && known.iter().all(|column| header.contains(column)) {
        return Err(FileError::new(path, Fault::Columns(known.clone())));
    }
    Ok(rows)
}

fn check_rows<'a, N: Network>(
    path: &Path,
    own: &Own<'_>,
    rows: impl Iterator<Item = &'a [f64]>,
) -> Result<(), FileError> {
    for (at, row) in rows.enumerate() {
        check_input::<N>(row)
            .map_err(|error| FileError::row(path, at, RowFault::Input(error, own.hint())))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaling::ColumnScale;

    #[test]
    fn measurements_go_in_and_come_out() {
        let columns = |shift: f64, factor: f64| {
            let column = ColumnScale { shift, factor, start: 1.0, clip: None, seen: [shift, shift + 4.0] };
            Columns { names: Vec::new(), scale: Some(Scaling { columns: vec![column], ends: None }) }
        };
        let meanings =
            Meanings { inputs: columns(10.0, 0.5), targets: columns(-2.0, 4.0), classes: Vec::new() };
        let own = Own::new(&meanings, false);
        assert_eq!((own.inputs(&[14.0, 10.0]), own.targets(&[-1.0])), (vec![3.0, 1.0], vec![5.0]));
        assert_eq!(own.outputs(&[5.0, 1.0]), [-1.0, -2.0]);
        let scaled = Own::new(&meanings, true);
        assert_eq!((scaled.inputs(&[14.0]), scaled.outputs(&[5.0])), (vec![14.0], vec![5.0]));
        assert!(own.hint().contains("--scaled") && scaled.hint().contains("leave it out"));
        let none = Meanings::default();
        let plain = Own::new(&none, false);
        assert_eq!((plain.inputs(&[2.0]), plain.hint()), (vec![2.0], ""));
    }
}
