//! Smoothed ReLU as a combinational module: a fixed point that follows its pre-activation all the time.
//!
//! ```text
//! 0 -> X @ kc h,   Z+ + X -> Z+ + 2 X,   Z- + X -> Z-,   2 X -> X     @ kc
//! V: the same with Z+ and Z- exchanged (learning only)
//! ```
//!
//! ODE: x' = kc (h + z x − x²). Fixed point R_h(z) = (z + sqrt(z² + 4h))/2, v = R_h(−z) = h/x; rate kc sqrt(z² + 4h)
//! >= 2 kc sqrt(h): the phase SETTLE must be long against that.

use nnrc_crn::{Axis, Handle, Role};

use super::vessel::{I, Vessel, at, times};
use crate::pot::Species;

/// One neuron into `x`, driven by the rails `up` and `down`.
pub fn neuron(
    vessel: &mut Vessel<'_>,
    name: &str,
    axis: Handle<Axis>,
    [up, down]: [Species; 2],
    x: Species,
    h: f64,
) {
    let rate = vessel.combinational();
    let (one, two) = ([at(x, &[I])], [times(2, x, &[I])]);
    vessel.react(&format!("{name}.excite"), &[axis], &[at(up, &[I])], (&one, &two), &rate);
    vessel.react(&format!("{name}.inhibit"), &[axis], &[at(down, &[I])], (&one, &[]), &rate);
    let speed = vessel.settings().combinational;
    let stem = format!("h_{}", name.replace('.', "_"));
    let inflow = vessel.constant(&stem, h * speed);
    vessel.react(&format!("{name}.inflow"), &[axis], &[], (&[], &one), &inflow);
    vessel.react(&format!("{name}.quench"), &[axis], &[], (&two, &one), &rate);
}

/// The value and, if asked for, its co-rail.
pub fn lower(
    vessel: &mut Vessel<'_>,
    name: &str,
    axis: Handle<Axis>,
    role: Role,
    z: [Species; 2],
    h: f64,
    co_rail: bool,
) -> (Species, Option<Species>) {
    vessel.module("smooth_relu");
    let size = vessel.crn.axes[axis].size();
    let x = vessel.family(name, "", &[axis], role, vec![h.sqrt(); size]);
    neuron(vessel, name, axis, z, x, h);
    let v = co_rail.then(|| {
        let v = vessel.species(name, "V", &[axis], h.sqrt());
        neuron(vessel, &format!("{name}.V"), axis, [z[1], z[0]], v, h);
        v
    });
    (x, v)
}
