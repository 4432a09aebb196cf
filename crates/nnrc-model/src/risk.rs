//! What makes learning in one pot fail or err, known from the settings alone.

use crate::chemistry::{Chemistry, OnePotSettings};
use crate::gradient_flow::GradientFlow;
use crate::model::Model;
use crate::network::NodeKind;

/// Relaxation times after which a value is within 1 % of its rest.
const RELAXATIONS: f64 = 5.0;
/// The same for the gated teacher, which only compares what is nearly there.
const GATED_RELAXATIONS: f64 = 2.0;
/// Largest learning rate times length of a presentation that learns reliably; from about 2 on pots diverge.
const LARGEST_STEP: f64 = 0.5;
/// How much faster than what they annihilate rails annihilate at least.
const ANNIHILATION: f64 = 10.0;

/// What makes learning fail or err, known from the settings alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Risk {
    /// Samples change before the pot has settled: what is learned is drawn to the mean of the targets.
    ShortHold {
        /// How long a sample is shown, or with a schedule how long it settles.
        hold: f64,
        /// How long settling takes.
        settling: f64,
        /// Whether not even one relaxation time is left for each layer.
        hopeless: bool,
    },
    /// One presentation moves the weights too far.
    LargeStep {
        /// Learning rate times learning time.
        step: f64,
        /// The learning rate that would do.
        rate: f64,
    },
    /// Rails annihilate slowly against what makes them.
    SlowAnnihilation {
        /// Its rate constant.
        annihilation: f64,
        /// The least that would do.
        least: f64,
    },
    /// Rate constants are noisy and nothing holds the weights: what the rails of an error have in common moves the two
    /// rails of a weight at speeds that differ, for ever.
    Drift {
        /// The largest noise of rate constants.
        size: f64,
    },
}

/// Layers on the longest way from an input to the output.
pub fn depth(model: &Model) -> usize {
    let mut depths: Vec<usize> = Vec::new();
    for node in &model.nodes {
        depths.push(match &node.kind {
            NodeKind::Input => 0,
            NodeKind::Layer { sources, .. } => {
                1 + sources.iter().map(|&source| depths[source]).max().unwrap_or(0)
            }
        });
    }
    depths.get(model.output).copied().unwrap_or(0)
}

/// How long forward and backward pass take to settle, in time units: five relaxation times for each layer forward,
/// and as many once for the way back, whose layers have been following all the while.
pub fn settling(chemistry: &Chemistry, own: &OnePotSettings, depth: usize) -> f64 {
    RELAXATIONS * (depth as f64 / chemistry.forward + 1.0 / own.backward)
}

impl GradientFlow {
    /// What in these settings makes learning fail or err.
    pub fn risks(&self, model: &Model) -> Vec<Risk> {
        let (chemistry, depth) = (&model.chemistry, depth(model));
        let Some(own) = chemistry.one_pot() else { return Vec::new() };
        let mut risks = Vec::new();
        let layers = depth as f64 / chemistry.forward;
        let (hold, settling, least) = match own.teacher {
            Some(teacher) => (teacher.settle, GATED_RELAXATIONS * layers, 0.0),
            None => (self.hold, settling(chemistry, own, depth), layers + 1.0 / own.backward),
        };
        if hold < settling {
            risks.push(Risk::ShortHold { hold, settling, hopeless: hold < least });
        }
        let learning = own.teacher.map_or(self.hold, |teacher| teacher.learn);
        let step = self.rate * learning;
        if step > LARGEST_STEP {
            risks.push(Risk::LargeStep { step, rate: 0.4 * LARGEST_STEP / learning });
        }
        let least = ANNIHILATION * chemistry.forward.max(own.backward);
        if chemistry.annihilation < least {
            risks.push(Risk::SlowAnnihilation { annihilation: chemistry.annihilation, least });
        }
        let noise =
            model.noise.iter().flat_map(|noise| &noise.rates).map(|rate| rate.size).fold(0.0, f64::max);
        if self.decay == 0.0 && noise > 0.0 {
            risks.push(Risk::Drift { size: noise });
        }
        risks
    }
}
