//! Items and the blocks they hold.

use pest::iterators::Pair;

use super::{Builder, parts};
use crate::ast::{Block, Item, Network};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::expected::Context;
use crate::grammar::Rule;

impl Builder<'_> {
    pub(super) fn item(&mut self, pair: Pair<'_, Rule>) -> Option<Item> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::version => self.version(pair),
            Rule::constant => {
                let mut parts = parts(pair);
                let name = self.ident(&parts.next()?);
                let value = self.expr(parts.next()?, 0)?;
                Some(Item::Const { name, value, span })
            }
            Rule::dataset => {
                let mut parts = parts(pair);
                let name = self.ident(&parts.next()?);
                let source = self.call(parts.next()?, 0)?;
                let block = parts.next().map(|block| self.block(block));
                Some(Item::Dataset { name, source, block, span })
            }
            Rule::network => {
                let mut parts = parts(pair);
                let name = self.ident(&parts.next()?);
                let members =
                    parts.flat_map(|member| self.each(member, Context::Member, Self::member)).collect();
                Some(Item::Network(Network { name, members, span }))
            }
            Rule::weights => {
                let mut from = None;
                for part in parts(pair) {
                    match part.as_rule() {
                        Rule::string => from = Some((self.text(&part)?, self.span(&part))),
                        _ => return Some(Item::Weights { from, block: self.block(part), span }),
                    }
                }
                None
            }
            Rule::chemistry => Some(Item::Chemistry { block: self.only_block(pair)?, span }),
            Rule::simulate => Some(Item::Simulate { block: self.only_block(pair)?, span }),
            Rule::noise => Some(Item::Noise { block: self.only_block(pair)?, span }),
            Rule::sweep => Some(Item::Sweep { block: self.only_block(pair)?, span }),
            Rule::train => {
                let mut name = None;
                for part in parts(pair) {
                    match part.as_rule() {
                        Rule::name => name = Some(self.ident(&part)),
                        _ => return Some(Item::Train { name, block: self.block(part), span }),
                    }
                }
                None
            }
            Rule::expect => {
                let lines = parts(pair);
                let expectations =
                    lines.flat_map(|line| self.each(line, Context::Expectation, Self::expectation)).collect();
                Some(Item::Expect { expectations, span })
            }
            _ => None,
        }
    }

    fn version(&mut self, pair: Pair<'_, Rule>) -> Option<Item> {
        let span = self.span(&pair);
        let number = parts(pair).next()?;
        match number.as_str().parse::<u64>() {
            Ok(1) => Some(Item::Version { number: 1, span }),
            _ => {
                let message = format!("version {} of the language is not known", number.as_str());
                self.report(
                    Diagnostic::error(codes::UNSUPPORTED_VERSION, self.span(&number), message)
                        .label("this compiler reads version 1")
                        .help("write `nnr 1;`, or use a newer compiler"),
                );
                None
            }
        }
    }

    fn only_block(&mut self, pair: Pair<'_, Rule>) -> Option<Block> {
        parts(pair).next().map(|block| self.block(block))
    }

    fn block(&mut self, pair: Pair<'_, Rule>) -> Block {
        let span = self.span(&pair);
        let entries = parts(pair).flat_map(|entry| self.each(entry, Context::Entry, Self::entry)).collect();
        Block { entries, span }
    }
}
