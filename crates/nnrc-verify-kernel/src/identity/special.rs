//! Activations whose value is a root of another equation.

use super::context::{Context, Drive};
use super::fraction::{pre_activation, with_forms};
use super::own::written;
use crate::block::Block;
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::Poly;

impl Context<'_> {
    /// The restored sigmoid: f = σ (L x (1 − x) + a (1 − 2 x)) on [0, 1].
    ///
    /// Where f is off by η σ in all, the root is between those of the ideal equation ± η. A root moves by 1 over the slope
    /// there, which is at least 2 sqrt((a + η) (a − η)) (see [`crate::block::Segment`]).
    pub(super) fn restored(&self, a: f64, drive: &Drive, value: &Poly) -> Result<f64, Fault> {
        let other = |what: &str| Fault::undecided("no-identity", what.to_owned());
        let block = value.as_variable().and_then(|x| self.of.blocks.get(*self.of.block_of.get(&x)?));
        let segment = match block {
            Some(Block::Segment(segment)) => segment,
            Some(Block::Monotone(block)) => &block.leader,
            _ => return Err(other("its value is no quadratic equation on a segment")),
        };
        if value.as_variable() != Some(segment.variable) || !segment.total.is_one() {
            return Err(other("its value is no part of a total of 1"));
        }
        let exact = Dyadic::from_f64(a).map(Poly::constant).ok_or_else(|| other("a is no number"))?;
        let (x, one) = (Poly::variable(segment.variable), Poly::constant(Dyadic::one()));
        let found = written(&segment.equation, &drive.form, 0)?;
        let l = match drive.form.as_constant() {
            Some(number) => Poly::constant(number),
            None => Poly::variable(pre_activation(0)),
        };
        let form = with_forms(&found.form, std::slice::from_ref(&l))?;
        let start = form.powers_of(segment.variable).swap_remove(0);
        let Some(start) = start.as_constant() else {
            return Err(other("its production at 0 is no constant"));
        };
        let ideal = l.times(&x)?.times(&one.minus(&x)?)?.plus(&exact.times(&one.minus(&x.plus(&x)?)?)?)?;
        let rest = form.times(&exact)?.minus(&ideal.scaled(&start)?)?;
        let bounds = self.rest.enclosure(&drive.form).widened(drive.error);
        let rest = rest.enclosure(&|variable| {
            if variable == pre_activation(0) { bounds } else { self.rest.of(variable) }
        });
        let rounding = self.size(&found.rounding).times(Interval::point(a));
        let off = Interval::point(rest.magnitude()).plus(rounding);
        let size = Interval::point(start.enclosure().least_magnitude());
        let off = off.over(size).plus(Interval::point(drive.error).over(Interval::point(4.0)));
        if off.is_zero() {
            return Ok(0.0);
        }
        let a = Interval::point(a);
        let slope = a.minus(Interval::point(off.high)).times(a);
        if slope.low <= 0.0 {
            return Err(other("its equation is another one than the activation's"));
        }
        Ok(off.over(slope.root().times(Interval::point(2.0))).high)
    }

    /// Rails whose positive one is the value.
    ///
    /// p and m rest at κ s₊ = …; with J the Jacobian of p (1 + k m) = s₊, m (1 + k p) = s₋, the entries of its inverse are at
    /// most 1, so errors of s₊, s₋ and of the products add up at most. At one s₊ the value has a slope of at most 1 in z.
    pub(super) fn annihilated(&self, k: f64, drive: &Drive, value: &Poly) -> Result<f64, Fault> {
        let other = |what: &str| Fault::undecided("no-identity", what.to_owned());
        let rails = value.variables().into_iter().find_map(|variable| {
            match self.of.blocks.get(*self.of.block_of.get(&variable)?) {
                Some(Block::Rails(rails)) => Some(rails),
                _ => None,
            }
        });
        let Some(rails) = rails else { return Err(other("its value is no rail of two")) };
        let positive = Poly::variable(rails.difference.variable).plus(&Poly::variable(rails.minus))?;
        let (Some(decay), Some(meet)) =
            (rails.difference.decay.as_constant(), rails.annihilation.as_constant())
        else {
            return Err(other("its rails decay with a rate that is no constant"));
        };
        if *value != positive {
            return Err(other("its value is no positive rail"));
        }
        let exact = Dyadic::from_f64(k).ok_or_else(|| other("k is no number"))?;
        let made = rails.difference.constant.plus(&rails.source)?;
        let up = self.size(&made.minus(&drive.up.scaled(&decay)?)?);
        let down = self.size(&rails.source.minus(&drive.down.scaled(&decay)?)?);
        let mut off = up.plus(down);
        let meeting = meet.minus(&exact.times(&decay)?)?;
        if !meeting.is_zero() {
            let product = self.rest.enclosure(&positive).times(self.rest.of(rails.minus));
            let each = meeting.absolute().enclosure().times(Interval::point(product.magnitude()));
            off = off.plus(each).plus(each);
        }
        Ok(off.over(decay.enclosure()).plus(Interval::point(drive.error)).high)
    }
}
