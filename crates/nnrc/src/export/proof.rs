//! The proof of what is in an archive: that its model computes the network, for all inputs in their ranges.

use std::path::Path;

use nnrc_verify::kernel::certificate::check;

use crate::compiled::Compiled;
use crate::failure::Failure;
use crate::verification::{Request, Verdict, sample_points};

/// The certificate of a file of this pot, which findings call `name`; where there is none, why.
pub fn certificate(pot: &Compiled, name: &str, sbml: &str) -> Result<String, String> {
    let request = Request::over_box(sample_points(&pot.model));
    let words = |failure: Failure| {
        failure.findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; ")
    };
    let found = pot.checked().verify(Path::new(name), sbml.as_bytes(), None, request).map_err(words)?;
    match (found.certificate(), &found.report.verdict) {
        (Some(text), _) => Ok(text),
        (None, Verdict::Undecided(fault)) => Err(fault.to_string()),
        (None, _) => Err("its rounded numbers are too far from those of the network".to_owned()),
    }
}

/// What of a certificate does not follow from a model.
pub fn fault(model: &[u8], certificate: &[u8]) -> Option<String> {
    check(model, certificate).err().map(|fault| fault.to_string())
}
