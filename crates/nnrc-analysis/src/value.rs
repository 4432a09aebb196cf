//! Evaluation of expressions: constants, arithmetic, units.

use crate::overrides::Words;
use std::collections::{BTreeMap, BTreeSet};

use nnrc_syntax::ast::{Call, Expr, ExprKind, Op};
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, Near, Span, codes, suggest};

use crate::foreign;
use crate::units::{self, Dimension};

/// How many errors are kept; beyond that they say nothing new.
const MAX_ERRORS: usize = 100;

/// How many values, or bytes of text, all uses of constants together may copy.
const MAX_COPIED: usize = 10_000_000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// A number, in SI units if it has a dimension.
    Number(f64, Dimension),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A record.
    Record(Vec<(String, Span, Value)>),
    /// A call, its arguments not yet evaluated.
    Call(Call),
    /// A name that is no constant: a column, a layer, a choice.
    Name(String),
}

impl ValueKind {
    /// What it is, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Number(_, Dimension::NONE) => "a number".to_owned(),
            Self::Number(_, dimension) => dimension.to_string(),
            Self::Text(_) => "text".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Record(_) => "a record".to_owned(),
            Self::Call(call) => format!("the call `{}(…)`", call.name.name),
            Self::Name(name) => format!("the name `{name}`"),
        }
    }
}

impl Value {
    /// Values in it, and bytes of text.
    fn size(&self) -> usize {
        1 + match &self.kind {
            ValueKind::Number(..) | ValueKind::Name(_) => 0,
            ValueKind::Text(text) => text.len(),
            ValueKind::List(items) => items.iter().map(Self::size).sum(),
            ValueKind::Record(fields) => {
                fields.iter().map(|(name, _, value)| name.len() + value.size()).sum()
            }
            // Arguments are read again at each use, and hold no constants until then.
            ValueKind::Call(call) => (call.span.end - call.span.start) as usize,
        }
    }
}

/// Constants and findings: what every part of the analysis shares.
#[derive(Debug, Default)]
pub struct Scope {
    /// Declared constants.
    pub constants: BTreeMap<String, Value>,
    /// Constants with an error, which is reported where they are declared and not again at each use.
    pub broken: BTreeSet<String>,
    /// Constants that some expression names.
    pub used: BTreeSet<String>,
    /// Findings so far, as many as are kept.
    pub diagnostics: Vec<Diagnostic>,
    /// Number of findings so far.
    pub reported: usize,
    /// Number of errors among them.
    pub errors: usize,
    /// How settings beside the text are written.
    pub words: Words,
    /// What the uses of constants have copied so far.
    copied: usize,
}

impl Scope {
    /// Notes a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.reported += 1;
        self.errors += usize::from(diagnostic.is_error());
        if self.diagnostics.len() < MAX_ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The candidate that may have been meant by a name, as long as findings are kept: the search among many
    /// candidates takes its time.
    pub fn near<'a>(&self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Near> {
        if self.is_full() { None } else { suggest(name, candidates) }
    }

    /// Whether further findings are only counted.
    pub fn is_full(&self) -> bool {
        self.diagnostics.len() >= MAX_ERRORS
    }

    /// Evaluates an expression; none if it has an error, which is then reported.
    pub fn evaluate(&mut self, expr: &Expr) -> Option<Value> {
        let kind = match &expr.kind {
            ExprKind::Number { value, unit } => self.number(*value, unit.as_deref(), expr.span)?,
            ExprKind::Text(text) => ValueKind::Text(text.clone()),
            ExprKind::List(items) => {
                let values: Vec<Option<Value>> = items.iter().map(|item| self.evaluate(item)).collect();
                ValueKind::List(values.into_iter().collect::<Option<_>>()?)
            }
            ExprKind::Record(fields) => {
                let mut values = Vec::new();
                let mut places: BTreeMap<&str, Span> = BTreeMap::new();
                for (name, value) in fields {
                    if let Some(first) = places.insert(&name.name, name.span) {
                        self.report(
                            Diagnostic::error(
                                codes::DUPLICATE_KEY,
                                name.span,
                                format!("this record has `{}` twice", name.name),
                            )
                            .label("given again here")
                            .other(first, "first given here")
                            .help("keep one of the two"),
                        );
                        return None;
                    }
                    values.push((name.name.clone(), name.span, self.evaluate(value)?));
                }
                ValueKind::Record(values)
            }
            ExprKind::Call(call) => ValueKind::Call(call.clone()),
            ExprKind::Path(path) => {
                let name = path.text();
                if self.broken.contains(&name) {
                    return None;
                }
                match self.constants.get(&name) {
                    Some(constant) => {
                        self.copied = self.copied.saturating_add(constant.size());
                        if self.copied > MAX_COPIED {
                            self.copies_too_much(&name, expr.span);
                            return None;
                        }
                        let kind = self.constants.get(&name)?.kind.clone();
                        self.used.insert(name);
                        kind
                    }
                    None => ValueKind::Name(name),
                }
            }
            ExprKind::Negate(inner) => {
                let (value, dimension) = self.operand(inner)?;
                ValueKind::Number(-value, dimension)
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.operand(left), self.operand(right));
                self.arithmetic(*op, left?, right?, expr.span)?
            }
        };
        Some(Value { kind, span: expr.span })
    }

    /// Lists of lists of constants grow by powers: what they copy is counted, whatever the size of the text.
    fn copies_too_much(&mut self, name: &str, span: Span) {
        self.broken.insert(name.to_owned());
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                span,
                format!(
                    "the constants of this file multiply to more than {} million values",
                    MAX_COPIED / 1_000_000
                ),
            )
            .label(format!("`{name}` is used once too often"))
            .help("keep large lists in a file: `weights from \"weights.npz\" { }`"),
        );
    }

    fn not_finite(&mut self, span: Span, message: impl Into<String>) {
        self.report(
            Diagnostic::error(codes::NOT_FINITE, span, message)
                .label("larger than any number")
                .help("numbers end at about 1.8e308"),
        );
    }

    fn number(&mut self, value: f64, unit: Option<&str>, span: Span) -> Option<ValueKind> {
        let Some(unit) = unit else { return Some(ValueKind::Number(value, Dimension::NONE)) };
        match units::lookup(unit) {
            Some((factor, _)) if !(value * factor).is_finite() => {
                self.not_finite(span, format!("{value:e} {unit} is not a finite number in SI units"));
                None
            }
            Some((factor, dimension)) => Some(ValueKind::Number(value * factor, dimension)),
            None => {
                self.report(Diagnostic::error(codes::UNKNOWN_UNIT, span, format!("unknown unit `{unit}`")));
                None
            }
        }
    }

    fn operand(&mut self, expr: &Expr) -> Option<(f64, Dimension)> {
        let value = self.evaluate(expr)?;
        match value.kind {
            ValueKind::Number(number, dimension) => Some((number, dimension)),
            ValueKind::Name(name) => {
                self.unknown_constant(&name, expr.span);
                None
            }
            other => {
                self.report(
                    Diagnostic::error(
                        codes::WRONG_TYPE,
                        expr.span,
                        format!("arithmetic needs numbers, found {}", other.words()),
                    )
                    .label("expected a number"),
                );
                None
            }
        }
    }

    fn unknown_constant(&mut self, name: &str, span: Span) {
        self.report(
            Diagnostic::error(codes::UNKNOWN_NAME, span, format!("there is no constant `{name}`"))
                .label("expected a number or a declared constant")
                .did_you_mean_or(self.near(name, self.constants.keys().map(String::as_str)), || {
                    format!("declare it above: `const {name} = 1;`")
                }),
        );
    }

    fn arithmetic(
        &mut self,
        op: Op,
        (left, left_dimension): (f64, Dimension),
        (right, right_dimension): (f64, Dimension),
        span: Span,
    ) -> Option<ValueKind> {
        let (value, dimension) = match op {
            Op::Add | Op::Subtract => {
                if left_dimension != right_dimension {
                    self.report(
                        Diagnostic::error(
                            codes::WRONG_UNIT,
                            span,
                            format!("cannot add {left_dimension} and {right_dimension}"),
                        )
                        .label("both sides need the same dimension"),
                    );
                    return None;
                }
                (if op == Op::Add { left + right } else { left - right }, left_dimension)
            }
            Op::Multiply => (left * right, self.combined(left_dimension, right_dimension, 1, span)?),
            Op::Divide => {
                if right == 0.0 {
                    self.report(
                        Diagnostic::error(codes::DIVISION_BY_ZERO, span, "division by zero")
                            .label("the divisor is 0"),
                    );
                    return None;
                }
                (left / right, self.combined(left_dimension, right_dimension, -1, span)?)
            }
        };
        if !value.is_finite() {
            self.not_finite(span, "the result is not a finite number");
            return None;
        }
        Some(ValueKind::Number(value, dimension))
    }

    fn combined(&mut self, left: Dimension, right: Dimension, sign: i8, span: Span) -> Option<Dimension> {
        let dimension = left.combine(right, sign);
        if dimension.is_none() {
            self.report(
                Diagnostic::error(codes::WRONG_UNIT, span, "no quantity has a unit of such a high power")
                    .label("too many units")
                    .help("write numbers without units, or fewer factors with one"),
            );
        }
        dimension
    }

    /// A plain number.
    pub fn plain_number(&mut self, expr: &Expr, what: &str) -> Option<f64> {
        self.quantity(expr, what, Dimension::NONE, 1.0)
    }

    /// A number that may carry a unit of the given dimension; one with a unit is divided by `unit` (in SI).
    pub fn quantity(&mut self, expr: &Expr, what: &str, dimension: Dimension, unit: f64) -> Option<f64> {
        let value = self.evaluate(expr)?;
        self.as_quantity(&value, what, dimension, unit)
    }

    /// The same for a value.
    pub fn as_quantity(&mut self, value: &Value, what: &str, dimension: Dimension, unit: f64) -> Option<f64> {
        match &value.kind {
            ValueKind::Number(number, Dimension::NONE) => Some(*number),
            ValueKind::Number(number, found) if *found == dimension => {
                let number = number / unit;
                if number.is_finite() {
                    return Some(number);
                }
                self.not_finite(
                    value.span,
                    format!("{what} is not a finite number in the units of the file"),
                );
                None
            }
            ValueKind::Number(_, found) => {
                self.report(
                    Diagnostic::error(
                        codes::WRONG_UNIT,
                        value.span,
                        format!("{what} is {dimension}, not {found}"),
                    )
                    .label(format!("expected {dimension}")),
                );
                None
            }
            ValueKind::Name(name) => {
                let name = name.clone();
                self.unknown_constant(&name, value.span);
                None
            }
            other => {
                self.wrong_type(value.span, what, "a number", &other.words());
                None
            }
        }
    }

    /// A number that satisfies `holds`; `bound` says so in words (`greater than 0`).
    pub fn bounded(
        &mut self,
        expr: &Expr,
        what: &str,
        dimension: Dimension,
        unit: f64,
        (bound, holds): (&str, fn(f64) -> bool),
    ) -> Option<f64> {
        let number = self.quantity(expr, what, dimension, unit)?;
        if holds(number) {
            return Some(number);
        }
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                expr.span,
                format!("{what} must be {bound}, found {}", shown(number)),
            )
            .label(format!(
                "expected a number {}{bound}",
                if bound.starts_with("at least") { "of " } else { "" }
            )),
        );
        None
    }

    /// A whole number of at least `least`.
    pub fn whole(&mut self, expr: &Expr, what: &str, least: u64) -> Option<u64> {
        let number = self.plain_number(expr, what)?;
        if number.fract() == 0.0 && number >= least as f64 && number <= 9_007_199_254_740_992.0 {
            return Some(number as u64);
        }
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                expr.span,
                format!("{what} must be a whole number of at least {least}, found {}", shown(number)),
            )
            .label(format!("expected a whole number of at least {least}")),
        );
        None
    }

    /// A list of plain numbers.
    pub fn numbers(&mut self, value: &Value, what: &str) -> Option<Vec<f64>> {
        match &value.kind {
            ValueKind::List(items) => {
                items.iter().map(|item| self.as_quantity(item, what, Dimension::NONE, 1.0)).collect()
            }
            other => {
                self.wrong_type(value.span, what, "a list of numbers such as `[0, 1]`", &other.words());
                None
            }
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, expr: &Expr, what: &str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.evaluate(expr)?;
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
        if let ValueKind::Name(name) = &value.kind {
            if let Some((_, choice)) = choices.iter().find(|(word, _)| word == name) {
                return Some(*choice);
            }
            let finding =
                Diagnostic::error(codes::UNKNOWN_NAME, expr.span, format!("{what} cannot be `{name}`"))
                    .label(format!("expected {}", names.join(" or ")));
            self.report(match foreign::choice(what, name) {
                Some(advice) => foreign::advised(finding, advice),
                None => finding.did_you_mean(suggest(name, choices.iter().map(|(word, _)| *word))),
            });
        } else {
            self.wrong_type(expr.span, what, &names.join(" or "), &value.kind.words());
        }
        None
    }

    /// Reports a value of the wrong kind.
    pub fn wrong_type(&mut self, span: Span, what: &str, expected: &str, found: &str) {
        self.report(
            Diagnostic::error(codes::WRONG_TYPE, span, format!("{what} must be {expected}, found {found}"))
                .label(format!("expected {expected}")),
        );
    }
}
