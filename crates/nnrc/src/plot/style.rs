//! Colours and dashes.

/// Colours that people with any colour vision can tell apart (Okabe and Ito 2008), without the yellow, which is
/// too light for a line on white.
const COLOURS: &[&str] = &["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/// Dashes of the second and third use of a colour.
const DASHES: &[&str] = &["", "7 3", "2 3"];

/// How a curve is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    pub colour: &'static str,
    pub dash: &'static str,
    /// One of many: thin and translucent.
    pub thin: bool,
}

impl Style {
    /// The style of the curve with this number.
    pub fn of(at: usize, thin: bool) -> Self {
        let dash = DASHES[at / COLOURS.len() % DASHES.len()];
        Self { colour: COLOURS[at % COLOURS.len()], dash, thin }
    }
}
