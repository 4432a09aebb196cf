//! The `noise` block.

use crate::quantities::AVOGADRO;
use crate::schema;
use crate::train_context;
use std::collections::BTreeMap;

use nnrc_syntax::ast::{Block, Call, Expr};
use nnrc_syntax::wording;
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, bind, missing_argument};
use crate::quantities::{NOT_NEGATIVE, POSITIVE, Scales};
use crate::skeleton::{DraftKind, Skeleton};
use crate::units::Dimension;
use crate::value::{Scope, Value, ValueKind};
use nnrc_model::activation::Activation;
use nnrc_model::{ConcentrationNoise, Noise, RateNoise, Redraw, is_rectifier};
use nnrc_model::{Construction, Dataset};

/// Replicates where their number is not given.
const REPLICATES: u64 = 10;
/// Runs of a study, those of all networks, noises and replicates together.
const MAX_RUNS: u64 = 1_000_000;
/// Parts of the correlation time during which factors stay the same, unless a step is given.
const STEPS_OF_TAU: f64 = 10.0;
/// Langevin steps in the time that the fastest reactions of a settled neuron take.
const LANGEVIN_STEP: f64 = 0.05;
/// Molecules for the concentration 1 below which a warning is due.
const FEW: f64 = 10.0;
/// What sizes are called, with an example.
const SIZE: (&str, &str) = ("the size of noise", "[0.05, 0.15]");

/// What the block is judged by.
pub struct Context<'a> {
    /// The construction.
    pub construction: Construction,
    /// Data sets by name.
    pub datasets: &'a BTreeMap<String, Dataset>,
    /// The network, if it has no error.
    pub skeleton: Option<&'a Skeleton>,
    /// What the numbers mean.
    pub scales: Scales,
    /// Speed factor of forward reactions.
    pub forward: f64,
}

/// Reads the block; none if there is an error, which is reported.
pub fn analyse(scope: &mut Scope, block: &Block, span: Span, around: &Context<'_>) -> Option<Noise> {
    let before = scope.reported;
    let entries = block::read(scope, block, "noise", &schema::NOISE.names());
    let mut rates = Vec::new();
    let mut concentrations = Vec::new();
    for (expr, call) in calls(scope, entries.get("rates").copied(), "`rates`", "relative(0.1)") {
        rates.extend(rate_noise(scope, &call, expr, around).into_iter().flatten());
    }
    for (expr, call) in
        calls(scope, entries.get("concentrations").copied(), "`concentrations`", "relative(0.05)")
    {
        concentrations.extend(concentration_noise(scope, &call, expr, around).into_iter().flatten());
    }
    let combined = entries
        .get("combine")
        .and_then(|expr| scope.choice(expr, "`combine`", &[("product", true), ("separate", false)]));
    let replicates =
        entries.get("replicates").map_or(Some(REPLICATES), |e| scope.whole(e, "`replicates`", 1));
    let seed = entries.get("seed").map_or(Some(1), |expr| scope.whole(expr, "a seed", 0));
    let compare = entries.get("compare").map_or(Some(Vec::new()), |expr| compare(scope, expr, around));
    let times = entries.get("times").map_or(Some(Vec::new()), |expr| times(scope, expr, around.scales));
    let data =
        entries.get("data").and_then(|expr| train_context::data(scope, expr, "`data`", around.datasets));
    let combined = combined.unwrap_or(true);
    if let Some(expr) = entries.get("concentrations") {
        check_exact(scope, expr.span, (&rates, &concentrations), combined, around.construction);
    }
    let (replicates, compare) = (replicates?, compare?);
    let networks = compare.len() + 1;
    let noises = noises(rates.len(), concentrations.len(), combined);
    let place = entries.get("replicates").map_or(span, |expr| expr.span);
    check_runs(scope, place, networks as u64 * noises as u64, replicates);
    (scope.reported == before || warnings_only(scope, before)).then_some(())?;
    Some(Noise {
        span,
        rates,
        concentrations,
        combined,
        replicates: replicates as usize,
        seed: seed?,
        compare,
        times: times?,
        data,
    })
}

/// How many disturbances a study has.
fn noises(rates: usize, concentrations: usize, combined: bool) -> usize {
    if combined && rates > 0 && concentrations > 0 {
        rates.saturating_mul(concentrations)
    } else {
        rates + concentrations
    }
}

/// A study is planned as a whole before it runs, so that it is limited.
fn check_runs(scope: &mut Scope, place: Span, each: u64, replicates: u64) {
    let runs = each.max(1).saturating_mul(replicates);
    if runs <= MAX_RUNS {
        return;
    }
    let finding = Diagnostic::error(
        codes::OUT_OF_RANGE,
        place,
        format!("the study would have {} runs, more than {MAX_RUNS}", shown(runs as f64)),
    )
    .label(format!("networks × noises × replicates = {} × {}", each.max(1), shown(replicates as f64)));
    scope.report(match MAX_RUNS / each.max(1) {
        0 => finding.help("compare fewer networks, or fewer sizes of noise"),
        most => finding.help(format!("write `replicates = {most};` or less")),
    });
}

/// Whether nothing graver than warnings has been reported since then.
fn warnings_only(scope: &Scope, before: usize) -> bool {
    scope.diagnostics.get(before..).is_some_and(|new| new.iter().all(|finding| !finding.is_error()))
}

/// A call, or a list of calls.
fn calls(scope: &mut Scope, expr: Option<&Expr>, what: &str, example: &str) -> Vec<(Span, Call)> {
    let Some(value) = expr.and_then(|expr| scope.evaluate(expr)) else { return Vec::new() };
    let items = match value.kind {
        ValueKind::List(items) => items,
        _ => vec![value],
    };
    let mut calls = Vec::new();
    for item in items {
        match item.kind {
            ValueKind::Call(call) => calls.push((item.span, call)),
            other => {
                scope.wrong_type(item.span, what, &format!("a call such as `{example}`"), &other.words())
            }
        }
    }
    calls
}

/// One number or a list of numbers.
fn sweep(
    scope: &mut Scope,
    expr: &Expr,
    (what, example): (&str, &str),
    mut number: impl FnMut(&mut Scope, &Value) -> Option<f64>,
) -> Option<Vec<f64>> {
    let value = scope.evaluate(expr)?;
    let items = match &value.kind {
        ValueKind::List(items) => items.clone(),
        _ => vec![value.clone()],
    };
    if items.is_empty() {
        scope.report(
            Diagnostic::error(codes::OUT_OF_RANGE, expr.span, format!("{what} is an empty list"))
                .label("expected a number or several")
                .help(format!("write a list such as `{example}`")),
        );
        return None;
    }
    let numbers: Vec<Option<f64>> = items.iter().map(|item| number(scope, item)).collect();
    numbers.into_iter().collect()
}

/// A size of noise, at least 0.
fn size(scope: &mut Scope, value: &Value) -> Option<f64> {
    let size = scope.as_quantity(value, "a size of noise", Dimension::NONE, 1.0)?;
    if (NOT_NEGATIVE.1)(size) {
        return Some(size);
    }
    scope.report(
        Diagnostic::error(
            codes::OUT_OF_RANGE,
            value.span,
            format!("a size of noise must be {}, found {size}", NOT_NEGATIVE.0),
        )
        .label("0 is no noise; 0.1 is about ten percent"),
    );
    None
}

fn unknown_call(scope: &mut Scope, call: &Call, what: &str, names: &[&str]) {
    scope.report(
        Diagnostic::error(
            codes::UNKNOWN_NAME,
            call.name.span,
            format!("{what} cannot be `{}`", call.name.name),
        )
        .label(format!("expected {}", wording::words(names)))
        .did_you_mean(scope.near(&call.name.name, names.iter().copied())),
    );
}

/// `relative(SIZES, redraw = …, distribution = …)`.
fn rate_noise(scope: &mut Scope, call: &Call, span: Span, around: &Context<'_>) -> Option<Vec<RateNoise>> {
    if call.name.name != "relative" {
        unknown_call(scope, call, "noise of rate constants", &["relative"]);
        return None;
    }
    let args = bind(scope, call, &["size", "redraw", "distribution"])?;
    let Some(sizes) = args[0] else {
        missing_argument(scope, call, "size", "relative(0.1)");
        return None;
    };
    let choices = [("lognormal", false), ("uniform", true)];
    let uniform = args[2].map_or(Some(false), |expr| scope.choice(expr, "`distribution`", &choices));
    let redraw = args[1].map_or(Some(Redraw::Static), |expr| redraw(scope, expr, around));
    let sizes_span = sizes.span;
    let sizes = sweep(scope, sizes, SIZE, size)?;
    let (uniform, redraw) = (uniform?, redraw?);
    if uniform && matches!(redraw, Redraw::OrnsteinUhlenbeck { .. }) {
        scope.report(
            Diagnostic::error(codes::RULE_MISMATCH, span, "a wandering factor is log-normal, not uniform")
                .label("`uniform` goes with `static` and `presentation`")
                .help("leave `distribution` out"),
        );
        return None;
    }
    if let Some(size) = sizes.iter().find(|size| uniform && **size >= 1.0) {
        scope.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                sizes_span,
                format!("uniform factors of size {size} would make rate constants negative"),
            )
            .label(format!("factors from {} to {}", 1.0 - size, 1.0 + size))
            .help("write a size below 1, or `distribution = lognormal`, whose factors are always positive"),
        );
        return None;
    }
    Some(sizes.into_iter().map(|size| RateNoise { size, redraw, uniform }).collect())
}

/// What `redraw` can be.
const REDRAWS: &str = "`static`, `presentation` or `ou(tau = 1 s)`";

/// `static`, `presentation` or `ou(tau = 1, step = 0.1)`.
fn redraw(scope: &mut Scope, expr: &Expr, around: &Context<'_>) -> Option<Redraw> {
    let value = scope.evaluate(expr)?;
    let ValueKind::Call(call) = value.kind else {
        let choices = [("static", Redraw::Static), ("presentation", Redraw::Presentation)];
        if matches!(&value.kind, ValueKind::Name(name) if name == "ou") {
            return Some(wandering(None, None));
        }
        let chosen = |(name, _): &&(&str, Redraw)| matches!(&value.kind, ValueKind::Name(own) if own == name);
        if let Some((_, redraw)) = choices.iter().find(chosen) {
            return Some(*redraw);
        }
        match &value.kind {
            ValueKind::Name(name) => scope.report(
                Diagnostic::error(codes::UNKNOWN_NAME, expr.span, format!("`redraw` cannot be `{name}`"))
                    .label(format!("expected {REDRAWS}"))
                    .did_you_mean(nnrc_syntax::suggest(name, ["static", "presentation", "ou"])),
            ),
            other => scope.wrong_type(expr.span, "`redraw`", REDRAWS, &other.words()),
        }
        return None;
    };
    if call.name.name != "ou" {
        unknown_call(scope, &call, "`redraw`", &["static", "presentation", "ou"]);
        return None;
    }
    let args = bind(scope, &call, &["tau", "step"])?;
    let time = |scope: &mut Scope, expr: Option<&Expr>, what: &str| match expr {
        None => Some(None),
        Some(expr) => scope.bounded(expr, what, Dimension::TIME, around.scales.time, POSITIVE).map(Some),
    };
    let (tau, step) = (time(scope, args[0], "`tau`"), time(scope, args[1], "`step`"));
    Some(wandering(tau?, step?))
}

fn wandering(tau: Option<f64>, step: Option<f64>) -> Redraw {
    let tau = tau.unwrap_or(1.0);
    Redraw::OrnsteinUhlenbeck { tau, step: step.unwrap_or(tau / STEPS_OF_TAU) }
}

/// `relative(SIZES, every = …)`, `langevin(volume = …, step = …)` or `ssa(volume = …)`.
fn concentration_noise(
    scope: &mut Scope,
    call: &Call,
    span: Span,
    around: &Context<'_>,
) -> Option<Vec<ConcentrationNoise>> {
    let (first, second): (&str, &[&str]) = match call.name.name.as_str() {
        "relative" => ("size", &["size", "every"]),
        "langevin" => ("volume", &["volume", "step"]),
        "ssa" => ("volume", &["volume"]),
        _ => {
            unknown_call(scope, call, "noise of concentrations", &["relative", "langevin", "ssa"]);
            return None;
        }
    };
    let args = bind(scope, call, second)?;
    let time = match args.get(1).copied().flatten() {
        None => Some(None),
        Some(expr) => {
            let what = format!("`{}`", second[1]);
            scope.bounded(expr, &what, Dimension::TIME, around.scales.time, POSITIVE).map(Some)
        }
    };
    let Some(values) = args[0] else {
        let example = if first == "size" { "relative(0.05)" } else { "langevin(volume = 1 fL)" };
        missing_argument(scope, call, first, example);
        return None;
    };
    if first == "size" {
        let sizes = sweep(scope, values, SIZE, size)?;
        let every = time?.unwrap_or(1.0);
        return Some(sizes.into_iter().map(|size| ConcentrationNoise::Kicks { size, every }).collect());
    }
    let numbers = sweep(scope, values, ("the volume", "[100, 1000]"), |scope, value| {
        molecules(scope, value, around.scales)
    })?;
    if let Some(least) = numbers.iter().copied().reduce(f64::min).filter(|least| *least < FEW) {
        scope.report(few_molecules(span, least));
    }
    let step = time?.unwrap_or(LANGEVIN_STEP / around.forward);
    Some(
        numbers
            .into_iter()
            .map(|molecules| match call.name.name.as_str() {
                "ssa" => ConcentrationNoise::Stochastic { molecules },
                _ => ConcentrationNoise::Langevin { molecules, step },
            })
            .collect(),
    )
}

fn few_molecules(span: Span, molecules: f64) -> Diagnostic {
    Diagnostic::warning(
        codes::FEW_MOLECULES,
        span,
        format!("in this volume the concentration 1 means {molecules:.3} molecules"),
    )
    .label("fewer than ten")
    .help(format!(
        "a neuron of that concentration fluctuates by about {:.0} percent",
        100.0 / molecules.sqrt()
    ))
    .help("take a larger volume, or a larger `chemistry { unit_concentration = …; }`")
}

/// The molecules that the concentration 1 means: of a volume, that volume times the unit concentration; a plain number
/// is that number of molecules itself.
fn molecules(scope: &mut Scope, value: &Value, scales: Scales) -> Option<f64> {
    let per_litre = scales.concentration * AVOGADRO;
    let number = scope.as_quantity(value, "a volume", Dimension::VOLUME, 1.0 / per_litre)?;
    if number >= 1.0 {
        return Some(number);
    }
    scope.report(
        Diagnostic::error(
            codes::OUT_OF_RANGE,
            value.span,
            format!("in this volume the concentration 1 means {number:.3} molecules"),
        )
        .label("less than one molecule")
        .help(format!("at this unit concentration ten molecules need {:.2e} L", 10.0 / per_litre)),
    );
    None
}

/// Exact simulation knows rate constants that stand still, and no learning in the pot.
fn check_exact(
    scope: &mut Scope,
    span: Span,
    (rates, concentrations): (&[RateNoise], &[ConcentrationNoise]),
    combined: bool,
    construction: Construction,
) {
    if !concentrations.iter().any(|noise| matches!(noise, ConcentrationNoise::Stochastic { .. })) {
        return;
    }
    let wanders = rates.iter().any(|noise| matches!(noise.redraw, Redraw::OrnsteinUhlenbeck { .. }));
    if combined && wanders {
        scope.report(
            Diagnostic::error(
                codes::RULE_MISMATCH,
                span,
                "`ssa` simulates rate constants that stand still, not wandering ones",
            )
            .label("cannot be combined with `redraw = ou(…)`")
            .help("write `combine = separate;`, or `langevin(volume = …)`"),
        );
    }
    if !construction.is_fixed_point() {
        scope.report(
            Diagnostic::error(
                codes::NOT_SERVED,
                span,
                format!("`ssa` is not served for `construction = {}`", construction.name()),
            )
            .label("a pot that learns needs too many events")
            .help("write `langevin(volume = …)`, which is close to it for more than a hundred molecules"),
        );
    }
}

/// `relu(h = 1e-4)`, `smooth_leaky_relu()`, or a list of them.
fn compare(scope: &mut Scope, expr: &Expr, around: &Context<'_>) -> Option<Vec<Activation>> {
    let value = scope.evaluate(expr)?;
    let items = match value.kind {
        ValueKind::List(items) => items,
        _ => vec![value],
    };
    let mut all = Vec::new();
    for item in items {
        let call = match item.kind {
            ValueKind::Call(call) => call,
            ValueKind::Name(name) => Call {
                name: nnrc_syntax::ast::Ident { name, span: item.span },
                args: Vec::new(),
                span: item.span,
            },
            other => {
                let expected = "`relu(h = 1e-4)` or `smooth_leaky_relu()`";
                scope.wrong_type(item.span, "`compare`", expected, &other.words());
                return None;
            }
        };
        all.push(comparator(scope, &call)?);
    }
    let is_rectified = |skeleton: &&Skeleton| {
        skeleton.nodes.iter().any(|node| match &node.kind {
            DraftKind::Layer { activations, .. } => activations.iter().any(|(a, _)| is_rectifier(*a)),
            DraftKind::Input { .. } => false,
        })
    };
    if around.skeleton.is_some_and(|skeleton| !is_rectified(&skeleton)) {
        scope.report(
            Diagnostic::error(codes::RULE_MISMATCH, expr.span, "the network has no `smooth_relu` to replace")
                .label("nothing to compare")
                .help("leave `compare` out"),
        );
        return None;
    }
    Some(all)
}

fn comparator(scope: &mut Scope, call: &Call) -> Option<Activation> {
    let (parameters, defaults): (&[&str], &[f64]) = match call.name.name.as_str() {
        "relu" => (&["h"], &[1e-4]),
        "smooth_relu" => (&["h"], &[0.1]),
        "smooth_leaky_relu" => (&["h", "slope"], &[0.1, 0.1]),
        _ => {
            unknown_call(scope, call, "`compare`", &["relu", "smooth_relu", "smooth_leaky_relu"]);
            return None;
        }
    };
    let args = bind(scope, call, parameters)?;
    let mut values = defaults.to_vec();
    for ((value, parameter), arg) in values.iter_mut().zip(parameters).zip(args) {
        let Some(expr) = arg else { continue };
        let what = format!("`{parameter}`");
        *value = if *parameter == "slope" {
            let bound: (&str, fn(f64) -> bool) = ("from 0 to below 1", |x| (0.0..1.0).contains(&x));
            scope.bounded(expr, &what, Dimension::NONE, 1.0, bound)?
        } else {
            scope.bounded(expr, &what, Dimension::NONE, 1.0, POSITIVE)?
        };
    }
    Some(match values.as_slice() {
        &[h, slope] => Activation::SmoothLeakyRelu { h, slope },
        _ => Activation::SmoothRelu { h: values[0] },
    })
}

/// Times in any order; each once.
fn times(scope: &mut Scope, expr: &Expr, scales: Scales) -> Option<Vec<f64>> {
    let mut times = sweep(scope, expr, ("`times`", "[10, 20]"), |scope, value| {
        let time = scope.as_quantity(value, "a running time", Dimension::TIME, scales.time)?;
        if time > 0.0 {
            return Some(time);
        }
        scope.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                value.span,
                format!("a running time must be greater than 0, found {time}"),
            )
            .label("expected a time greater than 0"),
        );
        None
    })?;
    times.sort_by(f64::total_cmp);
    times.dedup();
    Some(times)
}
