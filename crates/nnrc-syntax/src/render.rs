//! Diagnostics as text for a terminal, in the manner of rustc.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::source::Source;

/// The width of the output in columns; longer lines of the source are cut around the marked place.
const WIDTH: usize = 120;

/// Renders `diagnostics` of `source`, those without a place first, the others in the order of the text.
///
/// Each ends with a line end; a blank line stands between two.
pub fn render(source: &Source, diagnostics: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| diagnostic.span);
    let mut output = String::new();
    for diagnostic in sorted {
        if !output.is_empty() {
            output.push('\n');
        }
        output.push_str(&renderer.render(&[group(source, diagnostic)]));
        output.push('\n');
    }
    output
}

fn group<'a>(source: &'a Source, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code.name));
    group = match diagnostic.span {
        Some(span) => group.element(snippet(source, span, diagnostic)),
        // A finding about an output, say, belongs to no source.
        None if source.name.is_empty() => group,
        None => group.element(Origin::path(source.name.as_str())),
    };
    if diagnostic.span.is_none() && !diagnostic.label.is_empty() {
        // Words for a marked place, where none can be marked.
        group = group.element(Level::NOTE.message(&diagnostic.label));
    }
    group.elements(diagnostic.help.iter().map(|help| Level::HELP.message(help)))
}

fn snippet<'a>(
    source: &'a Source,
    span: Span,
    diagnostic: &'a Diagnostic,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let primary = shown(source, span);
    let others: Vec<_> =
        diagnostic.others.iter().map(|(span, words)| (shown(source, *span), words)).collect();
    // Only the lines from the first to the last mark: the rest of a long file need not be looked at.
    let (mut first, mut last) = (primary.start, primary.end);
    for (range, _) in &others {
        first = first.min(range.start);
        last = last.max(range.end);
    }
    let first_line = source.line_column(first).0;
    let start = source.line_range(first_line).start;
    let end = source.line_range(source.line_column(last).0).end.max(last);
    let within = |range: Range<usize>| range.start - start..range.end - start;
    let label = Some(diagnostic.label.as_str()).filter(|label| !label.is_empty());
    Snippet::source(&source.text[start..end])
        .line_start(first_line)
        .path(&source.name)
        .annotation(AnnotationKind::Primary.span(within(primary)).label(label))
        .annotations(
            others
                .into_iter()
                .map(|(range, words)| AnnotationKind::Context.span(within(range)).label(words.as_str())),
        )
}

/// The part of a span that is marked: no more than its first line, for a whole block would fill the screen.
fn shown(source: &Source, span: Span) -> Range<usize> {
    let start = source.floor(span.start as usize);
    let end = source.floor(span.end as usize).max(start);
    let line = source.line_range(source.line_column(start).0);
    start..end.min(line.end.max(start))
}
