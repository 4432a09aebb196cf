//! Canonical pair: U = R_h(z) and V = R_h(−z) by two smoothed ReLU neurons.
//!
//! u − v = z and u v = h exactly at the fixed point, so u + v = sqrt(z² + 4h). Rate of both: sqrt(z² + 4h).
//! Source: constructions A2.

use crate::layer_builder::{Drive, LayerBuilder, Species};

/// Auxiliary species U and V.
pub fn pair(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> (Species, Species) {
    let u = builder.species("U", h.sqrt());
    neuron(builder, "U", drive, u, h, true);
    (u, mirror(builder, drive, h))
}

/// Auxiliary species V alone.
pub fn mirror(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> Species {
    let v = builder.species("V", h.sqrt());
    neuron(builder, "V", drive, v, h, false);
    v
}

/// The reactions of one neuron; with `upright` false it computes R_h(−z).
pub fn neuron(
    builder: &mut LayerBuilder<'_>,
    module: &str,
    drive: &Drive,
    x: Species,
    h: f64,
    upright: bool,
) {
    let grow: (&[_], &[_]) = (&[(x, 1)], &[(x, 2)]);
    let shrink: (&[_], &[_]) = (&[(x, 1)], &[]);
    let (up, down) = if upright { (grow, shrink) } else { (shrink, grow) };
    builder.drive(module, drive, up, down);
    let name = |what: &str| if module.is_empty() { what.to_owned() } else { format!("{module}.{what}") };
    let inflow = builder.constant("h", h);
    builder.each(&name("inflow"), &[], &[(x, 1)], inflow);
    let quench = builder.constant("quench", 1.0);
    builder.each(&name("quench"), &[(x, 2)], &[(x, 1)], quench);
}
