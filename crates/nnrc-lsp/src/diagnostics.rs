//! Findings as diagnostics of the protocol.

use std::str::FromStr;

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Range, Uri,
};
use nnrc_syntax::{Severity, codes};

use crate::document::Text;

/// The page of the documentation that explains every code.
const PAGE: &str = "diagnostics.html";

/// One finding. `docs` is where the documentation is.
pub fn diagnostic(
    text: &Text,
    uri: &Uri,
    docs: Option<&str>,
    finding: &nnrc_syntax::Diagnostic,
) -> Diagnostic {
    let related: Vec<DiagnosticRelatedInformation> = finding
        .others
        .iter()
        .map(|(span, words)| DiagnosticRelatedInformation {
            location: Location { uri: uri.clone(), range: text.range(*span) },
            message: words.clone(),
        })
        .collect();
    let code = finding.code.name;
    let href = docs.and_then(|docs| Uri::from_str(&format!("{docs}/{PAGE}#{code}")).ok());
    Diagnostic {
        // What has no place is about the file, and stands at its beginning.
        range: finding.span.map_or_else(Range::default, |span| text.range(span)),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(code.to_owned())),
        code_description: href.map(|href| CodeDescription { href }),
        source: Some("nnrc".to_owned()),
        message: message(finding),
        related_information: Some(related).filter(|related| !related.is_empty()),
        tags: (finding.code == codes::UNUSED_NAME).then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

/// The message, what stands under the marked place, and advice, a line for each.
fn message(finding: &nnrc_syntax::Diagnostic) -> String {
    let label = Some(&finding.label).filter(|label| !label.is_empty());
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    let lines: Vec<String> =
        std::iter::once(finding.message.clone()).chain(label.cloned()).chain(help).collect();
    lines.join("\n")
}
