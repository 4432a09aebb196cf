//! Networks as other frameworks store them.

use nnrc_import::{Files, ImportError, Network};
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
        let digest = hex(&Sha256::digest(&bytes));
        match Network::read(bytes, files) {
            Ok(network) => Ok(Self { network, file: file.to_owned(), digest }),
            Err(error) => Err(failure(file, &error)),
        }
    }
}

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
