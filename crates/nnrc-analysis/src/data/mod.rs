//! The `dataset` items: rows, tables, arrays; targets, scaling, splits.

mod align;
mod arrays;
mod check;
mod classes;
mod columns;
pub mod files;
mod misfit;
mod rows;
mod scale;
mod selection;
mod split;
mod table;

use std::collections::BTreeMap;

use nnrc_syntax::ast::{Block, Call, Ident};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, Entries};
use crate::schema;
use crate::skeleton::Draft;
use crate::value::Scope;
use nnrc_model::Resources;
use nnrc_model::{Dataset, Targets};

pub use align::{align_classes, warn_of_scales};
pub use arrays::{from_array, rows_of};
pub use check::check;
pub use misfit::{misfit, misfit_of};

/// What a data set is read for.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Names of the inputs of the network.
    pub input_names: &'a [&'a str],
    /// What is known of the inputs if the network has no errors.
    pub inputs: Option<&'a [&'a Draft]>,
    /// Whether the network takes measurements as they are: a scale is fitted, and not applied.
    pub raw: bool,
    /// The data sets before this one, whose scales it may share.
    pub before: &'a BTreeMap<String, Dataset>,
}

/// Reads a data set; none if it has errors, which are reported.
pub fn analyse(
    scope: &mut Scope,
    resources: &dyn Resources,
    name: &Ident,
    source: &Call,
    block: Option<&Block>,
    context: Context<'_>,
) -> Option<Dataset> {
    let entries = block.map(|block| read_block(scope, block, source)).unwrap_or_default();
    let mut columns = match source.name.name.as_str() {
        "rows" => rows::read(scope, source, context.input_names, &entries),
        "csv" | "tsv" => table::read(scope, resources, source, &entries),
        "npz" => arrays::npz(scope, resources, source, &entries, name, context.inputs),
        "idx" => arrays::idx(scope, resources, source, &entries),
        _ => {
            let sources = ["rows", "csv", "npz", "idx"];
            block::unknown_call(scope, source, "data source", &sources);
            None
        }
    }?;
    let width = columns.width;
    let rows = columns.inputs.len() / width.max(1);
    if rows == 0 {
        scope.report(
            Diagnostic::error(
                codes::EMPTY_DATASET,
                name.span,
                format!("the data set `{}` has no rows", name.name),
            )
            .label("no rows")
            .help("give it at least one row"),
        );
        return None;
    }
    let (train, test) = match entries.get("split") {
        Some(expr) => split::read(scope, expr, rows, &columns.targets)?,
        None => ((0..rows).collect(), Vec::new()),
    };
    let scale = match entries.get("scale") {
        Some(expr) => {
            let mut raw = if context.raw { columns.inputs.clone() } else { Vec::new() };
            let values = if context.raw { &mut raw[..] } else { &mut columns.inputs[..] };
            let names = &columns.input_names[..];
            let scaled = scale::Scaled { key: "scale", width, names, values, train: &train };
            Some(scale::scale(scope, expr, scaled, context.before)?)
        }
        None => None,
    };
    let target_scale = match entries.get("target_scale") {
        Some(expr) => {
            let Targets::Values { width, values } = &mut columns.targets else {
                no_target_values(scope, expr.span, &columns.targets);
                return None;
            };
            let (width, names) = (*width, &columns.target_names[..]);
            let scaled = scale::Scaled { key: "target_scale", width, names, values, train: &train };
            Some(scale::scale(scope, expr, scaled, context.before)?)
        }
        None => None,
    };
    Some(Dataset {
        width,
        inputs: columns.inputs.into(),
        targets: columns.targets,
        input_names: columns.input_names,
        target_names: columns.target_names,
        scale,
        target_scale,
        train,
        test,
        span: name.span,
    })
}

/// The lines of the block. Settings of tables belong to the source.
fn read_block<'a>(scope: &mut Scope, block: &'a Block, source: &Call) -> Entries<'a> {
    let keys = schema::DATASET.names();
    let mut entries = block::read(scope, block, "dataset", &[&keys[..], &table::SETTINGS].concat());
    for key in table::SETTINGS {
        if let Some(expr) = entries.remove(key) {
            let finding =
                Diagnostic::error(codes::UNKNOWN_KEY, expr.span, format!("`{key}` is no line of its own"))
                    .label("belongs to the source");
            scope.report(match source.name.name.as_str() {
                name @ ("csv" | "tsv") => finding.help(format!("write `{name}(\"data.csv\", {key} = …)`")),
                name => finding.help(format!("it is a setting of `csv`, and means nothing for `{name}`")),
            });
        }
    }
    entries
}

fn no_target_values(scope: &mut Scope, span: Span, targets: &Targets) {
    let (found, help) = match targets {
        Targets::Classes { .. } => ("these targets are classes", "leave the line out: classes have no size"),
        Targets::None | Targets::Values { .. } => {
            ("this data set has no targets", "name them: `target = column;`")
        }
    };
    scope.report(
        Diagnostic::error(
            codes::WRONG_TYPE,
            span,
            format!("`target_scale` is for targets that are values, {found}"),
        )
        .label("nothing to scale")
        .help(help),
    );
}
