//! Finished lines and the comments behind them.

use super::tree::Comment;

/// Lines of output.
pub(super) struct Lines<'s> {
    source: &'s str,
    lines: Vec<Line>,
}

struct Line {
    indent: usize,
    text: String,
    comment: Option<Comment>,
}

impl Line {
    fn width(&self) -> usize {
        self.indent + self.text.chars().count()
    }
}

impl<'s> Lines<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { source, lines: Vec::new() }
    }

    pub fn push(&mut self, indent: usize, text: String, comment: Option<Comment>) {
        self.lines.push(Line { indent, text, comment });
    }

    /// Number of lines so far.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// The text. Comments on neighbouring lines that stood in one column are in one column again; others keep
    /// their distance.
    pub fn finish(self) -> String {
        let mut output = String::new();
        let mut from = 0;
        while from < self.lines.len() {
            let column = self.lines[from].comment.map(|comment| comment.column);
            let same =
                |line: &&Line| column.is_some() && line.comment.map(|comment| comment.column) == column;
            let count = self.lines[from..].iter().take_while(same).count().max(1);
            let run = &self.lines[from..from + count];
            let widest = run.iter().map(Line::width).max().unwrap_or(0);
            let gap =
                run.iter().filter_map(|line| line.comment).map(|comment| comment.gap).min().unwrap_or(1);
            for line in run {
                let start = output.len();
                output.extend(std::iter::repeat_n(' ', line.indent));
                output.push_str(&line.text);
                if let Some(comment) = line.comment {
                    output.extend(std::iter::repeat_n(' ', widest + gap - line.width()));
                    output.push_str(comment.token.text(self.source));
                }
                output.truncate(start + output[start..].trim_end().len());
                output.push('\n');
            }
            from += count;
        }
        output
    }
}
