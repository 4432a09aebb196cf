//! Linear unit.
//!
//! ```text
//! A -> A + Y+ (terms that push up), A -> A + Y- (down)     @ weight
//! Y+ -> 0, Y- -> 0                                         @ 1
//! Y+ + Y- -> 0                                             @ annihilation
//! ```
//!
//! ODE: y' = z − y for y = Y+ − Y−, whatever the annihilation. Fixed point: y = z. Rate: 1, globally.
//! Without terms that push down there is one rail. Source: constructions A2 and C1.
//!
//! Chemical derivative (`one_pot/delta.rs`): D' = E − D. Under a clock the sum of the terms is the value, and the slope
//! is 1.

use super::reactions::{Backward, OnePot, Reactions};
use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::phased::derivative::Slope;
use crate::phased::pot_builder::PotBuilder;
use crate::phased::site::{Response, Site};
use crate::relay::relay_into;
use nnrc_model::Signs;

/// Its reactions in each construction.
pub fn reactions() -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(lower)),
        one_pot: Some(OnePot { of_species: None, delta: Backward::Error(Box::new(delta)) }),
        phased: Some(Box::new(clocked)),
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive) -> Signal {
    if drive.is_signed() || builder.chemistry.signs == Signs::DualRail {
        let (positive, negative) = (builder.value("p", 0.0), builder.value("m", 0.0));
        relay_into(builder, "", drive, positive, Some(negative));
        Signal::dual(builder.axis, positive, negative)
    } else {
        let value = builder.value("", 0.0);
        relay_into(builder, "", drive, value, None);
        Signal::single(builder.axis, value)
    }
}

fn delta(builder: &mut LayerBuilder<'_>, _stage: &Stage, e: Rails) -> Rails {
    let mut delta = Delta::new(builder);
    let d = delta.rails("D");
    delta.copy("D.make", e, d, 1.0);
    delta.decay("D", d);
    d
}

fn clocked(pot: &mut PotBuilder<'_>, site: &Site<'_>) -> Response {
    for rail in site.z {
        pot.crn.species[rail].role = site.role;
    }
    let [positive, negative] = site.z;
    Response::open(Signal::dual(site.axis, positive, negative), Slope::One)
}
