//! Expressions: precedence, calls, lists and records.

use pest::iterators::Pair;

use super::{Builder, parts};
use crate::ast::{Arg, Call, Expr, ExprKind, Ident, Op};
use crate::codes;
use crate::diagnostic::{Diagnostic, Span};
use crate::grammar::Rule;

/// How high the tree of an expression may grow. Brackets alone stay far below it; a chain of operators grows the
/// tree by one level each, and whoever walks the tree walks it by recursion.
const MAX_HEIGHT: usize = 256;

impl Builder<'_> {
    pub(super) fn expr(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Expr> {
        let whole = self.span(&pair);
        let mut parts = pair.into_inner().peekable();
        let operators = parts.clone().filter(|part| part.as_rule() == Rule::infix).count();
        let depth = depth + operators + 1;
        if depth > MAX_HEIGHT {
            self.report(
                Diagnostic::error(
                    codes::NESTING_TOO_DEEP,
                    whole,
                    format!("an expression with more than {MAX_HEIGHT} levels of operators and brackets"),
                )
                .label("too many operators")
                .help("work the value out and write the number"),
            );
            return None;
        }
        let mut sum: Option<(Expr, Op)> = None;
        let mut product: Option<(Expr, Op)> = None;
        loop {
            let operand = self.operand(&mut parts, depth)?;
            let factor = match product.take() {
                Some((left, op)) => binary(op, left, operand),
                None => operand,
            };
            let op = match parts.next() {
                Some(infix) => infix.into_inner().next()?.as_rule(),
                None => return Some(join(sum, factor)),
            };
            match op {
                Rule::times => product = Some((factor, Op::Multiply)),
                Rule::over => product = Some((factor, Op::Divide)),
                Rule::plus => sum = Some((join(sum.take(), factor), Op::Add)),
                _ => sum = Some((join(sum.take(), factor), Op::Subtract)),
            }
        }
    }

    /// An atom with its sign and unit.
    fn operand<'p>(
        &mut self,
        parts: &mut std::iter::Peekable<impl Iterator<Item = Pair<'p, Rule>>>,
        depth: usize,
    ) -> Option<Expr> {
        let mut next = parts.next()?;
        let mut sign = None;
        if next.as_rule() == Rule::negate {
            sign = Some(self.span(&next));
            next = parts.next()?;
        }
        let span = self.span(&next);
        let expr = match next.as_rule() {
            Rule::number => {
                let unit = parts.next_if(|part| part.as_rule() == Rule::unit);
                let span = unit.as_ref().map_or(span, |unit| span.to(self.span(unit)));
                let value = self.number(next.as_str(), span)?;
                Expr {
                    kind: ExprKind::Number { value, unit: unit.map(|unit| unit.as_str().to_owned()) },
                    span,
                }
            }
            Rule::string => Expr { kind: ExprKind::Text(self.text(&next)?), span },
            Rule::row | Rule::list => Expr { kind: ExprKind::List(self.list(next, depth)?), span },
            Rule::record => Expr { kind: ExprKind::Record(self.record(next, depth)?), span },
            Rule::call => Expr { kind: ExprKind::Call(self.call(next, depth)?), span },
            Rule::path => {
                let path = self.path(next)?;
                Expr { span: path.span, kind: ExprKind::Path(path) }
            }
            Rule::group => Expr { span, ..self.expr(parts_of_group(next)?, depth)? },
            _ => return None,
        };
        Some(match sign {
            Some(sign) => Expr { span: sign.to(expr.span), kind: ExprKind::Negate(Box::new(expr)) },
            None => expr,
        })
    }

    pub(super) fn list(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Vec<Expr>> {
        if pair.as_rule() == Rule::row {
            return self.row(pair.as_str(), pair.as_span().start());
        }
        parts(pair).map(|element| self.expr(element, depth)).collect()
    }

    fn record(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Vec<(Ident, Expr)>> {
        let field = |field: Pair<'_, Rule>| {
            let mut parts = parts(field);
            let key = self.path(parts.next()?)?;
            let name = Ident { name: key.text(), span: key.span };
            Some((name, self.expr(parts.next()?, depth)?))
        };
        parts(pair).map(field).collect()
    }

    pub(super) fn call(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Call> {
        let span = self.span(&pair);
        let mut call = parts(pair);
        let name = self.ident(&call.next()?);
        let mut args = Vec::new();
        for arg in call {
            let mut arg = parts(arg);
            let mut first = arg.next()?;
            let mut name = None;
            if first.as_rule() == Rule::word {
                name = Some(self.ident(&first));
                first = arg.next()?;
            }
            args.push(Arg { name, value: self.expr(first, depth)? });
        }
        Some(Call { name, args, span })
    }
}

fn parts_of_group(pair: Pair<'_, Rule>) -> Option<Pair<'_, Rule>> {
    parts(pair).next()
}

fn join(left: Option<(Expr, Op)>, right: Expr) -> Expr {
    match left {
        Some((left, op)) => binary(op, left, right),
        None => right,
    }
}

fn binary(op: Op, left: Expr, right: Expr) -> Expr {
    let span: Span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}
