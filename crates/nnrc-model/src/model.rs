//! The checked neural network and everything the file says about it.

use std::collections::BTreeMap;

use nnrc_sim::scaling::{ColumnScale, Scaling};

use crate::chemistry::Chemistry;
use crate::clocked_sgd::ClockedSgd;
use crate::data::{self, DataReference, Dataset, NoSuchData};
use crate::expectation::Expectation;
use crate::gradient_descent::GradientDescent;
use crate::gradient_flow::GradientFlow;
use crate::interval::Interval;
use crate::network::{Node, NodeKind};
use crate::noise::Noise;
use crate::output_kind::OutputKind;
use crate::simulation::Simulation;
use crate::sweep::Sweep;
use crate::training::{Rule, Training};

/// A checked `.nnr` file.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Name of the network.
    pub name: String,
    /// Inputs and layers, each after everything it takes.
    pub nodes: Vec<Node>,
    /// Position of the output among the nodes.
    pub output: usize,
    /// What the output is, if the file says so.
    pub output_kind: Option<OutputKind>,
    /// How it becomes chemistry.
    pub chemistry: Chemistry,
    /// Data sets by name.
    pub datasets: BTreeMap<String, Dataset>,
    /// What the `train` block says.
    pub training: Option<Training>,
    /// What the `simulate` block says.
    pub simulation: Simulation,
    /// What the `noise` block says.
    pub noise: Option<Noise>,
    /// What the `sweep` block says.
    pub sweep: Option<Sweep>,
    /// The file's test bench.
    pub expectations: Vec<Expectation>,
}

impl Model {
    /// How it learns, if the file says so.
    pub fn rule(&self) -> Option<&Rule> {
        self.training.as_ref()?.rule.as_ref()
    }

    /// How it learns in silico, if it does.
    pub fn gradient_descent(&self) -> Option<&GradientDescent> {
        match self.rule()? {
            Rule::GradientDescent(rule) => Some(rule),
            Rule::GradientFlow(_) | Rule::ClockedSgd(_) => None,
        }
    }

    /// How it learns in one pot, if it does.
    pub fn gradient_flow(&self) -> Option<&GradientFlow> {
        match self.rule()? {
            Rule::GradientFlow(rule) => Some(rule),
            Rule::GradientDescent(_) | Rule::ClockedSgd(_) => None,
        }
    }

    /// How it learns by a clock, if it does.
    pub fn clocked_sgd(&self) -> Option<&ClockedSgd> {
        match self.rule()? {
            Rule::ClockedSgd(rule) => Some(rule),
            Rule::GradientDescent(_) | Rule::GradientFlow(_) => None,
        }
    }

    /// Whether learning in the pot presents the samples.
    pub fn is_fed(&self) -> bool {
        matches!(self.rule(), Some(Rule::GradientFlow(_) | Rule::ClockedSgd(_)))
    }

    /// Positions of the inputs.
    pub fn inputs(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Input)
    }

    /// Number of input values.
    pub fn input_width(&self) -> usize {
        self.inputs().map(|(_, node)| node.width()).sum()
    }

    /// The first input value that leaves its declared range: position and range.
    pub fn outside_range(&self, input: &[f64]) -> Option<(usize, Interval)> {
        let ranges = self.inputs().flat_map(|(_, node)| node.ranges.iter());
        ranges
            .zip(input)
            .enumerate()
            .find(|(_, (range, value))| !range.holds(**value))
            .map(|(at, (r, _))| (at, *r))
    }

    /// The data set that the network is made for, by name: that of the training, else the first one.
    pub fn data(&self) -> Option<(&str, &Dataset)> {
        let trained = self.training.as_ref().and_then(Training::data);
        let trained = trained.and_then(|data| self.datasets.get_key_value(&data.dataset));
        trained.or_else(|| self.datasets.first_key_value()).map(|(name, data)| (name.as_str(), data))
    }

    /// How measurements are scaled before the network gets them; none where it takes them as they are.
    pub fn input_scale(&self) -> Option<&Scaling> {
        let (_, data) = self.data()?;
        data.scale.as_ref().filter(|_| self.chemistry.fold_scale.is_none())
    }

    /// The scale of an input that takes measurements as they are, since it is folded into the layers behind it.
    pub fn folded_column(&self, at: usize) -> Option<ColumnScale> {
        self.chemistry.fold_scale?;
        let (_, data) = self.data()?;
        data.scale.as_ref()?.columns.get(at).copied()
    }

    /// The input to use where none is asked for: `simulate.input`, the first row of the data, or the value of
    /// each range that is nearest to zero.
    pub fn default_input(&self) -> Vec<f64> {
        if let Some(input) = &self.simulation.input {
            return input.clone();
        }
        match self.data().filter(|(_, data)| data.rows() > 0 && data.width == self.input_width()) {
            Some((_, data)) => data.input(0).to_vec(),
            None => self.inputs().flat_map(|(_, n)| n.ranges.iter().map(|r| r.nearest_to_zero())).collect(),
        }
    }
}

impl Model {
    /// The rows that a reference names.
    pub fn rows(&self, reference: &DataReference) -> Vec<usize> {
        self.datasets
            .get(&reference.dataset)
            .map_or_else(Vec::new, |dataset| dataset.subset(reference.subset))
    }

    /// Looks up `iris`, `iris.train` or `iris.test`.
    ///
    /// # Errors
    ///
    /// A name of no data set, or of a part that it has not.
    pub fn find_data(&self, name: &str) -> Result<DataReference, NoSuchData> {
        data::find_data(&self.datasets, name)
    }
}
