//! Ops of the classical domain: Scaler, LinearRegressor, LinearClassifier.

use crate::index::stretch;
use crate::op::{Fault, Op, Steps, attribute};
use crate::sparse::SparseMatrix;
use crate::step::{Factor, Map, Step};

/// Scaler: (x − offset) · scale, one number for all columns or for each.
pub(crate) fn scale(op: &Op<'_>) -> Steps {
    let shape = op.shape(0)?.to_vec();
    let count = op.budget.elements(&shape)?;
    let columns = shape.last().copied().unwrap_or(1);
    let list = |name: &str, default: f64| -> Result<Vec<f64>, Fault> {
        let values = op.floats(name)?.unwrap_or_default();
        match values {
            [] => Ok(vec![default; columns]),
            [single] => Ok(vec![*single; columns]),
            _ if values.len() == columns => Ok(values.to_vec()),
            _ => Err(op.mismatch(format!("one {name} or {columns}, not {}", values.len()), &[0]).into()),
        }
    };
    let (offset, scale) = (list("offset", 0.0)?, list("scale", 1.0)?);
    let constant = (0..count).map(|k| -offset[k % columns] * scale[k % columns]).collect();
    let factor = Factor::Each((0..count).map(|k| scale[k % columns]).collect());
    let from = stretch(&shape, &shape);
    Ok(vec![Some(Step::single(shape, Map::Pick { from, factor }, constant))])
}

/// LinearRegressor.
pub(crate) fn regress(op: &Op<'_>) -> Steps {
    if op.text("post_transform", "NONE")? != "NONE" {
        return Err(Fault::Unserved("its post_transform; served is NONE".to_owned()));
    }
    let targets = usize::try_from(op.int("targets", 1)?).unwrap_or(0);
    Ok(vec![Some(linear(op, targets)?)])
}

/// LinearClassifier: its scores are the second output; its post_transform is judged as a head.
pub(crate) fn classify(op: &Op<'_>) -> Steps {
    let columns = op.shape(0)?.last().copied().unwrap_or(1);
    let coefficients = op.floats("coefficients")?.unwrap_or_default();
    let scores = coefficients.len() / columns.max(1);
    let labels = [op.attribute("classlabels_strings"), op.attribute("classlabels_ints")];
    let labels = labels.into_iter().flatten().map(|labels| match labels {
        crate::graph::Attribute::Texts(texts) => texts.len(),
        crate::graph::Attribute::Ints(ints) => ints.len(),
        _ => 0,
    });
    if labels.max().is_some_and(|labels| labels > 0 && labels != scores) {
        return Err(Fault::Unserved(format!(
            "{scores} rows of coefficients for another number of classes; served is a row for each class"
        )));
    }
    Ok(vec![None, Some(linear(op, scores)?)])
}

/// Coefficients and intercepts in attributes: a row of columns for each target.
fn linear(op: &Op<'_>, targets: usize) -> Result<Step, Fault> {
    let shape = op.shape(0)?;
    let (columns, rows) = match shape {
        [columns] => (*columns, 1),
        [rows, columns] => (*columns, *rows),
        _ => return Err(op.mismatch("[batch, columns]", &[0]).into()),
    };
    let coefficients = op.floats("coefficients")?.unwrap_or_default();
    let intercepts = op.floats("intercepts")?.unwrap_or_default();
    if targets == 0 || columns == 0 || targets.checked_mul(columns) != Some(coefficients.len()) {
        let expected =
            format!("{targets} rows of {columns} coefficients, not {} numbers", coefficients.len());
        return Err(op.mismatch(expected, &[0]).into());
    }
    if !intercepts.is_empty() && intercepts.len() != targets {
        return Err(attribute("intercepts", "one for each target").into());
    }
    op.budget.entries(coefficients.len())?;
    op.budget.elements(&[rows, targets])?;
    let mut matrix = SparseMatrix::new(columns);
    for row in coefficients.chunks(columns) {
        row.iter().enumerate().for_each(|(column, &value)| matrix.push(column, value));
        matrix.end_row();
    }
    let matrix = op.each_sample(matrix, rows)?;
    Ok(Step::single(vec![rows, targets], Map::Matrix(matrix), intercepts.repeat(rows)))
}
