//! Files of data, and what is wrong with them.

use crate::block::bind;
use nnrc_model::ResourceError;
use nnrc_syntax::ast::Call;
use nnrc_syntax::{Applicability, Diagnostic, Given, Span, codes, wording};

use crate::block::missing_argument;
use crate::value::{Scope, ValueKind};

/// Reports a file that gave nothing.
pub fn report_resource(scope: &mut Scope, span: Span, path: &str, error: ResourceError) {
    let mut finding = Diagnostic::error(
        error.code,
        span,
        format!("cannot read `{}`: {}", path.escape_debug(), error.message),
    )
    .label("this file");
    // A path that was copied from Windows: `\n` and `\t` in it are read as escapes.
    if path.contains(['\\', '\n', '\t']) {
        let plain = path.replace('\\', "/").replace('\n', "/n").replace('\t', "/t");
        finding =
            finding.help(format!("a backslash begins an escape; paths are written with `/`: `{plain}`"));
    } else if error.code == codes::UNREADABLE_FILE {
        finding = finding.help(if span.given == Given::AsOption {
            format!("a path {} is relative to the current folder", scope.words.place)
        } else {
            "paths are relative to the `.nnr` file".to_owned()
        });
    }
    scope.report(finding);
}

/// The text argument of `csv("…")`.
pub fn path(scope: &mut Scope, call: &Call) -> Option<(String, Span)> {
    let args = bind(scope, call, &["path"])?;
    let Some(expr) = args[0] else {
        missing_argument(scope, call, "path", &format!("{}(\"data.csv\")", call.name.name));
        return None;
    };
    let value = scope.evaluate(expr)?;
    match value.kind {
        ValueKind::Text(path) => Some((path, expr.span)),
        other => {
            scope.wrong_type(expr.span, "a path", "text such as `\"data.csv\"`", &other.words());
            None
        }
    }
}

/// A tensor that the file does not have. `is_named`: the span holds its name.
pub fn missing_tensor(span: Span, path: &str, name: &str, names: &[&str], is_named: bool) -> Diagnostic {
    let finding = Diagnostic::error(codes::MISSING_TENSOR, span, format!("`{path}` has no array `{name}`"))
        .label("not in this file");
    // A matrix is no bias, however near its name.
    let kind = |name: &str| name.ends_with(".b");
    match nnrc_syntax::suggest(name, names.iter().copied().filter(|other| kind(other) == kind(name))) {
        Some(near) if is_named => {
            let help = format!("did you mean `{near}`?");
            finding.replace(help, Applicability::Automatic, wording::text(&near))
        }
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("it holds {}", wording::words(names))),
    }
}
