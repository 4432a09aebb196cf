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
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::phased::derivative::Slope;
use crate::phased::site::Site;
use crate::phased::vessel::Vessel;
use crate::pot::{Drive, Signal, Unit};
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

fn lower(unit: &mut Unit<'_>, drive: &Drive) -> Signal {
    if drive.is_signed() || unit.chemistry.signs == Signs::DualRail {
        let (positive, negative) = (unit.value("p", 0.0), unit.value("m", 0.0));
        relay_into(unit, "", drive, positive, Some(negative));
        Signal::dual(unit.axis, positive, negative)
    } else {
        let value = unit.value("", 0.0);
        relay_into(unit, "", drive, value, None);
        Signal::single(unit.axis, value)
    }
}

fn delta(unit: &mut Unit<'_>, _stage: &Stage, e: Rails) -> Rails {
    let mut delta = Delta::new(unit);
    let d = delta.rails("D");
    delta.copy("D.make", e, d, 1.0);
    delta.decay("D", d);
    d
}

fn clocked(vessel: &mut Vessel<'_>, site: &Site<'_>) -> (Signal, Slope) {
    for rail in site.z {
        vessel.crn.species[rail].role = site.role;
    }
    let [positive, negative] = site.z;
    (Signal::dual(site.axis, positive, negative), Slope::One)
}
