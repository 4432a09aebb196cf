//! Where the variables of a cascade are on their way to rest.

use super::size::Size;
use super::start::Start;
use crate::block::Earlier;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;
use crate::triangular::Triangular;

/// What a block says of its way: none where its sources are still too far away, so that slacks must shrink.
pub(super) type Done = Result<Option<()>, Fault>;

/// What is known of one variable on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    /// Where it is at all times.
    pub all: Interval,
    /// Its magnitude at all times, at most.
    pub size: Size,
    /// How far it is from its rest, at most, from `time` on; 0 alone for what does not move.
    pub off: f64,
    /// From when on.
    pub time: f64,
}

/// What is known of all variables up to a block.
pub(super) struct Way<'a> {
    pub of: &'a Triangular<'a>,
    pub rest: &'a Rest,
    pub start: Start,
    motions: Vec<Motion>,
}

impl<'a> Way<'a> {
    /// Before the first block: inputs do not move, and nothing is known of others.
    pub fn new(of: &'a Triangular<'a>, rest: &'a Rest, start: Start) -> Self {
        let unknown =
            Motion { all: Interval::ALL, size: Size::INFINITE, off: f64::INFINITY, time: f64::INFINITY };
        let mut motions = vec![unknown; of.names.len()];
        for variable in of.inputs.iter().flat_map(|(value, minus)| [Some(*value), *minus]).flatten() {
            let all = rest.of(variable);
            motions[variable as usize] = Motion { all, size: Size::within(all), off: 0.0, time: 0.0 };
        }
        Self { of, rest, start, motions }
    }

    /// Of one variable.
    pub fn of(&self, variable: Variable) -> Motion {
        self.motions[variable as usize]
    }

    /// A variable is within `off` of its rest from `time` on, and in `all` at all times; where that is everything, its
    /// magnitude is at most `size`.
    pub fn settled(&mut self, variable: Variable, all: Interval, size: Size, off: f64, time: f64) {
        let size = if all.is_finite() { Size::within(all) } else { size };
        self.motions[variable as usize] = Motion { all, size, off, time };
    }

    /// Whether a variable is a concentration.
    pub fn is_species(&self, variable: Variable) -> bool {
        (variable as usize) < self.of.system.species.len()
    }

    /// Where a variable starts.
    pub fn begin(&self, variable: Variable) -> Interval {
        let initial = |species: Variable| self.of.system.species[species as usize].initial.enclosure();
        let total = self.of.totals.get(&variable).map(|total| total.total.enclosure().high);
        match (self.start, self.of.rails.get(&variable).copied()) {
            (Start::File, None) => initial(variable),
            (Start::File, Some((plus, minus))) => initial(plus).minus(initial(minus)),
            (Start::Any { most }, None) => {
                Interval::between(0.0, total.map_or(most, |total| total.min(most)))
            }
            (Start::Any { most }, Some(_)) => Interval::between(-most, most),
        }
    }

    /// The same for all but one variable, which is of the block itself.
    pub fn ready_but(&self, polynomial: &Poly, own: Variable) -> f64 {
        let variables = polynomial.variables().into_iter().filter(|variable| *variable != own);
        variables.map(|variable| self.of(variable).time).fold(0.0, f64::max)
    }

    /// Whether nothing that polynomials read moves: inputs do not.
    pub fn is_still(&self, polynomials: &[&Poly]) -> bool {
        let mut variables = polynomials.iter().flat_map(|p| p.terms()).flat_map(|(monomial, _)| &**monomial);
        variables.all(|variable| self.of(*variable).off == 0.0)
    }

    /// When all that polynomials read is near its rest.
    pub fn ready(&self, polynomials: &[&Poly]) -> f64 {
        let variables = polynomials.iter().flat_map(|p| p.terms()).flat_map(|(monomial, _)| &**monomial);
        variables.map(|variable| self.of(*variable).time).fold(0.0, f64::max)
    }

    /// How far a polynomial is from its value at rest, at most, once what it reads is near its rest.
    ///
    /// For a product, with |vᵢ − vᵢ*| ≤ δᵢ: |Π v − Π v*| ≤ Σᵢ δᵢ Π_{j<i} |vⱼ*| Π_{j>i} (|vⱼ*| + δⱼ), one factor after another.
    pub fn off(&self, polynomial: &Poly) -> f64 {
        self.off_with(polynomial, &|_| None)
    }

    /// The same where some variables are the same in both values, anywhere in an interval.
    pub fn off_with(&self, polynomial: &Poly, same: &dyn Fn(Variable) -> Option<Interval>) -> f64 {
        let mut sum = Interval::ZERO;
        for (monomial, coefficient) in polynomial.terms() {
            let size = Interval::point(coefficient.enclosure().magnitude());
            // The product at rest, and how far it is off, factor by factor.
            let (mut product, mut off) = (Interval::ONE, Interval::ZERO);
            for variable in monomial.iter().rev() {
                let (rest, own) = match same(*variable) {
                    Some(all) => (all, 0.0),
                    None => (self.rest.of(*variable), self.of(*variable).off),
                };
                let (rest, own) = (Interval::point(rest.magnitude()), Interval::point(own));
                // |a v − a* v*| ≤ |a − a*| |v*| + |a| |v − v*| with |a| at most what it is at rest and is off.
                (product, off) = (product.times(rest), off.times(rest).plus(product.plus(off).times(own)));
            }
            if !off.is_zero() {
                sum = sum.plus(size.times(off));
            }
        }
        sum.high
    }

    /// An enclosure of a polynomial at all times.
    pub fn always(&self, polynomial: &Poly) -> Interval {
        polynomial.enclosure(&|variable| self.of(variable).all)
    }

    /// Below a polynomial at all times: terms that are never negative do not count where they have no bound.
    pub fn lowest(&self, polynomial: &Poly) -> f64 {
        let all = self.always(polynomial);
        if all.is_finite() {
            return all.low;
        }
        let may_be_negative = |(monomial, coefficient): &(Box<[Variable]>, crate::dyadic::Dyadic)| {
            coefficient.is_negative() || monomial.iter().any(|variable| !self.is_species(*variable))
        };
        let terms = polynomial.terms().iter().filter(|term| may_be_negative(term)).cloned().collect();
        Poly::sum_of(terms).map_or(f64::NEG_INFINITY, |terms| self.always(&terms).low)
    }

    /// Above the magnitude of a polynomial at all times.
    pub fn size(&self, polynomial: &Poly) -> Size {
        let all = self.always(polynomial);
        if all.is_finite() {
            return Size::within(all);
        }
        let terms = polynomial.terms().iter().map(|(monomial, coefficient)| {
            let factors = monomial.iter().map(|variable| self.of(*variable).size);
            factors.fold(Size::within(coefficient.enclosure()), Size::times)
        });
        terms.fold(Size::ZERO, Size::plus)
    }

    /// Below a decay once what it reads is near its rest.
    pub fn decay(&self, decay: &Poly) -> f64 {
        let root = |variable| self.of.root(variable);
        let species = self.of.system.species.len();
        let earlier = Earlier { root: &root, totals: &self.of.totals, species };
        let at_rest = crate::block::enclosure_by_roots(decay, &earlier, self.rest);
        Interval::point(at_rest.low).minus(Interval::point(self.off(decay))).low
    }

    /// The time in units of the equations, t / V: at least this.
    pub fn per_volume(&self, time: f64) -> f64 {
        Interval::point(time).over(self.of.system.volume.enclosure()).high
    }
}

/// Why there is no time for a variable.
pub(super) fn unbounded(why: &str) -> Fault {
    Fault::undecided("no-settling-time", format!("no bound of the time in which it settles: {why}"))
}

/// V · ln(size / slack) / rate, rounded up: the time in which what shrinks at this rate comes within a slack. 0 where it is
/// within at once.
pub(super) fn duration(of: &Triangular<'_>, size: Size, slack: f64, rate: f64) -> f64 {
    let ratio = Interval::point(size.ln()).minus(Interval::point(slack).ln());
    if size == Size::ZERO || ratio.is_finite() && ratio.high <= 0.0 {
        return 0.0;
    }
    of.system.volume.enclosure().times(ratio).over(Interval::point(rate)).high
}
