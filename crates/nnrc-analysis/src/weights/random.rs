//! Weights drawn at random, for what is not given otherwise.

use nnrc_syntax::ast::Expr;
use nnrc_syntax::{Diagnostic, codes};

use super::wanted::{Wanted, Weights};
use crate::block::{bind, missing_argument, unknown_call};
use crate::value::{Scope, ValueKind};
use nnrc_model::Tensor;
use nnrc_model::random::Random;

/// `uniform(-1, 1, seed = 11)` and its kin, for what is not given otherwise. Numbers are drawn layer by layer in
/// the order of the text, W row by row, then b.
pub fn initialise(
    scope: &mut Scope,
    expr: &Expr,
    wanted: &[Wanted<'_>],
    seed_override: Option<u64>,
    found: &mut Weights,
) -> Option<()> {
    let value = scope.evaluate(expr)?;
    let ValueKind::Call(call) = value.kind else {
        scope.wrong_type(
            expr.span,
            "`init`",
            "a call such as `glorot_uniform(seed = 1)`",
            &value.kind.words(),
        );
        return None;
    };
    let kinds: [(&str, &[&str]); 4] = [
        ("uniform", &["low", "high", "seed"]),
        ("normal", &["mean", "deviation", "seed"]),
        ("glorot_uniform", &["seed"]),
        ("he_normal", &["seed"]),
    ];
    let Some((name, parameters)) = kinds.iter().find(|(name, _)| *name == call.name.name) else {
        let names = kinds.map(|(name, _)| name);
        unknown_call(scope, &call, "initialisation", &names);
        return None;
    };
    let args = bind(scope, &call, parameters)?;
    let mut numbers = Vec::new();
    for (parameter, arg) in parameters.iter().zip(&args) {
        let Some(arg) = arg else {
            let ends = if parameters.len() == 3 { "-1, 1, " } else { "" };
            missing_argument(scope, &call, parameter, &format!("{name}({ends}seed = 1)"));
            return None;
        };
        if *parameter == "seed" {
            numbers.push(scope.whole(arg, "a seed", 0)? as f64);
        } else {
            numbers.push(scope.plain_number(arg, &format!("`{parameter}`"))?);
        }
    }
    if *name == "normal" && numbers[1] < 0.0 {
        scope.report(
            Diagnostic::error(codes::OUT_OF_RANGE, call.span, "the deviation must be at least 0")
                .label("a negative deviation"),
        );
        return None;
    }
    let seed = seed_override.unwrap_or(numbers[numbers.len() - 1] as u64);
    let mut random = Random::new(seed);
    for wanted in wanted {
        let count: usize = wanted.shape.iter().product();
        let is_bias = wanted.shape.len() == 1;
        let columns = *wanted.shape.last()? as f64;
        let mut draw = || match *name {
            "uniform" => random.uniform(numbers[0], numbers[1]),
            "normal" => random.normal(numbers[0], numbers[1]),
            _ if is_bias => 0.0,
            "glorot_uniform" => {
                let limit = (6.0 / (wanted.shape[0] as f64 + columns)).sqrt();
                random.uniform(-limit, limit)
            }
            _ => random.normal(0.0, (2.0 / columns).sqrt()),
        };
        let values = (0..count).map(|_| draw()).collect();
        found.entry(wanted.key.clone()).or_insert(Tensor { shape: wanted.shape.clone(), values });
    }
    Some(())
}
