//! A species of a total, with followers.

use crate::block::segment::Segment;
use crate::change::Changed;
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// A follower of a [`Monotone`] block.
#[derive(Debug, Clone, PartialEq)]
pub struct Follower {
    /// F.
    pub variable: Variable,
    /// φ, in x and the sources.
    pub production: Poly,
    /// What F is multiplied by in the equation of x.
    pub gain: Poly,
}

/// x + c = T with followers F: x′ = g₀ + Σ F g, F′ = φ − κ F, where g₀, g and φ read x and sources, φ is affine in x, and κ
/// is one number for all followers.
///
/// **Lemma.** Let κ > 0, let the signs of g and of dφ/dx agree for each follower wherever no species is negative, and let
/// f = κ g₀ + Σ φ g be a [`Segment`]. Then there is one rest with x in [0, T], which attracts every start, and no
/// eigenvalue is above −r for r = ((γ + κ) − sqrt((γ − κ)² + 4 w)) / 2, where γ = −∂x′/∂x and w = Σ g dφ/dx at the rest.
///
/// *Proof.* At rest F = φ / κ, so f(x) = 0, which has one root. With the sign of F turned where g is negative, the
/// Jacobian has no negative entry beside its diagonal: the system is cooperative (Hirsch; Smith, *Monotone Dynamical
/// Systems*, 1995). x stays in [0, T] and κ F in the range of φ over it; the two corners of that box are a sub- and a
/// super-solution, so the solutions from them rise and fall to rests, that is to the only one, and every other solution
/// stays between them. The largest eigenvalue of a cooperative Jacobian is real with a vector v ≥ 0; from F: v_F =
/// |dφ/dx| v_x / (κ − r), and from x: (γ − r) (κ − r) = w, whose smaller root is r. f′ = −(κ γ − w), so
/// r = (κ γ − w) / (((γ + κ) + sqrt((γ − κ)² + 4 w)) / 2) > 0. ∎
#[derive(Debug, Clone, PartialEq)]
pub struct Monotone {
    /// x with f.
    pub leader: Segment,
    /// The followers.
    pub followers: Vec<Follower>,
    /// κ.
    pub decay: Dyadic,
    /// g₀.
    pub own: Poly,
}

impl Monotone {
    pub(crate) fn recognised(
        changed: &Changed<'_>,
        x: Variable,
        followers: &[Variable],
    ) -> Result<Option<Self>, Fault> {
        let species = &changed.system.species;
        let Some(total) = changed.totals.get(&x) else { return Ok(None) };
        let mut own = changed.equations[&x].clone();
        let mut found = Vec::new();
        let mut decay: Option<Dyadic> = None;
        for &follower in followers {
            if follower as usize >= species.len() {
                return Ok(None);
            }
            // What stands for an eliminated species may hide that it reads the follower with the other sign.
            if changed.substitution.values().any(|form| form.has(follower)) {
                return Ok(None);
            }
            let Ok([rest, gain]) = <[Poly; 2]>::try_from(own.powers_of(follower)) else { return Ok(None) };
            own = rest;
            let Ok([production, fall]) =
                <[Poly; 2]>::try_from(changed.equations[&follower].powers_of(follower))
            else {
                return Ok(None);
            };
            let Some(fall) = fall.negated().as_constant() else { return Ok(None) };
            let coupled = followers.iter().any(|other| production.has(*other) || gain.has(*other));
            if coupled || production.powers_of(x).len() > 2 || !fall.is_positive() {
                return Ok(None);
            }
            if *decay.get_or_insert_with(|| fall.clone()) != fall {
                return Ok(None);
            }
            // Signs in the species of the file, which are not negative; x takes from the other species of the total.
            let gained = species[x as usize].derivative.powers_of(follower);
            let made = &species[follower as usize].derivative;
            let response = made.derivative(x)?.minus(&made.derivative(total.eliminated)?)?;
            let gained = gained.get(1).cloned().unwrap_or_default();
            let agree = (gained.is_never_negative() && response.is_never_negative())
                || (gained.negated().is_never_negative() && response.negated().is_never_negative());
            if !agree {
                return Ok(None);
            }
            found.push(Follower { variable: follower, production, gain });
        }
        let Some(decay) = decay else { return Ok(None) };
        if followers.iter().any(|follower| own.has(*follower)) {
            return Ok(None);
        }
        let mut equation = own.scaled(&decay)?;
        for follower in &found {
            equation = equation.plus(&follower.production.times(&follower.gain)?)?;
        }
        let leader = Segment::of(changed, x, &equation)?;
        Ok(leader.map(|leader| Self { leader, followers: found, decay, own }))
    }

    pub(crate) fn enclose(&self, rest: &mut Rest) -> Result<f64, Fault> {
        let slope = self.leader.enclose(rest)?;
        let (x, decay) = (self.leader.variable, self.decay.enclosure());
        let mut loss = self.own.derivative(x)?;
        let mut loop_gain = Interval::ZERO;
        let mut fall = Interval::ZERO;
        for Follower { variable, production, gain } in &self.followers {
            let value = rest.enclosure(production).over(decay);
            rest.boxes[*variable as usize] = if value.is_finite() { value.at_least(0.0) } else { value };
            let response = rest.enclosure(&production.derivative(x)?);
            loop_gain = loop_gain.plus(response.times(rest.enclosure(gain)));
            fall = fall.minus(rest.of(*variable).times(rest.enclosure(&gain.derivative(x)?)));
        }
        loss = loss.negated();
        let loss = fall.plus(rest.enclosure(&loss));
        let loop_gain = if loop_gain.is_finite() { loop_gain.at_least(0.0) } else { loop_gain };
        let apart = loss.minus(decay).power(2).plus(loop_gain.times(Interval::point(4.0))).root();
        let largest = loss.plus(decay).plus(apart).over(Interval::point(2.0));
        let largest =
            Interval::between(largest.high.max(f64::MIN_POSITIVE), largest.high.max(f64::MIN_POSITIVE));
        Ok(Interval::point(slope).over(largest).low)
    }
}
