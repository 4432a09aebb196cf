//! Settings of the construction `phased`: the clock, learning by it, and the rules that both must keep.

use std::collections::BTreeMap;

use nnrc_syntax::{Diagnostic, Severity, Span, codes};

use crate::gradient_descent;
use crate::skeleton::{DraftKind, DraftOperation, Skeleton};
use crate::value::Scope;
use nnrc_model::activation::{Activation, CrossEntropy, Facts, Learns, SPECS};
use nnrc_model::clock::phase_length;
use nnrc_model::judge;
use nnrc_model::ranges::PreActivation;
use nnrc_model::{Clock, ClockedSgd, Dataset, Node, PhasedSettings, Rule, Simulation, Training};

/// Largest one beside a judge: with more, leaking tokens halt the network falsely after some ten epochs.
const LARGEST_JUDGED_LEVEL: f64 = 1e-10;
/// The same for a ring. What HALT takes from a ring before its time never comes back, so cycles grow longer and leak
/// more: a learner of XOR halts falsely in cycle 273 of 304 with 1e-14, one of OR in cycle 70 of 76 with 1e-12.
const LARGEST_JUDGED_RING: f64 = 1e-14;
/// What a phase may leave of a step that it gates.
pub const RESIDUAL: f64 = 1e-6;
/// Largest pre-activation whose exponential e^(z/2) is a sensible concentration.
const LARGEST_EXPONENT: f64 = 20.0;
/// Samples above which the ring's cycles make an epoch very long.
const MANY_SAMPLES: usize = 200;
/// Tolerances of a solver beyond which the verdicts of the judge get lost.
const LOOSEST: (f64, f64) = (1e-4, 1e-8);

/// What is checked once everything is known.
pub struct Context<'a> {
    pub nodes: &'a [Node],
    pub applied: &'a [Vec<PreActivation>],
    pub skeleton: &'a Skeleton,
    pub settings: &'a PhasedSettings,
    /// Where the `chemistry` block stands, if it does.
    pub span: Option<Span>,
    pub training: Option<&'a Training>,
    pub datasets: &'a BTreeMap<String, Dataset>,
    pub simulation: &'a Simulation,
}

impl<'a> Context<'a> {
    /// How the network learns, if it does.
    fn learning(&self) -> Option<&'a ClockedSgd> {
        match self.training?.rule.as_ref()? {
            Rule::ClockedSgd(rule) => Some(rule),
            Rule::GradientDescent(_) | Rule::GradientFlow(_) => None,
        }
    }
}

/// Checks that the construction serves the network, and that its settings keep the rules.
pub fn check(scope: &mut Scope, context: &Context<'_>) {
    let before = scope.reported;
    layers(scope, context);
    if scope.reported > before {
        return;
    }
    speeds(scope, context);
    loose(scope, context);
    if let Some(training) = context.learning() {
        learning(scope, context, training);
    }
}

fn layers(scope: &mut Scope, context: &Context<'_>) {
    let training = context.learning();
    for (place, (draft, applied)) in context.skeleton.nodes.iter().zip(context.applied).enumerate() {
        let DraftKind::Layer { operation, activations, .. } = &draft.kind else { continue };
        let unserved = |what: String| {
            Diagnostic::error(codes::NOT_SERVED, draft.span, what)
                .label("not served by this construction")
                .help("layers of `phased` are `dense(n)` with at most one activation")
        };
        if !matches!(operation, DraftOperation::Dense { .. }) {
            scope.report(unserved(format!("`{}` is no dense layer", draft.name)));
        }
        if activations.len() > 1 {
            scope.report(unserved(format!("`{}` has several activations", draft.name)));
        }
        let Some((activation, span)) = activations.first() else { continue };
        let name = activation.name();
        let Some(clocked) = activation.facts().phased else {
            scope.report(
                Diagnostic::error(
                    codes::UNSUPPORTED_ACTIVATION,
                    *span,
                    format!("`phased` does not serve `{name}`"),
                )
                .label("not served by this construction")
                .help(format!("it serves {}", served())),
            );
            continue;
        };
        if let Some(factor) = clocked.exposure.and_then(|exposure| exposure.exponent) {
            exponent(scope, draft.name.as_str(), factor, *span, applied);
        }
        let is_astray = clocked.learns == Learns::AtTheOutput
            && training.is_some_and(|t| !t.cross_entropy || place != context.skeleton.output);
        if is_astray {
            scope.report(
                Diagnostic::error(
                    codes::RULE_MISMATCH,
                    *span,
                    format!("`{name}` learns by cross-entropy, at the output"),
                )
                .label("its slopes mix all units of the layer")
                .help("write `loss = cross_entropy;`, or use `sigmoid()` here"),
            );
        }
    }
}

/// What the construction serves: first what only a clock computes.
fn served() -> String {
    let phased = || SPECS.iter().map(|spec| spec.facts).filter(|facts| facts.phased.is_some());
    let is_clocked = |facts: &&Facts| facts.fixed_point.is_none();
    let first = phased().filter(is_clocked);
    let then = phased().filter(|facts| !is_clocked(facts)).rev();
    let names: Vec<String> = first.chain(then).map(|facts| format!("`{}`", facts.name)).collect();
    match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        few => few.concat(),
    }
}

/// Concentrations of e^(factor · z) that numbers and solvers can carry.
fn exponent(scope: &mut Scope, name: &str, factor: f64, span: Span, applied: &[PreActivation]) {
    let largest =
        applied.iter().flat_map(|pre| &pre.z).map(|z| z.low.abs().max(z.high.abs())).fold(0.0, f64::max);
    let exponent = factor * largest;
    if exponent > LARGEST_EXPONENT {
        scope.report(
            Diagnostic::error(
                codes::OUTSIDE_DOMAIN,
                span,
                format!(
                    "the pre-activations of `{name}` reach {largest:.3}, its species U a concentration of {:.1e}",
                    exponent.exp()
                ),
            )
            .label("computes by e^z")
            .help("use smaller weights, or a narrower range of the inputs"),
        );
    }
}

/// Phases that are long enough for the slowest step in them.
fn speeds(scope: &mut Scope, context: &Context<'_>) {
    let phased = context.settings;
    let length = phase_length(phased);
    let place = phased.clock_span.or(context.span);
    let mut short = |what: String, rate: f64, time: f64, remedy: &str| {
        if (-rate * time).exp() <= RESIDUAL {
            return;
        }
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::PHASE_TOO_SHORT,
            format!(
                "{what} has {time:.3} time units at rate {rate:.3}: {:.1e} of it is left undone",
                (-rate * time).exp()
            ),
        )
        .help(format!(
            "at most {RESIDUAL:e} may be left: the time must be at least {:.3}",
            -RESIDUAL.ln() / rate
        ))
        .help(remedy.to_owned());
        finding.span = place;
        scope.report(finding);
    };
    let longer = match phased.clock {
        Clock::External { .. } => "write `clock = external(phase = …)` with a longer phase",
        Clock::Ring { .. } => "use a smaller `delta` or a slower clock, or a larger speed",
        Clock::MayLeonard { .. } => "use a smaller `epsilon` or a slower clock, or a larger speed",
    };
    short("a gated step".to_owned(), phased.gated, length, longer);
    short("a step that runs always".to_owned(), phased.combinational, length, longer);
    for node in &context.skeleton.nodes {
        let DraftKind::Layer { activations, .. } = &node.kind else { continue };
        // Linear sums are steps that run always.
        let circuit = activations.first().and_then(|(activation, _)| activation.approach(true, 1));
        if let Some(h) = circuit.and_then(|circuit| circuit.neuron()) {
            let rate = 2.0 * h.sqrt() * phased.combinational;
            let what = format!("the smoothed ReLU of `{}`", node.name);
            short(what, rate, 2.0 * length, "use a larger `h`, a smaller `epsilon` or a slower clock");
        }
    }
    if let Clock::MayLeonard { species: Some(species), .. } = phased.clock {
        let layers = context.nodes.len();
        let needed = 2 * phases(context);
        if species < needed {
            let mut finding = Diagnostic::global(
                Severity::Error,
                codes::OUT_OF_RANGE,
                format!("a clock of {species} species is too small: the phases need {needed}"),
            )
            .label(format!("two for each of {} phases of {layers} layers and inputs", needed / 2))
            .help("leave `species` out: the network's phases decide");
            finding.span = place;
            scope.report(finding);
        }
    }
}

/// Number of phases of a cycle.
fn phases(context: &Context<'_>) -> usize {
    let own = context.learning().map_or(1, |training| 4 + usize::from(training.tolerance.is_some()));
    let of_layers: usize = context
        .skeleton
        .nodes
        .iter()
        .map(|node| match &node.kind {
            DraftKind::Layer { activations, .. } => {
                1 + usize::from(activations.iter().any(|(activation, _)| activation.needs_phases()))
            }
            DraftKind::Input { .. } => 0,
        })
        .sum();
    of_layers + own
}

fn loose(scope: &mut Scope, context: &Context<'_>) {
    let (relative, absolute) = LOOSEST;
    let simulation = context.simulation;
    if simulation.relative > relative || simulation.absolute > absolute {
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::TOLERANCE_TOO_LOOSE,
            format!(
                "the tolerances rtol = {:e}, atol = {:e} are too loose for this chemistry",
                simulation.relative, simulation.absolute
            ),
        )
        .label("the solver would lose tokens and verdicts")
        .help(format!(
            "expected rtol <= {relative:e}, atol <= {absolute:e}; the clock's species get less by themselves"
        ));
        finding.span = simulation.method_span.or(context.span);
        scope.report(finding);
    }
}

fn learning(scope: &mut Scope, context: &Context<'_>, training: &ClockedSgd) {
    let dataset = &context.datasets[&training.data.dataset];
    let output = &context.nodes[context.skeleton.output];
    let draft = &context.skeleton.nodes[context.skeleton.output];
    let activation = match &draft.kind {
        DraftKind::Layer { activations, .. } => activations.first().map(|(activation, _)| *activation),
        DraftKind::Input { .. } => None,
    }
    .unwrap_or(Activation::Identity);
    let clocked = activation.facts().phased;
    if training.cross_entropy && !clocked.is_some_and(|clocked| clocked.cross_entropy) {
        scope.report(
            Diagnostic::error(
                codes::RULE_MISMATCH,
                draft.span,
                format!("`cross_entropy` does not fit `{}`: its outputs are no probabilities", draft.name),
            )
            .label("expected `sigmoid()` or `softmax()`")
            .help("or write `loss = squared_error;`"),
        );
    }
    let rows = match training.data.subset {
        nnrc_model::Subset::All => (0..dataset.rows()).collect(),
        nnrc_model::Subset::Train => dataset.train.clone(),
        nnrc_model::Subset::Test => dataset.test.clone(),
    };
    if let Some((low, high)) = clocked.map(|clocked| clocked.reach) {
        let outside = rows.iter().find_map(|&row| {
            let target = dataset.target(row, output.width())?;
            target.into_iter().find(|t| *t < low || *t > high).map(|t| (row, t))
        });
        if let Some((row, target)) = outside {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    dataset.span,
                    format!(
                        "row {} of `{}` has the target {target}, which `{}` never reaches",
                        row + 1,
                        training.data.dataset,
                        draft.name
                    ),
                )
                .label(format!("the values of `{}` lie between {low} and {high}", activation.name()))
                .other(draft.span, "the output")
                .help(
                    "scale the targets (`target_scale = minmax(0, 1);`), or end the output in `identity()`",
                ),
            );
        }
    }
    let has_shares = activation.facts().cross_entropy == Some(CrossEntropy::OfShares);
    if training.cross_entropy && has_shares && clocked.is_some() {
        let place = dataset.span;
        gradient_descent::check_probabilities(scope, place, &training.data, dataset, output.width());
    }
    let floor = judge::floor(output.width());
    let span = context.training.map(|training| training.span);
    if let Some(tolerance) = training.tolerance.filter(|tolerance| *tolerance <= floor) {
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::OUT_OF_RANGE,
            format!("no output passes the judge with a tolerance of {tolerance}"),
        )
        .label(format!("the judge's reactions serve tolerances from {floor} on, 0.002 for each output"))
        .help(format!("write `stop when error < …` with more than {floor}"));
        finding.span = span;
        scope.report(finding);
    }
    leak(scope, context, training);
    if rows.len() > MANY_SAMPLES {
        let cycle = phase_length(context.settings) * 2.0 * phases(context) as f64;
        let mut finding = Diagnostic::global(
            Severity::Warning,
            codes::MANY_SAMPLES,
            format!("the order ring has {} samples", rows.len()),
        )
        .label(format!("an epoch takes {:.3e} time units", cycle * rows.len() as f64))
        .help("a ring suits tables of some ten samples; `rule = gradient(…)` learns from many");
        finding.span = span;
        scope.report(finding);
    }
}

/// The leak rule: what a slot that has not its turn holds of the token must not halt the network.
fn leak(scope: &mut Scope, context: &Context<'_>, training: &ClockedSgd) {
    if training.tolerance.is_none() {
        return;
    }
    let place = context.settings.clock_span.or(context.span);
    let (level, largest, remedy) = match context.settings.clock {
        Clock::MayLeonard { epsilon, gamma, .. } => {
            (epsilon / (gamma - 1.0), LARGEST_JUDGED_LEVEL, "epsilon = 1e-12")
        }
        Clock::Ring { delta, .. } => {
            let mut finding =
                Diagnostic::global(Severity::Warning, codes::NEUTRAL_CLOCK, "the judge wears a `ring` down")
                    .label(
                        "what HALT takes from it before its time never comes back: cycles grow longer, and after some \
                         hundred the network halts falsely",
                    )
                    .help("write `clock = may_leonard(epsilon = 1e-12, rate = 1 /s);`, or leave `stop when` out");
            finding.span = place;
            scope.report(finding);
            (delta, LARGEST_JUDGED_RING, "delta = 1e-15")
        }
        Clock::External { .. } => return,
    };
    // Gates that are fast beside the clock let more through.
    let phased = context.settings;
    if level * phased.gated * phase_length(phased)
        <= largest * PhasedSettings::default().gated * -largest.ln()
    {
        return;
    }
    let cycle = phase_length(context.settings) * 2.0 * phases(context) as f64;
    let token = level * context.settings.gated * cycle;
    let mut finding = Diagnostic::global(
        Severity::Error,
        codes::PHASE_LEAK,
        format!("a phase that is off lets {token:.1e} of the turn through in a cycle"),
    )
    .label("the judge would halt the network before it has learned")
    .help(format!("expected a level of at most {largest:e}: write `{remedy}`"));
    let usual = PhasedSettings::default().gated;
    if phased.gated > usual {
        finding =
            finding.help(format!("fast gates let more through: write `speeds = {{ gated = {usual} }}`"));
    }
    finding.span = place;
    scope.report(finding);
}
