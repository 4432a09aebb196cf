//! Whether the steady state is the network's, for all inputs at once.
//!
//! Interval values of both sides over a box of inputs would say nothing, so equations are compared instead. Unit by unit,
//! the pre-activation L of the network is a linear form in the values before it, which stand in the file as variables of
//! earlier blocks. The equations of the unit's own blocks are written in L; their rests are rational functions of L and
//! u = R_h(L) with u² = L u + h; and that of the value is compared with the activation by multiplying crosswise. Where
//! every constant of the file is exact, both sides are equal as polynomials, and the deviation is 0 for every input.
//!
//! **Deviations.** Where a constant of the file is rounded, an equation differs from the ideal one by a polynomial that is
//! bounded over the boxes of the steady state, and the bound is pushed on:
//!
//! - R_h has a slope of at most 1 in z, and of at most 1 / (2 sqrt h) in h: a quadratic block whose equation is
//!   q (h ± L x − x²) + ρ, |ρ| ≤ r q, and whose L is off by e, rests within e + r / (2 sqrt(h − r)) of the ideal one.
//! - A linear block α − κ y = 0 whose α is off by a and whose κ by b rests within (a + b |y|) / (κ − b) of the ideal one.

mod context;
mod fraction;
mod joint;
mod own;
mod special;

use std::collections::BTreeMap;

use context::{Context, Drive};

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::network::{Activation, Network};
use crate::poly::{Poly, Variable};
use crate::rest::Rest;
use crate::triangular::Triangular;

pub use context::Combination;
pub(crate) use context::reduced;

/// Where the value of a unit stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// The layer, from 0.
    pub layer: usize,
    /// Which of its activations, from 0.
    pub stage: usize,
    /// The unit, from 0.
    pub index: usize,
    /// The combination of species that is the value.
    pub value: Combination,
    /// The combination that is the pre-activation, where the file has one as species.
    pub relay: Option<Combination>,
}

/// A value of the network as it stands in the file.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The value, in the variables of the cascade.
    pub value: Poly,
    /// The part that is added.
    pub plus: Poly,
    /// The part that is subtracted.
    pub minus: Poly,
    /// How far it may be from the network's value.
    pub error: f64,
}

/// What the units of a file come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// How far any output may be from the network's value.
    pub eps: f64,
    /// The output values, in the variables of the cascade.
    pub outputs: Vec<Poly>,
    /// z₊ of units of `annihilation_relu`, by layer, stage and unit.
    pub pushed_up: BTreeMap<(usize, usize, usize), Poly>,
}

/// Compares all units of a network with their blocks.
///
/// # Errors
///
/// A unit without a place in the file, and one whose blocks have another form than its activation.
pub fn compare(
    of: &Triangular<'_>,
    rest: &Rest,
    network: &Network,
    units: &[Unit],
) -> Result<Compared, Fault> {
    let widths = network.widths()?;
    let context = Context { of, rest };
    let mut places: BTreeMap<(usize, usize, usize), &Unit> = BTreeMap::new();
    for unit in units {
        if places.insert((unit.layer, unit.stage, unit.index), unit).is_some() {
            return Err(Fault::invalid("bad-certificate", "a unit has two places"));
        }
    }
    let mut nodes: Vec<Vec<Known>> = Vec::new();
    let mut inputs = of.inputs.iter();
    for (_, width) in &network.inputs {
        nodes.push(
            inputs
                .by_ref()
                .take(*width)
                .map(|(value, minus)| input(*value, *minus))
                .collect::<Result<_, _>>()?,
        );
    }
    if nodes.iter().zip(&widths).any(|(node, width)| node.len() != *width) || inputs.next().is_some() {
        return Err(Fault::invalid(
            "bad-network",
            "the network has another number of inputs than the statement",
        ));
    }
    let mut pushed_up = BTreeMap::new();
    for (number, layer) in network.layers.iter().enumerate() {
        let width = widths[network.inputs.len() + number];
        let mut values: Vec<Known> = Vec::new();
        for (stage, activation) in layer.applied().into_iter().enumerate() {
            let at = |index: usize| format!("`{}[{}]`", layer.name, index + 1);
            let mut drives = Vec::with_capacity(width);
            for index in 0..width {
                let terms = if stage == 0 {
                    let (terms, bias) = network.terms(layer, index, &widths);
                    let known = terms.iter().map(|(node, place, weight)| (&nodes[*node][*place], *weight));
                    drive(known, bias)?
                } else {
                    drive(values.get(index).map(|known| (known, 1.0)).into_iter(), 0.0)?
                };
                let unit = place(&places, (number, stage, index)).map_err(|f| f.within(&at(index)))?;
                let drive = match &unit.relay {
                    None => terms,
                    Some(relay) => relayed(&context, &terms, relay).map_err(|f| f.within(&at(index)))?,
                };
                if let Activation::AnnihilationRelu { .. } = activation {
                    pushed_up.insert((number, stage, index), drive.up.clone());
                }
                drives.push(drive);
            }
            let mut next = Vec::new();
            for index in 0..width {
                let unit = place(&places, (number, stage, index))?;
                let (value, plus, minus) = reduced(of, &unit.value)?;
                let error = deviation(&context, activation, &drives, index, &value);
                let error = error.map_err(|fault| fault.within(&at(index)))?;
                if !error.is_finite() {
                    return Err(
                        Fault::undecided("not-finite", "its deviation has no bound").within(&at(index))
                    );
                }
                next.push(Known { value, plus, minus, error });
            }
            values = next;
        }
        nodes.push(values);
    }
    if places.len()
        != network
            .layers
            .iter()
            .enumerate()
            .map(|(at, layer)| widths[network.inputs.len() + at] * layer.applied().len())
            .sum()
    {
        return Err(Fault::invalid("bad-certificate", "a unit is none of the network"));
    }
    let output = &nodes[network.output];
    let eps = output.iter().fold(0.0, |most: f64, known| most.max(known.error));
    Ok(Compared { eps, outputs: output.iter().map(|known| known.value.clone()).collect(), pushed_up })
}

fn place<'u>(
    places: &BTreeMap<(usize, usize, usize), &'u Unit>,
    at: (usize, usize, usize),
) -> Result<&'u Unit, Fault> {
    places.get(&at).copied().ok_or_else(|| Fault::undecided("no-unit", "its value has no place in the file"))
}

fn input(value: Variable, minus: Option<Variable>) -> Result<Known, Fault> {
    let form = Poly::variable(value);
    let minus = minus.map(Poly::variable).unwrap_or_default();
    Ok(Known { plus: form.plus(&minus)?, value: form, minus, error: 0.0 })
}

/// The pre-activation of weighted values.
fn drive<'k>(terms: impl Iterator<Item = (&'k Known, f64)>, bias: f64) -> Result<Drive, Fault> {
    let number = |value: f64| {
        Dyadic::from_f64(value).ok_or_else(|| Fault::invalid("bad-network", "a weight is no finite number"))
    };
    let bias = number(bias)?;
    let (mut form, mut up, mut down) = (Vec::new(), Vec::new(), Vec::new());
    let mut error = Interval::ZERO;
    let side = if bias.is_negative() { &mut down } else { &mut up };
    side.extend(Poly::constant(bias.absolute()).into_terms());
    form.extend(Poly::constant(bias).into_terms());
    for (known, weight) in terms {
        let weight = number(weight)?;
        form.extend(known.value.scaled(&weight)?.into_terms());
        let size = weight.absolute();
        let (first, second) =
            if weight.is_negative() { (&known.minus, &known.plus) } else { (&known.plus, &known.minus) };
        up.extend(first.scaled(&size)?.into_terms());
        down.extend(second.scaled(&size)?.into_terms());
        if known.error > 0.0 {
            error = error.plus(size.enclosure().times(Interval::point(known.error)));
        }
    }
    Ok(Drive {
        form: Poly::sum_of(form)?,
        up: Poly::sum_of(up)?,
        down: Poly::sum_of(down)?,
        error: error.high,
    })
}

/// The pre-activation where the file has it as a species or as two rails, which follow it: z′ = s − k z.
fn relayed(context: &Context<'_>, drive: &Drive, relay: &Combination) -> Result<Drive, Fault> {
    let (form, up, down) = reduced(context.of, relay)?;
    let linear = form.as_variable().and_then(|variable| context.linear(variable));
    let Some(linear) = linear else {
        return Err(Fault::undecided(
            "no-identity",
            "what should hold its pre-activation is no linear block",
        ));
    };
    let Some(decay) = linear.decay.as_constant() else {
        return Err(Fault::undecided(
            "no-identity",
            "its pre-activation decays with a rate that is no constant",
        ));
    };
    let rounding = linear.constant.minus(&drive.form.scaled(&decay)?)?;
    let off = context.size(&rounding).over(decay.enclosure());
    let error = Interval::point(drive.error).plus(off).high;
    Ok(Drive { form, up, down, error })
}

/// How far a value is from the network's.
fn deviation(
    context: &Context<'_>,
    activation: Activation,
    drives: &[Drive],
    index: usize,
    value: &Poly,
) -> Result<f64, Fault> {
    match activation {
        Activation::RestoredSigmoid { a } => context.restored(a, &drives[index], value),
        Activation::AnnihilationRelu { k } => context.annihilated(k, &drives[index], value),
        Activation::WinnerTakeAll { h } => context.winner(h, drives, index, value),
        Activation::RationalSoftmax { .. } => context.rational(activation, drives, index, value),
        Activation::Identity
        | Activation::SmoothRelu { .. }
        | Activation::SmoothLeakyRelu { .. }
        | Activation::AlgebraicSigmoid { .. }
        | Activation::AlgebraicTanh { .. }
        | Activation::Michaelis { .. }
        | Activation::Hill { .. }
        | Activation::Softsign { .. }
        | Activation::Elu { .. }
        | Activation::Abs { .. }
        | Activation::Swish { .. }
        | Activation::Square
        | Activation::InverseMultiquadric { .. }
        | Activation::InverseQuadratic => {
            context.rational(activation, std::slice::from_ref(&drives[index]), 0, value)
        }
    }
}
