//! The `chemistry` block.

use std::collections::BTreeMap;

use crate::quantities::POSITIVE;
use crate::quantities::Scales;
use crate::schema;
use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::wording;
use nnrc_syntax::{Diagnostic, Severity, Span, codes};

use crate::block::{self};
use crate::overrides::Overrides;
use crate::quantities::AVOGADRO;
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use nnrc_model::Teacher;
use nnrc_model::{
    Chemistry, Construction, FixedPointSettings, OnePotSettings, PhasedSettings, Signs, WeightCarrier,
};

/// All speeds; which of them a construction has, `speeds_of` knows.
const SPEEDS: [&str; 6] =
    ["forward", "backward", "annihilation", "weight_annihilation", "gated", "combinational"];

/// Reads the block; `rule` is the name of the training rule, which decides the default construction, and its place.
pub fn analyse(
    scope: &mut Scope,
    block: Option<(&Block, Span)>,
    rule: Option<(&str, Span)>,
    overrides: &Overrides,
) -> (Chemistry, Scales) {
    let entries = block
        .map(|(block, _)| block::read(scope, block, "chemistry", &schema::CHEMISTRY.names()))
        .unwrap_or_default();
    let mut construction = match entries.get("construction") {
        Some(expr) => construction(scope, expr),
        None => match rule {
            Some(("gradient_flow", _)) => one_pot(),
            Some(("sgd", span)) => {
                scope.report(chosen_by_sgd(span));
                phased()
            }
            _ => fixed_point(),
        },
    };
    let molar = entries
        .get("units")
        .and_then(|expr| scope.choice(expr, "`units`", &[("dimensionless", false), ("molar", true)]));
    let mut quantity = |key: &str, dimension, default| {
        let expr = entries.get(key);
        expr.and_then(|expr| scope.bounded(expr, &format!("`{key}`"), dimension, 1.0, POSITIVE))
            .unwrap_or(default)
    };
    let scales = Scales {
        time: quantity("unit_time", Dimension::TIME, 1.0),
        concentration: quantity("unit_concentration", Dimension::CONCENTRATION, 1e-6),
    };
    let volume = quantity("volume", Dimension::VOLUME, 1.0);
    if let (Some(true), Some(expr)) = (molar, entries.get("unit_concentration")) {
        warn_of_fractions(scope, expr.span, scales.concentration * volume);
    }
    let weights = entries.get("weights").and_then(|expr| {
        scope.choice(
            expr,
            "`weights`",
            &[("rates", WeightCarrier::Rates), ("species", WeightCarrier::Species)],
        )
    });
    let signs = entries.get("signs").and_then(|expr| {
        scope.choice(expr, "`signs`", &[("auto", Signs::Auto), ("dual_rail", Signs::DualRail)])
    });
    let max_order = entries.get("max_order").and_then(|expr| max_order(scope, expr)).unwrap_or(2);
    let clock = entries.get("clock").filter(|_| construction.is_phased());
    let clock = clock.map(|expr| (crate::clock::clock(scope, expr, scales), expr.span));
    let around = (construction, overrides.choose_construction());
    let speeds = speeds(scope, entries.get("speeds").copied(), scales, around);
    let speed = |name: &str, default: f64| speeds.get(name).copied().unwrap_or(default);
    let robust = entries.get("preset").and_then(|expr| scope.choice(expr, "`preset`", &[("robust", true)]));
    let robust = robust == Some(true);
    let teacher = entries.get("schedule").and_then(|expr| teacher(scope, expr, scales));
    let (forward, annihilation) = match &mut construction {
        Construction::FixedPoint(own) => {
            own.weights = weights.unwrap_or(own.weights);
            (1.0, 100.0)
        }
        Construction::OnePot(own) => {
            own.backward = speed("backward", own.backward);
            own.weight_annihilation = speed("weight_annihilation", own.weight_annihilation);
            own.preset_decay = if robust { 0.01 } else { own.preset_decay };
            own.teacher = teacher;
            (5.0, 100.0)
        }
        Construction::Phased(own) => {
            if let Some((clock, span)) = clock {
                (own.clock, own.clock_span) = (clock.unwrap_or(own.clock), Some(span));
            }
            own.gated = speed("gated", own.gated);
            own.combinational = speed("combinational", own.combinational);
            // Between phases there is time enough, and fast annihilation makes solvers slow.
            (1.0, 10.0)
        }
    };
    if let (false, Some(WeightCarrier::Rates), Some(expr)) =
        (construction.is_fixed_point(), weights, entries.get("weights"))
    {
        let what = format!("weights of `{}` are held by species", construction.name());
        scope.report(
            Diagnostic::error(codes::RULE_MISMATCH, expr.span, what)
                .label("rate constants do not change")
                .help("leave the line out, or write `weights = species;`"),
        );
    }
    let owned =
        [("schedule", one_pot(), construction.is_one_pot()), ("clock", phased(), construction.is_phased())];
    for (key, needs, fits) in owned {
        if let Some(expr) = entries.get(key).filter(|_| !fits) {
            let message = format!("`{key}` belongs to `{}`, not to `{}`", needs.name(), construction.name());
            let mut finding =
                Diagnostic::error(codes::RULE_MISMATCH, expr.span, message).label("has no meaning here");
            if overrides.freeze(construction) {
                finding.severity = Severity::Note;
                finding.message.push_str(": it is set aside");
            } else {
                finding = finding.help(format!("leave it out, or write `construction = {};`", needs.name()));
            }
            scope.report(finding);
        }
    }
    if let Some(expr) = entries.get("volume").filter(|_| molar != Some(true)) {
        scope.report(
            Diagnostic::warning(
                codes::UNUSED_NAME,
                expr.span,
                "`volume` changes nothing: a pot of pure numbers has no size",
            )
            .label("changes nothing")
            .help("write `units = molar;` beside it, or leave it out"),
        );
    }
    let units = nnrc_crn::Units {
        concentration: (molar == Some(true)).then_some(scales.concentration),
        time: scales.time,
        volume,
    };
    let fold_scale = entries.get("fold_scale").and_then(|expr| {
        let choices = [("true", true), ("false", false)];
        scope.choice(expr, "`fold_scale`", &choices)?.then_some(expr.span)
    });
    let chemistry = Chemistry {
        construction,
        signs: signs.unwrap_or(Signs::Auto),
        max_order,
        units,
        forward: speed("forward", forward),
        annihilation: speed("annihilation", if robust { 300.0 } else { annihilation }),
        fold_scale,
        span: block.map(|(_, span)| span),
    };
    (chemistry, scales)
}

fn fixed_point() -> Construction {
    Construction::FixedPoint(FixedPointSettings::default())
}

fn one_pot() -> Construction {
    Construction::OnePot(OnePotSettings::default())
}

fn phased() -> Construction {
    Construction::Phased(PhasedSettings::default())
}

fn construction(scope: &mut Scope, expr: &Expr) -> Construction {
    let choices = [
        ("fixed_point", Some(fixed_point())),
        ("one_pot", Some(one_pot())),
        ("phased", Some(phased())),
        ("rate_independent", None),
    ];
    match scope.choice(expr, "`construction`", &choices) {
        Some(Some(construction)) => construction,
        Some(None) => {
            scope.report(
                Diagnostic::error(codes::NOT_SERVED, expr.span, "`rate_independent` is not served yet")
                    .label("planned for a later version")
                    .help("write `construction = fixed_point;`"),
            );
            fixed_point()
        }
        None => fixed_point(),
    }
}

fn max_order(scope: &mut Scope, expr: &Expr) -> Option<u32> {
    let order = scope.whole(expr, "`max_order`", 2)?;
    if order <= 3 {
        return Some(order as u32);
    }
    scope.report(
        Diagnostic::error(
            codes::OUT_OF_RANGE,
            expr.span,
            format!("`max_order` must be 2 or 3, found {order}"),
        )
        .label("expected 2 or 3"),
    );
    None
}

/// `{ settle = 5, learn = 5, flush = 4 }`
fn teacher(scope: &mut Scope, expr: &Expr, scales: Scales) -> Option<Teacher> {
    let value = scope.evaluate(expr)?;
    let example = "{ settle = 5, learn = 5, flush = 4 }";
    let ValueKind::Record(fields) = &value.kind else {
        scope.wrong_type(
            value.span,
            "`schedule`",
            &format!("a record such as `{example}`"),
            &value.kind.words(),
        );
        return None;
    };
    let names = ["settle", "learn", "flush"];
    let mut times = [None; 3];
    for (name, span, value) in fields {
        let Some(at) = names.iter().position(|known| known == name) else {
            scope.report(
                Diagnostic::error(codes::UNKNOWN_KEY, *span, format!("`schedule` has no key `{name}`"))
                    .label("unknown key")
                    .help(format!("its keys are {}", wording::words(&names))),
            );
            continue;
        };
        let what = format!("`{name}`");
        let time = scope.as_quantity(value, &what, Dimension::TIME, scales.time)?;
        if !(time > 0.0 || time == 0.0 && *name != "learn") {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    value.span,
                    format!("{what} must be greater than 0, found {time}"),
                )
                .label("expected a time greater than 0"),
            );
            return None;
        }
        times[at] = Some(time);
    }
    match times {
        [Some(settle), Some(learn), Some(flush)] => {
            let teacher = Teacher { settle, learn, flush };
            // Times of very different size add up to one of them.
            let hold = teacher.hold();
            if hold.is_finite() && settle + learn > settle && settle + learn <= hold {
                return Some(teacher);
            }
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    expr.span,
                    format!("the parts of `schedule` add up to {hold}, beside which one of them is nothing"),
                )
                .label("expected times of similar size")
                .help(format!("write `schedule = {example};`")),
            );
            None
        }
        _ => {
            scope.report(
                Diagnostic::error(codes::MISSING_ARGUMENT, expr.span, "a part of `schedule` is missing")
                    .label("needs `settle`, `learn` and `flush`")
                    .help(format!("write `schedule = {example};`")),
            );
            None
        }
    }
}

/// The speeds that reactions of a construction have.
fn speeds_of(construction: Construction) -> &'static [&'static str] {
    match construction {
        Construction::FixedPoint(_) => &["forward", "annihilation"],
        Construction::OnePot(_) => &["forward", "backward", "annihilation", "weight_annihilation"],
        Construction::Phased(_) => &["annihilation", "gated", "combinational"],
    }
}

/// The speeds that `speeds` sets; `switched`: the command line chooses the construction, so that the file may set those of another.
fn speeds(
    scope: &mut Scope,
    expr: Option<&Expr>,
    scales: Scales,
    (construction, switched): (Construction, bool),
) -> BTreeMap<String, f64> {
    let mut speeds = BTreeMap::new();
    let Some(expr) = expr else { return speeds };
    let Some(value) = scope.evaluate(expr) else { return speeds };
    let ValueKind::Record(fields) = &value.kind else {
        scope.wrong_type(value.span, "`speeds`", "a record such as `{ forward = 5 }`", &value.kind.words());
        return speeds;
    };
    for (name, span, value) in fields {
        if !SPEEDS.contains(&name.as_str()) {
            scope.report(
                Diagnostic::error(codes::UNKNOWN_KEY, *span, format!("`speeds` has no key `{name}`"))
                    .label("unknown key")
                    .did_you_mean_or(nnrc_syntax::suggest(name, SPEEDS), || {
                        format!("its keys are {}", wording::words(&SPEEDS))
                    }),
            );
            continue;
        }
        if !switched && !speeds_of(construction).contains(&name.as_str()) {
            let message = format!("no reaction of `{}` has the speed `{name}`", construction.name());
            scope.report(
                Diagnostic::warning(codes::UNUSED_NAME, *span, message)
                    .label("changes nothing")
                    .help(format!("its speeds are {}", wording::words(speeds_of(construction)))),
            );
        }
        let what = format!("the speed `{name}`");
        // Annihilation is of second order; `/s` serves as well, at the unit concentration.
        let second = matches!(value.kind, ValueKind::Number(_, Dimension::SECOND_ORDER));
        let (dimension, unit) = if second && name.ends_with("annihilation") {
            (Dimension::SECOND_ORDER, 1.0 / (scales.time * scales.concentration))
        } else {
            (Dimension::FREQUENCY, 1.0 / scales.time)
        };
        let Some(speed) = scope.as_quantity(value, &what, dimension, unit) else { continue };
        if speed <= 0.0 {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    value.span,
                    format!("{what} must be greater than 0, found {speed}"),
                )
                .label("expected a number greater than 0"),
            );
            continue;
        }
        speeds.insert(name.clone(), speed);
    }
    speeds
}

/// Warns of a unit of concentration that means less than one molecule in the pot: a slip of the exponent.
fn warn_of_fractions(scope: &mut Scope, span: Span, moles: f64) {
    let molecules = moles * AVOGADRO;
    if molecules < 1.0 {
        scope.report(
            Diagnostic::warning(
                codes::FEW_MOLECULES,
                span,
                format!("in the volume of the pot the concentration 1 means {molecules:.1e} molecules"),
            )
            .label("less than one molecule")
            .help("reactions in water have concentrations between about 1 pM and 1 M: write `unit_concentration = 1 uM;`"),
        );
    }
}

/// What is called stochastic gradient descent everywhere is not what this rule does.
fn chosen_by_sgd(span: Span) -> Diagnostic {
    let message =
        "`rule = sgd(…)` makes this a pot that learns under a chemical clock: its construction is `phased`";
    Diagnostic::warning(codes::RULE_MISMATCH, span, message)
        .label("chooses the construction")
        .help("stochastic gradient descent in silico is `rule = gradient(sgd(rate = 0.1));`")
        .help("if the pot is to learn, say so: `chemistry { construction = phased; }`")
}
