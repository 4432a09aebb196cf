//! XML through quick-xml, one element a line.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// The namespace of formulas.
pub(crate) const MATHML: &str = "http://www.w3.org/1998/Math/MathML";

/// Names and values of attributes, in the order of the file.
pub(crate) type Attributes<'a> = [(&'a str, &'a str)];

/// Writes elements with line breaks and indentation.
pub(crate) struct Xml<W: Write> {
    writer: Writer<W>,
    open: Vec<&'static str>,
    /// Indentation of what is written, beyond the elements that are open here.
    depth: usize,
    /// From this many open elements on, everything stands on one line.
    one_line: Option<usize>,
}

impl<W: Write> Xml<W> {
    /// A writer for content at this depth of a document.
    pub(crate) fn new(out: W, depth: usize) -> Self {
        Self { writer: Writer::new(out), open: Vec::new(), depth, one_line: None }
    }

    /// The first line of a file.
    pub(crate) fn declaration(&mut self) -> io::Result<()> {
        self.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
    }

    /// Opens an element; its content stands on lines of its own.
    pub(crate) fn open(&mut self, name: &'static str, attributes: &Attributes<'_>) -> io::Result<()> {
        self.line_break()?;
        self.open.push(name);
        self.writer.write_event(Event::Start(element(name, attributes)))
    }

    /// Opens an element and keeps all of its content on the same line.
    pub(crate) fn open_line(&mut self, name: &'static str, attributes: &Attributes<'_>) -> io::Result<()> {
        self.open(name, attributes)?;
        self.one_line.get_or_insert(self.open.len());
        Ok(())
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        let Some(name) = self.open.pop() else { return Ok(()) };
        self.line_break()?;
        if self.one_line.is_some_and(|from| self.open.len() < from) {
            self.one_line = None;
        }
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &'static str, attributes: &Attributes<'_>) -> io::Result<()> {
        self.line_break()?;
        self.writer.write_event(Event::Empty(element(name, attributes)))
    }

    /// An element with text in it, on one line.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        self.open_line(name, &[])?;
        self.writer.write_event(Event::Text(BytesText::new(text)))?;
        self.close()
    }

    /// The same with attributes.
    pub(crate) fn text_with(
        &mut self,
        name: &'static str,
        attributes: &Attributes<'_>,
        text: &str,
    ) -> io::Result<()> {
        self.open_line(name, attributes)?;
        self.writer.write_event(Event::Text(BytesText::new(text)))?;
        self.close()
    }

    /// Where the bytes go, to write finished XML.
    pub(crate) fn bytes(&mut self) -> &mut W {
        self.writer.get_mut()
    }

    /// Gives back where the bytes went.
    pub(crate) fn into_inner(self) -> W {
        self.writer.into_inner()
    }

    fn line_break(&mut self) -> io::Result<()> {
        if self.one_line.is_some() {
            return Ok(());
        }
        let out = self.writer.get_mut();
        out.write_all(b"\n")?;
        (0..self.depth + self.open.len()).try_for_each(|_| out.write_all(b"  "))
    }
}

fn element<'a>(name: &'static str, attributes: &Attributes<'_>) -> BytesStart<'a> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

/// The text without the characters that XML 1.0 has no way to write.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let bad = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.contains(bad) { Cow::Owned(text.replace(bad, "")) } else { Cow::Borrowed(text) }
}

/// Replaces the content of `out` by the shortest decimal that reads back as `value`.
pub(crate) fn set_number(out: &mut String, value: f64) {
    out.clear();
    let size = value.abs();
    // Writing to a string cannot fail.
    let _ = if size == 0.0 {
        out.write_char('0')
    } else if (1e-5..1e16).contains(&size) {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact() {
        let mut text = String::new();
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-5, "0.00001"),
            (2.5e-7, "2.5e-7"),
            (1e16, "1e16"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::from_bits(1), "5e-324"),
        ] {
            set_number(&mut text, value);
            assert_eq!(text, expected);
            assert_eq!(text.parse::<f64>().unwrap(), value);
        }
    }

    #[test]
    fn text_is_escaped_and_cleaned() {
        let mut xml = Xml::new(Vec::new(), 0);
        xml.open("a", &[("b", &clean("<\"x\u{1}\">"))]).unwrap();
        xml.text("c", "1 & 2").unwrap();
        xml.close().unwrap();
        let text = String::from_utf8(xml.into_inner()).unwrap();
        assert_eq!(text, "\n<a b=\"&lt;&quot;x&quot;&gt;\">\n  <c>1 &amp; 2</c>\n</a>");
    }
}
