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

use crate::pot::{Drive, Signal, Unit};
use crate::relay::relay_into;
use nnrc_model::Signs;

pub fn lower(unit: &mut Unit<'_>, drive: &Drive) -> Signal {
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
