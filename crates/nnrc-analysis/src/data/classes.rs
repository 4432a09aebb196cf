//! Classes out of labels: which there are, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_syntax::ast::Expr;
use nnrc_syntax::wording;
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::value::{Scope, ValueKind};
use nnrc_model::Targets;

/// The classes that `onehot(column, classes = ["a", "b"])` lists, in its order.
pub struct Listed {
    /// The names, and the values of those that are written as numbers.
    names: Vec<(String, Option<f64>)>,
    span: Span,
}

impl Listed {
    /// Whether a label is listed as it is written.
    pub fn has(&self, label: &str) -> bool {
        self.names.iter().any(|(name, _)| name == label)
    }
}

/// Labels, one for each row.
pub trait Labels {
    /// Number of rows.
    fn rows(&self) -> usize;
    /// The label of a row, as it is written.
    fn text(&self, row: usize) -> String;
    /// Its value, if it is a finite number.
    fn value(&self, row: usize) -> Option<f64>;
    /// The value of a listed class, read as the labels are.
    fn value_of(&self, name: &str) -> Option<f64>;
    /// Where the label of a row stands, for messages.
    fn place(&self, row: usize) -> String;
}

/// Reads the list; none if it has errors, which are reported.
pub fn list(scope: &mut Scope, expr: &Expr) -> Option<Listed> {
    let value = scope.evaluate(expr)?;
    let expected = "a list of labels such as `[\"a\", \"b\"]`";
    let ValueKind::List(items) = &value.kind else {
        scope.wrong_type(expr.span, "`classes`", expected, &value.kind.words());
        return None;
    };
    let mut names = Vec::new();
    for item in items {
        let name = match &item.kind {
            ValueKind::Text(name) | ValueKind::Name(name) => (name.trim().to_owned(), None),
            ValueKind::Number(number, crate::units::Dimension::NONE) => (shown(*number), Some(*number)),
            other => {
                scope.wrong_type(item.span, "a class", "text, a name or a number", &other.words());
                return None;
            }
        };
        names.push(name);
    }
    if names.is_empty() {
        scope.wrong_type(expr.span, "`classes`", expected, "an empty list");
        return None;
    }
    Some(Listed { names, span: expr.span })
}

/// The classes of labels: those listed, in their order; else those that are there, numbers by value and words as text.
pub fn of(scope: &mut Scope, labels: &dyn Labels, listed: Option<&Listed>) -> Option<Targets> {
    match listed {
        Some(listed) => of_listed(scope, labels, listed),
        None => Some(of_found(labels)),
    }
}

fn of_listed(scope: &mut Scope, labels: &dyn Labels, listed: &Listed) -> Option<Targets> {
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    let mut numbers: BTreeMap<u64, usize> = BTreeMap::new();
    for (class, (name, number)) in listed.names.iter().enumerate() {
        let number =
            number.or_else(|| labels.value_of(name)).and_then(|value| numbers.insert(bits(value), class));
        if words.insert(name, class).or(number).is_some() {
            scope.report(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    listed.span,
                    format!("the class `{name}` is listed twice"),
                )
                .label("each class has one place")
                .help("keep one of the two"),
            );
            return None;
        }
    }
    let mut classes = Vec::with_capacity(labels.rows());
    for row in 0..labels.rows() {
        let text = labels.text(row);
        let number = || labels.value(row).and_then(|value| numbers.get(&bits(value)));
        let Some(class) = words.get(text.as_str()).or_else(number) else {
            let names: Vec<&str> = listed.names.iter().map(|(name, _)| name.as_str()).collect();
            let text = wording::shortened(&text);
            scope.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    listed.span,
                    format!("{} holds `{text}`, which is none of the classes", labels.place(row)),
                )
                .label("does not list it")
                .help(match scope.near(&text, names.iter().copied()) {
                    Some(near) => format!("list `{text}` as the data write it, where now `{near}` stands"),
                    None => format!("the classes are {}; add `{text}` in its place", wording::words(&names)),
                }),
            );
            return None;
        };
        classes.push(*class);
    }
    Some(Targets::Classes {
        labels: classes,
        names: listed.names.iter().map(|(name, _)| name.clone()).collect(),
        listed: true,
    })
}

/// A key that equal numbers share: −0 is 0.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

fn of_found(labels: &dyn Labels) -> Targets {
    let numbers: Option<Vec<f64>> = (0..labels.rows()).map(|row| labels.value(row)).collect();
    if let Some(numbers) = numbers {
        // Equal numbers are one class, called as the first of them is written.
        let mut first: Vec<(f64, usize)> = numbers.iter().copied().zip(0..).collect();
        first.sort_by(|(a, row), (b, other)| (a + 0.0).total_cmp(&(b + 0.0)).then(row.cmp(other)));
        first.dedup_by_key(|(value, _)| bits(*value));
        let class = |value: &f64| first.partition_point(|(other, _)| *other < *value);
        return Targets::Classes {
            labels: numbers.iter().map(class).collect(),
            names: first.iter().map(|(_, row)| labels.text(*row)).collect(),
            listed: false,
        };
    }
    let words: Vec<String> = (0..labels.rows()).map(|row| labels.text(row)).collect();
    let names: Vec<String> = words.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let labels = words.iter().map(|word| names.binary_search(word).unwrap_or(0)).collect();
    Targets::Classes { labels, names, listed: false }
}

/// The largest number of a class: no network has more outputs, and what is larger counts something.
const MAX_CLASS: f64 = 1e6;

/// Classes out of class numbers, 0 being the first; none if the values are something else.
pub fn of_class_numbers(values: &[f64]) -> Option<Targets> {
    let is_class = |value: &f64| value.fract() == 0.0 && (0.0..=MAX_CLASS).contains(value);
    if !values.iter().all(is_class) {
        return None;
    }
    let labels: Vec<usize> = values.iter().map(|value| *value as usize).collect();
    let last = labels.iter().copied().max().unwrap_or(0);
    let names = (0..=last).map(|label| label.to_string()).collect();
    Some(Targets::Classes { labels, names, listed: false })
}
