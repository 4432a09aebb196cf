//! The state of a training as arrays, and back.
//!
//! Parameters stand under the names of their tensors, so that a checkpoint is a weight file as well. Numbers are
//! exact: f64 in and out, whole numbers below 2⁵³.

use super::metrics::Metrics;
use super::stamp::{Stamp, Unusable};
use super::state::{Best, Record, State};
use crate::io::{Array, Arrays};
use crate::present::whole;

/// Name, shape and first place of a tensor in the flat parameters.
pub type Layout<'a> = (&'a str, &'a [usize], usize);

/// Columns of the history: epoch, rate, and the metrics of training and of validation.
const COLUMNS: usize = 2 + 2 * Metrics::NUMBERS;

/// Name of the array that says which version wrote a weight file, and so that matrices are stored as
/// [outputs, inputs].
pub const VERSION: &str = "nnrc.version";

/// The array under [`VERSION`].
pub fn version() -> Array {
    let values: Vec<f64> =
        env!("CARGO_PKG_VERSION").split('.').map(|part| part.parse().unwrap_or(0.0)).collect();
    Array { shape: vec![values.len()], values }
}

/// The arrays of a checkpoint. `stamp` says what it belongs to.
pub fn to_arrays(state: &State, tensors: &[Layout<'_>], stamp: &Stamp) -> Arrays {
    let mut arrays = Arrays::new();
    for (name, shape, start) in tensors {
        let size: usize = shape.iter().product();
        let values = state.variables.parameters[*start..start + size].to_vec();
        arrays.insert((*name).to_owned(), Array { shape: shape.to_vec(), values });
    }
    let mut put = |name: &str, values: Vec<f64>| {
        arrays.insert(format!("training.{name}"), Array { shape: vec![values.len()], values });
    };
    put("position", vec![state.epoch as f64, state.step as f64]);
    put("first", state.variables.first.clone());
    put("second", state.variables.second.clone());
    if let Some(best) = &state.best {
        put("best", vec![best.epoch as f64, best.loss]);
        put("best_parameters", best.parameters.clone());
    }
    let validated = state.history.iter().all(|record| record.validation.is_some());
    put("validated", vec![f64::from(u8::from(validated))]);
    put("history", state.history.iter().flat_map(|record| row(record, validated)).collect());
    stamp.put("training", &mut arrays);
    arrays
}

/// The state in the arrays of a checkpoint of the same training.
///
/// # Errors
///
/// [`Unusable`].
pub fn from_arrays(arrays: &Arrays, tensors: &[Layout<'_>], stamp: &Stamp) -> Result<State, Unusable> {
    stamp.check("training", arrays)?;
    let get = |name: &str| {
        let name = format!("training.{name}");
        arrays.get(&name).map(|array| array.values.clone()).ok_or(Unusable::Malformed(name))
    };
    let mut state = State::default();
    for (name, shape, start) in tensors {
        let found = arrays
            .get(*name)
            .filter(|array| array.shape == *shape && state.variables.parameters.len() == *start);
        let found = found.ok_or_else(|| Unusable::Malformed((*name).to_owned()))?;
        state.variables.parameters.extend_from_slice(&found.values);
    }
    let position: Vec<Option<usize>> = get("position")?.into_iter().map(whole).collect();
    let [Some(epoch), Some(step)] = position[..] else {
        return Err(Unusable::Malformed("training.position".to_owned()));
    };
    (state.epoch, state.step) = (epoch, step as u64);
    let count = state.variables.parameters.len();
    let sized = |name: &str, values: Vec<f64>| {
        if values.len() == count { Ok(values) } else { Err(Unusable::Malformed(format!("training.{name}"))) }
    };
    state.variables.first = sized("first", get("first")?)?;
    let second = get("second")?;
    state.variables.second = if second.is_empty() { second } else { sized("second", second)? };
    if let Ok(best) = get("best") {
        let (Some(epoch), &[_, loss]) = (best.first().copied().and_then(whole), best.as_slice()) else {
            return Err(Unusable::Malformed("training.best".to_owned()));
        };
        let parameters = sized("best_parameters", get("best_parameters")?)?;
        state.best = Some(Best { epoch, loss, parameters });
    }
    let history = get("history")?;
    let (rows, rest) = history.as_chunks();
    if rows.len() != state.epoch || !rest.is_empty() {
        return Err(Unusable::Malformed("training.history".to_owned()));
    }
    let validated = get("validated")? == [1.0];
    state.history = rows.iter().map(|row| record(row, validated)).collect();
    Ok(state)
}

fn row(record: &Record, validated: bool) -> Vec<f64> {
    let validation = record.validation.filter(|_| validated).unwrap_or_default();
    let mut row = vec![record.epoch as f64, record.rate];
    row.extend(record.train.to_numbers());
    row.extend(validation.to_numbers());
    row
}

fn record(row: &[f64; COLUMNS], validated: bool) -> Record {
    let &[epoch, rate, ref metrics @ ..] = row;
    let (metrics, _) = metrics.as_chunks();
    let of = |at: usize| metrics.get(at).map(Metrics::from_numbers).unwrap_or_default();
    Record { epoch: epoch as usize, rate, train: of(0), validation: validated.then(|| of(1)) }
}
