//! The clock of the construction `phased`.

use nnrc_model::Clock;
use nnrc_syntax::ast::Expr;
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::bind;
use crate::quantities::{POSITIVE, Scales, check_call};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};

/// Smallest level of a phase that is off: below it, a species that is on, near 1, cannot feel the inflow in the
/// arithmetic of doubles (2.2e-16).
pub const SMALLEST_LEVEL: f64 = 1e-15;

/// Largest one: phases must be told apart.
pub const LARGEST_LEVEL: f64 = 1e-2;

pub const LEVEL: (&str, fn(f64) -> bool) =
    ("between 1e-15 and 0.01", |x| (SMALLEST_LEVEL..=LARGEST_LEVEL).contains(&x));

pub const GAMMA: (&str, fn(f64) -> bool) = ("from 1.5 to 4", |x| (1.5..=4.0).contains(&x));

/// Reads `clock`.
pub fn clock(scope: &mut Scope, expr: &Expr, scales: Scales) -> Option<Clock> {
    let calls: [(&str, &[&str]); 3] = [
        ("may_leonard", &["epsilon", "rate", "gamma", "species"]),
        ("ring", &["delta", "rate"]),
        ("external", &["phase"]),
    ];
    let name = check_call(scope, expr, "`clock`", &calls)?;
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let parameters = calls.iter().find(|(known, _)| *known == name)?.1;
    let args = bind(scope, &call, parameters)?;
    let level = |scope: &mut Scope, default: f64| match args[0] {
        Some(expr) => {
            let value =
                scope.bounded(expr, &format!("`{}`", parameters[0]), Dimension::NONE, 1.0, POSITIVE)?;
            check_level(scope, expr.span, parameters[0], value).then_some(value)
        }
        None => Some(default),
    };
    let rate = |scope: &mut Scope| match args.get(1).copied().flatten() {
        Some(expr) => scope.bounded(expr, "`rate`", Dimension::FREQUENCY, 1.0 / scales.time, POSITIVE),
        None => Some(1.0),
    };
    match name.as_str() {
        "ring" => {
            let (delta, rate) = (level(scope, 1e-6), rate(scope));
            scope.report(
                Diagnostic::warning(codes::NEUTRAL_CLOCK, expr.span, "the clock `ring` is neutral")
                    .label("it remembers every perturbation, and its phases differ in length")
                    .help(
                        "write `clock = may_leonard(epsilon = 1e-12, rate = 1 /s);`: its cycle is attracting",
                    ),
            );
            Some(Clock::Ring { delta: delta?, rate: rate? })
        }
        "external" => {
            let phase = match args[0] {
                Some(expr) => scope.bounded(expr, "`phase`", Dimension::TIME, scales.time, POSITIVE),
                None => Some(20.0),
            };
            Some(Clock::External { phase: phase? })
        }
        _ => {
            let (epsilon, rate) = (level(scope, 1e-12), rate(scope));
            let gamma = match args[2] {
                Some(expr) => scope.bounded(expr, "`gamma`", Dimension::NONE, 1.0, GAMMA),
                None => Some(2.0),
            };
            let species = match args[3] {
                Some(expr) => match scope.whole(expr, "`species`", 1)? {
                    few @ 0..4 => {
                        scope.report(
                            Diagnostic::error(
                                codes::OUT_OF_RANGE,
                                expr.span,
                                format!("a clock of {few} species has no stable cycle"),
                            )
                            .label("expected at least 4")
                            .help("leave `species` out: the network's phases decide"),
                        );
                        return None;
                    }
                    many if many > LARGEST_CLOCK => {
                        scope.report(
                            Diagnostic::error(
                                codes::OUT_OF_RANGE,
                                expr.span,
                                format!("a clock of {many} species has more phases than any network needs"),
                            )
                            .label(format!("expected at most {LARGEST_CLOCK}"))
                            .help("leave `species` out: the network's phases decide"),
                        );
                        return None;
                    }
                    count => Some(count as usize),
                },
                None => None,
            };
            Some(Clock::MayLeonard { epsilon: epsilon?, rate: rate?, gamma: gamma?, species })
        }
    }
}

pub fn check_level(scope: &mut Scope, span: Span, name: &str, value: f64) -> bool {
    if LEVEL.1(value) {
        return true;
    }
    let finding = Diagnostic::error(
        codes::OUT_OF_RANGE,
        span,
        format!("`{name}` must be {}, found {}", LEVEL.0, shown(value)),
    );
    scope.report(if value < SMALLEST_LEVEL {
        finding
            .label("below what the arithmetic of doubles carries beside a concentration of 1")
            .help(format!("write `{name} = 1e-12`: a phase then lasts 27.6 / rate"))
    } else {
        finding.label("phases would overlap").help(format!("write `{name} = 1e-12`"))
    });
    false
}

/// Most species of a clock: each reacts with every other.
pub const LARGEST_CLOCK: u64 = 1000;
