//! How the matrices of a file are stored: [outputs, inputs] as PyTorch and nnrc do, or [inputs, outputs] as Keras and
//! scikit-learn do.
//!
//! The shape of a square matrix does not tell, so what the others tell is said of the whole file, never of one layer
//! where that leaves a square matrix silently as it was.

use crate::overrides::Words;
use std::collections::BTreeMap;

use nnrc_syntax::ast::Expr;
use nnrc_syntax::{Diagnostic, Given, Span, codes};

use super::wanted::{Wanted, shape_words};
use crate::value::{Scope, Value};
use nnrc_syntax::wording::words;

/// What the entries `layout` and `layout.hidden` say; true is `in_out`.
#[derive(Debug, Clone, Default)]
pub struct MatrixLayout {
    general: Option<bool>,
    by_layer: BTreeMap<String, bool>,
}

/// Reads the entries of the block.
pub fn read(scope: &mut Scope, entries: &BTreeMap<String, &Expr>) -> MatrixLayout {
    let choices = [("out_in", false), ("in_out", true)];
    let mut layout = MatrixLayout::default();
    for (key, expr) in entries {
        if key == "layout" {
            layout.general = scope.choice(expr, "`layout`", &choices);
        } else if let Some(layer) = key.strip_prefix("layout.")
            && let Some(transposed) = scope.choice(expr, &format!("`{key}`"), &choices)
        {
            layout.by_layer.insert(layer.to_owned(), transposed);
        }
    }
    layout
}

/// Refuses a layout of matrices that no file holds: those of the text are what they look like.
pub fn reject_without_file(
    scope: &mut Scope,
    entries: &BTreeMap<String, &Expr>,
    has_file: bool,
    literals: &BTreeMap<String, Value>,
) {
    for (key, expr) in entries {
        let layer = key.strip_prefix("layout.");
        let is_literal = layer.is_some_and(|layer| literals.contains_key(&format!("{layer}.W")));
        if key != "layout" && layer.is_none() || has_file && !is_literal {
            continue;
        }
        let whose = match layer.filter(|_| is_literal) {
            Some(layer) => format!("and `{layer}.W` is a list of numbers"),
            None => "and no file is read".to_owned(),
        };
        scope.report(
            Diagnostic::error(codes::WRONG_TYPE, expr.span, format!("`{key}` is said of files, {whose}"))
                .label("changes nothing")
                .help("leave it out: lists of numbers are [outputs, inputs], a row for each unit")
                .help("the matrices of a file are read by `weights from \"file.npz\" { layout = in_out; }`"),
        );
    }
}

/// How a stored array fits the shape that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As it is stored.
    Straight,
    /// Only as its transpose.
    Transposed,
    /// Either way: a square matrix.
    Square,
    /// A vector, or the matrix of one unit or one input stored as one: there is nothing to transpose.
    Vector,
    /// Not at all.
    Misfit,
}

/// Compares a stored shape with the one that is needed. Of arrays with more axes, and of vectors, those of size 1 do
/// not count: `[1, n, 1]` is a vector. A matrix `[n, 1]` is none where `[1, n]` is needed, since that tells how the
/// file stores its matrices.
pub fn fit(wanted: &[usize], stored: &[usize]) -> Fit {
    let squeezed: Vec<usize> = match stored {
        [_, _] if wanted.len() == 2 => stored.to_vec(),
        _ => stored.iter().copied().filter(|&size| size != 1).collect(),
    };
    let count: usize = wanted.iter().product();
    match (wanted, &squeezed[..]) {
        ([1, 1], [1, 1]) => Fit::Vector,
        (&[rows, columns], &[first, second]) => {
            match ((first, second) == (rows, columns), (second, first) == (rows, columns)) {
                (true, true) => Fit::Square,
                (true, false) => Fit::Straight,
                (false, true) => Fit::Transposed,
                (false, false) => Fit::Misfit,
            }
        }
        ([1, _] | [_, 1] | [_], []) if count == 1 => Fit::Vector,
        ([1, _] | [_, 1] | [_], &[length]) if length == count => Fit::Vector,
        _ => Fit::Misfit,
    }
}

/// A matrix of the network and how the file stores it.
pub struct Matrix<'a> {
    pub wanted: &'a Wanted<'a>,
    /// Where the array is named.
    pub span: Span,
    /// The shape in the file.
    pub stored: Vec<usize>,
    pub fit: Fit,
    /// Whether it is read as [inputs, outputs].
    pub transposed: bool,
}

impl MatrixLayout {
    /// Whether the matrix of a layer is stored as [inputs, outputs].
    pub fn of(&self, layer: &str) -> bool {
        self.by_layer.get(layer).or(self.general.as_ref()).copied().unwrap_or(false)
    }

    /// Whether any matrix is said to be stored as [inputs, outputs].
    pub fn transposes(&self) -> bool {
        self.general == Some(true) || self.by_layer.values().any(|&transposed| transposed)
    }

    /// Reports the matrices that do not fit as they are read, and squares in a file that stores matrices either way.
    /// `path` is the file.
    pub fn judge(&self, scope: &mut Scope, path: &str, matrices: &[Matrix<'_>]) {
        let before = scope.errors;
        for matrix in matrices {
            if matrix.is_wrong() {
                scope.report(self.mismatch(scope.words, path, matrix, matrices));
            }
        }
        if scope.errors > before {
            return;
        }
        for matrix in matrices {
            let is_open = matrix.fit == Fit::Square && !self.by_layer.contains_key(&matrix.wanted.layer.name);
            let other = matrices.iter().find(|other| {
                !matches!(other.fit, Fit::Vector | Fit::Misfit) && other.transposed != matrix.transposed
            });
            if let (true, Some(other)) = (is_open, other) {
                scope.report(open_square(scope.words, path, matrix, other));
            }
        }
    }

    fn mismatch(&self, names: Words, path: &str, matrix: &Matrix<'_>, matrices: &[Matrix<'_>]) -> Diagnostic {
        let Matrix { wanted, span, stored, .. } = matrix;
        let (expected, meaning) = if matrix.transposed {
            (wanted.shape.iter().rev().copied().collect(), " (inputs, outputs)")
        } else {
            (wanted.shape.clone(), " (outputs, inputs)")
        };
        let expected = shape_words(&expected);
        let message = format!(
            "`{}` in `{path}` has shape {}, expected {expected}{meaning}",
            wanted.key,
            shape_words(stored)
        );
        let finding = Diagnostic::error(codes::SHAPE_MISMATCH, *span, message)
            .label(format!("expected shape {expected}"))
            .other(wanted.layer.span, wanted.words.clone());
        let (right, against) = match matrix.fit {
            Fit::Transposed => (true, Fit::Straight),
            Fit::Straight => (false, Fit::Transposed),
            Fit::Square | Fit::Vector | Fit::Misfit => return finding,
        };
        let layer = &wanted.layer.name;
        let stored = if right { "[inputs, outputs]" } else { "[outputs, inputs]" };
        if !matrices.iter().any(|matrix| matrix.fit == against) {
            let instead = match self.by_layer.get(layer) {
                Some(&said) => format!(", instead of `layout.{layer} = {}`", word(said)),
                None => String::new(),
            };
            let setting = setting(names, *span, "layout", right);
            return finding.help(format!("the file stores matrices as {stored}: write {setting}{instead}"));
        }
        let setting = setting(names, *span, &format!("layout.{layer}"), right);
        let finding =
            finding.help(format!("the file stores this one as {stored}, others not: write {setting}"));
        let open = matrices
            .iter()
            .filter(|matrix| matrix.fit == Fit::Square)
            .map(|matrix| &matrix.wanted.layer.name);
        let open: Vec<String> = open
            .filter(|name| !self.by_layer.contains_key(*name))
            .map(|name| format!("layout.{name}"))
            .collect();
        if open.is_empty() {
            return finding;
        }
        let open: Vec<&str> = open.iter().map(String::as_str).collect();
        finding.help(format!("square matrices fit either way: say how they are stored by {}", words(&open)))
    }
}

impl Matrix<'_> {
    fn is_wrong(&self) -> bool {
        match self.fit {
            Fit::Straight => self.transposed,
            Fit::Transposed => !self.transposed,
            Fit::Square | Fit::Vector => false,
            Fit::Misfit => true,
        }
    }
}

fn open_square(names: Words, path: &str, matrix: &Matrix<'_>, other: &Matrix<'_>) -> Diagnostic {
    let key = format!("layout.{}", matrix.wanted.layer.name);
    let read = |matrix: &Matrix<'_>| word(matrix.transposed);
    let message = format!(
        "`{}` in `{path}` is square and read as `{}`, while `{}` is read as `{}`: its shape does not tell which is right",
        matrix.wanted.key,
        read(matrix),
        other.wanted.key,
        read(other)
    );
    Diagnostic::warning(codes::AMBIGUOUS_LAYOUT, matrix.span, message)
        .label("fits either way")
        .help(format!(
            "if all matrices of the file are stored alike, write {} and nothing for single layers",
            setting(names, matrix.span, "layout", other.transposed)
        ))
        .help(format!(
            "else say it: {} or {}",
            setting(names, matrix.span, &key, false),
            setting(names, matrix.span, &key, true)
        ))
}

/// The name of a layout in the language.
pub fn word(transposed: bool) -> &'static str {
    if transposed { "in_out" } else { "out_in" }
}

/// What to write: into the block, or beside a file that is named outside the text.
pub fn setting(words: Words, span: Span, key: &str, transposed: bool) -> String {
    let layout = word(transposed);
    match span.given {
        Given::AsOption => (words.setting)(&format!("weights.{key}"), layout),
        Given::InText | Given::AsSetting(_) => format!("`{key} = {layout};`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_fit_one_way_either_way_or_not() {
        let cases: [(&[usize], &[usize], Fit); 22] = [
            (&[2, 3], &[2, 3], Fit::Straight),
            (&[2, 3], &[3, 2], Fit::Transposed),
            (&[3, 3], &[3, 3], Fit::Square),
            (&[2, 3], &[6], Fit::Misfit),
            (&[2, 3], &[2, 3, 1], Fit::Straight),
            (&[2, 3], &[1, 3, 2], Fit::Transposed),
            (&[2, 3], &[3, 3], Fit::Misfit),
            (&[1, 4], &[1, 4], Fit::Straight),
            (&[1, 4], &[4, 1], Fit::Transposed),
            (&[1, 4], &[4], Fit::Vector),
            (&[1, 4], &[1, 4, 1], Fit::Vector),
            (&[4, 1], &[4], Fit::Vector),
            (&[4, 1], &[1, 4], Fit::Transposed),
            (&[1, 4], &[2, 2], Fit::Misfit),
            (&[1, 4], &[5], Fit::Misfit),
            (&[1, 1], &[], Fit::Vector),
            (&[1, 1], &[1, 1], Fit::Vector),
            (&[4], &[4, 1], Fit::Vector),
            (&[4], &[1, 4], Fit::Vector),
            (&[4], &[2, 2], Fit::Misfit),
            (&[1], &[], Fit::Vector),
            (&[4], &[0, 4], Fit::Misfit),
        ];
        for (wanted, stored, expected) in cases {
            assert_eq!(fit(wanted, stored), expected, "{wanted:?} stored as {stored:?}");
        }
    }
}
