//! Networks as other frameworks store them.

use std::collections::BTreeMap;

use nnrc_import::{About, DenseError, DenseLayer, Files, Graph, ImportError, Layout, Network, Weights};
use nnrc_model::{ResourceError, Resources, Tensor};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// A network that was trained elsewhere.
#[derive(Debug, Clone)]
pub struct Trained {
    /// What the file describes.
    pub network: Network,
    /// The name of the file.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub digest: String,
}

impl Trained {
    /// Reads an ONNX model. `file` is its name for messages and comments; `files` reads what stands beside it.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, or everything in it that is not served.
    pub fn onnx(file: &str, bytes: Vec<u8>, files: &dyn Files) -> Result<Self, Failure> {
        if let Some(finding) = foreign(file, &bytes) {
            return Err(Failure::new(&Source::new(file, ""), finding));
        }
        let digest = hex(&Sha256::digest(&bytes));
        match Network::read(bytes, files) {
            Ok(network) => Ok(Self { network, file: file.to_owned(), digest }),
            Err(error) => Err(failure(file, &error)),
        }
    }
}

impl Trained {
    /// A network that another program holds: dense layers, one after another, of `width` inputs. `name` is what it is
    /// called there.
    ///
    /// # Errors
    ///
    /// Layers that do not fit one another, or numbers that are not finite.
    pub fn dense(name: &str, width: usize, layers: Vec<DenseLayer>, about: About) -> Result<Self, Failure> {
        let mut digest = Sha256::new();
        for layer in &layers {
            layer.matrix.iter().chain(&layer.bias).for_each(|value| digest.update(value.to_le_bytes()));
        }
        match Network::of_dense(width, layers, about) {
            Ok(network) => Ok(Self { network, file: name.to_owned(), digest: hex(&digest.finalize()) }),
            Err(error) => {
                let code = match error {
                    DenseError::Empty | DenseError::Shape { .. } => codes::SHAPE_MISMATCH,
                    DenseError::NotFinite { .. } => codes::NOT_FINITE,
                };
                let finding = Diagnostic::global(Severity::Error, code, error.to_string());
                Err(Failure::new(&Source::new(name, ""), finding))
            }
        }
    }
}

impl Trained {
    /// Reads weights alone: a state dict in .safetensors or .npz, of layers that `description` says, as
    /// `4-8:relu-3`. `path` is what `resources` know the file by, `bytes` are its bytes.
    ///
    /// # Errors
    ///
    /// A file that is damaged; a description that cannot be read; arrays that fit no layer, or more than one way.
    pub fn state_dict(
        (path, bytes): (&str, &[u8]),
        (description, layout): (&str, Option<Layout>),
        resources: &dyn Resources,
    ) -> Result<Self, Failure> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        let failed = |code, message: String| {
            let finding = Diagnostic::global(Severity::Error, code, message);
            Failure::new(&Source::new(file.clone(), ""), finding)
        };
        let unreadable = |error: ResourceError| failed(error.code, error.message);
        let arrays = resources.tensors(path).map_err(unreadable)?;
        let mut weights = BTreeMap::new();
        for name in arrays.names() {
            if arrays.texts(name).is_some() {
                continue;
            }
            let Tensor { shape, values } = arrays.read(name).map_err(unreadable)?;
            weights.insert(name.to_owned(), Weights { shape, values });
        }
        match Network::from_state_dict(description, &weights, layout) {
            Ok(network) => Ok(Self { network, digest: hex(&Sha256::digest(bytes)), file }),
            Err(error) => Err(failed(codes::SHAPE_MISMATCH, error.to_string())),
        }
    }
}

/// The graph of an ONNX model as it was read, for people.
///
/// # Errors
///
/// As [`Trained::onnx`].
pub fn graph(file: &str, bytes: Vec<u8>, files: &dyn Files) -> Result<String, Failure> {
    if let Some(finding) = foreign(file, &bytes) {
        return Err(Failure::new(&Source::new(file, ""), finding));
    }
    match Graph::read(bytes, files) {
        Ok(graph) => Ok(graph.to_string()),
        Err(error) => Err(failure(file, &error)),
    }
}

/// Models in formats of their frameworks, which are not read; by their contents, or by their names where those say
/// nothing.
fn foreign(file: &str, bytes: &[u8]) -> Option<Diagnostic> {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let is_zip = bytes.starts_with(b"PK\x03\x04");
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    let (what, code, lines) = if bytes.starts_with(b"\x89HDF\r\n") || ending == "h5" || ending == "hdf5" {
        ("a Keras model in HDF5", codes::NOT_SERVED, KERAS)
    } else if ending == "keras" || is_zip && holds(b"metadata.json") && holds(b"config.json") {
        ("a Keras archive", codes::NOT_SERVED, KERAS)
    } else if is_zip && holds(b"/code/") {
        ("a TorchScript archive", codes::NOT_SERVED, TORCH)
    } else if is_zip || matches!(ending.as_str(), "pt" | "pth" | "ckpt") {
        (
            "a PyTorch checkpoint, whose objects would have to be executed to be read",
            codes::PICKLED_FILE,
            TORCH,
        )
    } else if bytes.starts_with(b"\x80\x04") || matches!(ending.as_str(), "pkl" | "pickle" | "joblib") {
        ("a Python pickle, which would have to be executed to be read", codes::PICKLED_FILE, SKLEARN)
    } else {
        return None;
    };
    let finding = Diagnostic::global(Severity::Error, code, format!("`{file}` is {what}"));
    Some(lines.iter().fold(finding.label("expected an ONNX model"), |finding, line| finding.help(*line)))
}

/// Lines of Python that write what is read.
const KERAS: &[&str] = &[
    "write it as ONNX, in Python: `model = keras.models.load_model(\"…\")`",
    "`model.export(\"model.onnx\", format=\"onnx\")`",
];
const TORCH: &[&str] = &[
    "write it as ONNX, in Python: `model.eval()`",
    "`torch.onnx.export(model, (x,), \"model.onnx\")`, where x is a batch of one sample",
];
const SKLEARN: &[&str] = &[
    "write it as ONNX, in Python: `onx = skl2onnx.to_onnx(model, X[:1].astype(\"float32\"))`",
    "`open(\"model.onnx\", \"wb\").write(onx.SerializeToString())`",
];

/// Findings about a model file.
pub fn failure(file: &str, error: &ImportError) -> Failure {
    let global = |code, message: String| Diagnostic::global(Severity::Error, code, message);
    let findings = match error {
        ImportError::Read(error) => vec![global(codes::MALFORMED_FILE, error.to_string())],
        ImportError::Tensor(error) => vec![global(codes::MALFORMED_FILE, error.to_string())],
        ImportError::Graph(error) => vec![global(codes::NOT_SERVED, error.to_string())],
        ImportError::Node(error) => vec![global(codes::NOT_SERVED, error.to_string())],
        ImportError::Unserved(all) => {
            all.iter().map(|unserved| global(codes::NOT_SERVED, unserved.to_string())).collect()
        }
    };
    Failure { source: Source::new(file, ""), findings }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
