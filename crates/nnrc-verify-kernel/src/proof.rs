//! The statement about a file, and its proof.

use std::collections::BTreeMap;

use crate::dyadic::Dyadic;
use crate::fault::{Fault, Kind};
use crate::identity::{self, Combination, Unit};
use crate::interval::Interval;
use crate::network::Network;
use crate::poly::Poly;
use crate::rest::Rest;
use crate::sbml::System;
use crate::settle::{self, Settle};
use crate::triangular::{Plan, Triangular};

/// Into how many parts a box of inputs is taken at most, where a sign is not certain over all of it.
const MAX_PARTS: usize = 2000;

/// How often a part is halved at most, so that what no part decides is said soon.
const MAX_HALVINGS: usize = 24;

/// What is claimed of a file: all that a proof needs, none of it believed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Claim {
    /// The network.
    pub network: Network,
    /// The cascade.
    pub plan: Plan,
    /// Where the values of the network stand in the file; not needed at points.
    pub units: Vec<Unit>,
    /// Where its outputs stand.
    pub outputs: Vec<Combination>,
    /// What concentrations are multiplied by to be values: 1 over the concentration that 1 means; none for 1.
    pub times: Option<Dyadic>,
}

/// A checked cascade beside its network.
pub struct Proof<'a> {
    /// The cascade.
    pub cascade: Triangular<'a>,
    claim: &'a Claim,
    outputs: Vec<Poly>,
    settle: Option<Settle>,
}

/// What holds for a box of inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct OverBox {
    /// How far any output is from the network's value, at most.
    pub eps: f64,
    /// No eigenvalue of the linearisation has a real part above its negative, per time unit of the file.
    pub rate: f64,
    /// Where each variable of the cascade rests.
    pub rest: Vec<Interval>,
    /// Into how many parts the box was taken.
    pub parts: usize,
    /// After which time the outputs are near their rest, in time units of the file, where that was asked for.
    pub settled: Option<f64>,
}

/// What holds at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct AtPoint {
    /// Enclosures of the outputs of the reactions.
    pub outputs: Vec<Interval>,
    /// Enclosures of the values of the network.
    pub values: Vec<Interval>,
    /// As that of [`OverBox`].
    pub rate: f64,
    /// Where each variable of the cascade rests.
    pub rest: Vec<Interval>,
}

impl AtPoint {
    /// The largest distance that an output may have from its value.
    pub fn at_most(&self) -> f64 {
        let apart = self.outputs.iter().zip(&self.values).map(|(y, f)| y.minus(*f).magnitude());
        apart.fold(0.0, f64::max)
    }

    /// The output with the largest distance that it certainly has from its value, and that distance.
    pub fn at_least(&self) -> (usize, f64) {
        let apart = self.outputs.iter().zip(&self.values).map(|(y, f)| y.minus(*f).least_magnitude());
        apart.enumerate().fold((0, 0.0), |most, (at, apart)| if apart > most.1 { (at, apart) } else { most })
    }
}

impl<'a> Proof<'a> {
    /// Checks the cascade and the shape of the network.
    ///
    /// # Errors
    ///
    /// As [`Triangular::new`] and [`Network::widths`].
    pub fn new(system: &'a System, claim: &'a Claim) -> Result<Self, Fault> {
        let widths = claim.network.widths()?;
        let width: usize = claim.network.inputs.iter().map(|(_, width)| width).sum();
        if width != claim.plan.inputs.len() || widths[claim.network.output] != claim.outputs.len() {
            let message = "the file has another number of inputs or outputs than the network";
            return Err(Fault::invalid("bad-network", message));
        }
        let cascade = Triangular::new(system, &claim.plan)?;
        let outputs = claim.outputs.iter().map(|output| Ok(identity::reduced(&cascade, output)?.0));
        let outputs = outputs.collect::<Result<_, Fault>>()?;
        Ok(Self { cascade, claim, outputs, settle: None })
    }

    /// The same proof, which looks for a time to settle as well.
    #[must_use]
    pub fn settling(self, settle: Option<Settle>) -> Self {
        Self { settle, ..self }
    }

    /// Whether a time for all starts needs a bound on where concentrations start: where an output depends on one that decays
    /// linearly.
    pub fn needs_bounded_start(&self) -> bool {
        settle::needs_bounded_start(&self.cascade, &self.outputs)
    }

    fn settled(&self, rest: &Rest) -> Result<Option<f64>, Fault> {
        self.settle.map(|settle| settle::time(&self.cascade, rest, &self.outputs, settle)).transpose()
    }

    /// What holds for all inputs in their ranges.
    ///
    /// An input of two rails has the range for its value, and its negative rail is at most max(0, −low).
    ///
    /// # Errors
    ///
    /// A range that is none or that a concentration cannot have; a block or a unit of which nothing is certain.
    pub fn over_box(&self, ranges: &[(f64, f64)]) -> Result<OverBox, Fault> {
        let whole = self.ranges(ranges)?;
        // However a range is divided, its negative rail stays within what the statement says.
        let rails = |part: &[Interval]| -> Vec<(Interval, Interval)> {
            part.iter().zip(&whole).map(|(part, whole)| (*part, negative_rail(*whole))).collect()
        };
        let mut todo = vec![(whole.clone(), 0)];
        let mut proven: Option<OverBox> = None;
        let mut parts = 0;
        while let Some((part, halvings)) = todo.pop() {
            let found = self.cascade.at_rest(&rails(&part));
            match found.and_then(|rest| Ok((self.settled(&rest)?, rest))) {
                Ok((settled, rest)) => {
                    parts += 1;
                    // A deviation of 0 is an identity of polynomials: it holds for every other part.
                    let eps = match &proven {
                        Some(proven) if proven.eps == 0.0 => 0.0,
                        _ => self.eps(&rest)?,
                    };
                    let rate = rest.rate();
                    proven = Some(match proven {
                        None => OverBox { eps, rate, rest: rest.boxes, parts, settled },
                        Some(before) => OverBox {
                            eps: before.eps.max(eps),
                            rate: before.rate.min(rate),
                            rest: before.rest.iter().zip(rest.boxes).map(|(a, b)| a.hull(b)).collect(),
                            parts,
                            settled: before.settled.zip(settled).map(|(a, b)| a.max(b)),
                        },
                    });
                }
                Err(fault) => {
                    let may_halve = halvings < MAX_HALVINGS && parts + todo.len() + 2 <= MAX_PARTS;
                    match halves(&part).filter(|_| may_halve && fault.kind == Kind::Undecided) {
                        Some((first, second)) => todo.extend([(second, halvings + 1), (first, halvings + 1)]),
                        None => return Err(fault),
                    }
                }
            }
        }
        proven.ok_or_else(|| Fault::undecided("no-box", "there is no box of inputs"))
    }

    fn eps(&self, rest: &Rest) -> Result<f64, Fault> {
        let compared = identity::compare(&self.cascade, rest, &self.claim.network, &self.claim.units)?;
        if compared.outputs != self.outputs {
            let message = "the outputs of the statement are not where the units of the output stand";
            return Err(Fault::undecided("no-identity", message));
        }
        Ok(compared.eps)
    }

    /// What holds at one point; the rails of an input are max(x, 0) and max(−x, 0).
    ///
    /// # Errors
    ///
    /// As [`Proof::over_box`].
    pub fn at(&self, input: &[f64]) -> Result<AtPoint, Fault> {
        let (point, rest) = self.rest_at(input)?;
        let pushed_up = self.pushed_up(&rest)?;
        let values = self.claim.network.enclosures(&point, &|layer, stage, unit| {
            // z₊ is what the rails of the file give, since the activation is defined by them.
            let form = pushed_up.get(&(layer, stage, unit));
            form.map_or(Interval::ALL, |form| rest.enclosure(form).at_least(0.0))
        })?;
        Ok(AtPoint {
            outputs: self.outputs.iter().map(|output| rest.enclosure(output)).collect(),
            values: values.get(self.claim.network.output).cloned().unwrap_or_default(),
            rate: rest.rate(),
            rest: rest.boxes,
        })
    }

    /// After which time the outputs are near their rest at one point, where that is asked for.
    ///
    /// # Errors
    ///
    /// As [`Proof::over_box`].
    pub fn settled_at(&self, input: &[f64]) -> Result<Option<f64>, Fault> {
        self.settled(&self.rest_at(input)?.1)
    }

    fn rest_at(&self, input: &[f64]) -> Result<(Vec<Interval>, Rest), Fault> {
        let ranges: Vec<(f64, f64)> = input.iter().map(|x| (*x, *x)).collect();
        let point = self.ranges(&ranges)?;
        let rails: Vec<(Interval, Interval)> =
            point.iter().map(|x| (*x, Interval::point((-x.low).max(0.0)))).collect();
        let rest = self.cascade.at_rest(&rails)?;
        Ok((point, rest))
    }

    fn pushed_up(&self, rest: &Rest) -> Result<BTreeMap<(usize, usize, usize), Poly>, Fault> {
        if !self.claim.network.reads_rails() {
            return Ok(BTreeMap::new());
        }
        Ok(identity::compare(&self.cascade, rest, &self.claim.network, &self.claim.units)?.pushed_up)
    }

    fn ranges(&self, ranges: &[(f64, f64)]) -> Result<Vec<Interval>, Fault> {
        let bad = |message: String| Err(Fault::invalid("bad-range", message));
        if ranges.len() != self.claim.plan.inputs.len() {
            return bad(format!("{} ranges for {} inputs", ranges.len(), self.claim.plan.inputs.len()));
        }
        let mut intervals = Vec::new();
        for ((low, high), input) in ranges.iter().zip(&self.claim.plan.inputs) {
            let interval = Interval::between(*low, *high);
            if !interval.is_finite() {
                return bad(format!("[{low:e}, {high:e}] is no range"));
            }
            if input.minus.is_none() && *low < 0.0 {
                let name = &self.cascade.names[input.plus as usize];
                return bad(format!("the input `{name}` is one concentration, which is not {low:e}"));
            }
            intervals.push(interval);
        }
        Ok(intervals)
    }
}

/// Where the negative rail of an input is, for a value in its range.
fn negative_rail(range: Interval) -> Interval {
    Interval::between(0.0, (-range.low).max(0.0))
}

/// A box as two, cut where it is widest.
fn halves(part: &[Interval]) -> Option<(Vec<Interval>, Vec<Interval>)> {
    let width = |range: &Interval| range.high - range.low;
    let at = (0..part.len()).max_by(|a, b| width(&part[*a]).total_cmp(&width(&part[*b])))?;
    let middle = part[at].low + width(&part[at]) / 2.0;
    if middle <= part[at].low || middle >= part[at].high {
        return None;
    }
    let (mut first, mut second) = (part.to_vec(), part.to_vec());
    first[at].high = middle;
    second[at].low = middle;
    Some((first, second))
}
