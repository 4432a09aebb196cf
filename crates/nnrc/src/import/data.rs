//! Samples beside an imported network.

use std::collections::BTreeMap;

use nnrc_import::{Head, Network};
use nnrc_model::output::is_counted;
use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};

use super::text::{Data, list, quoted};

/// A file of samples.
#[derive(Debug, Clone)]
pub struct DataFile<'a> {
    /// Its path, as it is named in the text.
    pub path: &'a str,
    /// The columns of a table, or the array, that hold the targets; empty: none of a table, `t` of arrays.
    pub targets: &'a [String],
    /// The columns that are inputs; empty: all others.
    pub inputs: &'a [String],
}

/// A way to read samples.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// The inputs in the language; none: all that are no targets.
    inputs: Option<String>,
    /// The targets in the language; none: what the file has.
    target: Option<String>,
    /// What is written for the targets where the output names the classes already; none: the same.
    pub named: Option<String>,
    /// How many classes there must be: they are those that occur, and only if all do their order is known.
    pub classes: Option<usize>,
}

impl DataFile<'_> {
    fn is_table(&self) -> bool {
        let path = self.path.to_ascii_lowercase();
        !(path.ends_with(".npz") || path.ends_with(".npy"))
    }

    /// The ways to read it, of which the first that can be counts.
    pub(super) fn readings(&self, network: &Network) -> Vec<Reading> {
        let features =
            (self.is_table() && !network.feature_names.is_empty()).then(|| list(&network.feature_names));
        let inputs = match self.inputs {
            [] => features.map(Some).into_iter().chain([None]).collect(),
            inputs => vec![Some(list(inputs))],
        };
        let targets = self.targets(network);
        let all = inputs.into_iter().flat_map(|inputs| {
            targets.iter().map(move |reading| Reading { inputs: inputs.clone(), ..reading.clone() })
        });
        all.collect()
    }

    /// The ways to read targets: by the names of the source's classes, by their numbers, and by the words that occur,
    /// where they are as many.
    fn targets(&self, network: &Network) -> Vec<Reading> {
        let plain = Reading {
            target: match self.targets {
                [] => None,
                [one] => Some(quoted(one)),
                many => Some(list(many)),
            },
            ..Reading::default()
        };
        let (width, names) = (network.output_width(), &network.class_names);
        let column = match (self.targets, self.is_table()) {
            ([one], _) => one.as_str(),
            ([], false) => "t",
            _ => return vec![plain],
        };
        let count = width.max(2);
        let named = |names: &[String]| Reading {
            target: Some(format!("onehot({}, classes = {})", quoted(column), list(names))),
            ..Reading::default()
        };
        let occurring = Reading {
            target: Some(format!("onehot({})", quoted(column))),
            classes: Some(count),
            ..Reading::default()
        };
        let by_name = (names.len() == count && !is_counted(names))
            .then(|| Reading { named: Some(format!("onehot({})", quoted(column))), ..named(names) });
        let numbers: Vec<String> = (0..count).map(|class| class.to_string()).collect();
        let is_class = match network.head {
            Head::Softmax | Head::LogSoftmax | Head::Logits | Head::BinaryProbability => true,
            Head::Sigmoid => false,
            Head::Values => width > 1 || !names.is_empty(),
        };
        let by_name = by_name.into_iter();
        match (self.is_table(), is_class) {
            (true, true) => by_name.chain([named(&numbers), occurring]).collect(),
            (true, false) => [plain].into_iter().chain(by_name).chain([occurring]).collect(),
            // Whole numbers of an array are numbers of classes, from 0.
            (false, _) => by_name.chain([plain, occurring]).collect(),
        }
    }

    /// What the text says of it: to find out what it holds, or finally, beside what it says of the output.
    pub(super) fn said<'a>(
        &'a self,
        name: &'a str,
        (reading, is_final): (&Reading, bool),
        is_scaled: bool,
    ) -> Data<'a> {
        let reader = if self.is_table() { "csv" } else { "npz" };
        let Reading { inputs, target, named, .. } = reading.clone();
        let target = if is_final { named.or(target) } else { target };
        Data { name, reader, path: self.path, inputs, target, is_scaled: is_scaled && self.is_table() }
    }
}

/// Weights that are not written yet, beside files.
pub(super) struct Beside<'a> {
    /// The name of the weight file, and what it will hold.
    pub weights: (&'a str, &'a BTreeMap<String, Tensor>),
    /// All other files.
    pub files: &'a dyn Resources,
}

impl Resources for Beside<'_> {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        if path == self.weights.0 { Ok(Box::new(self.weights.1.clone())) } else { self.files.tensors(path) }
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.files.table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.files.idx(path)
    }
}
