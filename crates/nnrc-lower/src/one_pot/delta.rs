//! The chemical derivative: from the error E = dL/dy of a value to D = dL/dz of its pre-activation.
//!
//! Each closed form is the fixed point of the adjoint equation λ' = f_sᵀ λ + c E of the activation's own s' = f(s, z),
//! written so that D and its helpers decay at a positive rate whatever the forward pass does. With the canonical
//! rails u − v = z, u v = h, all in units of the backward speed; G, K and H are helpers, H in two rails:
//!
//! | activation | equations | D / E at rest |
//! |---|---|---|
//! | identity | D' = E − D | 1 |
//! | smooth_relu | D' = E u − (u + v) D | u / (u + v) |
//! | smooth_leaky_relu | D' = E (u + slope v) − (u + v) D | |
//! | algebraic_sigmoid | G' = 2 x c − G, D' = E G − (u + v) D | 2 x c / (u + v) |
//! | algebraic_tanh | G' = 4 x c − G, then the same | 4 x c / (u + v) |
//! | restored_sigmoid | G' = x c − G, then the same with u v = a² | x c / (u + v) |
//! | softsign | K' = n² − K, H' = E K − H, D' = H (u + v + 4h) − (u + v) D | n² (1 + 4h / (u + v)) |
//! | elu | K' = n² − K, H' = E K − H, D' = E u + H v − (u + v) D | (u + n² v) / (u + v) |
//! | abs | D' = E (u − v) − (u + v) D | (u − v) / (u + v) |
//! | swish | K' = g² − K, H' = E K − H, D' = 6 H − E g − 4 H g − D | −g + 6 g² − 4 g³ |
//! | square | D' = 2 z E − D | 2 z |
//! | inverse_multiquadric | K' = y² − K, H' = E K − H, D' = H (v − u) − (u + v) D | −(u − v) y² / (u + v) |
//! | inverse_quadratic | K' = y² − K, H' = E K − H, D' = −2 z H − D | −2 z y² |
//! | rational_softmax with cross-entropy | D' = p − t − (u + v) D | of the loss: (p − t) / (u + v) |
//!
//! A product with E makes two reactions, one for each rail; a negative factor makes the other rail. For swish,
//! φ' = g + z g' with z g' = 2 g (1 − g) (2g − 1). Rails of H, and of D, annihilate. Sources: constructions B-T3, B1
//! and D1; the chemical derivative of the smoothed ReLU, Kang and Kim (2024).

use nnrc_crn::{Handle, RateConstant};

use super::rails::{Rails, Stage};
use super::teacher::Teacher;
use crate::canonical;
use crate::pot::{Species, Unit};
use nnrc_model::activation::Activation;

/// The reactions of one activation, all in the unit of the stage.
struct Delta<'a, 'b> {
    unit: &'a mut Unit<'b>,
    speed: Handle<RateConstant>,
}

/// The delta of a stage whose value has the error `e`.
pub fn lower(unit: &mut Unit<'_>, stage: &Stage, e: Rails) -> Rails {
    let own = |unit: &Unit<'_>, suffix: &str| {
        // The species that the activation made; its file names them.
        unit.find(suffix).unwrap_or(stage.value.rails[0].0)
    };
    let value = stage.value.rails[0].0;
    match stage.activation {
        Activation::SmoothRelu { h } => {
            let v = canonical::mirror(unit, &stage.drive, h);
            let mut delta = Delta::new(unit);
            let d = delta.rails("D");
            delta.product("D.make", e, value, d, 1.0);
            delta.drain(d, &[value, v]);
            d
        }
        Activation::SmoothLeakyRelu { slope, h } => {
            let v = if slope == 0.0 { canonical::mirror(unit, &stage.drive, h) } else { own(unit, "V") };
            let mut delta = Delta::new(unit);
            let d = delta.rails("D");
            delta.product("D.make_U", e, value, d, 1.0);
            if slope > 0.0 {
                delta.product("D.make_V", e, v, d, slope);
            }
            delta.drain(d, &[value, v]);
            d
        }
        Activation::AlgebraicSigmoid { .. } => {
            let (c, u, v) = (own(unit, "C"), own(unit, "U"), own(unit, "V"));
            Delta::new(unit).balance(e, [value, c], [u, v], 2.0)
        }
        Activation::AlgebraicTanh { .. } => {
            let (u, v) = (own(unit, "U"), own(unit, "V"));
            let c = stage.value.rails.get(1).map_or(value, |rail| rail.0);
            Delta::new(unit).balance(e, [value, c], [u, v], 4.0)
        }
        Activation::RestoredSigmoid { a } => {
            let c = own(unit, "C");
            let (u, v) = canonical::pair(unit, &stage.drive, a * a);
            Delta::new(unit).balance(e, [value, c], [u, v], 1.0)
        }
        Activation::Softsign { h } => {
            let (n, u, v) = (own(unit, "N"), own(unit, "U"), own(unit, "V"));
            let mut delta = Delta::new(unit);
            let k = delta.squared(n);
            let weighted = delta.weighted(e, k);
            let d = delta.rails("D");
            delta.product("D.make_U", weighted, u, d, 1.0);
            delta.product("D.make_V", weighted, v, d, 1.0);
            delta.copy("D.make", weighted, d, 4.0 * h);
            delta.drain(d, &[u, v]);
            d
        }
        Activation::Elu { .. } => {
            let (n, v) = (own(unit, "N"), own(unit, "V"));
            let mut delta = Delta::new(unit);
            let k = delta.squared(n);
            let weighted = delta.weighted(e, k);
            let d = delta.rails("D");
            delta.product("D.make_U", e, value, d, 1.0);
            delta.product("D.make_V", weighted, v, d, 1.0);
            delta.drain(d, &[value, v]);
            d
        }
        Activation::Abs { .. } => {
            let (u, v) = (own(unit, "U"), own(unit, "V"));
            let mut delta = Delta::new(unit);
            let d = delta.rails("D");
            delta.product("D.make_U", e, u, d, 1.0);
            delta.product("D.make_V", e, v, d, -1.0);
            delta.drain(d, &[u, v]);
            d
        }
        Activation::Swish { .. } => {
            let g = own(unit, "G");
            let mut delta = Delta::new(unit);
            let k = delta.squared(g);
            let weighted = delta.weighted(e, k);
            let d = delta.rails("D");
            delta.copy("D.make", weighted, d, 6.0);
            delta.product("D.make_G", e, g, d, -1.0);
            delta.product("D.make_H", weighted, g, d, -4.0);
            delta.decay("D", d);
            d
        }
        Activation::Square => {
            let mut delta = Delta::new(unit);
            let d = delta.rails("D");
            delta.by_pre_activation(stage, e, d, 2.0);
            delta.decay("D", d);
            d
        }
        Activation::InverseMultiquadric { .. } => {
            let (u, v) = (own(unit, "U"), own(unit, "V"));
            let mut delta = Delta::new(unit);
            let k = delta.squared(value);
            let weighted = delta.weighted(e, k);
            let d = delta.rails("D");
            delta.product("D.make_U", weighted, u, d, -1.0);
            delta.product("D.make_V", weighted, v, d, 1.0);
            delta.drain(d, &[u, v]);
            d
        }
        Activation::InverseQuadratic => {
            let mut delta = Delta::new(unit);
            let k = delta.squared(value);
            let weighted = delta.weighted(e, k);
            let d = delta.rails("D");
            delta.by_pre_activation(stage, weighted, d, -2.0);
            delta.decay("D", d);
            d
        }
        // Analysis refuses the others: they have no chemical derivative here.
        _ => {
            let mut delta = Delta::new(unit);
            let d = delta.rails("D");
            delta.copy("D.make", e, d, 1.0);
            delta.decay("D", d);
            d
        }
    }
}

/// The delta of a rational softmax whose cross-entropy is the loss.
pub fn softmax(unit: &mut Unit<'_>, stage: &Stage, teacher: &Teacher) -> Rails {
    let Activation::RationalSoftmax { h } = stage.activation else {
        return lower(unit, stage, [stage.value.rails[0].0; 2]);
    };
    let u = unit.find("U").unwrap_or(stage.value.rails[0].0);
    let v = canonical::mirror(unit, &stage.drive, h);
    let mut delta = Delta::new(unit);
    let d = delta.rails("D");
    teacher.compare(delta.unit, &stage.value, d);
    delta.drain(d, &[u, v]);
    d
}

impl<'a, 'b> Delta<'a, 'b> {
    fn new(unit: &'a mut Unit<'b>) -> Self {
        let backward = unit.chemistry.backward;
        let speed = unit.raw_constant("delta", backward);
        Self { unit, speed }
    }

    fn constant(&mut self, what: &str, factor: f64) -> Handle<RateConstant> {
        if factor == 1.0 {
            return self.speed;
        }
        let value = factor * self.unit.chemistry.backward;
        self.unit.raw_constant(&what.replace('.', "_"), value)
    }

    /// Two rails that annihilate.
    fn rails(&mut self, suffix: &str) -> Rails {
        let rails = ["p", "m"].map(|sign| self.unit.species(&format!("{suffix}_{sign}"), 0.0));
        self.unit.annihilate(&format!("{suffix}.annihilate"), rails[0], rails[1]);
        rails
    }

    /// `from^s + C -> from^s + C + to^s`, of the other rail for a negative factor.
    fn product(&mut self, what: &str, from: Rails, catalyst: Species, to: Rails, factor: f64) {
        let constant = self.constant(what, factor.abs());
        for (s, sign) in [(0, "p"), (1, "m")] {
            let made = to[if factor < 0.0 { 1 - s } else { s }];
            let left = [(from[s], 1), (catalyst, 1)];
            let name = format!("{what}_{sign}");
            self.unit.each(&name, &left, &[left[0], left[1], (made, 1)], constant);
        }
    }

    /// `from^s -> from^s + to^s`
    fn copy(&mut self, what: &str, from: Rails, to: Rails, factor: f64) {
        let constant = self.constant(what, factor);
        for (s, sign) in [(0, "p"), (1, "m")] {
            let name = format!("{what}_{sign}");
            self.unit.each(&name, &[(from[s], 1)], &[(from[s], 1), (to[s], 1)], constant);
        }
    }

    /// The product with the pre-activation, which stands as species.
    fn by_pre_activation(&mut self, stage: &Stage, from: Rails, to: Rails, factor: f64) {
        for &(z, is_positive) in stage.z.iter().flat_map(|z| &z.rails) {
            let (what, sign) = if is_positive { ("D.make_Zp", 1.0) } else { ("D.make_Zm", -1.0) };
            self.product(what, from, z, to, factor * sign);
        }
    }

    /// `C + rail -> C` for each of the catalysts.
    fn drain(&mut self, rails: Rails, catalysts: &[Species]) {
        for (&catalyst, what) in catalysts.iter().zip(["U", "V"]) {
            for (rail, sign) in rails.into_iter().zip(["p", "m"]) {
                let name = format!("D.drain_{what}_{sign}");
                self.unit.each(&name, &[(catalyst, 1), (rail, 1)], &[(catalyst, 1)], self.speed);
            }
        }
    }

    /// `rail -> 0`
    fn decay(&mut self, suffix: &str, rails: Rails) {
        for (rail, sign) in rails.into_iter().zip(["p", "m"]) {
            self.unit.each(&format!("{suffix}.decay_{sign}"), &[(rail, 1)], &[], self.speed);
        }
    }

    /// K, which follows the square of a species.
    fn squared(&mut self, species: Species) -> Species {
        let k = self.unit.species("K", 0.0);
        self.unit.each("K.make", &[(species, 2)], &[(species, 2), (k, 1)], self.speed);
        self.unit.each("K.decay", &[(k, 1)], &[], self.speed);
        k
    }

    /// H, which follows the error times a species.
    fn weighted(&mut self, e: Rails, factor: Species) -> Rails {
        let rails = self.rails("H");
        self.product("H.make", e, factor, rails, 1.0);
        self.decay("H", rails);
        rails
    }

    /// The slope of a share x of x + c = 1 that u and v pull at: factor x c / (u + v).
    fn balance(&mut self, e: Rails, [x, c]: [Species; 2], [u, v]: [Species; 2], factor: f64) -> Rails {
        // The activation may have a G of its own; this one is the slope.
        let g = self.unit.species("K", 0.0);
        let make = self.constant("K.make", factor);
        self.unit.each("K.make", &[(x, 1), (c, 1)], &[(x, 1), (c, 1), (g, 1)], make);
        self.unit.each("K.decay", &[(g, 1)], &[], self.speed);
        let d = self.rails("D");
        self.product("D.make", e, g, d, 1.0);
        self.drain(d, &[u, v]);
        d
    }
}
