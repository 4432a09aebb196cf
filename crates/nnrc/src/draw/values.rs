//! The values of a sample, by which units are filled.

use nnrc_lower::Course;
use nnrc_model::forward::forward;

use crate::compiled::Compiled;
use crate::failure::Failure;
use crate::numbers::short;

/// Values of inputs that are written out.
const MOST_INPUTS: usize = 8;

/// The rails of every value of a network, for the input that its chemistry was made with.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// Positive and negative rail of each value, node by node.
    rails: Vec<Vec<[f64; 2]>>,
    /// What the values are of, in words.
    words: String,
}

impl Values {
    /// Of a pot at rest; of one that does not rest, in closed form.
    ///
    /// # Errors
    ///
    /// A pot that does not settle.
    pub fn of(pot: &Compiled) -> Result<Self, Failure> {
        let split = |value: f64| [value.max(0.0), (-value).max(0.0)];
        let (rails, how) = match pot.lowered.course {
            Course::Rests => (rails(pot)?, "at rest"),
            Course::Presents | Course::Clocked(_) => {
                let values = forward(&pot.model, &pot.input);
                (
                    values.into_iter().map(|node| node.into_iter().map(split).collect()).collect(),
                    "in closed form",
                )
            }
        };
        let input: Vec<String> = pot.input.iter().take(MOST_INPUTS).map(|value| short(*value)).collect();
        let more = if pot.input.len() > MOST_INPUTS { ", …" } else { "" };
        Ok(Self { rails, words: format!("values {how} for input [{}{more}]", input.join(", ")) })
    }

    /// What they are.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// A value, and its rails as shares of the largest of its node.
    pub fn share(&self, node: usize, at: usize) -> (f64, [f64; 2]) {
        let largest = self.rails[node].iter().flatten().copied().fold(0.0, f64::max);
        let [positive, negative] = self.rails[node][at];
        let share = |rail: f64| if largest > 0.0 { rail / largest } else { 0.0 };
        (positive - negative, [share(positive), share(negative)])
    }
}

/// What stands in the rails at rest.
fn rails(pot: &Compiled) -> Result<Vec<Vec<[f64; 2]>>, Failure> {
    let rest = pot.settle()?;
    let sum = |families: &[nnrc_crn::Handle<nnrc_crn::SpeciesFamily>], at: usize| -> f64 {
        families.iter().map(|&family| rest.concentrations[pot.lowered.info.species_index(family, at)]).sum()
    };
    let node = |node: usize| {
        let observable = pot.lowered.value(node);
        let width = pot.model.nodes[node].width();
        (0..width).map(|at| [sum(&observable.positive, at), sum(&observable.negative, at)]).collect()
    };
    Ok((0..pot.model.nodes.len()).map(node).collect())
}
