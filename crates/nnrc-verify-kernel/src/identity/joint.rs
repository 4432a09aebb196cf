//! Winner-take-all, whose units share one equation.

use super::context::{Context, Drive};
use crate::block::Block;
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::Poly;

impl Context<'_> {
    /// xᵢ′ = q (h + xᵢ (Lᵢ − S)).
    ///
    /// With every Lᵢ off by at most e and every h by at most g: dS/dzᵢ = (xᵢ² / h) / (1 + Σ x² / h), which add up to less
    /// than 1, and dS/dh ≤ S / h. From xᵢ = h / (S − zᵢ), |dxᵢ| ≤ (xᵢ² / h) (|dzᵢ| + |dS|) + (xᵢ / h) |dh|, and xᵢ ≤ S.
    pub(super) fn winner(&self, h: f64, drives: &[Drive], index: usize, value: &Poly) -> Result<f64, Fault> {
        let other = |what: &str| Fault::undecided("no-identity", what.to_owned());
        let own = value.as_variable();
        let block = own.and_then(|x| self.of.blocks.get(*self.of.block_of.get(&x)?));
        let Some(Block::Winner(block)) = block else { return Err(other("its value is no winner-take-all")) };
        if block.members.len() != drives.len() {
            return Err(other("its winner-take-all has another number of members"));
        }
        let exact = Dyadic::from_f64(h).ok_or_else(|| other("h is no number"))?;
        let production = Poly::constant(exact.times(&block.quench)?);
        let quench = block.quench.enclosure();
        let (mut growth, mut made, mut sum) = (Interval::ZERO, Interval::ZERO, Interval::ZERO);
        let mut is_member = false;
        let mut free: Vec<usize> = (0..drives.len()).collect();
        for member in &block.members {
            // The unit of a member is the one whose growth it has; the own one goes first.
            let is_own = Some(member.variable) == own;
            let mut best: Option<(usize, Interval)> = None;
            let candidates =
                free.iter().copied().filter(|unit| if is_own { *unit == index } else { *unit != index });
            for unit in candidates {
                let off = self.size(&member.growth.minus(&drives[unit].form.scaled(&block.quench)?)?);
                if best.as_ref().is_none_or(|(_, least)| off.high < least.high) {
                    best = Some((unit, off));
                }
                if off.is_zero() {
                    break;
                }
            }
            let Some((unit, off)) = best else { return Err(other("its winner-take-all has other members")) };
            free.retain(|other| *other != unit);
            is_member |= is_own;
            let error = off.over(quench).plus(Interval::point(drives[unit].error));
            growth = Interval::point(growth.high.max(error.high));
            let error = self.size(&member.constant.minus(&production)?).over(quench);
            made = Interval::point(made.high.max(error.high));
            sum = sum.plus(self.rest.of(member.variable));
        }
        if !is_member {
            return Err(other("its value is no member of the winner-take-all"));
        }
        if growth.is_zero() && made.is_zero() {
            return Ok(0.0);
        }
        let point = Interval::point;
        let least = point(h).minus(made);
        if least.low <= h / 2.0 {
            return Err(other("its production is another one than the activation's"));
        }
        // S moves by at most this on the way from one set of constants to the other; twice it bounds S all along.
        let moved = growth.plus(point(sum.high).times(point(4.0)).over(point(least.low)).times(made));
        let sum = point(sum.high).plus(moved);
        let twice = growth.plus(growth).plus(sum.over(least).times(made));
        Ok(sum.power(2).over(least).times(twice).plus(sum.over(least).times(made)).high)
    }
}
