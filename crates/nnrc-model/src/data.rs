//! Data sets: rows of inputs with targets, and their parts.

use std::collections::BTreeMap;
use std::fmt;
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
    pub fn subset(&self, subset: Subset) -> Vec<usize> {
        match subset {
            Subset::All => (0..self.rows()).collect(),
            Subset::Train => self.train.clone(),
            Subset::Test => self.test.clone(),
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

/// Which rows of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subset {
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
    pub subset: Subset,
}

/// As the language has it: `iris`, `iris.train`.
impl fmt::Display for DataReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subset = match self.subset {
            Subset::All => "",
            Subset::Train => ".train",
            Subset::Test => ".test",
        };
        write!(f, "{}{subset}", self.dataset)
    }
}

/// Why a name is none of a data set or of a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum NoSuchData {
    /// It is that of a file, which the data source `source` reads.
    File {
        /// The name.
        name: String,
        /// `csv` or `npz`.
        source: &'static str,
    },
    /// Data sets have no such part.
    Part {
        /// The data set.
        dataset: String,
        /// The part.
        part: String,
    },
    /// No data set has the name.
    Unknown {
        /// The name.
        dataset: String,
        /// Those that are declared.
        declared: Vec<String>,
    },
    /// The data set is not split.
    Whole {
        /// The data set.
        dataset: String,
    },
}

impl fmt::Display for NoSuchData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { name, source } => write!(
                f,
                "`{name}` is a file, where the name of a data set is expected; \
                 declare `dataset d = {source}(\"{name}\");` and write `d`"
            ),
            Self::Part { dataset, part } => {
                write!(f, "a data set has the parts `{dataset}.train` and `{dataset}.test`, not `{part}`")
            }
            Self::Unknown { dataset, declared } if declared.is_empty() => {
                write!(f, "there is no data set `{dataset}`; the file declares none")
            }
            Self::Unknown { dataset, declared } => {
                let names: Vec<&str> = declared.iter().map(String::as_str).collect();
                write!(f, "there is no data set `{dataset}`; the file declares {}", words(&names))
            }
            Self::Whole { dataset } => write!(
                f,
                "`{dataset}` has no test part; give it one: `split = holdout(test = 0.3, seed = 1);`"
            ),
        }
    }
}

impl std::error::Error for NoSuchData {}

/// Looks up `iris`, `iris.train` or `iris.test` among data sets.
///
/// # Errors
///
/// A name of no data set, or of a part that it has not.
pub fn find_data(datasets: &BTreeMap<String, Dataset>, name: &str) -> Result<DataReference, NoSuchData> {
    if let Some(source) = source_of_file(name) {
        return Err(NoSuchData::File { name: name.to_owned(), source });
    }
    let (dataset, subset) = match name.split_once('.') {
        None => (name, Subset::All),
        Some((dataset, "train")) => (dataset, Subset::Train),
        Some((dataset, "test")) => (dataset, Subset::Test),
        Some((dataset, part)) => {
            return Err(NoSuchData::Part { dataset: dataset.to_owned(), part: part.to_owned() });
        }
    };
    let dataset = dataset.to_owned();
    match datasets.get(&dataset) {
        None => Err(NoSuchData::Unknown { dataset, declared: datasets.keys().cloned().collect() }),
        Some(data) if subset == Subset::Test && data.test.is_empty() => Err(NoSuchData::Whole { dataset }),
        Some(_) => Ok(DataReference { dataset, subset }),
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
