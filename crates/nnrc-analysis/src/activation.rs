//! A call of an activation: its name, whether the construction serves it, and its parameters.

use nnrc_model::Construction;
use nnrc_model::activation::{Activation, Parameter, SPECS, find};
use nnrc_syntax::ast::{Call, Expr};
use nnrc_syntax::{Applicability, Diagnostic, Edit, Near, codes, suggest, wording};

use crate::block::bind;
use crate::foreign;
use crate::substitute::{self, Substitute};
use crate::value::{Scope, ValueKind};

/// The activation that a call names; none where something is wrong with it, which is reported.
pub fn activation(scope: &mut Scope, call: &Call, construction: Construction) -> Option<Activation> {
    let name = call.name.name.as_str();
    if name == "relu" {
        scope.report(
            Diagnostic::error(
                codes::NO_FIXED_POINT,
                call.span,
                "no reaction network reaches `relu` exponentially",
            )
            .label("max(z, 0) is not smooth at 0, and reactions slow down there without bound")
            .fix(
                "write `smooth_relu(h = 1e-4)`: it differs by at most sqrt(h)",
                Applicability::Suggestion,
                vec![Edit::replace(call.span, "smooth_relu(h = 1e-4)")],
            ),
        );
        return None;
    }
    let Some(spec) = find(name) else {
        let message = format!("there is no activation `{name}`");
        let finding =
            Diagnostic::error(codes::UNKNOWN_OPERATION, call.name.span, message).label("unknown activation");
        // Under a clock there are the functions themselves, whatever the case of their letters.
        let itself = SPECS
            .iter()
            .any(|spec| spec.facts.name.eq_ignore_ascii_case(name) && spec.facts.fixed_point.is_none());
        let known = if itself && construction.is_phased() {
            None
        } else {
            foreign::advice(foreign::Kind::Activation, name)
                .or_else(|| foreign::advice(foreign::Kind::Layer, name))
        };
        scope.report(match known {
            Some(advice) => match foreign::substitute(name) {
                Some(substitute) => instead(finding, call, substitute),
                None => foreign::advised(finding, advice),
            },
            None => finding.did_you_mean_or(near(name), || {
                let names: Vec<&str> = SPECS.iter().map(|spec| spec.facts.name).collect();
                format!("activations are {}", wording::words(&names))
            }),
        });
        return None;
    };
    if spec.facts.fixed_point.is_none() && !construction.is_phased() {
        let finding = Diagnostic::error(
            codes::UNSUPPORTED_ACTIVATION,
            call.span,
            format!(
                "`{name}` is not a fixed point of any reaction network, so `{}` cannot compute it",
                construction.name()
            ),
        )
        .label("needs a clocked computation");
        scope.report(nearest(finding, call).help("or write `chemistry { construction = phased; }`"));
        return None;
    }
    if spec.facts.one_pot.is_none() && construction.is_one_pot() {
        scope.report(
            Diagnostic::error(
                codes::UNSUPPORTED_ACTIVATION,
                call.span,
                format!("`{name}` has no chemical derivative, so a pot with it cannot learn"),
            )
            .label("serves `construction = fixed_point` only")
            .help("write `smooth_relu(h = 0.1)` or `algebraic_sigmoid(h = 1)`"),
        );
        return None;
    }
    let names: Vec<&str> = spec.facts.parameters.iter().map(|parameter| parameter.name).collect();
    let args = bind(scope, call, &names)?;
    let mut values = Vec::new();
    for (parameter, arg) in spec.facts.parameters.iter().zip(args) {
        values.push(match arg {
            Some(expr) => parameter_value(scope, expr, parameter)?,
            None => parameter.default,
        });
    }
    Some((spec.make)(&values))
}

/// The activation that may have been meant. One slip away may be another function: `smooth_elu` for one.
fn near(name: &str) -> Option<Near> {
    let names = || SPECS.iter().map(|spec| spec.facts.name);
    let near = suggest(name, names())?;
    let is_function = |part: &str| names().any(|known| known == part);
    let means_another =
        name.split('_').any(|part| is_function(part) && !near.split('_').any(|own| own == part));
    Some(if means_another { near.unsure() } else { near })
}

/// Adds what a fixed point computes instead of a function of the clocked construction.
fn nearest(finding: Diagnostic, call: &Call) -> Diagnostic {
    match substitute::find(&call.name.name) {
        Some(substitute) => instead(finding, call, substitute),
        None => finding.help(
            "the nearest that a fixed point computes is `rational_softmax(h = 0.1)`, another function; a linear output \
             has the same class",
        ),
    }
}

/// Adds the advice to write another function, which is whoever's choice that reads it.
fn instead(finding: Diagnostic, call: &Call, substitute: Substitute) -> Diagnostic {
    let edit = Edit::replace(call.span, substitute.write);
    finding.fix(substitute.advice(), Applicability::Suggestion, vec![edit])
}

fn parameter_value(scope: &mut Scope, expr: &Expr, parameter: &Parameter) -> Option<f64> {
    let value = scope.evaluate(expr)?;
    let Parameter { name, bound, .. } = *parameter;
    if let ValueKind::Number(number, _) = value.kind {
        let good = bound.holds(number);
        if !good && name == "h" && number == 0.0 {
            scope.report(
                Diagnostic::error(codes::OUT_OF_RANGE, expr.span, "`h` must be greater than 0, found 0")
                    .label("at 0 the unit never forgets: it no longer settles exponentially")
                    .help("write a small number such as `h = 1e-4`"),
            );
            return None;
        }
        if !good {
            let bound = bound.words();
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    expr.span,
                    format!("`{name}` must be {bound}, found {number}"),
                )
                .label(format!("expected a number {bound}")),
            );
            return None;
        }
    }
    scope.as_quantity(&value, &format!("`{name}`"), crate::units::Dimension::NONE, 1.0)
}
