//! What the `train` block says.

use nnrc_syntax::Span;

use crate::clocked_sgd::ClockedSgd;
use crate::data::DataReference;
use crate::gradient_descent::GradientDescent;
use crate::gradient_flow::GradientFlow;

/// The `train` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// Where the block stands.
    pub span: Span,
    /// How the network learns, and on what; none where there is no data.
    pub rule: Option<Rule>,
}

/// A rule of learning, with its settings. Each construction has one of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// `gradient(…)`: in silico, through the fixed point.
    GradientDescent(GradientDescent),
    /// `gradient_flow(…)`: in one pot, while samples are presented.
    GradientFlow(GradientFlow),
    /// `sgd(…)`: by a chemical clock, a sample in each cycle.
    ClockedSgd(ClockedSgd),
}

impl Rule {
    /// The training data.
    pub fn data(&self) -> &DataReference {
        match self {
            Self::GradientDescent(rule) => &rule.data,
            Self::GradientFlow(rule) => &rule.data,
            Self::ClockedSgd(rule) => &rule.data,
        }
    }
}

impl Training {
    /// The training data.
    pub fn data(&self) -> Option<&DataReference> {
        self.rule.as_ref().map(Rule::data)
    }
}
