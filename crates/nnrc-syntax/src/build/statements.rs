//! Statements inside blocks: members of a network, entries, expectations.

use pest::iterators::Pair;

use super::{Builder, parts};
use crate::ast::{Cmp, Component, Entry, Expectation, Expr, ExprKind, Layer, Member, Path};
use crate::grammar::Rule;

impl Builder<'_> {
    pub(super) fn member(&mut self, pair: Pair<'_, Rule>) -> Option<Member> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::input => {
                let mut parts = parts(pair);
                let name = self.ident(&parts.next()?);
                let dims = self.all(parts.next()?)?;
                let (mut range, mut meaning) = (None, None);
                for part in parts {
                    match part.as_rule() {
                        Rule::call => meaning = Some(self.call(part, 0)?),
                        _ => range = Some(self.range(part)?),
                    }
                }
                Some(Member::Input { name, dims, range, meaning, span })
            }
            Rule::layer => {
                let mut parts = parts(pair);
                let name = self.ident(&parts.next()?);
                let (mut calls, mut from) = (Vec::new(), Vec::new());
                for part in parts {
                    match part.as_rule() {
                        Rule::call => calls.push(self.call(part, 0)?),
                        _ => from.push(self.ident(&part)),
                    }
                }
                Some(Member::Layer(Layer { name, calls, from, span }))
            }
            Rule::output => {
                let mut parts = parts(pair);
                let name = self.ident(&parts.next()?);
                let meaning = match parts.next() {
                    Some(call) => Some(self.call(call, 0)?),
                    None => None,
                };
                Some(Member::Output { name, meaning, span })
            }
            _ => None,
        }
    }

    pub(super) fn entry(&mut self, pair: Pair<'_, Rule>) -> Option<Entry> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::set => {
                let mut parts = parts(pair);
                let key = self.path(parts.next()?)?;
                let value = self.expr(parts.next()?, 0)?;
                Some(Entry::Set { key, value, span })
            }
            Rule::verb => {
                let mut words = parts(pair).map(|word| self.ident(&word));
                let mut path = || words.next().map(|word| Path { span: word.span, segments: vec![word] });
                let (key, value) = (path()?, path()?);
                let value = Expr { span: value.span, kind: ExprKind::Path(value) };
                Some(Entry::Set { key, value, span })
            }
            Rule::stop => {
                let mut parts = parts(pair);
                let quantity = self.path(parts.next()?)?;
                let cmp = cmp(parts.next()?)?;
                let bound = self.expr(parts.next()?, 0)?;
                Some(Entry::Stop { quantity, cmp, bound, span })
            }
            _ => None,
        }
    }

    pub(super) fn expectation(&mut self, pair: Pair<'_, Rule>) -> Option<Expectation> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::for_input => {
                let mut parts = parts(pair);
                let input = self.range(parts.next()?)?;
                let place = self.component(parts.next()?)?;
                let cmp = cmp(parts.next()?)?;
                let value = self.expr(parts.next()?, 0)?;
                let within = self.within(parts.next())?;
                Some(Expectation::ForInput { input, place, cmp, value, within, span })
            }
            Rule::measure => {
                let mut parts = parts(pair);
                let call = self.call(parts.next()?, 0)?;
                let mut next = parts.next()?;
                let mut on = None;
                if next.as_rule() == Rule::path {
                    on = Some(self.path(next)?);
                    next = parts.next()?;
                }
                let cmp = cmp(next)?;
                let value = self.expr(parts.next()?, 0)?;
                let within = self.within(parts.next())?;
                Some(Expectation::Measure { call, on, cmp, value, within, span })
            }
            _ => None,
        }
    }

    /// The outer `None` means that the bound is there but faulty.
    fn within(&mut self, pair: Option<Pair<'_, Rule>>) -> Option<Option<Expr>> {
        match pair {
            Some(within) => self.expr(parts(within).next()?, 0).map(Some),
            None => Some(None),
        }
    }

    fn range(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let inner = pair.into_inner().next()?;
        let span = self.span(&inner);
        Some(Expr { kind: ExprKind::List(self.list(inner, 1)?), span })
    }

    fn component(&mut self, pair: Pair<'_, Rule>) -> Option<Component> {
        let mut span = self.span(&pair);
        let mut parts = parts(pair);
        let name = self.ident(&parts.next()?);
        let index = match parts.next() {
            Some(index) => Some((self.int(&index)?, self.span(&index))),
            None => {
                // Without an index the rule ends in the blanks before the comparison.
                span = name.span;
                None
            }
        };
        Some(Component { name, index, span })
    }

    pub(super) fn path(&mut self, pair: Pair<'_, Rule>) -> Option<Path> {
        let segments: Vec<_> = parts(pair).map(|segment| self.ident(&segment)).collect();
        let span = segments.first()?.span.to(segments.last()?.span);
        Some(Path { segments, span })
    }

    fn all(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<Expr>> {
        parts(pair).map(|expr| self.expr(expr, 0)).collect()
    }
}

fn cmp(pair: Pair<'_, Rule>) -> Option<Cmp> {
    Some(match pair.into_inner().next()?.as_rule() {
        Rule::near => Cmp::Near,
        Rule::less_equal => Cmp::LessEqual,
        Rule::greater_equal => Cmp::GreaterEqual,
        Rule::equal => Cmp::Equal,
        Rule::less => Cmp::Less,
        Rule::greater => Cmp::Greater,
        _ => return None,
    })
}
