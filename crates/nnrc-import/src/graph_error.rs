//! What is wrong with a graph as a whole.

use std::fmt;

use crate::limits;

/// Why a graph is no network with one input and one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphError {
    /// Every input has a value already.
    NoInput,
    /// More than one input without a value, and not all of them are single columns.
    SeveralInputs(Vec<String>),
    /// An input holds no numbers.
    InputType {
        /// Its name.
        name: String,
        /// What it holds.
        found: String,
    },
    /// A size of an input other than the first is not fixed.
    InputShape {
        /// Its name.
        name: String,
        /// Its sizes, as in the file.
        found: String,
    },
    /// There is no output of numbers.
    NoOutput,
    /// More than one output of numbers.
    SeveralOutputs(Vec<String>),
    /// The output does not depend on the input.
    ConstantOutput(String),
    /// The output still has the batch that the file was exported for: something depends on its size.
    Batch {
        /// The output.
        name: String,
        /// Size of the batch.
        batch: usize,
    },
    /// A node takes what nobody makes.
    Undefined {
        /// Who takes it: a node, or the outputs of the graph.
        node: String,
        /// The name of the value.
        value: String,
    },
    /// A name is given to two values.
    DefinedTwice(String),
    /// Nodes that need each other, in the order of the file.
    Cycle(Vec<String>),
    /// A node calls a function of the file itself.
    Function {
        /// The node.
        node: String,
        /// The function.
        function: String,
    },
    /// More nodes than are believed.
    TooManyNodes(usize),
    /// The standard's set of ops is not named.
    NoOpset,
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInput => write!(f, "the graph has no input without a value; expected one"),
            Self::SeveralInputs(names) => write!(
                f,
                "the graph has {} inputs without values ({}); expected one, or several of one column each: join them \
                 before exporting. (Keras: `Normalization` after `adapt` exports its mean and variance as inputs; \
                 rescale the data instead)",
                names.len(),
                quoted(names)
            ),
            Self::InputType { name, found } => {
                write!(
                    f,
                    "input `{name}` holds {found}; expected numbers (a tensor of float, double or whole numbers)"
                )
            }
            Self::InputShape { name, found } => write!(
                f,
                "input `{name}` has the shape {found}; expected fixed sizes after the first, which is the batch: \
                 export the model for one size of input"
            ),
            Self::NoOutput => write!(f, "the graph has no output of numbers; expected one"),
            Self::SeveralOutputs(names) => write!(
                f,
                "the graph has {} outputs of numbers ({}), and the last one does not follow from the others; expected \
                 one: join them, or export a model for each",
                names.len(),
                quoted(names)
            ),
            Self::ConstantOutput(name) => write!(f, "output `{name}` does not depend on the input"),
            Self::Batch { name, batch } => write!(
                f,
                "output `{name}` has {batch} rows for one sample: the file was exported for batches of {batch}, and a \
                 constant of it has that size; export it with a batch of 1"
            ),
            Self::Undefined { node, value } => write!(
                f,
                "{node} takes `{value}`, which is not defined: it is no input, no initialiser and no output of a node"
            ),
            Self::DefinedTwice(name) => {
                write!(f, "the name `{name}` is defined twice; expected one value of a name")
            }
            Self::Cycle(nodes) => {
                write!(
                    f,
                    "the nodes {} need each other in a cycle; expected a graph without one",
                    quoted(nodes)
                )
            }
            Self::Function { node, function } => write!(
                f,
                "node `{node}` calls the local function `{function}` of the file; expected ops of the standard: \
                 export with functions inlined (onnx.inliner.inline_local_functions)"
            ),
            Self::TooManyNodes(found) => {
                write!(f, "the graph has {found} nodes, at most {} are read", limits::NODES)
            }
            Self::NoOpset => write!(
                f,
                "the model does not say which version of the op set it uses; expected an opset_import of the standard"
            ),
        }
    }
}

/// At most a dozen names.
fn quoted(names: &[String]) -> String {
    let mut words: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
    if names.len() > words.len() {
        words.push(format!("and {} more", names.len() - words.len()));
    }
    words.join(", ")
}

impl std::error::Error for GraphError {}
