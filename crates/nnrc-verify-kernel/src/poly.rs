//! Polynomials with exact coefficients.

use std::collections::{BTreeMap, BTreeSet};

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;

/// A variable, by its number.
pub type Variable = u32;

/// The largest degree of a monomial.
pub const MAX_DEGREE: usize = 16;
/// The most terms of one polynomial.
pub const MAX_TERMS: usize = 1 << 20;

/// A product of variables, each as often as its exponent says, in their order.
pub type Monomial = Box<[Variable]>;

/// A sum of terms, coefficient · monomial. It has one form: monomials in order, none twice, no coefficient 0; so
/// equality of forms is equality of polynomials.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Poly {
    terms: Vec<(Monomial, Dyadic)>,
}

/// What stands in for variables; the others stay.
pub type Substitution = BTreeMap<Variable, Poly>;

impl Poly {
    /// 0.
    pub fn zero() -> Self {
        Self::default()
    }

    /// A number.
    pub fn constant(value: Dyadic) -> Self {
        let terms = if value.is_zero() { Vec::new() } else { vec![(Box::default(), value)] };
        Self { terms }
    }

    /// A variable.
    pub fn variable(variable: Variable) -> Self {
        Self { terms: vec![(Box::new([variable]), Dyadic::one())] }
    }

    /// The sum of terms in any order.
    ///
    /// # Errors
    ///
    /// A polynomial, or a number in it, that is too large.
    pub fn sum_of(mut terms: Vec<(Monomial, Dyadic)>) -> Result<Self, Fault> {
        if terms.len() > MAX_TERMS {
            return Err(Fault::invalid("too-many-terms", "a polynomial has more than 1048576 terms"));
        }
        terms.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut merged: Vec<(Monomial, Dyadic)> = Vec::with_capacity(terms.len());
        for (monomial, coefficient) in terms {
            match merged.last_mut() {
                Some((last, sum)) if *last == monomial => *sum = sum.plus(&coefficient)?,
                _ => merged.push((monomial, coefficient)),
            }
        }
        merged.retain(|(_, coefficient)| !coefficient.is_zero());
        Ok(Self { terms: merged })
    }

    /// Its terms.
    pub fn terms(&self) -> &[(Monomial, Dyadic)] {
        &self.terms
    }

    /// Its terms, to be put together with others.
    pub fn into_terms(self) -> Vec<(Monomial, Dyadic)> {
        self.terms
    }

    /// Whether it is 0, as a polynomial.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// Its value, if no variable is in it.
    pub fn as_constant(&self) -> Option<Dyadic> {
        match &*self.terms {
            [] => Some(Dyadic::zero()),
            [(monomial, value)] if monomial.is_empty() => Some(value.clone()),
            _ => None,
        }
    }

    /// The variable that it is, if it is one.
    pub fn as_variable(&self) -> Option<Variable> {
        match &*self.terms {
            [(monomial, one)] if one.is_one() && monomial.len() == 1 => Some(monomial[0]),
            _ => None,
        }
    }

    /// The coefficient of a monomial.
    pub fn coefficient(&self, monomial: &[Variable]) -> Dyadic {
        self.terms
            .binary_search_by(|(own, _)| (**own).cmp(monomial))
            .map_or_else(|_| Dyadic::zero(), |at| self.terms[at].1.clone())
    }

    /// The term without variables.
    pub fn constant_term(&self) -> Dyadic {
        self.coefficient(&[])
    }

    /// Every variable in it.
    pub fn variables(&self) -> BTreeSet<Variable> {
        self.terms.iter().flat_map(|(monomial, _)| monomial.iter().copied()).collect()
    }

    /// Whether a variable is in it.
    pub fn has(&self, variable: Variable) -> bool {
        self.terms.iter().any(|(monomial, _)| monomial.contains(&variable))
    }

    /// The largest degree of a term.
    pub fn degree(&self) -> usize {
        self.terms.iter().map(|(monomial, _)| monomial.len()).max().unwrap_or(0)
    }

    /// Whether no coefficient is negative: then it is not negative wherever no variable is.
    pub fn is_never_negative(&self) -> bool {
        self.terms.iter().all(|(_, coefficient)| !coefficient.is_negative())
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { terms: self.terms.iter().map(|(m, c)| (m.clone(), c.negated())).collect() }
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// As [`Poly::sum_of`].
    pub fn plus(&self, other: &Self) -> Result<Self, Fault> {
        Self::sum_of(self.terms.iter().chain(&other.terms).cloned().collect())
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// As [`Poly::sum_of`].
    pub fn minus(&self, other: &Self) -> Result<Self, Fault> {
        self.plus(&other.negated())
    }

    /// The product with a number.
    ///
    /// # Errors
    ///
    /// A number that is too large.
    pub fn scaled(&self, factor: &Dyadic) -> Result<Self, Fault> {
        if factor.is_zero() {
            return Ok(Self::zero());
        }
        if factor.is_one() {
            return Ok(self.clone());
        }
        let terms = self.terms.iter().map(|(m, c)| Ok((m.clone(), c.times(factor)?)));
        Ok(Self { terms: terms.collect::<Result<_, Fault>>()? })
    }

    /// The product.
    ///
    /// # Errors
    ///
    /// A product of a degree above [`MAX_DEGREE`], or that is too large.
    pub fn times(&self, other: &Self) -> Result<Self, Fault> {
        if let Some(constant) = other.as_constant() {
            return self.scaled(&constant);
        }
        if let Some(constant) = self.as_constant() {
            return other.scaled(&constant);
        }
        if self.terms.len().saturating_mul(other.terms.len()) > MAX_TERMS {
            return Err(Fault::invalid("too-many-terms", "a product has more than 1048576 terms"));
        }
        let mut terms = Vec::with_capacity(self.terms.len() * other.terms.len());
        for (a, x) in &self.terms {
            for (b, y) in &other.terms {
                terms.push((product(a, b)?, x.times(y)?));
            }
        }
        Self::sum_of(terms)
    }

    /// What is before each power of a variable: `[p₀, p₁, p₂]` for p₀ + p₁ v + p₂ v². At least one, and no 0 at the end
    /// but of 0 itself.
    pub fn powers_of(&self, variable: Variable) -> Vec<Self> {
        let mut powers = vec![Self::zero()];
        for (monomial, coefficient) in &self.terms {
            let rest: Monomial = monomial.iter().copied().filter(|v| *v != variable).collect();
            let power = monomial.len() - rest.len();
            powers.resize(powers.len().max(power + 1), Self::zero());
            powers[power].terms.push((rest, coefficient.clone()));
        }
        // Leaving one variable out of monomials of one power of it may change their order.
        for power in &mut powers {
            power.terms.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        powers
    }

    /// The same with other polynomials in the place of variables.
    ///
    /// # Errors
    ///
    /// As [`Poly::times`].
    pub fn substituted(&self, by: &Substitution) -> Result<Self, Fault> {
        if by.is_empty() {
            return Ok(self.clone());
        }
        let mut terms = Vec::with_capacity(self.terms.len());
        for (monomial, coefficient) in &self.terms {
            if !monomial.iter().any(|variable| by.contains_key(variable)) {
                terms.push((monomial.clone(), coefficient.clone()));
                continue;
            }
            let kept: Monomial = monomial.iter().copied().filter(|v| !by.contains_key(v)).collect();
            let mut term = Self { terms: vec![(kept, coefficient.clone())] };
            for variable in monomial {
                if let Some(form) = by.get(variable) {
                    term = term.times(form)?;
                }
            }
            terms.extend(term.terms);
        }
        Self::sum_of(terms)
    }

    /// The derivative by a variable.
    ///
    /// # Errors
    ///
    /// A number that is too large.
    pub fn derivative(&self, variable: Variable) -> Result<Self, Fault> {
        let mut terms = Vec::new();
        for (monomial, coefficient) in &self.terms {
            let power = monomial.iter().filter(|v| **v == variable).count();
            if power == 0 {
                continue;
            }
            let mut rest = monomial.to_vec();
            rest.remove(rest.iter().position(|v| *v == variable).unwrap_or(0));
            let factor = Dyadic::from(u32::try_from(power).unwrap_or(u32::MAX));
            terms.push((rest.into_boxed_slice(), coefficient.times(&factor)?));
        }
        Self::sum_of(terms)
    }

    /// An enclosure of its values where each variable is in its interval.
    pub fn enclosure(&self, of: &dyn Fn(Variable) -> Interval) -> Interval {
        let mut sum = Interval::ZERO;
        for (monomial, coefficient) in &self.terms {
            let mut term = coefficient.enclosure();
            let mut rest: &[Variable] = monomial;
            while let Some(&variable) = rest.first() {
                let power = rest.iter().take_while(|v| **v == variable).count();
                term = term.times(of(variable).power(power));
                rest = &rest[power..];
            }
            sum = sum.plus(term);
        }
        sum
    }
}

/// The product of two monomials.
fn product(a: &[Variable], b: &[Variable]) -> Result<Monomial, Fault> {
    if a.len() + b.len() > MAX_DEGREE {
        return Err(Fault::invalid("degree-too-high", "a product has a degree above 16"));
    }
    let mut both: Vec<Variable> = a.iter().chain(b).copied().collect();
    both.sort_unstable();
    Ok(both.into_boxed_slice())
}
