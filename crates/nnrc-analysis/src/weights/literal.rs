//! Weights written into the text.

use nnrc_syntax::{Diagnostic, codes};

use super::layout::{Fit, fit};
use super::wanted::{Wanted, shape_mismatch};
use crate::value::{Scope, Value, ValueKind};
use nnrc_model::Tensor;

/// Numbers of a literal, with their shape.
pub fn literal(scope: &mut Scope, value: &Value, wanted: &Wanted<'_>) -> Option<Tensor> {
    let mut tensor = Tensor::default();
    let ValueKind::List(rows) = &value.kind else {
        let example = if wanted.shape.len() == 2 { "`[[1, 0], [0, 1]]`" } else { "`[0, 1]`" };
        scope.wrong_type(
            value.span,
            &format!("`{}`", wanted.key),
            &format!("a list such as {example}"),
            &value.kind.words(),
        );
        return None;
    };
    if wanted.shape.len() == 1 {
        tensor.values = scope.numbers(value, &format!("`{}`", wanted.key))?;
        tensor.shape = vec![tensor.values.len()];
    } else {
        let mut width = None;
        for row in rows {
            let numbers = scope.numbers(row, &format!("a row of `{}`", wanted.key))?;
            if *width.get_or_insert(numbers.len()) != numbers.len() {
                scope.report(
                    Diagnostic::error(
                        codes::SHAPE_MISMATCH,
                        row.span,
                        format!(
                            "this row of `{}` has {} numbers, the first has {}",
                            wanted.key,
                            numbers.len(),
                            width.unwrap_or(0)
                        ),
                    )
                    .label("rows must have one length"),
                );
                return None;
            }
            tensor.values.extend(numbers);
        }
        tensor.shape = vec![rows.len(), width.unwrap_or(0)];
    }
    if tensor.shape != wanted.shape {
        let mut finding = shape_mismatch(value.span, wanted, &tensor.shape);
        if fit(&wanted.shape, &tensor.shape) == Fit::Transposed {
            finding = finding.help("rows are units: write one row of incoming weights for each unit");
        }
        scope.report(finding);
        return None;
    }
    Some(tensor)
}
