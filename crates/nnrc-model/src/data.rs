//! Data sets: rows of inputs with targets, and their parts.

use std::collections::BTreeMap;
use std::sync::Arc;

use nnrc_sim::scaling::Scaling;
use nnrc_syntax::Span;
use nnrc_syntax::wording::words;

use crate::random::Random;

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

/// Looks up `iris`, `iris.train` or `iris.test` among data sets.
///
/// # Errors
///
/// A message with the choices, if there is no such thing.
pub fn find_data(datasets: &BTreeMap<String, Dataset>, name: &str) -> Result<DataReference, String> {
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

/// Splits rows into those that stay and a share that is held out, in each class by itself.
pub fn hold_out(
    targets: &Targets,
    rows: &[usize],
    share: f64,
    mut random: Random,
) -> (Vec<usize>, Vec<usize>) {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &row in rows {
        let class = if let Targets::Classes { labels, .. } = targets { labels[row] } else { 0 };
        groups.entry(class).or_default().push(row);
    }
    let (mut kept, mut held) = (Vec::new(), Vec::new());
    for mut group in groups.into_values() {
        random.shuffle(&mut group);
        let count = (group.len() as f64 * share).round() as usize;
        held.extend_from_slice(&group[..count]);
        kept.extend_from_slice(&group[count..]);
    }
    kept.sort_unstable();
    held.sort_unstable();
    (kept, held)
}
