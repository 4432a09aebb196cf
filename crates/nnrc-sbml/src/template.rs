//! Elements with slots: what is the same for all members of a family is rendered and escaped once.

use std::io::{self, Write};

use crate::xml::Xml;

/// Stands around the number of a slot. XML cannot write this character, so no cleaned text contains it.
const MARK: char = '\u{1}';

/// What to put into an attribute or text for a slot to appear there.
pub(crate) fn slot(number: usize) -> String {
    format!("{MARK}{number}{MARK}")
}

/// A rendered element with slots for identifiers, indices and numbers.
#[derive(Debug, Default)]
pub(crate) struct Template {
    /// Text up to a slot, and the slot.
    parts: Vec<(String, usize)>,
    /// Text after the last slot.
    end: String,
}

impl Template {
    /// Renders an element at a depth of the document.
    pub(crate) fn render(
        depth: usize,
        element: impl FnOnce(&mut Xml<Vec<u8>>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let mut xml = Xml::new(Vec::new(), depth);
        element(&mut xml)?;
        let text = String::from_utf8(xml.into_inner()).map_err(io::Error::other)?;
        let mut template = Self::default();
        // Marks come in pairs: every second piece is the number of a slot.
        let mut pieces = text.split(MARK);
        while let Some(piece) = pieces.next() {
            match pieces.next() {
                Some(number) => {
                    let number = number.parse().map_err(io::Error::other)?;
                    template.parts.push((piece.to_owned(), number));
                }
                None => template.end = piece.to_owned(),
            }
        }
        Ok(template)
    }

    /// Writes the element. What `value` gives for a slot must need no escaping: identifiers, indices, numbers.
    pub(crate) fn fill<'v>(&self, out: &mut impl Write, value: impl Fn(usize) -> &'v str) -> io::Result<()> {
        for (text, slot) in &self.parts {
            out.write_all(text.as_bytes())?;
            out.write_all(value(*slot).as_bytes())?;
        }
        out.write_all(self.end.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_in_any_order() {
        let template =
            Template::render(0, |xml| xml.empty("a", &[("x", &format!("<{}", slot(10))), ("y", &slot(0))]))
                .unwrap();
        let mut out = Vec::new();
        template.fill(&mut out, |slot| if slot == 10 { "ten" } else { "zero" }).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\n<a x=\"&lt;ten\" y=\"zero\"/>");
    }
}
