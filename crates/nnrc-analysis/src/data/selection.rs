//! Which columns or arrays are inputs and targets: `inputs = [a, "b c", 3]`, `target = onehot(species)`.

use nnrc_syntax::ast::{Expr, ExprKind, Op};
use nnrc_syntax::{Applicability, Diagnostic, Span, codes, suggest, wording};

use super::classes::{self, Listed};
use crate::block::{bind, missing_argument};
use crate::foreign;
use crate::units::Dimension;
use crate::value::{Scope, Value, ValueKind};

/// One column or array.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// By name, and where it says so.
    Name(String, Span),
    /// By its number, counted from 1, and where it says so.
    Number(usize, Span),
}

/// What `target` says.
pub struct Target {
    /// Where it names the columns.
    pub span: Span,
    /// The columns or arrays.
    pub chosen: Vec<Choice>,
    /// Whether their labels are made one-hot, and the classes if they are listed.
    pub onehot: Option<Option<Listed>>,
}

/// Reads `target`. `names` are those that there are.
pub fn target(scope: &mut Scope, expr: &Expr, names: &[&str]) -> Option<Target> {
    let call = match &expr.kind {
        ExprKind::Call(call) => call.clone(),
        ExprKind::Path(_) => match scope.evaluate(expr)?.kind {
            ValueKind::Call(call) => call,
            _ => return plain(scope, expr, names),
        },
        _ => return plain(scope, expr, names),
    };
    if call.name.name != "onehot" {
        let finding = Diagnostic::error(
            codes::UNKNOWN_OPERATION,
            call.name.span,
            format!("there is no target `{}`", call.name.name),
        )
        .label("expected a column or `onehot(column)`");
        scope.report(match foreign::advice(foreign::Kind::Target, &call.name.name) {
            Some(advice) => foreign::advised(finding, advice),
            None => finding.did_you_mean(suggest(&call.name.name, ["onehot"])),
        });
        return None;
    }
    let args = bind(scope, &call, &["column", "classes"])?;
    let Some(expr) = args[0] else {
        missing_argument(scope, &call, "column", "onehot(species)");
        return None;
    };
    let chosen = choices(scope, expr, "`onehot`", names)?;
    if chosen.len() != 1 {
        scope.wrong_type(expr.span, "`onehot`", "one column", &format!("{} columns", chosen.len()));
        return None;
    }
    let listed = match args[1] {
        Some(expr) => Some(classes::list(scope, expr)?),
        None => None,
    };
    Some(Target { span: expr.span, chosen, onehot: Some(listed) })
}

fn plain(scope: &mut Scope, expr: &Expr, names: &[&str]) -> Option<Target> {
    let chosen = choices(scope, expr, "`target`", names)?;
    Some(Target { span: expr.span, chosen, onehot: None })
}

/// One or several columns.
pub fn choices(scope: &mut Scope, expr: &Expr, what: &str, names: &[&str]) -> Option<Vec<Choice>> {
    if let ExprKind::List(items) = &expr.kind
        && !items.is_empty()
    {
        let chosen: Option<Vec<Vec<Choice>>> =
            items.iter().map(|item| choices(scope, item, what, names)).collect();
        return Some(chosen?.concat());
    }
    if let Some(text) = arithmetic(scope, expr) {
        is_arithmetic(scope, expr.span, &text, names);
        return None;
    }
    let value = scope.evaluate(expr)?;
    from_value(scope, &value, what)
}

fn from_value(scope: &mut Scope, value: &Value, what: &str) -> Option<Vec<Choice>> {
    match &value.kind {
        ValueKind::Name(name) | ValueKind::Text(name) => Some(vec![Choice::Name(name.clone(), value.span)]),
        ValueKind::Number(number, Dimension::NONE)
            if number.fract() == 0.0 && (1.0..1e9).contains(number) =>
        {
            Some(vec![Choice::Number(*number as usize, value.span)])
        }
        ValueKind::Number(number, Dimension::NONE) => {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    value.span,
                    format!("there is no column number {number}: columns are counted from 1"),
                )
                .label("expected a whole number of at least 1")
                .help("a column whose name is a number is written as text: `\"0\"`"),
            );
            None
        }
        ValueKind::List(items) if items.is_empty() => {
            scope.report(
                Diagnostic::error(codes::MISSING_ARGUMENT, value.span, format!("{what} names nothing"))
                    .label("an empty list")
                    .help("name at least one column, or leave the line out"),
            );
            None
        }
        ValueKind::List(items) => {
            let chosen: Option<Vec<Vec<Choice>>> =
                items.iter().map(|item| from_value(scope, item, what)).collect();
            Some(chosen?.concat())
        }
        other => {
            scope.wrong_type(value.span, what, "a column or a list of columns", &other.words());
            None
        }
    }
}

/// The text of a quotient, a difference and so on of names that are no constants: `a/b`, which may be a name.
fn arithmetic(scope: &Scope, expr: &Expr) -> Option<String> {
    fn written(expr: &Expr, scope: &Scope, has_name: &mut bool) -> Option<String> {
        Some(match &expr.kind {
            ExprKind::Path(path) => {
                let name = path.text();
                *has_name |= !scope.constants.contains_key(&name) && !scope.broken.contains(&name);
                name
            }
            ExprKind::Number { value, unit: None } => value.to_string(),
            ExprKind::Negate(inner) => format!("-{}", written(inner, scope, has_name)?),
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (written(left, scope, has_name)?, written(right, scope, has_name)?);
                let sign = match op {
                    Op::Add => '+',
                    Op::Subtract => '-',
                    Op::Multiply => '*',
                    Op::Divide => '/',
                };
                format!("{left}{sign}{right}")
            }
            _ => return None,
        })
    }
    if !matches!(expr.kind, ExprKind::Binary { .. } | ExprKind::Negate(_)) {
        return None;
    }
    let mut has_name = false;
    written(expr, scope, &mut has_name).filter(|_| has_name)
}

fn is_arithmetic(scope: &mut Scope, span: Span, text: &str, names: &[&str]) {
    let without_blanks = |name: &str| name.split_whitespace().collect::<String>();
    let found = names.iter().find(|name| without_blanks(name) == text).copied().unwrap_or(text);
    scope.report(
        Diagnostic::error(
            codes::WRONG_TYPE,
            span,
            format!("`{text}` without quotes is arithmetic, not a name"),
        )
        .label("expected the name of a column")
        .replace(format!("write `\"{found}\"`"), Applicability::Automatic, wording::text(found)),
    );
}
