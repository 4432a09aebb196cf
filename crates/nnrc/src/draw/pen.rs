//! Strokes and words of the picture, in colours for a light and for a dark ground.

use crate::plot::svg::{Svg, number};

/// Height of the legend.
pub const LEGEND: f64 = 58.0;
/// Its width.
pub const LEGEND_WIDTH: f64 = 620.0;

/// Colours by class: what stands in the attributes is for a light ground, this for a dark one.
const DARK: &str = "@media (prefers-color-scheme: dark) { \
.ground { fill: #15181d } .ink { fill: #e8e8e8 } .faint { fill: #a3a9b3 } .rule { stroke: #5a6270 } \
.up { stroke: #56b4e9 } .down { stroke: #f0863c } .plain { stroke: #a3a9b3 } .hull { stroke: #d5d9e0 } }";

const INK: &str = "#1d2127";
const FAINT: &str = "#5f6875";
/// Positive weights and positive rails (Okabe and Ito 2008).
const UP: &str = "#0072b2";
/// Negative ones.
const DOWN: &str = "#d55e00";

/// Edges between two layers beyond which they are drawn more lightly.
const MANY: usize = 100;
const SPARSE: &str = "0.85";
const DENSE: &str = "0.5";

/// What an edge stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A weight above 0.
    Up,
    /// A weight below 0.
    Down,
    /// A value that is taken as it is.
    Plain,
}

/// The picture under way.
pub struct Pen {
    svg: Svg,
    /// How much of what lies below an edge is hidden by it.
    opacity: &'static str,
}

impl Pen {
    /// A picture on its ground.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Svg::bare(width, height, title);
        svg.words("style", &[], DARK);
        let ground =
            [("class", "ground"), ("width", "100%"), ("height", "100%"), ("rx", "6"), ("fill", "#ffffff")];
        svg.empty("rect", &ground);
        Self { svg, opacity: SPARSE }
    }

    /// The title.
    pub fn heading(&mut self, x: f64, y: f64, words: &str) {
        self.words("ink", (x, y), "start", ("18", "600"), words);
    }

    /// A name.
    pub fn name(&mut self, x: f64, y: f64, anchor: &str, words: &str) {
        self.words("ink", (x, y), anchor, ("13", "600"), words);
    }

    /// Plain words.
    pub fn text(&mut self, x: f64, y: f64, anchor: &str, words: &str) {
        self.words("ink", (x, y), anchor, ("12", "400"), words);
    }

    /// Words that come second.
    pub fn faint(&mut self, x: f64, y: f64, anchor: &str, words: &str) {
        self.words("faint", (x, y), anchor, ("11", "400"), words);
    }

    /// Words within a unit, whose ground is light in every picture.
    pub fn inside(&mut self, (x, y): (f64, f64), words: &str) {
        let size = if words.chars().count() > 4 { "8" } else { "9.5" };
        let (x, y) = (number(x), number(y + 3.3));
        let attributes =
            [("x", x.as_str()), ("y", &y), ("text-anchor", "middle"), ("font-size", size), ("fill", INK)];
        self.svg.words("text", &attributes, words);
    }

    fn words(&mut self, class: &str, at: (f64, f64), anchor: &str, font: (&str, &str), words: &str) {
        let colour = if class == "ink" { INK } else { FAINT };
        let (x, y) = (number(at.0), number(at.1));
        let attributes = [
            ("class", class),
            ("x", &x),
            ("y", &y),
            ("text-anchor", anchor),
            ("font-size", font.0),
            ("font-weight", font.1),
            ("fill", colour),
        ];
        self.svg.words("text", &attributes, words);
    }

    /// A thin line.
    pub fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        let attributes =
            [("class", "rule"), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2), ("stroke", "#b9c0ca")];
        self.svg.empty("line", &attributes);
    }

    /// How many edges are between the same layers.
    pub fn crowd(&mut self, edges: usize) {
        self.opacity = if edges > MANY { DENSE } else { SPARSE };
    }

    /// An edge along a path, of a width in pixels.
    pub fn edge(&mut self, path: &str, sign: Sign, width: f64, title: &str) {
        let (class, colour) = match sign {
            Sign::Up => ("up", UP),
            Sign::Down => ("down", DOWN),
            Sign::Plain => ("plain", FAINT),
        };
        let width = format!("{width:.2}");
        let mut attributes = vec![
            ("class", class),
            ("d", path),
            ("fill", "none"),
            ("stroke", colour),
            ("stroke-width", &width),
            ("stroke-opacity", self.opacity),
        ];
        if sign == Sign::Down {
            attributes.push(("stroke-dasharray", "5 3"));
        }
        if title.is_empty() {
            self.svg.empty("path", &attributes);
        } else {
            self.svg.start("path", &attributes);
            self.svg.words("title", &[], title);
            self.svg.end("path");
        }
    }

    /// A circle with a light ground and a hull.
    pub fn disc(&mut self, (x, y): (f64, f64), radius: f64, title: &str) {
        let [x, y, radius] = [x, y, radius].map(number);
        let attributes = [
            ("class", "hull"),
            ("cx", x.as_str()),
            ("cy", &y),
            ("r", &radius),
            ("fill", "#ffffff"),
            ("stroke", "#3b424d"),
            ("stroke-width", "1.2"),
        ];
        if title.is_empty() {
            return self.svg.empty("circle", &attributes);
        }
        self.svg.start("circle", &attributes);
        self.svg.words("title", &[], title);
        self.svg.end("circle");
    }

    /// A filled path within a circle.
    pub fn fill(&mut self, path: &str, sign: Sign, share: f64) {
        let colour = if sign == Sign::Down { "#f0a050" } else { "#56b4e9" };
        let opacity = format!("{:.2}", share.clamp(0.0, 1.0));
        self.svg.empty("path", &[("d", path), ("fill", colour), ("fill-opacity", &opacity)]);
    }

    /// What is what.
    pub fn legend(&mut self, x: f64, y: f64, has_values: bool) {
        self.opacity = SPARSE;
        let line = |x: f64| format!("M {} {} h 30", number(x), number(y - 4.0));
        self.edge(&line(x), Sign::Up, 2.4, "");
        self.faint(x + 38.0, y, "start", "weight above 0");
        self.edge(&line(x + 150.0), Sign::Down, 2.4, "");
        self.faint(x + 188.0, y, "start", "weight below 0");
        self.edge(&line(x + 300.0), Sign::Plain, 1.2, "");
        self.faint(x + 338.0, y, "start", "taken as it is");
        self.faint(x + 440.0, y, "start", "width: share of the layer's largest");
        let filled = if has_values { "; filled by value, as a share of the layer's largest" } else { "" };
        let words = format!(
            "Divided circle: a value on two rails, + above and − below{filled}. Double circle: output."
        );
        self.faint(x, y + 20.0, "start", &words);
    }

    /// The picture as text.
    pub fn finish(self) -> String {
        self.svg.finish()
    }
}
