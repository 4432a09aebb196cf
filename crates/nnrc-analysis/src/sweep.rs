//! The `sweep` block. Whether the file takes a value of an axis is known where the sweep is planned, by trying it.

use nnrc_syntax::ast::{Block, Expr, ExprKind, Ident};
use nnrc_syntax::wording::words;
use nnrc_syntax::{Diagnostic, Span, codes, outline};

use crate::block::{self, bind, missing_argument};
use crate::overrides::BLOCKS;
use crate::schema;
use crate::value::Scope;
use nnrc_model::{Sweep, SweepAxis, SweepVerb};

/// Values of an axis: a sweep of more points is planned in parts.
const MAX_VALUES: u64 = 1_000_000;

/// Reads the block; none if there is an error, which is reported.
pub fn analyse(scope: &mut Scope, block: &Block, span: Span) -> Option<Sweep> {
    let before = scope.errors;
    let entries = block::read(scope, block, "sweep", &schema::SWEEP.names());
    let mut places: Vec<Ident> = Vec::new();
    let mut read = |scope: &mut Scope, key: &str| {
        entries.get(key).map_or_else(Vec::new, |expr| axes(scope, expr, &mut places))
    };
    let (over, zipped) = (read(scope, "over"), read(scope, "zip"));
    if let (Some(expr), Some((first, rest))) = (entries.get("zip"), zipped.split_first())
        && let Some(other) = rest.iter().find(|axis| axis.values.len() != first.values.len())
    {
        let counts = format!(
            "`{}` has {} values, `{}` has {}",
            first.key,
            first.values.len(),
            other.key,
            other.values.len()
        );
        scope.report(
            Diagnostic::error(
                codes::SHAPE_MISMATCH,
                expr.span,
                "axes that go together have one number of values",
            )
            .label(counts)
            .help("write an axis into `over` where it is to be combined with the others"),
        );
    }
    let verbs = SweepVerb::ALL.map(|verb| (verb.name(), verb));
    let verb = entries.get("verb").and_then(|expr| scope.choice(expr, "`verb`", &verbs));
    let mut whole = |key: &str| entries.get(key).and_then(|expr| scope.whole(expr, &format!("`{key}`"), 1));
    let (shards, replicates) = (whole("shards"), whole("replicates"));
    (scope.errors == before).then_some(Sweep { span, over, zipped, verb, shards, replicates })
}

/// The axes of a record; `places` are those of all records so far.
fn axes(scope: &mut Scope, expr: &Expr, places: &mut Vec<Ident>) -> Vec<SweepAxis> {
    let example = "`{ noise.seed = range(1, 20) }`";
    let ExprKind::Record(fields) = &expr.kind else {
        scope.wrong_type(
            expr.span,
            "what a sweep goes over",
            &format!("a record such as {example}"),
            "a value",
        );
        return Vec::new();
    };
    let mut axes = Vec::new();
    for (name, values) in fields {
        if let Some(first) = places.iter().find(|place| place.name == name.name) {
            let message = format!("`{}` is given twice", name.name);
            scope.report(
                Diagnostic::error(codes::DUPLICATE_KEY, name.span, message)
                    .label("given again here")
                    .other(first.span, "first given here")
                    .help("keep one of the two"),
            );
            continue;
        }
        places.push(name.clone());
        if is_setting(scope, name)
            && let Some(values) = self::values(scope, name, values)
        {
            axes.push(SweepAxis { key: name.name.clone(), values });
        }
    }
    axes
}

/// Whether a name can be that of a setting; otherwise that is reported.
fn is_setting(scope: &mut Scope, name: &Ident) -> bool {
    let (block, rest) = name.name.split_once('.').map_or((None, ""), |(block, rest)| (Some(block), rest));
    if name.name == "seed" || block.is_some_and(|block| block != "sweep" && BLOCKS.contains(&block)) {
        return true;
    }
    let blocks: Vec<&str> = BLOCKS.iter().copied().filter(|block| *block != "sweep").collect();
    let message = format!("a sweep cannot go over `{}`", name.name);
    let near = block.and_then(|block| scope.near(block, blocks.iter().copied()));
    scope.report(
        Diagnostic::error(codes::UNKNOWN_KEY, name.span, message)
            .label("expected `block.key`, as in `noise.seed`")
            .did_you_mean_or(near.map(|near| near.within(|near| format!("{near}.{rest}"))), || {
                format!("its block is one of {}; `seed` is that of random weights", words(&blocks))
            }),
    );
    false
}

/// The values of an axis: a list that is written out, or `range(FIRST, LAST)`.
fn values(scope: &mut Scope, name: &Ident, expr: &Expr) -> Option<Vec<String>> {
    match &expr.kind {
        ExprKind::List(items) if items.is_empty() => {
            let message = format!("`{}` has no values", name.name);
            scope.report(
                Diagnostic::error(codes::OUT_OF_RANGE, expr.span, message)
                    .label("an empty list")
                    .help(format!("write one value or several: `{} = [1, 2]`", name.name)),
            );
            None
        }
        ExprKind::List(items) => {
            // Of constants in them it is known then that they are used; what is wrong with one is said in its place.
            items.iter().for_each(|item| drop(scope.evaluate(item)));
            Some(items.iter().map(outline::expression).collect())
        }
        ExprKind::Call(call) if call.name.name == "range" => {
            let bounds = bind(scope, call, &["first", "last"])?;
            let (Some(first), Some(last)) = (bounds[0], bounds[1]) else {
                let missing = if bounds[0].is_none() { "first" } else { "last" };
                missing_argument(scope, call, missing, "range(1, 20)");
                return None;
            };
            let (first, end) = (scope.whole(first, "`first`", 0), scope.whole(last, "`last`", 0));
            let (first, end) = (first?, end?);
            let count = (end + 1).saturating_sub(first);
            if !(1..=MAX_VALUES).contains(&count) {
                let found = if count == 0 { "none".to_owned() } else { count.to_string() };
                let message = format!("a range has from 1 to {MAX_VALUES} numbers, found {found}");
                scope.report(
                    Diagnostic::error(codes::OUT_OF_RANGE, last.span, message)
                        .label("the last number of the range, which belongs to it"),
                );
                return None;
            }
            Some((first..=end).map(|number| number.to_string()).collect())
        }
        _ => {
            let found = outline::expression(expr);
            let expected = "a list such as `[1, 2]`, or `range(1, 20)`";
            let what = format!("the values of `{}`", name.name);
            scope.wrong_type(
                expr.span,
                &what,
                expected,
                &format!("`{}`", nnrc_syntax::wording::shortened(&found)),
            );
            None
        }
    }
}
