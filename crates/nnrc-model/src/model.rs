//! The checked neural network and everything the file says about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use nnrc_syntax::{Span, ast};

use crate::activation::Activation;
use crate::analyse::words;
use crate::descent::{Descent, Quantity};
use crate::flow::{Flow, Teacher};
use crate::interval::Interval;
use crate::noise::Noise;
use crate::output::OutputKind;
use crate::resources::Tensor;
use nnrc_sim::scaling::{ColumnScale, Scaling};

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
    /// The file's test bench.
    pub expectations: Vec<Expectation>,
}

/// An input or a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name, the stem of its species.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// 1-based line of the declaration.
    pub line: u32,
    /// What it is.
    pub kind: NodeKind,
    /// Sizes whose product is the width.
    pub shape: Vec<usize>,
    /// The range of each value over the inputs' ranges.
    pub ranges: Vec<Interval>,
    /// What the values of an input mean, a name for each; empty where nothing is said.
    pub features: Vec<String>,
}

impl Node {
    /// Number of values.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Set from outside.
    Input,
    /// Computed.
    Layer {
        /// What makes the pre-activation.
        operation: Operation,
        /// Positions of the sources among the nodes.
        sources: Vec<usize>,
        /// What is applied, in order; empty is the identity.
        activations: Vec<Activation>,
    },
}

/// What makes the pre-activation of a layer.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// z = W a + b over the concatenated sources.
    Dense {
        /// W, shape [out, in].
        weights: Tensor,
        /// b, shape `[out]`; none if the layer has no bias.
        bias: Option<Tensor>,
    },
    /// The sum of the sources.
    Add,
    /// The sources one after another.
    Concat,
}

/// The published system that the network is compiled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Construction {
    /// The network is the fixed point of the reactions.
    FixedPoint,
    /// Forward, backward and update reactions at once.
    OnePot,
    /// Sequenced by a chemical clock.
    Phased,
}

impl Construction {
    /// Name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::FixedPoint => "fixed_point",
            Self::OnePot => "one_pot",
            Self::Phased => "phased",
        }
    }
}

/// What holds the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightCarrier {
    /// Rate constants.
    Rates,
    /// Species.
    Species,
}

/// Which signals get two rails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Those that can be negative.
    Auto,
    /// Inputs and linear signals as well.
    DualRail,
}

/// The `chemistry` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Chemistry {
    /// The system.
    pub construction: Construction,
    /// What holds the weights.
    pub weights: WeightCarrier,
    /// Which signals get two rails.
    pub signs: Signs,
    /// Largest number of reactant molecules.
    pub max_order: u32,
    /// What the numbers mean.
    pub units: nnrc_crn::Units,
    /// Speed factor of forward reactions.
    pub forward: f64,
    /// Speed factor of errors and their way back.
    pub backward: f64,
    /// Rate constant of the annihilation of rails.
    pub annihilation: f64,
    /// Rate constant of the annihilation of the rails of weights.
    pub weight_annihilation: f64,
    /// Weight decay where the `train` block says nothing.
    pub preset_decay: f64,
    /// The gated teacher, if there is one.
    pub teacher: Option<Teacher>,
    /// What only the construction `phased` has.
    pub phased: Phased,
    /// Whether there are reactions for either sign of every weight, whatever its value.
    pub any_sign: bool,
    /// Where it is asked for that the pot takes raw measurements, the scale of the data being part of its weights.
    pub fold_scale: Option<Span>,
    /// Where the block stands, if it does.
    pub span: Option<Span>,
}

/// Settings of the construction `phased`.
#[derive(Debug, Clone, PartialEq)]
pub struct Phased {
    /// What sequences the phases.
    pub clock: Clock,
    /// Where the clock is written, if it is.
    pub clock_span: Option<Span>,
    /// Rate constant of gated steps: loads, moves and resets of registers.
    pub gated: f64,
    /// Rate constant of everything that runs always.
    pub combinational: f64,
}

/// What tells the phases apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Clock {
    /// Competing species, each of which suppresses all others but its successor: an attracting cycle.
    MayLeonard {
        /// Inflow of every species relative to the rate: the level of a phase that is off.
        epsilon: f64,
        /// Growth of a species, per time unit.
        rate: f64,
        /// Suppression relative to growth, above 1.
        gamma: f64,
        /// Number of species; none: two for each phase.
        species: Option<usize>,
    },
    /// Each species is turned into its successor by it: neutral, it remembers every perturbation.
    Ring {
        /// Initial concentration of the species that are off.
        delta: f64,
        /// Rate constant of the handing on.
        rate: f64,
    },
    /// Gates set from outside.
    External {
        /// Time units for which a gate is on, and as long again before the next one.
        phase: f64,
    },
}

impl Default for Phased {
    fn default() -> Self {
        let clock = Clock::MayLeonard { epsilon: 1e-12, rate: 1.0, gamma: 2.0, species: None };
        Self { clock, clock_span: None, gated: 2.0, combinational: 4.0 }
    }
}

/// A data set: rows of inputs with targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Width of an input.
    pub width: usize,
    /// Scaled inputs, a row after another; shared with the protocol that presents them.
    pub inputs: Arc<Vec<f64>>,
    /// Targets, scaled as `target_scale` says.
    pub targets: Targets,
    /// Names of the columns of the inputs; empty where the source has none.
    pub input_names: Vec<String>,
    /// Names of the columns of the targets (one for classes); empty where the source has none.
    pub target_names: Vec<String>,
    /// How the inputs were scaled, fitted on the training rows.
    pub scale: Option<Scaling>,
    /// How the targets were scaled, fitted on the training rows; only of values.
    pub target_scale: Option<Scaling>,
    /// Rows of the training part; all rows if there is no split.
    pub train: Vec<usize>,
    /// Rows of the test part; empty if there is no split.
    pub test: Vec<usize>,
    /// Where it is declared.
    pub span: Span,
}

/// Targets of a data set.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// No targets.
    None,
    /// 0-based class of each row, and the names of the classes.
    Classes {
        /// Class of each row.
        labels: Vec<usize>,
        /// Their names, in the order of the outputs.
        names: Vec<String>,
        /// Whether the file lists them: their order is not that of the labels that are there.
        listed: bool,
    },
    /// Values, a row after another.
    Values {
        /// Values of one row.
        width: usize,
        /// All values.
        values: Vec<f64>,
    },
}

impl Dataset {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.train.len() + self.test.len()
    }

    /// The rows of a part.
    pub fn part(&self, part: Part) -> Vec<usize> {
        match part {
            Part::All => (0..self.rows()).collect(),
            Part::Train => self.train.clone(),
            Part::Test => self.test.clone(),
        }
    }

    /// The input of a row.
    pub fn input(&self, row: usize) -> &[f64] {
        &self.inputs[row * self.width..(row + 1) * self.width]
    }

    /// The target of a row, as values of the outputs (one-hot for classes), for a network of `width` outputs.
    pub fn target(&self, row: usize, width: usize) -> Option<Vec<f64>> {
        match &self.targets {
            Targets::None => None,
            Targets::Classes { labels, .. } if width == 1 => Some(vec![labels[row] as f64]),
            Targets::Classes { labels, .. } => {
                Some((0..width).map(|class| f64::from(u8::from(class == labels[row]))).collect())
            }
            Targets::Values { width, values } => Some(values[row * width..(row + 1) * width].to_vec()),
        }
    }
}

/// A part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All rows, in the order of the file.
    All,
    /// The training part.
    Train,
    /// The test part.
    Test,
}

/// A data set, or a part of one, by name: `iris.test`.
#[derive(Debug, Clone, PartialEq)]
pub struct DataReference {
    /// Name of the data set.
    pub dataset: String,
    /// Which part.
    pub part: Part,
}

impl Model {
    /// The rows that a reference names.
    pub fn rows(&self, reference: &DataReference) -> Vec<usize> {
        self.datasets.get(&reference.dataset).map_or_else(Vec::new, |dataset| dataset.part(reference.part))
    }

    /// Looks up `iris`, `iris.train` or `iris.test`; a message with the choices if there is no such thing.
    pub fn find_data(&self, name: &str) -> Result<DataReference, String> {
        find_data(&self.datasets, name)
    }
}

pub(crate) fn find_data(datasets: &BTreeMap<String, Dataset>, name: &str) -> Result<DataReference, String> {
    if let Some(source) = source_of_file(name) {
        return Err(format!(
            "`{name}` is a file, where the name of a data set is expected; \
             declare `dataset d = {source}(\"{name}\");` and write `d`"
        ));
    }
    let (dataset, part) = match name.split_once('.') {
        None => (name, Part::All),
        Some((dataset, "train")) => (dataset, Part::Train),
        Some((dataset, "test")) => (dataset, Part::Test),
        Some((dataset, part)) => {
            return Err(format!(
                "a data set has the parts `{dataset}.train` and `{dataset}.test`, not `{part}`"
            ));
        }
    };
    match datasets.get(dataset) {
        None if datasets.is_empty() => {
            Err(format!("there is no data set `{dataset}`; the file declares none"))
        }
        None => {
            let names: Vec<&str> = datasets.keys().map(String::as_str).collect();
            Err(format!("there is no data set `{dataset}`; the file declares {}", words(&names)))
        }
        Some(data) if part == Part::Test && data.test.is_empty() => Err(format!(
            "`{dataset}` has no test part; give it one: `split = holdout(test = 0.3, seed = 1);`"
        )),
        Some(_) => Ok(DataReference { dataset: dataset.to_owned(), part }),
    }
}

/// The data source that reads a file, if a name is one by its ending or its folders.
fn source_of_file(name: &str) -> Option<&'static str> {
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    let has_ending = |endings: &[&str]| {
        stem.rsplit_once('.')
            .is_some_and(|(_, ending)| endings.iter().any(|one| ending.eq_ignore_ascii_case(one)))
    };
    if has_ending(&["npz", "npy"]) {
        Some("npz")
    } else if has_ending(&["csv", "tsv", "tab", "txt", "data", "dat"]) || name.contains(['/', '\\']) {
        Some("csv")
    } else {
        None
    }
}

/// The `train` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// Where the block stands.
    pub span: Span,
    /// The training data.
    pub data: Option<DataReference>,
    /// Name of the rule: `gradient`, `gradient_flow`, `sgd`.
    pub rule: Option<String>,
    /// Everything about training in silico; none for in-pot learning, or where there is no data.
    pub descent: Option<Descent>,
    /// Everything about learning in one pot; none otherwise.
    pub flow: Option<Flow>,
    /// Everything about learning by a clock; none for other constructions, or where there is no data.
    pub phased: Option<PhasedTraining>,
}

/// What the `train` block says about learning by a clock: `rule = sgd(rate = …)`.
#[derive(Debug, Clone, PartialEq)]
pub struct PhasedTraining {
    /// The samples, presented in turn.
    pub data: DataReference,
    /// Whether the loss is cross-entropy; else half the squared error.
    pub cross_entropy: bool,
    /// Learning rate: a cycle changes the weights by −rate · gradient.
    pub rate: f64,
    /// Epochs after which whoever follows the course ends; the reactions know nothing of it.
    pub epochs: usize,
    /// The error below which a sample is satisfied, of `stop when error < …`; none: nothing judges.
    pub tolerance: Option<f64>,
}

/// How a time course is integrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The integrator chooses.
    Auto,
    /// Explicit Runge–Kutta.
    Explicit,
    /// Rosenbrock with the layered Jacobian.
    Rosenbrock,
    /// Explicit, with the weights of a pot that learns in steps of their own.
    Multirate,
}

/// The `simulate` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// End time, in time units.
    pub until: Option<f64>,
    /// Nodes to record; none: inputs and layers.
    pub record: Option<Vec<usize>>,
    /// Time between two rows of the output.
    pub every: Option<f64>,
    /// Number of rows of the output.
    pub points: Option<usize>,
    /// Values of the inputs.
    pub input: Option<Vec<f64>>,
    /// Integrator.
    pub method: Method,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance.
    pub absolute: f64,
    /// Whether the start is the fixed point.
    pub settled: bool,
    /// Where the method is written, if it is.
    pub method_span: Option<Span>,
}

/// A line of the test bench.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What is looked at.
    pub kind: ExpectationKind,
    /// How it is compared.
    pub comparison: ast::Cmp,
    /// With what.
    pub value: f64,
    /// Allowed deviation; 0 unless given.
    pub within: f64,
    /// Where it stands.
    pub span: Span,
}

/// What an expectation looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectationKind {
    /// A value (0-based component; none: each of them) of a node for an input.
    Value {
        /// The input.
        input: Vec<f64>,
        /// Which node.
        node: usize,
        /// Which component.
        component: Option<usize>,
    },
    /// How good the network is on some rows.
    Quality {
        /// By which measure.
        quantity: Quantity,
        /// Of which rows.
        data: DataReference,
    },
    /// The largest deviation from recorded outputs.
    MaxError {
        /// Inputs, a row after another.
        inputs: Vec<Vec<f64>>,
        /// Outputs, a row after another.
        outputs: Vec<Vec<f64>>,
    },
}

impl Model {
    /// The same network without its training.
    pub fn without_training(&self) -> Self {
        Self { training: None, ..self.clone() }
    }

    /// How it learns by a clock, if it does.
    pub fn phased_training(&self) -> Option<&PhasedTraining> {
        self.training.as_ref()?.phased.as_ref()
    }

    /// Whether learning in the pot presents the samples.
    pub fn is_fed(&self) -> bool {
        self.training.as_ref().is_some_and(|training| training.flow.is_some() || training.phased.is_some())
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
        let trained = self.training.as_ref().and_then(|training| training.data.as_ref());
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
