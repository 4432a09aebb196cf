//! From the checked model to chemistry.
//!
//! One construct, one file, headed by its reactions, the ODE, the fixed point, the rate of approach and the source.
//! The constructions are those of Anderson, Joshi and Deshpande (2021) and derivations from them.

mod abs;
mod algebraic;
mod annihilation_relu;
mod canonical;
mod elu;
mod identity;
mod inverse_multiquadric;
mod inverse_quadratic;
mod michaelis;
mod one_pot;
mod operation;
pub mod phased;
mod pot;
mod rational_softmax;
mod relay;
mod restored_sigmoid;
mod smooth_relu;
mod softsign;
mod square;
mod swish;
mod winner_take_all;

use nnrc_crn::{Axis, Crn, CrnError, CrnInfo, Handle, Origin, Role, SpeciesFamily};
use nnrc_syntax::{Diagnostic, Severity, codes};

pub use operation::drive_order;
use pot::{Drive, Signal, Unit};

use crate::activation::Activation;
use crate::encoding::{encodings_under, or_identity};
use crate::model::{Chemistry, Construction, Model, NodeKind, WeightCarrier};

/// Lowers a model whose inputs hold `input`, and validates the result.
pub fn lower(model: &Model, input: &[f64]) -> Result<(Crn, CrnInfo), Box<Diagnostic>> {
    if model.chemistry.construction == Construction::Phased {
        return phased::lower(model, input).map(|lowered| (lowered.crn, lowered.info));
    }
    lower_under(model, &model.chemistry, input)
}

/// The same chemistry for weights that will change: they are rate constants, and each has reactions for either sign,
/// also where it is 0.
pub fn lower_for_training(model: &Model, input: &[f64]) -> Result<(Crn, CrnInfo), Box<Diagnostic>> {
    let chemistry = Chemistry { weights: WeightCarrier::Rates, any_sign: true, ..model.chemistry.clone() };
    lower_under(model, &chemistry, input)
}

fn lower_under(
    model: &Model,
    chemistry: &Chemistry,
    input: &[f64],
) -> Result<(Crn, CrnInfo), Box<Diagnostic>> {
    let mut crn = Crn { name: nnrc_crn::namer::bare(&model.name), units: chemistry.units, ..Crn::default() };
    if chemistry.construction == Construction::OnePot {
        one_pot::lower(model, input, &mut crn)?;
        let info = nnrc_crn::validate(&crn).map_err(|error| Box::new(explain(model, &error)))?;
        check_order(model, &info)?;
        return Ok((crn, info));
    }
    let encodings = encodings_under(model, chemistry);
    let mut signals: Vec<Signal> = Vec::new();
    let mut rest = input;
    for (at, node) in model.nodes.iter().enumerate() {
        let axis = crn.axes.push(Axis { name: node.name.clone(), shape: node.shape.clone() });
        let role = if at == model.output { Role::Output } else { Role::Internal };
        let signal = match &node.kind {
            NodeKind::Input => {
                let (own, others) = rest.split_at(node.width());
                rest = others;
                input_signal(&mut crn, &node.name, axis, node.line, own, encodings[at].dual)
            }
            NodeKind::Layer { operation, sources, activations } => {
                let from: Vec<(&str, &Signal)> =
                    sources.iter().map(|&s| (model.nodes[s].name.as_str(), &signals[s])).collect();
                let mut unit = Unit::new(&mut crn, chemistry, (&node.name, ""), axis, role, node.line);
                let mut drive = operation::drive(&mut unit, operation, &from);
                let activations = or_identity(activations);
                let mut signal = Signal { axis, rails: Vec::new() };
                for (stage, activation) in activations.iter().enumerate() {
                    let last = stage + 1 == activations.len();
                    let label = if last { String::new() } else { format!("A{}", stage + 1) };
                    let role = if last { role } else { Role::Internal };
                    let mut unit =
                        Unit::new(&mut crn, chemistry, (&node.name, &label), axis, role, node.line);
                    signal = activate(&mut unit, *activation, drive);
                    drive = if last { Drive { terms: Vec::new() } } else { unit.drive_of(&signal.rails) };
                }
                signal
            }
        };
        crn.observables.push(signal.observable(&node.name));
        signals.push(signal);
    }
    let info = nnrc_crn::validate(&crn).map_err(|error| Box::new(explain(model, &error)))?;
    check_order(model, &info)?;
    Ok((crn, info))
}

fn explain(model: &Model, error: &CrnError) -> Diagnostic {
    match error {
        CrnError::IdCollision { first, second, .. } => {
            let mut finding = Diagnostic::global(Severity::Error, codes::ID_COLLISION, error.to_string())
                .label("shares an identifier")
                .help("rename one of the two: identifiers in the output are never changed silently");
            let place = |words: &str| {
                model.nodes.iter().find(|n| words.ends_with(&format!("`{}`", n.name))).map(|n| n.span)
            };
            finding.span = place(second);
            match place(first) {
                Some(first) if finding.span.is_some_and(|span| span != first) => {
                    finding.other(first, "with this")
                }
                _ => finding,
            }
        }
        CrnError::BadValue { .. } => {
            Diagnostic::global(Severity::Error, codes::NOT_FINITE, error.to_string())
        }
        CrnError::Malformed { .. } => unreachable!("lowering made a malformed network: {error}"),
    }
}

fn check_order(model: &Model, info: &CrnInfo) -> Result<(), Box<Diagnostic>> {
    let most = info.by_molecularity().len().saturating_sub(1) as u32;
    if most <= model.chemistry.max_order {
        return Ok(());
    }
    let mut finding = Diagnostic::global(
        Severity::Error,
        codes::ORDER_EXCEEDED,
        format!(
            "a reaction has {most} reactant molecules, more than `max_order = {}`",
            model.chemistry.max_order
        ),
    )
    .help(match model.chemistry.construction {
        Construction::FixedPoint => "write `chemistry { weights = rates; }`, or allow `max_order = 3`",
        Construction::OnePot | Construction::Phased => "allow it: `chemistry { max_order = 3; }`",
    });
    finding.span = model.chemistry.span;
    Err(Box::new(finding))
}

fn input_signal(
    crn: &mut Crn,
    name: &str,
    axis: Handle<Axis>,
    line: u32,
    values: &[f64],
    dual: bool,
) -> Signal {
    let mut rail = |suffix: &str, values: Vec<f64>| {
        crn.species.push(SpeciesFamily {
            stem: name.to_owned(),
            suffix: suffix.to_owned(),
            axes: vec![axis],
            role: Role::Input,
            initial: values,
            origin: Origin { label: name.to_owned(), part: pot::part(suffix), line },
        })
    };
    if !dual {
        return Signal::single(axis, rail("", values.to_vec()));
    }
    let positive = rail("p", values.iter().map(|x| x.max(0.0)).collect());
    let negative = rail("m", values.iter().map(|x| (-x).max(0.0)).collect());
    Signal::dual(axis, positive, negative)
}

/// Reactants beside the drive's catalysts in the reactions of an activation.
fn extra_order(activation: Activation) -> u32 {
    match activation {
        Activation::Identity
        | Activation::AnnihilationRelu { .. }
        | Activation::Square
        | Activation::Hill { .. }
        | Activation::InverseQuadratic => 0,
        _ => 1,
    }
}

/// Whether an activation reads its pre-activation as species, not as a drive.
fn needs_relay(activation: Activation) -> bool {
    matches!(activation, Activation::Square | Activation::Hill { .. } | Activation::InverseQuadratic)
}

/// Whether an activation follows its pre-activation through a relay: it reads species, or a drive whose terms have
/// `order` catalysts would make reactions of too many reactants.
pub(crate) fn is_relayed(chemistry: &Chemistry, order: u32, activation: Activation) -> bool {
    needs_relay(activation) || order + extra_order(activation) > chemistry.max_order
}

fn activate(unit: &mut Unit<'_>, activation: Activation, drive: Drive) -> Signal {
    let relayed = is_relayed(unit.chemistry, drive.order(), activation);
    // Those that read species make the relay themselves.
    let drive = if relayed && !needs_relay(activation) {
        let signal = relay::relay(unit, &drive);
        unit.drive_of(&signal.rails)
    } else {
        drive
    };
    match activation {
        Activation::Identity => identity::lower(unit, &drive),
        Activation::SmoothRelu { h } => smooth_relu::lower(unit, &drive, h),
        Activation::SmoothLeakyRelu { h, slope } => smooth_relu::lower_leaky(unit, &drive, h, slope),
        Activation::AlgebraicSigmoid { h } => algebraic::lower_sigmoid(unit, &drive, h),
        Activation::AlgebraicTanh { h } => algebraic::lower_tanh(unit, &drive, h),
        Activation::RestoredSigmoid { a } => restored_sigmoid::lower(unit, &drive, a),
        Activation::Michaelis { k } => michaelis::lower(unit, &drive, k),
        Activation::Hill { k } => {
            let squares = square::squares(unit, &drive);
            let drive = unit.drive_of(&squares);
            michaelis::lower(unit, &drive, k)
        }
        Activation::Softsign { h } => softsign::lower(unit, &drive, h),
        Activation::Elu { h } => elu::lower(unit, &drive, h),
        Activation::Abs { h } => abs::lower(unit, &drive, h),
        Activation::Swish { h } => swish::lower(unit, &drive, h),
        Activation::Square => square::lower(unit, &drive),
        Activation::InverseMultiquadric { h } => inverse_multiquadric::lower(unit, &drive, h),
        Activation::InverseQuadratic => inverse_quadratic::lower(unit, &drive),
        Activation::AnnihilationRelu { k } => annihilation_relu::lower(unit, &drive, k),
        Activation::WinnerTakeAll { h } => winner_take_all::lower(unit, &drive, h),
        Activation::RationalSoftmax { h } => rational_softmax::lower(unit, &drive, h),
        // Analysis refuses the clocked activations under this construction.
        Activation::Sigmoid | Activation::Tanh | Activation::Softmax | Activation::Softplus => {
            identity::lower(unit, &drive)
        }
    }
}
