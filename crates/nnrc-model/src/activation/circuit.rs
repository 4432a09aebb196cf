//! The way of a unit to its value, as a circuit of blocks: each is one equation whose rest is unique, and reads the
//! pre-activation and earlier blocks alone. What is proven of each shape stands in [`certify`](crate::certify).
//!
//! A quantity is counted from 0, the pre-activation z; the n-th block is quantity n. All rates are in units of the
//! forward speed.

use crate::interval::Interval;

/// Which quantity of a unit.
pub type Quantity = usize;

/// A factor times a product of quantities.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The factor.
    pub factor: f64,
    /// What is multiplied; nothing is 1.
    pub of: Vec<Quantity>,
}

/// A sum of products: a polynomial in the quantities.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form(pub Vec<Product>);

/// One equation.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// x' = h + z x − x², from sqrt(h); x' = h − z x − x² where it is not `upright`.
    Neuron {
        /// h
        h: f64,
        /// Whether z pushes up.
        upright: bool,
    },
    /// u + v of a canonical pair, which is sqrt(z² + 4h) at rest: no equation of its own.
    Root {
        /// u = R_h(z)
        u: Quantity,
        /// v = R_h(−z)
        v: Quantity,
        /// h
        h: f64,
    },
    /// The sum of a quantity over all units of the layer: no equation of its own.
    Sum {
        /// What is added up.
        of: Quantity,
    },
    /// y' = c − k y.
    Linear {
        /// c
        inflow: Form,
        /// k, which is positive at rest.
        decay: Form,
        /// The value at the start.
        start: f64,
        /// Where it can start elsewhere.
        origin: Origin,
    },
    /// u' = z₊ − u − k u v, v' = z₋ − v − k u v, of which the difference u − v is an earlier block.
    Annihilation {
        /// u − v
        difference: Quantity,
        /// k
        k: f64,
    },
    /// x' = z x (1 − x) + a (1 − 2x), from 1/2.
    Logistic {
        /// a
        a: f64,
    },
    /// The same through two followers: f' = z₊ x − f, b' = z₋ (1 − x) − b, x' = f (1 − x) − b x + a (1 − 2x).
    Followed {
        /// a
        a: f64,
    },
    /// x_i' = h + x_i (z_i − Σ x), from sqrt(h / n) each.
    Winners {
        /// h
        h: f64,
    },
}

/// Where a linear block can start that does not start where the network starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// At a share of a conserved total of 1.
    Share,
    /// At the difference of two shares of a conserved total of 1.
    Difference,
    /// Anywhere.
    Anywhere,
    /// At the quotient g / x of a concentration and a neuron, where x may be 0: the block follows the quotient.
    Quotient,
}

/// The blocks of an activation, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Circuit {
    /// The blocks, each behind what it reads.
    pub blocks: Vec<Block>,
    /// The value: a sum of quantities with factors, and a constant.
    pub value: Form,
}

impl Form {
    /// A constant.
    pub fn constant(value: f64) -> Self {
        Self(vec![Product { factor: value, of: Vec::new() }])
    }

    /// One quantity.
    pub fn of(quantity: Quantity) -> Self {
        Self::product(1.0, &[quantity])
    }

    /// A factor times quantities.
    pub fn product(factor: f64, of: &[Quantity]) -> Self {
        Self(vec![Product { factor, of: of.to_vec() }])
    }

    /// The sum of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// All values where each quantity lies in its interval.
    pub fn over(&self, range: impl Fn(Quantity) -> Interval) -> Interval {
        self.0.iter().fold(Interval::point(0.0), |sum, product| {
            let value = match product.of[..] {
                // A square is not negative.
                [one, other] if one == other => range(one).squared(),
                ref of => of.iter().fold(Interval::point(1.0), |value, &q| value.product(range(q))),
            };
            sum.plus(value.times(product.factor))
        })
    }

    /// By how much it changes at most for a unit change of `quantity`, where no |quantity| is beyond `size`.
    pub fn slope(&self, quantity: Quantity, size: impl Fn(Quantity) -> f64) -> f64 {
        let of_product = |product: &Product| {
            let places = (0..product.of.len()).filter(|&at| product.of[at] == quantity);
            let others = |place| product.of.iter().enumerate().filter(move |(at, _)| *at != place);
            places
                .map(|place| others(place).fold(product.factor.abs(), |value, (_, &q)| value * size(q)))
                .sum::<f64>()
        };
        self.0.iter().map(of_product).sum()
    }

    /// Every quantity that it reads, once.
    pub fn quantities(&self) -> Vec<Quantity> {
        let mut all: Vec<Quantity> = self.0.iter().flat_map(|product| product.of.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Block {
    /// Every quantity that it reads, once.
    pub fn reads(&self) -> Vec<Quantity> {
        match self {
            Self::Neuron { .. } | Self::Logistic { .. } | Self::Followed { .. } | Self::Winners { .. } => {
                vec![0]
            }
            Self::Root { u, v, .. } => vec![*u, *v],
            Self::Sum { of } => vec![*of],
            Self::Annihilation { difference, .. } => vec![*difference],
            Self::Linear { inflow, decay, .. } => {
                let mut all = [inflow.quantities(), decay.quantities()].concat();
                all.sort_unstable();
                all.dedup();
                all
            }
        }
    }

    /// Whether its rest depends on how much is produced, and not on z alone.
    pub fn reads_production(&self) -> bool {
        matches!(self, Self::Annihilation { .. } | Self::Followed { .. })
    }
}

impl Circuit {
    /// y' = z − y: a linear unit, or a relay.
    pub fn linear() -> Self {
        Self::of_last(vec![follows(Form::of(0), 0.0)])
    }

    /// The value is the last block.
    pub fn of_last(blocks: Vec<Block>) -> Self {
        let value = Form::of(blocks.len());
        Self { blocks, value }
    }

    /// h, where it is one neuron and nothing else.
    pub fn neuron(&self) -> Option<f64> {
        match self.blocks[..] {
            [Block::Neuron { h, upright: true }] => Some(h),
            _ => None,
        }
    }

    /// Whether it is y' = z − y alone.
    pub fn is_linear(&self) -> bool {
        *self == Self::linear()
    }
}

/// Two neurons whose drives are mirror images, blocks 1 and 2, and their sum, block 3.
pub fn canonical(h: f64) -> Vec<Block> {
    vec![
        Block::Neuron { h, upright: true },
        Block::Neuron { h, upright: false },
        Block::Root { u: 1, v: 2, h },
    ]
}

/// y' = c − y, which can start anywhere.
pub fn follows(inflow: Form, start: f64) -> Block {
    Block::Linear { inflow, decay: Form::constant(1.0), start, origin: Origin::Anywhere }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_bounded_by_their_quantities() {
        // 2 q₁ q₂ − q₁² + 3
        let form = Form::product(2.0, &[1, 2]).and(Form::product(-1.0, &[1, 1])).and(Form::constant(3.0));
        let boxes = [Interval::point(0.0), Interval::new(-1.0, 2.0), Interval::new(0.5, 1.0)];
        // Term by term: [−2, 4] − [0, 4] + 3.
        assert_eq!(form.over(|q| boxes[q]), Interval::new(-3.0, 7.0));
        assert_eq!(form.quantities(), [1, 2]);
        // |2 q₂| + 2 |q₁|
        assert_eq!(form.slope(1, |q| boxes[q].size()), 6.0);
        assert_eq!(form.slope(2, |q| boxes[q].size()), 4.0);
    }
}
