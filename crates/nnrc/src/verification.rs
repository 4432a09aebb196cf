//! Whether the reactions of an SBML file compute a model: the verdict as a value, in words, and as JSON.

mod words;

use std::path::Path;

use nnrc_model::Model;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use nnrc_verify::kernel::certificate::{self, Checked as CheckedCertificate};
use nnrc_verify::kernel::fault::{Fault, Kind};
use nnrc_verify::{Places, Report, write};

use crate::failure::Failure;
use crate::project::Checked;

pub use nnrc_verify::kernel::settle::{Settle, Start};
pub use nnrc_verify::{LARGEST_START, Request, Verdict, Witness};

/// What became of a statement about a file.
#[derive(Debug, Clone)]
pub struct Verification {
    /// The file as it was named.
    pub file: String,
    /// The text of the model as it was named.
    pub model: String,
    /// Names of the inputs of the network with their number of values.
    pub inputs: Vec<(String, usize)>,
    /// The name of the output of the network.
    pub output: String,
    /// What was asked for.
    pub request: Request,
    /// What was found.
    pub report: Report,
}

/// A certificate that was checked again.
#[derive(Debug, Clone)]
pub struct Rechecked {
    /// The file as it was named.
    pub file: String,
    /// What the certificate proves.
    pub checked: CheckedCertificate,
}

impl Checked {
    /// Proves that the reactions of an SBML file compute this model, refutes it, or says what is undecided.
    ///
    /// `map` names inputs and outputs of a file that has not the documented identifiers: the name of the map in messages,
    /// and its JSON.
    ///
    /// # Errors
    ///
    /// A file, a map or a network that is invalid or outside the class that can be verified.
    pub fn verify(
        &self,
        name: &Path,
        file: &[u8],
        map: Option<(&Path, &[u8])>,
        mut request: Request,
    ) -> Result<Verification, Failure> {
        if let Some((path, map)) = map {
            let system = nnrc_verify::kernel::sbml::read(file).map_err(|fault| failed(name, &fault))?;
            request.places = Some(Places::read(map, &system).map_err(|fault| failed(path, &fault))?);
        }
        let report =
            nnrc_verify::verify(&self.model, file, &request).map_err(|fault| failed(name, &fault))?;
        let model = &self.model;
        Ok(Verification {
            file: name.display().to_string(),
            model: self.source.name.clone(),
            inputs: model.inputs().map(|(_, node)| (node.name.clone(), node.width())).collect(),
            output: model.nodes[model.output].name.clone(),
            request,
            report,
        })
    }
}

impl Verification {
    /// The exit status of the command for this verdict.
    pub fn exit_status(&self) -> u8 {
        match self.report.verdict {
            Verdict::Proven => 0,
            Verdict::Refuted(_) => codes::EXPECTATION_FAILED.exit,
            Verdict::Undecided(_) => codes::NOT_PROVEN.exit,
        }
    }

    /// The proof as JSON, if there is one.
    pub fn certificate(&self) -> Option<String> {
        self.report.certificate.as_ref().map(|found| write::certificate(found, &self.report.system))
    }
}

/// Checks a certificate against a file, by nothing but the two.
///
/// # Errors
///
/// What is no certificate, and whatever of it does not follow from the file.
pub fn check_certificate(
    name: &Path,
    file: &[u8],
    certificate_name: &Path,
    certificate: &[u8],
) -> Result<Rechecked, Failure> {
    let checked = certificate::check(file, certificate);
    let about = |fault: &Fault| match fault.code {
        "bad-certificate" | "not-json" | "other-file" => certificate_name.to_owned(),
        _ => name.to_owned(),
    };
    let checked = checked.map_err(|fault| failed(&about(&fault), &fault))?;
    Ok(Rechecked { file: name.display().to_string(), checked })
}

/// Points of the ranges of a model for a first look: corners, and some between them.
pub fn sample_points(model: &Model) -> Vec<Vec<f64>> {
    let ranges = model.inputs().flat_map(|(_, node)| node.ranges.iter().map(|range| (range.low, range.high)));
    nnrc_verify::sample_points(&ranges.collect::<Vec<_>>())
}

fn failed(name: &Path, fault: &Fault) -> Failure {
    let name = name.display().to_string();
    let code = match fault.kind {
        Kind::Invalid => codes::UNVERIFIABLE_FILE,
        Kind::Undecided => codes::NOT_PROVEN,
    };
    let message = format!("`{name}`: {}: {}", fault.code, fault.message);
    let finding = Diagnostic::global(Severity::Error, code, message)
        .help("`docs/src/verify.md` lists what can be verified, and each of these words");
    Failure::new(&Source::new(name, ""), finding)
}
