//! The `train` block of `rule = gradient(…)`: every key with its default, checked against data and network.

use crate::train_context::SEED;
use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::wording;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{Entries, bind, missing_argument, stops as stop_entries};
use crate::data::misfit;
use crate::quantities::{NOT_NEGATIVE, POSITIVE, check_call};
use crate::skeleton::{DraftKind, Skeleton};
use crate::train_context::{Context, data, feed};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use nnrc_model::activation::{Activation, CrossEntropy};
use nnrc_model::{DataReference, Dataset, Subset, Targets};
use nnrc_model::{GradientDescent, Loss, Metric, Optimiser, Precision, Schedule, StopRule, Validation};

/// The optimiser where no rule is given.
pub const ADAM: Optimiser = Optimiser::Adam { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const EPOCHS: u64 = 100;
const BATCH: u64 = 32;

/// A share that leaves nothing empty.
const SHARE: (&str, fn(f64) -> bool) = ("between 0 and 1", |x| x > 0.0 && x < 1.0);
/// A factor that keeps less than all.
const BELOW_ONE: (&str, fn(f64) -> bool) = ("of at least 0 and less than 1", |x| (0.0..1.0).contains(&x));
/// A factor of a learning rate.
const FACTOR: (&str, fn(f64) -> bool) = ("greater than 0 and at most 1", |x| x > 0.0 && x <= 1.0);
/// A factor that may end at nothing.
const FLOOR: (&str, fn(f64) -> bool) = ("between 0 and 1", |x| (0.0..=1.0).contains(&x));

/// Reads everything; none if there is no data or an error, which is reported.
pub fn analyse(
    scope: &mut Scope,
    block: &Block,
    entries: &Entries<'_>,
    optimiser: Option<Optimiser>,
    context: &Context<'_>,
) -> Option<GradientDescent> {
    let reference = match entries.get("data") {
        Some(expr) => data(scope, expr, "`data`", context.datasets),
        None => only_data(context),
    };
    let cross_entropy = entries.get("loss").and_then(|expr| loss(scope, expr)).unwrap_or(false);
    let mut whole = |key: &str, default| {
        let expr = entries.get(key);
        expr.map_or(Some(default), |expr| scope.whole(expr, &format!("`{key}`"), 1)).unwrap_or(default)
    };
    let (epochs, batch) = (whole("epochs", EPOCHS) as usize, whole("batch", BATCH) as usize);
    let decay = entries
        .get("decay")
        .and_then(|expr| scope.bounded(expr, "`decay`", Dimension::NONE, 1.0, NOT_NEGATIVE));
    let precisions = Precision::ALL.map(|precision| (precision.name(), precision));
    let precision = entries.get("precision").and_then(|expr| scope.choice(expr, "`precision`", &precisions));
    let shuffle = match entries.get("feed") {
        Some(expr) => feed(scope, expr, context.scales).and_then(|feed| feed.shuffle),
        None => Some(SEED),
    };
    let schedule = entries.get("schedule").and_then(|expr| schedule(scope, expr));
    let patience = entries.get("patience").and_then(|expr| scope.whole(expr, "`patience`", 1));
    let validation = match (entries.get("validation"), &reference) {
        (Some(expr), _) => validation(scope, expr, context),
        (None, Some(reference)) => other_part(reference, context),
        (None, None) => None,
    };
    let stops = stops(scope, block, validation.is_some() || entries.contains_key("validation"));
    if let (Some(Validation::Holdout { share, .. }), Some(reference), Some(expr)) =
        (&validation, &reference, entries.get("validation"))
    {
        check_holdout(scope, *share, reference, expr, context);
    }
    let skeleton = context.skeleton?;
    let place = entries.get("data").map(|expr| expr.span);
    for used in [reference.as_ref(), validation.as_ref().and_then(Validation::data)].into_iter().flatten() {
        let dataset = &context.datasets[&used.dataset];
        let place = place.unwrap_or(dataset.span);
        check_targets(scope, place, used, dataset, skeleton, cross_entropy);
    }
    let loss = if cross_entropy {
        probabilities(scope, entries.get("loss")?, skeleton)?
    } else {
        Loss::SquaredError
    };
    Some(GradientDescent {
        data: reference?,
        validation,
        loss,
        optimiser: optimiser?,
        schedule: schedule.unwrap_or(Schedule::Constant),
        epochs,
        batch,
        precision: precision.unwrap_or(Precision::Double),
        decay: decay.unwrap_or(0.0),
        shuffle,
        patience: patience.map(|patience| patience as usize),
        stops,
    })
}

/// Whether the loss is cross-entropy.
pub fn loss(scope: &mut Scope, expr: &Expr) -> Option<bool> {
    scope.choice(expr, "`loss`", &[("squared_error", false), ("cross_entropy", true)])
}

/// The ends by a metric. Errors are reported.
pub fn stops(scope: &mut Scope, block: &Block, validates: bool) -> Vec<StopRule> {
    let mut stops = Vec::new();
    for (path, comparison, bound) in stop_entries(block) {
        let name = path.text();
        let (validation, metric) = match name.strip_prefix("validation.") {
            Some(metric) => (true, metric),
            None => (false, name.as_str()),
        };
        let quantity = Metric::ALL.into_iter().find(|quantity| quantity.name() == metric);
        if quantity.is_none() {
            scope.report(
                Diagnostic::error(codes::UNKNOWN_NAME, path.span, format!("training reports no `{name}`"))
                    .label(format!("expected one of {}", wording::words(&Metric::ALL.map(Metric::name)))),
            );
        } else if validation && !validates {
            scope.report(
                Diagnostic::error(codes::UNKNOWN_NAME, path.span, "there is no validation data")
                    .label("nothing to look at")
                    .help(
                        "write `validation = holdout(0.2, seed = 1);`, or train on `data.train` of a split",
                    ),
            );
        }
        let bound = scope.plain_number(bound, "the bound");
        if let (Some(quantity), Some(bound)) = (quantity, bound) {
            stops.push(StopRule { validation, quantity, comparison, bound });
        }
    }
    stops
}

/// `adam(rate = 0.01)` or `sgd(rate = 0.1, momentum = 0.9)`.
pub fn optimiser(scope: &mut Scope, expr: &Expr) -> Option<Optimiser> {
    let adam: &[&str] = &["rate", "beta1", "beta2", "epsilon"];
    let sgd: &[&str] = &["rate", "momentum"];
    let name = check_call(scope, expr, "the optimiser", &[("adam", adam), ("sgd", sgd)])?;
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let args = bind(scope, &call, if name == "adam" { adam } else { sgd })?;
    let Some(rate) = args[0] else {
        missing_argument(
            scope,
            &call,
            "rate",
            if name == "adam" { "adam(rate = 0.01)" } else { "sgd(rate = 0.1)" },
        );
        return None;
    };
    let rate = scope.bounded(rate, "the learning rate", Dimension::NONE, 1.0, POSITIVE);
    let mut number = |at: usize, what: &str, default: f64, bound| match args[at] {
        Some(expr) => scope.bounded(expr, what, Dimension::NONE, 1.0, bound),
        None => Some(default),
    };
    if name == "sgd" {
        let momentum = number(1, "`momentum`", 0.0, BELOW_ONE);
        return Some(Optimiser::Sgd { rate: rate?, momentum: momentum? });
    }
    let beta1 = number(1, "`beta1`", 0.9, BELOW_ONE);
    let beta2 = number(2, "`beta2`", 0.999, BELOW_ONE);
    let epsilon = number(3, "`epsilon`", 1e-8, POSITIVE);
    Some(Optimiser::Adam { rate: rate?, beta1: beta1?, beta2: beta2?, epsilon: epsilon? })
}

fn schedule(scope: &mut Scope, expr: &Expr) -> Option<Schedule> {
    let calls: [(&str, &[&str]); 4] = [
        ("constant", &[]),
        ("cosine", &["floor"]),
        ("step", &["every", "factor"]),
        ("exponential", &["factor"]),
    ];
    let name = check_call(scope, expr, "`schedule`", &calls)?;
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let parameters = calls.iter().find(|(known, _)| *known == name)?.1;
    let args = bind(scope, &call, parameters)?;
    let mut factor = |at: usize, default: f64, bound| match args[at] {
        Some(expr) => scope.bounded(expr, &format!("`{}`", parameters[at]), Dimension::NONE, 1.0, bound),
        None => Some(default),
    };
    match name.as_str() {
        "cosine" => Some(Schedule::Cosine { floor: factor(0, 0.0, FLOOR)? }),
        "step" => {
            let factor = factor(1, 0.1, FACTOR)?;
            let Some(every) = args[0] else {
                missing_argument(scope, &call, "every", "step(every = 50, factor = 0.1)");
                return None;
            };
            Some(Schedule::Step { every: scope.whole(every, "`every`", 1)? as usize, factor })
        }
        "exponential" => {
            if args[0].is_none() {
                missing_argument(scope, &call, "factor", "exponential(factor = 0.99)");
                return None;
            }
            Some(Schedule::Exponential { factor: factor(0, 1.0, FACTOR)? })
        }
        _ => Some(Schedule::Constant),
    }
}

/// `iris.test`, or `holdout(0.2, seed = 1)` of the training data.
fn validation(scope: &mut Scope, expr: &Expr, context: &Context<'_>) -> Option<Validation> {
    if !matches!(scope.evaluate(expr)?.kind, ValueKind::Call(_)) {
        return data(scope, expr, "`validation`", context.datasets).map(Validation::Data);
    }
    check_call(scope, expr, "`validation`", &[("holdout", &["share", "seed"])])?;
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let args = bind(scope, &call, &["share", "seed"])?;
    let Some(share) = args[0] else {
        missing_argument(scope, &call, "share", "holdout(0.2, seed = 1)");
        return None;
    };
    let share = scope.bounded(share, "the share of validation rows", Dimension::NONE, 1.0, SHARE)?;
    let seed = args[1].map_or(Some(SEED), |seed| scope.whole(seed, "a seed", 0))?;
    Some(Validation::Holdout { share, seed })
}

/// The only data set there is: its training part.
pub fn only_data(context: &Context<'_>) -> Option<DataReference> {
    let mut names = context.datasets.keys();
    match (names.next(), names.next()) {
        (Some(name), None) => Some(DataReference { dataset: name.clone(), subset: Subset::Train }),
        _ => None,
    }
}

/// The test part of a split whose training part is trained on: it is reported, and stops nothing by itself.
fn other_part(reference: &DataReference, context: &Context<'_>) -> Option<Validation> {
    let has_test = !context.datasets[&reference.dataset].test.is_empty();
    (reference.subset == Subset::Train && has_test)
        .then(|| Validation::Data(DataReference { subset: Subset::Test, ..reference.clone() }))
}

fn check_holdout(
    scope: &mut Scope,
    share: f64,
    reference: &DataReference,
    expr: &Expr,
    context: &Context<'_>,
) {
    let dataset = &context.datasets[&reference.dataset];
    let rows: Vec<usize> = match reference.subset {
        Subset::All => (0..dataset.rows()).collect(),
        Subset::Train => dataset.train.clone(),
        Subset::Test => dataset.test.clone(),
    };
    // Which rows are drawn does not change how many.
    let (kept, held) =
        nnrc_model::hold_out(&dataset.targets, &rows, share, nnrc_model::random::Random::new(0));
    if kept.is_empty() || held.is_empty() {
        scope.report(
            Diagnostic::error(
                codes::EMPTY_DATASET,
                expr.span,
                format!(
                    "of {} rows, {} are left for training and {} for validation",
                    rows.len(),
                    kept.len(),
                    held.len()
                ),
            )
            .label("leaves one part empty")
            .help("choose another share, or leave `validation` out"),
        );
    }
}

pub fn check_targets(
    scope: &mut Scope,
    place: nnrc_syntax::Span,
    reference: &DataReference,
    dataset: &Dataset,
    skeleton: &Skeleton,
    cross_entropy: bool,
) {
    let width = skeleton.nodes[skeleton.output].width();
    if let Some((complaint, helps)) = misfit(dataset, width) {
        let mut finding = Diagnostic::error(
            codes::SHAPE_MISMATCH,
            place,
            format!("the data set `{}` {complaint}", reference.dataset),
        )
        .label("does not fit the network");
        if place != dataset.span {
            finding = finding.other(dataset.span, "declared here");
        }
        finding = finding.other(skeleton.nodes[skeleton.output].span, "the output");
        finding.help = helps;
        scope.report(finding);
        return;
    }
    if cross_entropy {
        check_probabilities(scope, place, reference, dataset, width);
    }
}

/// Checks that the targets of each row are probabilities.
pub fn check_probabilities(
    scope: &mut Scope,
    place: Span,
    reference: &DataReference,
    dataset: &Dataset,
    width: usize,
) {
    if let Targets::Values { values, .. } = &dataset.targets {
        let is_distribution =
            |row: &[f64]| row.iter().all(|t| *t >= 0.0) && (row.iter().sum::<f64>() - 1.0).abs() < 1e-6;
        if let Some(row) = values.chunks(width.max(1)).position(|row| !is_distribution(row)) {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    place,
                    format!("the targets of row {} of `{}` are no probabilities", row + 1, reference.dataset),
                )
                .label("`cross_entropy` needs targets of at least 0 that add up to 1")
                .help("write `loss = squared_error;`"),
            );
        }
    }
}

/// Which cross-entropy the output allows.
fn probabilities(scope: &mut Scope, expr: &Expr, skeleton: &Skeleton) -> Option<Loss> {
    let output = &skeleton.nodes[skeleton.output];
    let last = match &output.kind {
        DraftKind::Input { .. } => None,
        DraftKind::Layer { activations, .. } => activations.last().map(|(activation, _)| *activation),
    };
    let last = last.unwrap_or(Activation::Identity);
    let complaint = match last.facts().cross_entropy {
        _ if output.width() == 1 => "one output has no other class to choose from".to_owned(),
        Some(CrossEntropy::OfShares) => return Some(Loss::CrossEntropy),
        Some(CrossEntropy::OfLogits) => return Some(Loss::SoftmaxCrossEntropy),
        Some(CrossEntropy::OfEach) | None => {
            format!("the outputs of `{}` are no probabilities", last.name())
        }
    };
    let mut finding = Diagnostic::error(
        codes::RULE_MISMATCH,
        expr.span,
        format!("`cross_entropy` does not fit `{}`: {complaint}", output.name),
    )
    .label("needs probabilities, or linear outputs")
    .other(output.span, "the output");
    if output.width() > 1 {
        finding = finding.help(
            "end the layer in `rational_softmax(h = 0.1)`, or in `identity()`, of which the softmax is taken",
        );
    }
    scope.report(finding.help("or write `loss = squared_error;`"));
    None
}
