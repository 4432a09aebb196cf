//! What separates the cells of a table.

use super::records::{Record, Records};

/// How much of a table is looked at to find out what separates its cells.
const SAMPLE: usize = 1 << 16;
/// How many of its rows are.
const SAMPLED_ROWS: usize = 20;

/// What separates the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`, where the comma is the decimal sign.
    Semicolon,
    /// A tabulator.
    Tab,
    /// `|`
    Bar,
}

impl Separator {
    /// All of them, the likelier ones first.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Bar];

    /// The separator that is written as this character.
    pub fn from_char(char: char) -> Option<Self> {
        Self::ALL.into_iter().find(|separator| char::from(separator.byte()) == char)
    }

    /// Its character.
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }

    /// Several of them, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::Bar => "bars `|`",
        }
    }

    /// The separator of a table: a tab for the extensions `tsv` and `tab`, else what cuts the first rows into equally
    /// many cells, of several such the one that leaves most numbers.
    pub fn of(extension: Option<&str>, text: &str) -> Self {
        if matches!(extension.map(str::to_ascii_lowercase).as_deref(), Some("tsv" | "tab")) {
            return Self::Tab;
        }
        let sample = if text.len() > SAMPLE { &text[..boundary(text, SAMPLE)] } else { text };
        let is_whole = sample.len() == text.len();
        let mut best: Option<(f64, Self)> = None;
        for separator in Self::ALL {
            let share = separator.numbers(sample, is_whole);
            if let Some(share) = share.filter(|share| best.is_none_or(|(most, _)| *share > most)) {
                best = Some((share, separator));
            }
        }
        best.map_or_else(|| Self::most_frequent(text), |(_, separator)| separator)
    }

    /// The share of numbers among the cells of the first rows, if there are equally many in each, and several.
    fn numbers(self, sample: &str, is_whole: bool) -> Option<f64> {
        let mut shapes: Vec<(usize, usize, bool)> = Vec::new();
        for Record { cells, .. } in self.records(sample).take(SAMPLED_ROWS + 1) {
            let numbers = cells.iter().filter(|cell| is_number(cell.trim())).count();
            let is_open = cells.last().is_some_and(|cell| cell.trim().is_empty());
            shapes.push((cells.len(), numbers, is_open));
        }
        // The last row may go on beyond the sample.
        if !is_whole || shapes.len() > SAMPLED_ROWS {
            shapes.pop();
        }
        let (width, _, is_open) = *shapes.first()?;
        let fits = |&(cells, _, open): &(usize, usize, bool)| {
            cells == width || cells == width + 1 && open || cells + 1 == width && is_open
        };
        if width < 2 || !shapes.iter().all(fits) {
            return None;
        }
        let (cells, numbers) =
            shapes.iter().fold((0, 0), |(cells, numbers), shape| (cells + shape.0, numbers + shape.1));
        Some(numbers as f64 / cells as f64)
    }

    /// The most frequent one in the first line, outside of quotes.
    fn most_frequent(text: &str) -> Self {
        let mut counts = [0usize; Self::ALL.len()];
        let mut is_quoted = false;
        for byte in text.trim_start().bytes().take_while(|byte| *byte != b'\n') {
            is_quoted ^= byte == b'"';
            let place = Self::ALL.iter().position(|separator| separator.byte() == byte && !is_quoted);
            if let Some(place) = place {
                counts[place] += 1;
            }
        }
        let mut best = 0;
        for at in 1..counts.len() {
            if counts[at] > counts[best] {
                best = at;
            }
        }
        Self::ALL[best]
    }

    /// The rows of a table.
    pub(super) fn records(self, text: &str) -> Records<'_> {
        Records::of(text, self.byte())
    }
}

/// Whether a cell holds a finite number, with a point or a comma before its decimals.
pub(super) fn is_number(cell: &str) -> bool {
    let number = |cell: &str| cell.parse().is_ok_and(f64::is_finite);
    number(cell) || cell.contains(',') && number(&cell.replacen(',', ".", 1))
}

/// The last place up to `at` where a character ends.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_recognised() {
        use Separator::*;
        for (text, expected) in [
            ("a,b\n1,2\n", Comma),
            ("a;b\n1,5;2,5\n", Semicolon),
            // Without a header a decimal comma is no separator: what it leaves are no numbers.
            ("1,5;2,5\n3,5;4,5\n", Semicolon),
            ("a\tb\n1,5\t2\n", Tab),
            ("a|b\n1|2\n", Bar),
            ("\"last; first\",b\n\"x; y\",2\n", Comma),
            ("a;b\n1;2;\n3;4;\n", Semicolon),
            // One column, and rows that no separator cuts alike.
            ("a\n1\n", Comma),
            ("a,b\n1,2\n3\n", Comma),
            ("a;b\n1;2\n3\n", Semicolon),
            ("", Comma),
        ] {
            assert_eq!(Separator::of(Some("csv"), text), expected, "{text:?}");
        }
        assert_eq!(Separator::of(Some("TSV"), "a,b"), Tab);
        // The first row alone is longer than what is looked at.
        let wide = format!("{}\n", vec!["name"; 40_000].join(";"));
        assert_eq!(Separator::of(None, &format!("{wide}{wide}")), Semicolon);
    }
}
