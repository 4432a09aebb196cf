//! The clock as a ring: a species for each phase, and one for each gap.

use std::f64::consts::{FRAC_PI_2, TAU};

use nnrc_lower::phased::Clocked;

use super::pen::{Pen, Sign};
use crate::compiled::Compiled;
use crate::numbers::{count, short};
use crate::plot::svg::number;

/// Of the ring, in pixels; it grows with the phases.
const LEAST_RADIUS: f64 = 62.0;
/// Between two species along the ring.
const SPACE: f64 = 25.0;
/// Beside the ring, for the names of phases.
const NAMES: f64 = 92.0;

/// The clock of a pot.
pub struct Ring {
    phases: Vec<String>,
    species: usize,
    words: String,
    radius: f64,
}

impl Ring {
    pub fn new(pot: &Compiled, clocked: &Clocked) -> Self {
        let species = pot.lowered.info.species_range(clocked.clock).len();
        let phases = clocked.phases.all.iter().map(ToString::to_string).collect();
        let period = short(clocked.period(&pot.lowered.info));
        let words = format!("{} species, a cycle of {period}{}", count(species), pot.time_units());
        Self { phases, species, words, radius: LEAST_RADIUS.max(SPACE * species as f64 / TAU) }
    }

    pub fn height(&self) -> f64 {
        2.0 * self.radius + 84.0
    }

    pub fn width(&self) -> f64 {
        2.0 * (self.radius + NAMES) + 30.0
    }

    /// Draws it with its corner at (x, y).
    pub fn draw(&self, pen: &mut Pen, (x, y): (f64, f64)) {
        pen.name(x, y + 14.0, "start", "clock");
        pen.faint(x + 46.0, y + 14.0, "start", &self.words);
        let middle = (x + self.radius + NAMES, y + self.radius + 50.0);
        let place = |at: f64, radius: f64| {
            // From the top, clockwise.
            let angle = TAU * at / self.species as f64 - FRAC_PI_2;
            (middle.0 + radius * angle.cos(), middle.1 + radius * angle.sin())
        };
        for at in 0..self.species {
            let (from, to) = (place(at as f64 + 0.22, self.radius), place(at as f64 + 0.78, self.radius));
            let [x1, y1, x2, y2, r] = [from.0, from.1, to.0, to.1, self.radius].map(number);
            pen.edge(&format!("M {x1} {y1} A {r} {r} 0 0 1 {x2} {y2}"), Sign::Plain, 1.2, "");
        }
        for at in 0..self.species {
            let here = place(at as f64, self.radius);
            let is_phase = at.is_multiple_of(2);
            let phase = self.phases.get(at / 2).filter(|_| is_phase);
            let title = phase.map_or("a gap", String::as_str);
            pen.disc(here, if is_phase { 8.0 } else { 4.0 }, &format!("clock[{}]: {title}", at + 1));
            let Some(phase) = phase else { continue };
            pen.inside(here, &(at + 1).to_string());
            let name = place(at as f64, self.radius + 14.0);
            let side = name.0 - middle.0;
            let anchor = match side {
                _ if side.abs() < 6.0 => "middle",
                _ if side > 0.0 => "start",
                _ => "end",
            };
            let drop = if anchor != "middle" {
                4.0
            } else if name.1 < middle.1 {
                -2.0
            } else {
                9.0
            };
            pen.faint(name.0, name.1 + drop, anchor, phase);
        }
    }
}
