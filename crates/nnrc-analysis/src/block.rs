//! Reading blocks and calls: every key and argument is known, given once, or reported.

use std::collections::BTreeMap;

use nnrc_syntax::ast::{Block, Call, Cmp, Entry, Expr, Path};
use nnrc_syntax::wording::words;
use nnrc_syntax::{Diagnostic, Span, codes, suggest};

use crate::foreign;
use crate::value::Scope;

/// The entries of a block by key.
pub type Entries<'a> = BTreeMap<String, &'a Expr>;

/// Reads a block whose keys are among `keys`.
pub fn read<'a>(scope: &mut Scope, block: &'a Block, what: &str, keys: &[&str]) -> Entries<'a> {
    let mut entries = Entries::new();
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    for entry in &block.entries {
        let Entry::Set { key, value, .. } = entry else {
            if what != "train" {
                reject_stop(scope, entry, what);
            }
            continue;
        };
        let name = key.text();
        if !keys.contains(&name.as_str()) {
            unknown_key(scope, key, what, keys);
        } else if let Some(first) = places.insert(name.clone(), key.span) {
            duplicate_key(scope, key, first);
        } else {
            entries.insert(name, value);
        }
    }
    entries
}

/// Reports a key that the block does not have.
pub fn unknown_key(scope: &mut Scope, key: &Path, what: &str, keys: &[&str]) {
    let name = key.text();
    let finding = Diagnostic::error(codes::UNKNOWN_KEY, key.span, format!("`{what}` has no key `{name}`"))
        .label("unknown key");
    scope.report(match foreign::key(what, &name) {
        Some(advice) => foreign::advised(finding, advice),
        None => finding.did_you_mean_or(scope.near(&name, keys.iter().copied()), || {
            format!("its keys are {}", words(keys))
        }),
    });
}

/// Reports a call of none of the names that serve as `what`.
pub fn unknown_call(scope: &mut Scope, call: &Call, what: &str, names: &[&str]) {
    let name = &call.name.name;
    let message = format!("there is no {what} `{name}`");
    let finding = Diagnostic::error(codes::UNKNOWN_OPERATION, call.name.span, message)
        .label(format!("expected one of {}", words(names)));
    scope.report(match foreign::call(what, name) {
        Some(advice) => foreign::advised(finding, advice),
        None => finding.did_you_mean(scope.near(name, names.iter().copied())),
    });
}

/// Reports a key given twice.
pub fn duplicate_key(scope: &mut Scope, key: &Path, first: Span) {
    scope.report(
        Diagnostic::error(codes::DUPLICATE_KEY, key.span, format!("`{}` is given twice", key.text()))
            .label("given again here")
            .other(first, "first given here")
            .help("keep one of the two lines"),
    );
}

/// Reports `stop when` outside a `train` block.
pub fn reject_stop(scope: &mut Scope, entry: &Entry, what: &str) {
    if let Entry::Stop { span, .. } = entry {
        scope.report(
            Diagnostic::error(codes::UNKNOWN_KEY, *span, format!("`stop when` has no meaning in `{what}`"))
                .label("only `train` can stop")
                .help("move the line into the `train` block"),
        );
    }
}

/// The `stop when` entries of a block.
pub fn stops(block: &Block) -> impl Iterator<Item = (&Path, Cmp, &Expr)> {
    block.entries.iter().filter_map(|entry| match entry {
        Entry::Stop { quantity, cmp, bound, .. } => Some((quantity, *cmp, bound)),
        Entry::Set { .. } => None,
    })
}

/// The arguments of a call in the order of `parameters`; those not given are none. Errors are reported.
pub fn bind<'a>(scope: &mut Scope, call: &'a Call, parameters: &[&str]) -> Option<Vec<Option<&'a Expr>>> {
    let mut bound: Vec<Option<&Expr>> = vec![None; parameters.len()];
    let mut good = true;
    for (position, arg) in call.args.iter().enumerate() {
        let place = match &arg.name {
            None => (position < parameters.len()).then_some(position),
            Some(name) => parameters.iter().position(|parameter| *parameter == name.name),
        };
        let span = arg.name.as_ref().map_or(arg.value.span, |name| name.span);
        let Some(place) = place else {
            scope.report(unknown_argument(
                call,
                arg.name.as_ref().map(|n| n.name.as_str()),
                span,
                parameters,
            ));
            good = false;
            continue;
        };
        if bound[place].replace(&arg.value).is_some() {
            scope.report(
                Diagnostic::error(
                    codes::UNKNOWN_ARGUMENT,
                    span,
                    format!("`{}` gets `{}` twice", call.name.name, parameters[place]),
                )
                .label("given again here")
                .help("keep one of the two"),
            );
            good = false;
        }
    }
    good.then_some(bound)
}

fn unknown_argument(call: &Call, name: Option<&str>, span: Span, parameters: &[&str]) -> Diagnostic {
    let callee = &call.name.name;
    let expected = if parameters.is_empty() {
        format!("`{callee}` takes no arguments: write `{callee}()`")
    } else {
        format!("`{callee}` takes {}", words(parameters))
    };
    match name {
        None => {
            Diagnostic::error(codes::UNKNOWN_ARGUMENT, span, format!("`{callee}` has too many arguments"))
                .label("one too many")
                .help(expected)
        }
        Some(name) => {
            let finding = Diagnostic::error(
                codes::UNKNOWN_ARGUMENT,
                span,
                format!("`{callee}` has no argument `{name}`"),
            )
            .label("unknown argument");
            match foreign::argument(name, parameters) {
                Some(advice) => foreign::advised(finding, advice),
                None => finding.did_you_mean_or(suggest(name, parameters.iter().copied()), || expected),
            }
        }
    }
}

/// Reports an argument that must be given.
pub fn missing_argument(scope: &mut Scope, call: &Call, parameter: &str, example: &str) {
    scope.report(
        Diagnostic::error(
            codes::MISSING_ARGUMENT,
            call.span,
            format!("`{}` needs the argument `{parameter}`", call.name.name),
        )
        .label("an argument is missing")
        .help(format!("write `{example}`")),
    );
}
