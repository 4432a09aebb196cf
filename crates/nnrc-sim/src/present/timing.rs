//! The parts of a presentation.

use std::ops::Range;

/// The largest number of parts of a presentation.
pub const PARTS: usize = 3;

/// Times of a presentation, in time units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Length.
    pub hold: f64,
    /// When the gate opens and closes, within the presentation; none: there is no gate.
    pub gate: Option<(f64, f64)>,
}

/// A part of a presentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Which of the [`PARTS`].
    pub index: usize,
    /// Its times within the presentation.
    pub span: Range<f64>,
    /// Whether the gate is open; none: there is no gate.
    pub open: Option<bool>,
}

impl Part {
    /// How long it lasts, in time units.
    pub fn duration(&self) -> f64 {
        self.span.end - self.span.start
    }
}

impl Timing {
    /// The parts that last longer than no time.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<> {
        let (open, close) = self.gate.unwrap_or((self.hold, self.hold));
        let (ends, gated) = ([0.0, open, close, self.hold], self.gate.is_some());
        (0..PARTS).filter(move |&at| ends[at + 1] > ends[at]).map(move |index| Part {
            index,
            span: ends[index]..ends[index + 1],
            open: gated.then_some(index == 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_makes_three_parts() {
        let whole: Vec<Part> = Timing { hold: 5.0, gate: None }.parts().collect();
        assert_eq!(whole, [Part { index: 0, span: 0.0..5.0, open: None }]);
        let spans = |gate| -> Vec<(Range<f64>, Option<bool>)> {
            Timing { hold: 5.0, gate: Some(gate) }.parts().map(|part| (part.span, part.open)).collect()
        };
        let [no, yes] = [Some(false), Some(true)];
        assert_eq!(spans((1.0, 4.0)), [(0.0..1.0, no), (1.0..4.0, yes), (4.0..5.0, no)]);
        assert_eq!(spans((0.0, 5.0)), [(0.0..5.0, yes)]);
    }
}
