//! The receipt of the validator for what lowering made, its errors as findings in the text.

use nnrc_crn::{Crn, CrnError, CrnInfo};
use nnrc_model::{Construction, Model};
use nnrc_syntax::{Diagnostic, Severity, codes};

/// The facts of a network of reactions.
///
/// # Errors
///
/// Two names that make one identifier, a number that is none, more reactant molecules than `max_order`.
pub fn validated(model: &Model, crn: &Crn) -> Result<CrnInfo, Box<Diagnostic>> {
    let info = nnrc_crn::validate(crn).map_err(|error| Box::new(explain(model, &error)))?;
    check_order(model, &info)?;
    Ok(info)
}

fn explain(model: &Model, error: &CrnError) -> Diagnostic {
    match error {
        CrnError::IdCollision { first, second, .. } => {
            let mut finding = Diagnostic::global(Severity::Error, codes::ID_COLLISION, error.to_string())
                .label("shares an identifier")
                .help("rename one of the two: identifiers in the output are never changed silently");
            let place = |words: &str| {
                model.nodes.iter().find(|n| words.ends_with(&format!("`{}`", n.name))).map(|n| n.span)
            };
            finding.span = place(second);
            match place(first) {
                Some(first) if finding.span.is_some_and(|span| span != first) => {
                    finding.other(first, "with this")
                }
                _ => finding,
            }
        }
        CrnError::BadValue { .. } => {
            Diagnostic::global(Severity::Error, codes::NOT_FINITE, error.to_string())
        }
        CrnError::Malformed { .. } => unreachable!("lowering made a malformed network: {error}"),
    }
}

fn check_order(model: &Model, info: &CrnInfo) -> Result<(), Box<Diagnostic>> {
    let most = info.by_molecularity().len().saturating_sub(1) as u32;
    if most <= model.chemistry.max_order {
        return Ok(());
    }
    let mut finding = Diagnostic::global(
        Severity::Error,
        codes::ORDER_EXCEEDED,
        format!(
            "a reaction has {most} reactant molecules, more than `max_order = {}`",
            model.chemistry.max_order
        ),
    )
    .help(match model.chemistry.construction {
        Construction::FixedPoint(_) => "write `chemistry { weights = rates; }`, or allow `max_order = 3`",
        Construction::OnePot(_) | Construction::Phased(_) => "allow it: `chemistry { max_order = 3; }`",
    });
    finding.span = model.chemistry.span;
    Err(Box::new(finding))
}
