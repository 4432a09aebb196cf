//! Rational functions of pre-activations L and roots u with u² = L u + h.

use std::collections::BTreeMap;

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::network::{self, Activation};
use crate::poly::{Poly, Substitution, Variable};

/// The symbol of the pre-activation of a unit; variables of a cascade are below.
pub(crate) fn pre_activation(unit: usize) -> Variable {
    (1 << 31) + 2 * Variable::try_from(unit).unwrap_or(0)
}

/// The symbol of R_h of it.
pub(crate) fn root(unit: usize) -> Variable {
    pre_activation(unit) + 1
}

/// numerator / denominator, where the denominator is at least `least` in magnitude.
#[derive(Debug, Clone)]
pub(crate) struct Fraction {
    pub numerator: Poly,
    pub denominator: Poly,
    pub least: f64,
}

/// What the symbols stand for.
pub(crate) struct Symbols {
    /// L of each unit: its symbol, or the number that it is.
    pub forms: Vec<Poly>,
    /// Bounds of L of each unit, the network's and the file's.
    pub boxes: Vec<Interval>,
    /// h; none for activations without u.
    pub smoothing: Option<f64>,
}

impl Symbols {
    /// The same polynomial, linear in every u.
    pub(crate) fn normal(&self, polynomial: &Poly) -> Result<Poly, Fault> {
        let Some(h) = self.smoothing.and_then(Dyadic::from_f64) else {
            return Ok(polynomial.clone());
        };
        let mut normal = polynomial.clone();
        for (unit, form) in self.forms.iter().enumerate() {
            let u = root(unit);
            let square = form.times(&Poly::variable(u))?.plus(&Poly::constant(h.clone()))?;
            loop {
                let mut powers = normal.powers_of(u);
                if powers.len() <= 2 {
                    break;
                }
                // p u^n = p u^(n − 2) (L u + h)
                let highest = powers.pop().unwrap_or_default();
                let lower = powers.len() - 2;
                let mut sum = highest.times(&square)?;
                for _ in 0..lower {
                    sum = sum.times(&Poly::variable(u))?;
                }
                for (power, rest) in powers.into_iter().enumerate() {
                    let mut term = rest;
                    for _ in 0..power {
                        term = term.times(&Poly::variable(u))?;
                    }
                    sum = sum.plus(&term)?;
                }
                normal = sum;
            }
        }
        Ok(normal)
    }

    /// An enclosure of a polynomial in the symbols.
    pub(crate) fn enclosure(&self, polynomial: &Poly) -> Interval {
        polynomial.enclosure(&|symbol| {
            let unit = usize::try_from(symbol.wrapping_sub(1 << 31) / 2).unwrap_or(usize::MAX);
            let Some(bounds) = self.boxes.get(unit).copied().filter(|_| symbol >= 1 << 31) else {
                return Interval::ALL;
            };
            match (symbol == root(unit), self.smoothing) {
                (true, Some(h)) => network::rectified(h, bounds),
                (true, None) => Interval::ALL,
                (false, _) => bounds,
            }
        })
    }

    /// What an activation makes of the pre-activation of a unit.
    pub(crate) fn ideal(&self, activation: Activation, unit: usize) -> Result<Fraction, Fault> {
        let number = |value: f64| {
            let exact = Dyadic::from_f64(value).map(Poly::constant);
            exact.ok_or_else(|| Fault::invalid("bad-network", "a parameter is no finite number"))
        };
        let one = number(1.0)?;
        let (l, u) = (self.forms[unit].clone(), Poly::variable(root(unit)));
        let v = u.minus(&l)?;
        let spread = u.plus(&v)?;
        let bounds = self.boxes[unit];
        let least_spread = self.smoothing.map_or(0.0, |h| network::spread(h, bounds).low);
        let whole = |numerator: Poly| Fraction { numerator, denominator: one.clone(), least: 1.0 };
        // A denominator that may be 0 has the bound 0, by which nothing is proven but an identity of coefficients.
        let over = |numerator: Poly, denominator: Poly, least: f64| Fraction {
            numerator,
            denominator,
            least: least.max(0.0),
        };
        Ok(match activation {
            Activation::Identity => whole(l),
            Activation::SmoothRelu { .. } => whole(u),
            Activation::SmoothLeakyRelu { slope, .. } => whole(u.minus(&v.times(&number(slope)?)?)?),
            Activation::AlgebraicSigmoid { .. } => over(u, spread, least_spread),
            Activation::AlgebraicTanh { .. } => over(l, spread, least_spread),
            Activation::Michaelis { k } => {
                let denominator = l.plus(&number(k)?)?;
                let least = bounds.plus(Interval::point(k)).low;
                over(l, denominator, least)
            }
            Activation::Hill { k } => {
                let square = l.times(&l)?;
                over(square.clone(), square.plus(&number(k)?)?, k)
            }
            Activation::Softsign { .. } => over(l, spread.plus(&one)?, 1.0),
            Activation::Elu { .. } => {
                let denominator = v.plus(&one)?;
                over(u.times(&denominator)?.minus(&v)?, denominator, 1.0)
            }
            Activation::Abs { .. } => whole(spread),
            Activation::Swish { .. } => over(l.times(&u)?, spread, least_spread),
            Activation::Square => whole(l.times(&l)?),
            Activation::InverseMultiquadric { .. } => over(one.clone(), spread, least_spread),
            Activation::InverseQuadratic => over(one.clone(), l.times(&l)?.plus(&one)?, 1.0),
            Activation::RationalSoftmax { h } => {
                let mut sum = Poly::zero();
                let mut least = Interval::ZERO;
                for (at, bounds) in self.boxes.iter().enumerate() {
                    sum = sum.plus(&Poly::variable(root(at)))?;
                    least = least.plus(network::rectified(h, *bounds));
                }
                over(u, sum, least.low)
            }
            Activation::RestoredSigmoid { .. }
            | Activation::AnnihilationRelu { .. }
            | Activation::WinnerTakeAll { .. } => {
                return Err(Fault::undecided(
                    "no-identity",
                    "the activation is no rational function of L and u",
                ));
            }
        })
    }

    /// A polynomial of variables, each of which is a fraction; symbols stay.
    pub(crate) fn composed(
        &self,
        polynomial: &Poly,
        fractions: &BTreeMap<Variable, Fraction>,
    ) -> Result<Fraction, Fault> {
        let one = Poly::constant(Dyadic::one());
        let mut sums: Vec<Fraction> = Vec::new();
        for (monomial, coefficient) in polynomial.terms() {
            let mut term = Fraction {
                numerator: Poly::constant(coefficient.clone()),
                denominator: one.clone(),
                least: 1.0,
            };
            for variable in monomial {
                match fractions.get(variable) {
                    None => term.numerator = term.numerator.times(&Poly::variable(*variable))?,
                    Some(factor) => {
                        term.numerator = self.normal(&term.numerator.times(&factor.numerator)?)?;
                        term.denominator = self.normal(&term.denominator.times(&factor.denominator)?)?;
                        term.least = Interval::point(term.least).times(Interval::point(factor.least)).low;
                    }
                }
            }
            // Fractions of one denominator are added without multiplying crosswise, which keeps a softmax small.
            match sums.iter_mut().find(|sum| sum.denominator == term.denominator) {
                Some(sum) => sum.numerator = sum.numerator.plus(&term.numerator)?,
                None => sums.push(term),
            }
        }
        let mut total = Fraction { numerator: Poly::zero(), denominator: one, least: 1.0 };
        for sum in sums {
            let left = total.numerator.times(&sum.denominator)?;
            total.numerator = self.normal(&left.plus(&sum.numerator.times(&total.denominator)?)?)?;
            total.denominator = self.normal(&total.denominator.times(&sum.denominator)?)?;
            total.least = Interval::point(total.least).times(Interval::point(sum.least)).low;
        }
        Ok(total)
    }
}

/// Nothing stands in for a variable but what `forms` says: the symbols in a polynomial replaced by numbers, where they are
/// numbers.
pub(crate) fn with_forms(polynomial: &Poly, forms: &[Poly]) -> Result<Poly, Fault> {
    let numbers: Substitution = forms
        .iter()
        .enumerate()
        .filter(|(_, form)| form.as_constant().is_some())
        .map(|(unit, form)| (pre_activation(unit), form.clone()))
        .collect();
    polynomial.substituted(&numbers)
}
