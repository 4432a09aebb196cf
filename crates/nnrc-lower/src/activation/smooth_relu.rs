//! Smoothed ReLU.
//!
//! ```text
//! 0 -> X                 @ h            2 X -> X      @ 1
//! A + X -> A + 2 X       @ weight       (terms that push up)
//! A + X -> A             @ weight       (terms that push down)
//! ```
//!
//! ODE: x' = h + z x − x². Fixed point: the only positive root, R_h(z) = (z + sqrt(z² + 4h)) / 2, reached from
//! every positive start. Rate: sqrt(z² + 4h) locally, 2 sqrt(h) globally in ln x. Source: Anderson, Joshi and
//! Deshpande (2021); constructions B1, B-T2.
//!
//! Chemical derivative (`one_pot/delta.rs`), with V of the canonical pair: D' = E u − (u + v) D, D / E = u / (u + v).
//! Source: Kang and Kim (2024).
//!
//! Under a clock it is a combinational module, a fixed point that follows its pre-activation all the time:
//!
//! ```text
//! 0 -> X @ kc h,   Z+ + X -> Z+ + 2 X,   Z- + X -> Z-,   2 X -> X     @ kc
//! V: the same with Z+ and Z- exchanged (learning only)
//! ```
//!
//! ODE: x' = kc (h + z x − x²). Fixed point R_h(z), v = R_h(−z) = h/x; rate kc sqrt(z² + 4h) >= 2 kc sqrt(h): the phase
//! SETTLE must be long against that.

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical::{self, neuron};
use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::phased::derivative::Slope;
use crate::phased::pot_builder::{I, PotBuilder, at, times};
use crate::phased::site::{Response, Site};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, h))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Error(Box::new(move |builder, stage, e| delta(builder, stage, e, h))),
        }),
        phased: Some(Box::new(move |pot, site| clocked(pot, site, h))),
    }
}

/// The value, which is that of the leaky form without a slope.
pub fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> Signal {
    let x = builder.value("", h.sqrt());
    neuron(builder, "", drive, x, h, true);
    Signal::single(builder.axis, x)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails, h: f64) -> Rails {
    let (u, v) = (stage.first(), canonical::mirror(builder, &stage.drive, h));
    let mut delta = Delta::new(builder);
    let d = delta.rails("D");
    delta.product("D.make", e, u, d, 1.0);
    delta.drain(d, &[u, v]);
    d
}

fn clocked(pot: &mut PotBuilder<'_>, site: &Site<'_>, h: f64) -> Response {
    pot.module("smooth_relu");
    let (name, axis, z) = (site.name, site.axis, site.z);
    let size = pot.crn.axes[axis].size();
    let x = pot.family(name, "", &[axis], site.role, vec![h.sqrt(); size]);
    clocked_neuron(pot, name, site, z, x, h);
    let value = Signal::single(axis, x);
    if !site.learns {
        return Response::open(value, Slope::One);
    }
    let v = pot.species(name, "V", &[axis], h.sqrt());
    clocked_neuron(pot, &format!("{name}.V"), site, [z[1], z[0]], v, h);
    Response::open(value, Slope::Share { x, v })
}

/// One neuron into `x`, driven by the rails `up` and `down`.
fn clocked_neuron(
    pot: &mut PotBuilder<'_>,
    name: &str,
    site: &Site<'_>,
    [up, down]: [Species; 2],
    x: Species,
    h: f64,
) {
    let axis = site.axis;
    let rate = pot.combinational();
    let (one, two) = ([at(x, &[I])], [times(2, x, &[I])]);
    pot.react(&format!("{name}.excite"), &[axis], &[at(up, &[I])], (&one, &two), &rate);
    pot.react(&format!("{name}.inhibit"), &[axis], &[at(down, &[I])], (&one, &[]), &rate);
    let speed = pot.settings.combinational;
    let stem = format!("h_{}", name.replace('.', "_"));
    let inflow = pot.constant(&stem, h * speed);
    pot.react(&format!("{name}.inflow"), &[axis], &[], (&[], &one), &inflow);
    pot.react(&format!("{name}.quench"), &[axis], &[], (&two, &one), &rate);
}
