//! The chemical derivative: from the error E = dL/dy of a value to D = dL/dz of its pre-activation.
//!
//! Each closed form is the fixed point of the adjoint equation λ' = f_sᵀ λ + c E of the activation's own s' = f(s, z),
//! written so that D and its helpers decay at a positive rate whatever the forward pass does. The equations stand at the
//! heads of the activations' files; there u − v = z, u v = h are the canonical rails, all is in units of the backward
//! speed, and G, K and H are helpers, H in two rails.
//!
//! A product with E makes two reactions, one for each rail; a negative factor makes the other rail. Rails of H, and of
//! D, annihilate. Sources: constructions B-T3, B1 and D1; the chemical derivative of the smoothed ReLU, Kang and Kim
//! (2024).

use nnrc_crn::{Handle, RateConstant};

use super::rails::{Rails, Stage};
use crate::layer_builder::{LayerBuilder, Species};

/// The reactions of one derivative, all in the unit of the stage.
pub struct Delta<'a, 'b> {
    /// What they are added to.
    pub builder: &'a mut LayerBuilder<'b>,
    speed: Handle<RateConstant>,
}

impl<'a, 'b> Delta<'a, 'b> {
    /// In the unit whose forward part stands.
    pub fn new(builder: &'a mut LayerBuilder<'b>) -> Self {
        let backward = builder.learning().backward;
        let speed = builder.raw_constant("delta", backward);
        Self { builder, speed }
    }

    fn constant(&mut self, what: &str, factor: f64) -> Handle<RateConstant> {
        if factor == 1.0 {
            return self.speed;
        }
        let value = factor * self.builder.learning().backward;
        self.builder.raw_constant(&what.replace('.', "_"), value)
    }

    /// Two rails that annihilate.
    pub fn rails(&mut self, suffix: &str) -> Rails {
        let rails = ["p", "m"].map(|sign| self.builder.species(&format!("{suffix}_{sign}"), 0.0));
        self.builder.annihilate(&format!("{suffix}.annihilate"), rails[0], rails[1]);
        rails
    }

    /// `from^s + C -> from^s + C + to^s`, of the other rail for a negative factor.
    pub fn product(&mut self, what: &str, from: Rails, catalyst: Species, to: Rails, factor: f64) {
        let constant = self.constant(what, factor.abs());
        for (s, sign) in [(0, "p"), (1, "m")] {
            let made = to[if factor < 0.0 { 1 - s } else { s }];
            let left = [(from[s], 1), (catalyst, 1)];
            let name = format!("{what}_{sign}");
            self.builder.each(&name, &left, &[left[0], left[1], (made, 1)], constant);
        }
    }

    /// `from^s -> from^s + to^s`
    pub fn copy(&mut self, what: &str, from: Rails, to: Rails, factor: f64) {
        let constant = self.constant(what, factor);
        for (s, sign) in [(0, "p"), (1, "m")] {
            let name = format!("{what}_{sign}");
            self.builder.each(&name, &[(from[s], 1)], &[(from[s], 1), (to[s], 1)], constant);
        }
    }

    /// The product with the pre-activation, which stands as species.
    pub fn by_pre_activation(&mut self, stage: &Stage, from: Rails, to: Rails, factor: f64) {
        for &(z, is_positive) in stage.z.iter().flat_map(|z| &z.rails) {
            let (what, sign) = if is_positive { ("D.make_Zp", 1.0) } else { ("D.make_Zm", -1.0) };
            self.product(what, from, z, to, factor * sign);
        }
    }

    /// `C + rail -> C` for each of the catalysts.
    pub fn drain(&mut self, rails: Rails, catalysts: &[Species]) {
        for (&catalyst, what) in catalysts.iter().zip(["U", "V"]) {
            for (rail, sign) in rails.into_iter().zip(["p", "m"]) {
                let name = format!("D.drain_{what}_{sign}");
                self.builder.each(&name, &[(catalyst, 1), (rail, 1)], &[(catalyst, 1)], self.speed);
            }
        }
    }

    /// `rail -> 0`
    pub fn decay(&mut self, suffix: &str, rails: Rails) {
        for (rail, sign) in rails.into_iter().zip(["p", "m"]) {
            self.builder.each(&format!("{suffix}.decay_{sign}"), &[(rail, 1)], &[], self.speed);
        }
    }

    /// K, which follows the square of a species.
    pub fn squared(&mut self, species: Species) -> Species {
        let k = self.builder.species("K", 0.0);
        self.builder.each("K.make", &[(species, 2)], &[(species, 2), (k, 1)], self.speed);
        self.builder.each("K.decay", &[(k, 1)], &[], self.speed);
        k
    }

    /// H, which follows the error times a species.
    pub fn weighted(&mut self, e: Rails, factor: Species) -> Rails {
        let rails = self.rails("H");
        self.product("H.make", e, factor, rails, 1.0);
        self.decay("H", rails);
        rails
    }

    /// The slope of a share x of x + c = 1 that u and v pull at: factor x c / (u + v).
    pub fn balance(&mut self, e: Rails, [x, c]: [Species; 2], [u, v]: [Species; 2], factor: f64) -> Rails {
        // The activation may have a G of its own; this one is the slope.
        let g = self.builder.species("K", 0.0);
        let make = self.constant("K.make", factor);
        self.builder.each("K.make", &[(x, 1), (c, 1)], &[(x, 1), (c, 1), (g, 1)], make);
        self.builder.each("K.decay", &[(g, 1)], &[], self.speed);
        let d = self.rails("D");
        self.product("D.make", e, g, d, 1.0);
        self.drain(d, &[u, v]);
        d
    }
}
