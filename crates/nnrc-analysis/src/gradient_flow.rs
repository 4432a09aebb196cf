//! The `train` block of `rule = gradient_flow(…)`: learning in one pot.

use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::Entries;
use crate::gradient_descent;
use crate::quantities::{NOT_NEGATIVE, POSITIVE, Scales};
use crate::skeleton::{Draft, DraftKind, Skeleton};
use crate::train_context::{Context, FeedArgs, data, feed, refuse_in_silico_keys};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use nnrc_model::Loss;
use nnrc_model::activation::{Activation, CrossEntropy, Learns};
use nnrc_model::interval::Interval;
use nnrc_model::{DataReference, Dataset, Model};
use nnrc_model::{GradientFlow, OnePotSettings, Risk};

const EPOCHS: u64 = 100;
/// Learning rate where no rule is given, per time unit.
const RATE: f64 = 0.01;
/// Length of a presentation where nothing is said, in time units.
const HOLD: f64 = 20.0;
/// A target that misses the range of its output by no more than this is near enough.
const NEAR: f64 = 0.1;

/// The argument of `gradient_flow(rate = …)`, per time unit.
pub fn rate(scope: &mut Scope, expr: &Expr, scales: Scales) -> Option<f64> {
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let Some(argument) = call.args.first() else { return Some(RATE) };
    scope.bounded(&argument.value, "the learning rate", Dimension::FREQUENCY, 1.0 / scales.time, POSITIVE)
}

/// Reads everything; none if something is missing or wrong, which is reported.
pub fn analyse(
    scope: &mut Scope,
    block: &Block,
    span: Span,
    entries: &Entries<'_>,
    (rate, settings): (Option<f64>, &OnePotSettings),
    context: &Context<'_>,
) -> Option<GradientFlow> {
    let reference = match entries.get("data") {
        Some(expr) => data(scope, expr, "`data`", context.datasets),
        None => gradient_descent::only_data(context).or_else(|| {
            scope.report(
                Diagnostic::error(
                    codes::MISSING_ARGUMENT,
                    span,
                    "the `train` block does not say on which data",
                )
                .label("needs `data`")
                .help("declare a data set and name it: `data = d;`"),
            );
            None
        }),
    };
    let cross_entropy =
        entries.get("loss").and_then(|expr| gradient_descent::loss(scope, expr)).unwrap_or(false);
    let epochs = match entries.get("epochs") {
        Some(expr) => scope.whole(expr, "`epochs`", 1),
        None => Some(EPOCHS),
    };
    if let Some(expr) = entries.get("batch") {
        scope.report(
            Diagnostic::error(
                codes::UNKNOWN_KEY,
                expr.span,
                "`batch` has no meaning for learning in the pot",
            )
            .label("samples are presented one by one")
            .help("leave the line out"),
        );
    }
    let decay = match entries.get("decay") {
        Some(expr) => scope.bounded(expr, "`decay`", Dimension::NONE, 1.0, NOT_NEGATIVE),
        None => Some(settings.preset_decay),
    };
    let given = match entries.get("feed") {
        Some(expr) => feed(scope, expr, context.scales),
        None => Some(FeedArgs { shuffle: Some(crate::train_context::SEED), hold: None }),
    };
    let hold = match (settings.teacher, given.as_ref().and_then(|feed| feed.hold)) {
        (Some(_), Some(_)) => {
            scope.report(
                Diagnostic::error(
                    codes::DUPLICATE_KEY,
                    entries.get("feed").map_or(span, |expr| expr.span),
                    "`hold` and `schedule` both set how long a sample is shown",
                )
                .label("with a schedule it is settle + learn + flush")
                .help("leave `hold` out, or the `schedule` of the `chemistry` block"),
            );
            None
        }
        (Some(teacher), None) => Some(teacher.hold()),
        (None, hold) => Some(hold.unwrap_or(HOLD)),
    };
    refuse_in_silico_keys(scope, entries);
    let stops = gradient_descent::stops(scope, block, false);
    let (skeleton, reference) = (context.skeleton?, reference?);
    let dataset = &context.datasets[&reference.dataset];
    let place = entries.get("data").map_or(dataset.span, |expr| expr.span);
    let before = scope.reported;
    gradient_descent::check_targets(scope, place, &reference, dataset, skeleton, cross_entropy);
    let loss = loss(scope, entries.get("loss").map_or(span, |expr| expr.span), cross_entropy, skeleton);
    check_learnable(scope, skeleton);
    if scope.reported == before {
        check_reach(scope, place, &reference, dataset, &skeleton.nodes[skeleton.output]);
    }
    Some(GradientFlow {
        data: reference,
        loss: loss?,
        rate: rate.unwrap_or(RATE),
        decay: decay?,
        hold: hold?,
        shuffle: given?.shuffle,
        epochs: epochs? as usize,
        stops,
    })
}

/// What the output ends in.
fn last(output: &Draft) -> Activation {
    match &output.kind {
        DraftKind::Layer { activations, .. } => activations.last().map(|(activation, _)| *activation),
        DraftKind::Input { .. } => None,
    }
    .unwrap_or(Activation::Identity)
}

/// The loss, if the pot has reactions for its derivative.
fn loss(scope: &mut Scope, place: Span, cross_entropy: bool, skeleton: &Skeleton) -> Option<Loss> {
    let output = &skeleton.nodes[skeleton.output];
    let has_shares = last(output).facts().cross_entropy == Some(CrossEntropy::OfShares);
    let complaint = match (has_shares, cross_entropy) {
        (true, true) if output.width() > 1 => return Some(Loss::CrossEntropy),
        (true, false) => {
            ("squared_error", "the pot compares shares by their cross-entropy", "loss = cross_entropy;")
        }
        (_, true) => (
            "cross_entropy",
            "the pot compares the shares of a `rational_softmax` with several outputs only",
            "loss = squared_error;",
        ),
        (false, false) => return Some(Loss::SquaredError),
    };
    let (name, reason, line) = complaint;
    scope.report(
        Diagnostic::error(
            codes::RULE_MISMATCH,
            place,
            format!("`{name}` does not fit `{}`: {reason}", output.name),
        )
        .label("has no reactions here")
        .other(output.span, "the output")
        .help(format!("write `{line}`")),
    );
    None
}

/// Activations without a chemical derivative where they stand.
fn check_learnable(scope: &mut Scope, skeleton: &Skeleton) {
    for (at, draft) in skeleton.nodes.iter().enumerate() {
        let DraftKind::Layer { activations, .. } = &draft.kind else { continue };
        for (stage, (activation, span)) in activations.iter().enumerate() {
            let ends = at == skeleton.output && stage + 1 == activations.len();
            if activation.facts().one_pot == Some(Learns::AtTheOutput) && !ends {
                scope.report(
                    Diagnostic::error(
                        codes::UNSUPPORTED_ACTIVATION,
                        *span,
                        format!("in one pot `{}` can only end the output", activation.name()),
                    )
                    .label("has no chemical derivative here")
                    .help("write `smooth_relu(h = 0.1)`"),
                );
            }
        }
    }
}

/// Targets that the output can never come near.
fn check_reach(scope: &mut Scope, place: Span, data: &DataReference, dataset: &Dataset, output: &Draft) {
    let activation = last(output);
    let reach = if activation.is_joint() {
        Interval::new(0.0, 1.0)
    } else {
        // Beyond every pre-activation that a pot can hold.
        activation.range(Interval::new(-1e9, 1e9), 1e9)
    };
    let rows = dataset.subset(data.subset);
    let outside = rows.iter().find_map(|&row| {
        let target = dataset.target(row, output.width())?;
        // What is never negative is one concentration, and so is its target.
        let misses =
            |t: &f64| *t < reach.low - NEAR || *t > reach.high + NEAR || *t < 0.0 && reach.low >= 0.0;
        target.into_iter().find(misses).map(|t| (row, t))
    });
    if let Some((row, target)) = outside {
        let (word, bound) = if target < reach.low { ("above", reach.low) } else { ("below", reach.high) };
        // A bound that is only approached reads better as what it tends to.
        let bound = (bound * 1e6).round() / 1e6;
        scope.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                place,
                format!(
                    "the target {target} in row {} of `{}` is out of reach: `{}` stays {word} {bound}",
                    row + 1,
                    data.dataset,
                    activation.name()
                ),
            )
            .label("cannot be learned")
            .other(output.span, "the output")
            .help("end the output in `identity()`, or scale the targets: `target_scale = minmax(0, 1);`"),
        );
    }
}

/// Settings with which learning fails or errs, before it is tried.
pub fn warn(scope: &mut Scope, model: &Model) {
    let Some(training) = &model.training else { return };
    let Some(flow) = model.gradient_flow() else { return };
    for risk in flow.risks(model) {
        let finding = describe(model, flow, risk, training.span);
        scope.report(finding);
    }
}

/// A risk in words, with the setting to change.
pub fn describe(model: &Model, flow: &GradientFlow, risk: Risk, span: Span) -> Diagnostic {
    let place = model.chemistry.span.unwrap_or(span);
    let (forward, own) = (model.chemistry.forward, model.chemistry.one_pot());
    let fastest = own.map_or(forward, |own| forward.max(own.backward));
    let is_gated = own.is_some_and(|own| own.teacher.is_some());
    match risk {
        Risk::ShortHold { hold, settling, hopeless } => {
            let (what, help) = if is_gated {
                ("the schedule settles for", format!("write `settle = {}`", nice(settling)))
            } else {
                ("a sample is shown for", format!("write `hold = {}`", nice(2.0 * settling)))
            };
            let message = format!("{what} {}, and the pot takes {} to settle", nice(hold), nice(settling));
            let place = if is_gated { place } else { span };
            let finding = if hopeless {
                Diagnostic::error(codes::SHORT_HOLD, place, message)
                    .label("gone before it has reached the output")
            } else {
                Diagnostic::warning(codes::SHORT_HOLD, place, message)
                    .label("old outputs are compared with new targets for a part of it")
            };
            let factor = 2.0 * settling / hold.max(f64::MIN_POSITIVE);
            let faster = fastest * factor;
            finding.help(help).help(format!(
                "or let the neurons be faster: `speeds = {{ forward = {0}, backward = {0}, annihilation = {1} }}`",
                nice(faster),
                nice(20.0 * faster)
            ))
        }
        Risk::LargeStep { step, rate } => Diagnostic::warning(
            codes::LARGE_STEP,
            span,
            format!("one sample moves the weights by {} times its gradient", nice(step)),
        )
        .label(format!("the rate {} during the time of a sample", nice(flow.rate)))
        .help("above 0.5 learning is noisy, above about 2 it diverges")
        .help(format!("write `rule = gradient_flow(rate = {});`", nice(rate))),
        Risk::SlowAnnihilation { annihilation, least } => Diagnostic::warning(
            codes::SLOW_ANNIHILATION,
            place,
            format!("rails annihilate at {}, little against speeds of {}", nice(annihilation), nice(fastest)),
        )
        .label("both rails of a value can grow together")
        .help(format!("write `speeds = {{ annihilation = {} }}`", nice(10.0 * least))),
        Risk::Drift { size } => Diagnostic::warning(
            codes::DRIFTING_WEIGHTS,
            span,
            format!("rate constants are noisy by {}, and nothing holds the weights back", nice(size)),
        )
        .label("the two rails of a weight then move at different speeds, for ever")
        .help("write `decay = 0.005;`, or `chemistry { preset = robust; }`"),
    }
}

/// Three digits.
fn nice(value: f64) -> String {
    let text = format!("{value:.2e}").parse::<f64>().unwrap_or(value);
    if (1e-4..1e6).contains(&text.abs()) || text == 0.0 { format!("{text}") } else { format!("{text:e}") }
}
