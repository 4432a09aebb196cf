//! Bounds, units and names of choices: what several blocks read in one way.

use crate::block::bind;
use crate::value::ValueKind;
use nnrc_syntax::ast::Expr;
use nnrc_syntax::{Diagnostic, codes, wording};

use crate::foreign;
use crate::value::Scope;

/// The scales that divide quantities with a unit, in SI.
#[derive(Debug, Clone, Copy)]
pub struct Scales {
    /// Seconds per time unit.
    pub time: f64,
    /// mol/L per concentration unit.
    pub concentration: f64,
}

/// A positive number, in words and as a test.
pub const POSITIVE: (&str, fn(f64) -> bool) = ("greater than 0", |x| x > 0.0);

/// A number of at least 0, in words and as a test.
pub const NOT_NEGATIVE: (&str, fn(f64) -> bool) = ("at least 0", |x| x >= 0.0);

/// A call with a given set of names: `sgd(rate = 4)`.
pub fn check_call(scope: &mut Scope, expr: &Expr, what: &str, calls: &[(&str, &[&str])]) -> Option<String> {
    let value = scope.evaluate(expr)?;
    let call = match &value.kind {
        ValueKind::Call(call) => call.clone(),
        other => {
            let examples: Vec<String> = calls.iter().map(|(name, _)| format!("`{name}(…)`")).collect();
            scope.wrong_type(expr.span, what, &examples.join(" or "), &other.words());
            return None;
        }
    };
    let Some((name, parameters)) = calls.iter().find(|(name, _)| *name == call.name.name) else {
        let names: Vec<&str> = calls.iter().map(|(name, _)| *name).collect();
        let name = &call.name.name;
        let message = format!("{what} cannot be `{name}`");
        let finding = Diagnostic::error(codes::UNKNOWN_NAME, call.name.span, message)
            .label(format!("expected one of {}", wording::words(&names)));
        scope.report(match foreign::call(what, name) {
            Some(advice) => foreign::advised(finding, advice),
            None => finding.did_you_mean(nnrc_syntax::suggest(name, names)),
        });
        return None;
    };
    bind(scope, &call, parameters)?;
    Some((*name).to_owned())
}

/// Molecules in a mole.
pub const AVOGADRO: f64 = 6.022_140_76e23;
