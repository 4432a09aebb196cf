//! Relay: a pre-activation as species.
//!
//! ```text
//! A -> A + Z+ (terms that push up), A -> A + Z- (down)     @ weight
//! Z+ -> 0, Z- -> 0                                         @ 1
//! Z+ + Z- -> 0                                             @ annihilation
//! ```
//!
//! ODE: z' = s − z. Fixed point: the sum s of the terms. Rate: 1, globally. A catalyst pair may be replaced by a
//! relay without changing the fixed point of what it feeds (constructions A6).

use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};

/// The reactions of a relay into given species; `negative` is needed where a term pushes down.
pub fn relay_into(
    builder: &mut LayerBuilder<'_>,
    module: &str,
    drive: &Drive,
    positive: Species,
    negative: Option<Species>,
) {
    let down = negative.unwrap_or(positive);
    builder.drive(module, drive, (&[], &[(positive, 1)]), (&[], &[(down, 1)]));
    let name = |what: &str| if module.is_empty() { what.to_owned() } else { format!("{module}.{what}") };
    let decay = builder.constant("decay", 1.0);
    match negative {
        None => builder.each(&name("decay"), &[(positive, 1)], &[], decay),
        Some(negative) => {
            builder.each(&name("decay_p"), &[(positive, 1)], &[], decay);
            builder.each(&name("decay_m"), &[(negative, 1)], &[], decay);
            builder.annihilate(&name("annihilate"), positive, negative);
        }
    }
}

/// Species `Z` that follow the drive.
pub fn relay(builder: &mut LayerBuilder<'_>, drive: &Drive) -> Signal {
    if drive.is_signed() {
        let (positive, negative) = (builder.species("Z_p", 0.0), builder.species("Z_m", 0.0));
        relay_into(builder, "Z", drive, positive, Some(negative));
        Signal::dual(builder.axis, positive, negative)
    } else {
        let value = builder.species("Z", 0.0);
        relay_into(builder, "Z", drive, value, None);
        Signal::single(builder.axis, value)
    }
}
