//! The blocks of one unit, as rational functions of its pre-activation.

use std::collections::BTreeMap;

use super::context::{Context, Drive};
use super::fraction::{Fraction, Symbols, pre_activation, root, with_forms};
use crate::block::{Block, Linear, Quadratic};
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::network::Activation;
use crate::poly::{Poly, Substitution, Variable};

/// How many blocks of one unit may read each other.
const MAX_DEPTH: usize = 8;

/// A polynomial written in L: scale · polynomial = form + rounding.
pub(super) struct Written {
    pub form: Poly,
    pub rounding: Poly,
    pub scale: Dyadic,
}

/// The blocks of a unit that are known so far.
pub(super) struct Own<'c, 'a> {
    context: &'c Context<'a>,
    drives: &'c [Drive],
    symbols: Symbols,
    fractions: BTreeMap<Variable, Fraction>,
    /// How far each is from the ideal one.
    errors: BTreeMap<Variable, f64>,
}

impl Context<'_> {
    /// How far a value is from what a rational activation makes of its pre-activation.
    pub(super) fn rational(
        &self,
        activation: Activation,
        drives: &[Drive],
        unit: usize,
        value: &Poly,
    ) -> Result<f64, Fault> {
        let mut own = Own::new(self, drives, activation.smoothing());
        let mut error = Interval::ZERO;
        for (monomial, coefficient) in value.terms() {
            for variable in monomial {
                own.require(*variable, 0)?;
                let off = own.errors.get(variable).copied().unwrap_or(0.0);
                error = error.plus(coefficient.absolute().enclosure().times(Interval::point(off)));
            }
        }
        let (found, ideal) =
            (own.symbols.composed(value, &own.fractions)?, own.symbols.ideal(activation, unit)?);
        let left = found.numerator.times(&ideal.denominator)?;
        let rest = own.symbols.normal(&left.minus(&ideal.numerator.times(&found.denominator)?)?)?;
        if rest.is_zero() {
            return Ok(error.high);
        }
        let least = Interval::point(found.least).times(Interval::point(ideal.least));
        let apart =
            Interval::point(own.symbols.enclosure(&rest).magnitude()).over(Interval::point(least.low));
        Ok(error.plus(apart).high)
    }
}

impl<'c, 'a> Own<'c, 'a> {
    pub(super) fn new(context: &'c Context<'a>, drives: &'c [Drive], smoothing: Option<f64>) -> Self {
        let forms = drives.iter().enumerate().map(|(unit, drive)| match drive.form.as_constant() {
            // Only an exact number takes the symbol's place: what bounds the error of another one is its symbol.
            Some(number) if drive.error == 0.0 => Poly::constant(number),
            _ => Poly::variable(pre_activation(unit)),
        });
        let boxes = drives.iter().map(|drive| context.rest.enclosure(&drive.form).widened(drive.error));
        let symbols = Symbols { forms: forms.collect(), boxes: boxes.collect(), smoothing };
        Self { context, drives, symbols, fractions: BTreeMap::new(), errors: BTreeMap::new() }
    }

    /// Makes a variable known.
    fn require(&mut self, variable: Variable, depth: usize) -> Result<(), Fault> {
        if self.fractions.contains_key(&variable) {
            return Ok(());
        }
        let context = self.context;
        let name = || context.of.names.get(variable as usize).map_or("?", String::as_str);
        let other = |what: &str| Fault::undecided("no-identity", format!("`{}` {what}", name()));
        // The pre-activation itself, where it stands in the file.
        if let Some(unit) = self.drives.iter().position(|drive| drive.form.as_variable() == Some(variable)) {
            let numerator = self.symbols.forms[unit].clone();
            let one = Poly::constant(Dyadic::one());
            self.fractions.insert(variable, Fraction { numerator, denominator: one, least: 1.0 });
            self.errors.insert(variable, self.drives[unit].error);
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err(other("depends on more blocks than a unit has"));
        }
        if let Some(linear) = context.linear(variable) {
            return self.linear(linear, depth);
        }
        match context.of.block_of.get(&variable).and_then(|at| context.of.blocks.get(*at)) {
            Some(Block::Quadratic(block)) => self.quadratic(block),
            Some(_) => Err(other("has a block that the activation has not")),
            None => Err(other("is read by its blocks and not by the unit")),
        }
    }

    /// u = R_h(L) or v = R_h(−L) = u − L of one of the units.
    fn quadratic(&mut self, block: &Quadratic) -> Result<(), Fault> {
        let name = &self.context.of.names[block.variable as usize];
        let other = |what: &str| Fault::undecided("no-identity", format!("`{name}` {what}"));
        let (Some(h), Some(quench)) = (self.symbols.smoothing, block.quench.as_constant()) else {
            return Err(other("is a root that the activation has not"));
        };
        let exact = Dyadic::from_f64(h).ok_or_else(|| other("has no smoothing"))?;
        let production = block.constant.minus(&Poly::constant(exact.times(&quench)?))?;
        let mut best: Option<(usize, bool, Interval)> = None;
        // Units first, mirrored ones second: where one unit has the other's pre-activation with the other sign, each root is
        // its own unit's.
        let candidates = [false, true]
            .into_iter()
            .flat_map(|mirrored| self.drives.iter().enumerate().map(move |of| (mirrored, of)));
        for (mirrored, (unit, drive)) in candidates {
            let form = drive.form.scaled(&quench)?;
            let ideal = if mirrored { form.negated() } else { form };
            let off = self.context.size(&block.growth.minus(&ideal)?);
            if best.as_ref().is_none_or(|(_, _, least)| off.high < least.high) {
                best = Some((unit, mirrored, off));
            }
            if best.as_ref().is_some_and(|(_, _, off)| off.is_zero()) {
                break;
            }
        }
        let Some((unit, mirrored, growth)) = best else { return Err(other("has no unit")) };
        let u = Poly::variable(root(unit));
        let numerator = if mirrored { u.minus(&self.symbols.forms[unit])? } else { u };
        let x = Interval::point(self.context.rest.of(block.variable).magnitude());
        let off = self.context.size(&production).plus(growth.times(x));
        let mut error = Interval::point(self.drives[unit].error);
        if !off.is_zero() {
            let off = off.over(quench.enclosure());
            let root = Interval::point(h).minus(Interval::point(off.high));
            if root.low <= 0.0 {
                return Err(other(
                    "is no root of the pre-activation: its production or growth is another one",
                ));
            }
            error = error.plus(off.over(root.root().times(Interval::point(2.0))));
        }
        let one = Poly::constant(Dyadic::one());
        self.fractions.insert(block.variable, Fraction { numerator, denominator: one, least: 1.0 });
        self.errors.insert(block.variable, error.high);
        Ok(())
    }

    /// α / κ.
    fn linear(&mut self, block: &Linear, depth: usize) -> Result<(), Fault> {
        let (constant, decay) = (self.written(&block.constant)?, self.written(&block.decay)?);
        let (alpha, kappa) = if constant.scale == decay.scale {
            (constant, decay)
        } else {
            let (a, b) = (constant.scale.clone(), decay.scale.clone());
            (scaled(constant, &b)?, scaled(decay, &a)?)
        };
        for variable in alpha.form.variables().into_iter().chain(kappa.form.variables()) {
            if variable < pre_activation(0) {
                self.require(variable, depth + 1)?;
            }
        }
        let scale = Interval::point(alpha.scale.enclosure().least_magnitude());
        let least = self.context.of.enclosure_by_roots(&block.decay, self.context.rest).low;
        let error = self.propagated(block, &alpha, &kappa, scale, least)?;
        let (top, bottom) = (
            self.symbols.composed(&alpha.form, &self.fractions)?,
            self.symbols.composed(&kappa.form, &self.fractions)?,
        );
        let numerator = self.symbols.normal(&top.numerator.times(&bottom.denominator)?)?;
        let denominator = self.symbols.normal(&top.denominator.times(&bottom.numerator)?)?;
        let point = Interval::point;
        // |κ| is at least what its block has, less what the ideal one is off by, which `propagated` keeps below half.
        let least =
            point(top.least).times(point(bottom.least)).times(point(least / 2.0).times(scale)).low.max(0.0);
        self.fractions.insert(block.variable, Fraction { numerator, denominator, least });
        self.errors.insert(block.variable, error);
        Ok(())
    }

    /// How far the rest of a linear block is from the ideal one.
    fn propagated(
        &self,
        block: &Linear,
        alpha: &Written,
        kappa: &Written,
        scale: Interval,
        least: f64,
    ) -> Result<f64, Fault> {
        let top = self.off(alpha)?.over(scale);
        let bottom = self.off(kappa)?.over(scale);
        if top.is_zero() && bottom.is_zero() {
            return Ok(0.0);
        }
        if bottom.high > least / 4.0 {
            return Err(Fault::undecided("no-identity", "its decay is another one than the activation's"));
        }
        let y = Interval::point(self.context.rest.of(block.variable).magnitude());
        Ok(top.plus(bottom.times(y)).over(Interval::point(least).minus(bottom)).high)
    }

    /// How far a polynomial is from the ideal one: what its variables are off by, each with its slope, and rounding.
    fn off(&self, written: &Written) -> Result<Interval, Fault> {
        let mut off = self.context.size(&written.rounding);
        for variable in written.form.variables() {
            let error = match variable.checked_sub(pre_activation(0)) {
                Some(symbol) => self.drives[usize::try_from(symbol / 2).unwrap_or(0)].error,
                None => self.errors.get(&variable).copied().unwrap_or(f64::INFINITY),
            };
            if error == 0.0 {
                continue;
            }
            let slope = written.form.derivative(variable)?.enclosure(&|variable| match variable
                .checked_sub(pre_activation(0))
            {
                Some(symbol) => self.symbols.boxes[usize::try_from(symbol / 2).unwrap_or(0)],
                None => {
                    let error = self.errors.get(&variable).copied().unwrap_or(f64::INFINITY);
                    self.context.rest.of(variable).widened(error)
                }
            });
            off = off.plus(Interval::point(slope.magnitude()).times(Interval::between(error, error)));
        }
        Ok(off)
    }

    /// A polynomial in the blocks of the unit and L.
    fn written(&self, polynomial: &Poly) -> Result<Written, Fault> {
        self.drives
            .iter()
            .enumerate()
            .find_map(|(unit, drive)| {
                let reads = drive.form.variables().into_iter().any(|variable| polynomial.has(variable));
                reads.then(|| written(polynomial, &drive.form, unit))
            })
            .unwrap_or_else(|| written(polynomial, &Poly::zero(), 0))
            .and_then(|written| {
                let form = with_forms(&written.form, &self.symbols.forms)?;
                Ok(Written { form, ..written })
            })
    }
}

fn scaled(written: Written, by: &Dyadic) -> Result<Written, Fault> {
    Ok(Written {
        form: written.form.scaled(by)?,
        rounding: written.rounding.scaled(by)?,
        scale: written.scale.times(by)?,
    })
}

/// Writes a polynomial in L instead of what L reads.
///
/// With L = b + Σ wⱼ vⱼ and a polynomial P₀ + Σ Cⱼ vⱼ, where P₀ and Cⱼ read none of the vⱼ, and a pivot w₁,
///
/// ```text
/// w₁ P = w₁ P₀ + C₁ (L − b) + Σ (w₁ Cⱼ − wⱼ C₁) vⱼ
/// ```
///
/// and the last sum, 0 if P reads the vⱼ as L does, is what rounding left.
pub(super) fn written(polynomial: &Poly, form: &Poly, unit: usize) -> Result<Written, Fault> {
    let symbol = Poly::variable(pre_activation(unit));
    let whole = |form: Poly| Written { form, rounding: Poly::zero(), scale: Dyadic::one() };
    if let Some(variable) = form.as_variable() {
        let by = Substitution::from([(variable, symbol)]);
        return Ok(whole(polynomial.substituted(&by)?));
    }
    let read = form.variables();
    let mut apart: BTreeMap<Variable, Vec<(crate::poly::Monomial, Dyadic)>> = BTreeMap::new();
    let mut free = Vec::new();
    for (monomial, coefficient) in polynomial.terms() {
        let upstream: Vec<Variable> = monomial.iter().copied().filter(|v| read.contains(v)).collect();
        match &*upstream {
            [] => free.push((monomial.clone(), coefficient.clone())),
            [one] => {
                let rest = monomial.iter().copied().filter(|v| v != one).collect();
                apart.entry(*one).or_default().push((rest, coefficient.clone()));
            }
            _ => {
                let what = "a block reads products of what its pre-activation is made of";
                return Err(Fault::undecided("no-identity", what));
            }
        }
    }
    let free = Poly::sum_of(free)?;
    if apart.is_empty() {
        return Ok(whole(free));
    }
    let mut factors: BTreeMap<Variable, Poly> = BTreeMap::new();
    for (variable, terms) in apart {
        factors.insert(variable, Poly::sum_of(terms)?);
    }
    // The largest weight, so that rounding is divided by no small one.
    let mut pivot = None;
    let mut largest = 0.0;
    for variable in &read {
        let size = form.coefficient(&[*variable]).enclosure().magnitude();
        if size > largest {
            (pivot, largest) = (Some(*variable), size);
        }
    }
    let Some(pivot) = pivot else { return Ok(whole(polynomial.clone())) };
    let weight = form.coefficient(&[pivot]);
    let factor = factors.get(&pivot).cloned().unwrap_or_default();
    let shifted = symbol.minus(&Poly::constant(form.constant_term()))?;
    let written = free.scaled(&weight)?.plus(&factor.times(&shifted)?)?;
    let mut rounding = Vec::new();
    for variable in read {
        let own = factors.get(&variable).cloned().unwrap_or_default();
        let ideal = factor.scaled(&form.coefficient(&[variable]))?;
        let off = own.scaled(&weight)?.minus(&ideal)?;
        rounding.extend(off.times(&Poly::variable(variable))?.into_terms());
    }
    Ok(Written { form: written, rounding: Poly::sum_of(rounding)?, scale: weight })
}
