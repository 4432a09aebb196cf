//! The few elements of SVG that a plot needs.

use std::fmt::Write as _;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::style::Style;

/// A picture being written. Memory takes every byte, so results of writing are not looked at.
pub struct Svg {
    writer: Writer<Vec<u8>>,
}

impl Svg {
    /// An empty picture on white.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Self::bare(width, height, title);
        svg.empty("rect", &[("width", "100%"), ("height", "100%"), ("fill", "#ffffff")]);
        svg
    }

    /// An empty picture without a ground.
    pub fn bare(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Self { writer: Writer::new_with_indent(Vec::new(), b' ', 1) };
        let size = format!("0 0 {width} {height}");
        svg.start(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg"),
                ("viewBox", &size),
                ("width", &number(width)),
                ("height", &number(height)),
                ("font-family", "Helvetica, Arial, 'Liberation Sans', sans-serif"),
                ("fill", "#222222"),
            ],
        );
        svg.words("title", &[], title);
        svg
    }

    /// A thin line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        self.empty(
            "line",
            &[
                ("x1", &number(from.0)),
                ("y1", &number(from.1)),
                ("x2", &number(to.0)),
                ("y2", &number(to.1)),
                ("stroke", colour),
            ],
        );
    }

    /// A mark on a curve.
    pub fn dot(&mut self, (x, y): (f64, f64), colour: &str) {
        self.empty("circle", &[("cx", &number(x)), ("cy", &number(y)), ("r", "3.2"), ("fill", colour)]);
    }

    /// Words whose base line begins, centres or ends at (x, y).
    pub fn text(&mut self, x: f64, y: f64, anchor: &str, size: &str, words: &str) {
        let (x, y) = (number(x), number(y));
        self.words("text", &[("x", &x), ("y", &y), ("text-anchor", anchor), ("font-size", size)], words);
    }

    /// Words from bottom to top, centred at (x, y).
    pub fn upright(&mut self, x: f64, y: f64, words: &str) {
        let place = format!("translate({} {}) rotate(-90)", number(x), number(y));
        self.words("text", &[("transform", &place), ("text-anchor", "middle"), ("font-size", "14")], words);
    }

    /// A curve through points.
    pub fn curve(&mut self, name: &str, points: impl Iterator<Item = (f64, f64)>, style: &Style) {
        let mut path = String::new();
        for (x, y) in points {
            if !path.is_empty() {
                path.push(' ');
            }
            let _ = write!(path, "{},{}", number(x), number(y));
        }
        let mut attributes = vec![
            ("points", path.as_str()),
            ("fill", "none"),
            ("stroke", style.colour),
            ("stroke-width", if style.thin { "1" } else { "2" }),
            ("stroke-linejoin", "round"),
        ];
        if style.thin {
            attributes.push(("stroke-opacity", "0.6"));
        }
        if !style.dash.is_empty() {
            attributes.push(("stroke-dasharray", style.dash));
        }
        if name.is_empty() {
            self.empty("polyline", &attributes);
        } else {
            // Browsers show the title of a curve under the pointer.
            self.start("polyline", &attributes);
            self.words("title", &[], name);
            self.end("polyline");
        }
    }

    /// The picture as text.
    pub fn finish(mut self) -> String {
        self.end("svg");
        let mut text = String::from_utf8(self.writer.into_inner()).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Begins an element.
    pub fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    /// Ends it.
    pub fn end(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    /// An element with words in it.
    pub fn words(&mut self, name: &str, attributes: &[(&str, &str)], words: &str) {
        self.start(name, attributes);
        self.write(Event::Text(BytesText::new(words)));
        self.end(name);
    }

    fn write(&mut self, event: Event<'_>) {
        let result: io::Result<()> = self.writer.write_event(event);
        debug_assert!(result.is_ok());
    }
}

/// A coordinate with a tenth of a pixel.
pub fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
