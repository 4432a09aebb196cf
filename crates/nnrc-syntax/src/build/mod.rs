//! From the pairs of the generated parser to the syntax tree.
//!
//! Every function takes the pair of one rule apart and returns `None` where a part is missing or was reported;
//! the statement around it is then left out.

mod expressions;
mod items;
mod numbers;
mod statements;

use pest::Parser;
use pest::iterators::{Pair, Pairs};

use crate::ast::{Expr, Ident, Item};
use crate::diagnostic::{Diagnostic, Span};
use crate::expected::Context;
use crate::explain::{self, Slip};
use crate::grammar::{Grammar, Rule};
use crate::structure::{MAX_ERRORS, in_order};

/// The grammar's `WHITESPACE`; any other blank, such as a no-break space, is an error.
const BLANKS: [char; 5] = [' ', '\t', '\n', '\r', '\u{feff}'];

/// Builds the tree and collects the errors found on the way.
pub(crate) struct Builder<'s> {
    text: &'s str,
    source_end: usize,
    /// Where the text under construction begins in the whole: not 0 only while a statement is mended.
    base: usize,
    diagnostics: Vec<Diagnostic>,
    /// Places of errors with brackets and quotes: what else seems wrong around them is their fault.
    quiet: Vec<u32>,
}

impl<'s> Builder<'s> {
    /// A builder for `text`, whose brackets match; `source_end` is where the text of the user ends.
    pub fn new(text: &'s str, source_end: usize, diagnostics: Vec<Diagnostic>) -> Self {
        let mut quiet: Vec<u32> =
            diagnostics.iter().filter_map(|found| found.span).map(|span| span.start).collect();
        quiet.sort_unstable();
        Self { text, source_end, base: 0, diagnostics, quiet }
    }

    /// The items of a file.
    pub fn file(&mut self, pairs: Pairs<'_, Rule>) -> Vec<Item> {
        let file = pairs.into_iter().next();
        let items = file.into_iter().flat_map(Pair::into_inner);
        items.flat_map(|pair| self.each(pair, Context::Item, Self::item)).collect()
    }

    /// An expression that stands alone.
    pub fn expression(&mut self, pairs: Pairs<'_, Rule>) -> Option<Expr> {
        let expression = pairs.into_iter().next()?;
        self.expr(expression.into_inner().next()?, 0)
    }

    /// Adds an error.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// All errors in the order of the text.
    pub fn finish(self) -> Vec<Diagnostic> {
        in_order(self.diagnostics, self.source_end)
    }

    /// The statements of a rule: one where it parses, and what can be saved where it does not.
    fn each<T>(
        &mut self,
        pair: Pair<'_, Rule>,
        context: Context,
        build: fn(&mut Self, Pair<'_, Rule>) -> Option<T>,
    ) -> Vec<T> {
        match pair.as_rule() {
            Rule::bad_item | Rule::bad_member | Rule::bad_entry | Rule::bad_expectation => {
                self.mend(&pair, context, build)
            }
            _ => build(self, pair).into_iter().collect(),
        }
    }

    /// Explains what is wrong in a stretch of text that does not parse. Statements whose only fault is a missing
    /// `;` are built nevertheless, and what follows them is looked at again.
    fn mend<T>(
        &mut self,
        pair: &Pair<'_, Rule>,
        context: Context,
        build: fn(&mut Self, Pair<'_, Rule>) -> Option<T>,
    ) -> Vec<T> {
        let text = self.text;
        let mut start = pair.as_span().start();
        let end = start + pair.as_str().trim_end_matches(BLANKS).len();
        let first_quiet = self.quiet.partition_point(|at| (*at as usize) < start);
        let is_quiet = self.quiet.get(first_quiet).is_some_and(|at| (*at as usize) < end);
        let mut saved = Vec::new();
        while !is_quiet && self.diagnostics.len() < MAX_ERRORS && start < end {
            let slip = Slip { text, start, end, context, source_end: self.source_end };
            let explanation = explain::explain(&slip);
            self.report(explanation.diagnostic);
            let Some(stop) = explanation.semicolon_missing.filter(|stop| *stop > start) else { break };
            let statement = format!("{};", text.get(start..stop).unwrap_or(""));
            let is_version = context == Context::Item && statement.starts_with("nnr");
            let rule = if is_version { Rule::version } else { context.rule() };
            saved.extend(self.build_at(start, rule, &statement, build).and_then(|(built, _)| built));
            start = stop;
            // Statements behind it that are in order.
            loop {
                let rest = text.get(start..end).unwrap_or("");
                let statement = rest.trim_start_matches(BLANKS);
                start += rest.len() - statement.len();
                let Some((built, length)) = self.build_at(start, context.rule(), statement, build) else {
                    break;
                };
                saved.extend(built);
                start += length;
            }
        }
        saved
    }

    /// Builds the statement that `text` begins with, which stands at `start`; also returns its length.
    fn build_at<T>(
        &mut self,
        start: usize,
        rule: Rule,
        text: &str,
        build: fn(&mut Self, Pair<'_, Rule>) -> Option<T>,
    ) -> Option<(Option<T>, usize)> {
        let pair = Grammar::parse(rule, text).ok()?.next()?;
        let length = pair.as_span().end();
        self.base = start;
        let built = build(self, pair);
        self.base = 0;
        Some((built, length))
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        self.place(pair.as_span().start(), pair.as_span().end())
    }

    fn place(&self, start: usize, end: usize) -> Span {
        Span::new((self.base + start).min(self.source_end), (self.base + end).min(self.source_end))
    }

    fn ident(&self, pair: &Pair<'_, Rule>) -> Ident {
        Ident { name: pair.as_str().to_owned(), span: self.span(pair) }
    }
}

/// The parts of a rule that carry meaning, without punctuation.
fn parts(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|part| {
        !matches!(
            part.as_rule(),
            Rule::semicolon
                | Rule::comma
                | Rule::colon
                | Rule::dot
                | Rule::pipe
                | Rule::equals
                | Rule::open_paren
                | Rule::close_paren
                | Rule::open_bracket
                | Rule::close_bracket
                | Rule::open_brace
                | Rule::close_brace
                | Rule::kw_nnr
                | Rule::kw_const
                | Rule::kw_dataset
                | Rule::kw_network
                | Rule::kw_weights
                | Rule::kw_chemistry
                | Rule::kw_train
                | Rule::kw_simulate
                | Rule::kw_noise
                | Rule::kw_sweep
                | Rule::kw_expect
                | Rule::kw_input
                | Rule::kw_layer
                | Rule::kw_output
                | Rule::kw_in
                | Rule::kw_from
                | Rule::kw_stop
                | Rule::kw_when
                | Rule::kw_for
                | Rule::kw_on
                | Rule::kw_within
                | Rule::kw_as
        )
    })
}
