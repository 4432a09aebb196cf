//! Small panels side by side, with lines through marked points: the same numbers give the same bytes.

use super::axis::Axis;
use super::legend;
use super::style::Style;
use super::svg::Svg;

/// Panels in columns of one horizontal quantity each.
#[derive(Debug)]
pub struct Figure {
    /// Above everything.
    pub title: String,
    /// Under everything.
    pub note: String,
    /// Names of the lines, in the order of their numbers.
    pub names: Vec<String>,
    /// Beside the panels of each row.
    pub verticals: Vec<String>,
    /// Left to right.
    pub columns: Vec<Column>,
}

/// Panels one below the other.
#[derive(Debug)]
pub struct Column {
    /// Above the column.
    pub title: String,
    /// Under the lowest panel.
    pub horizontal: String,
    /// One list of lines for each row.
    pub panels: Vec<Vec<Line>>,
}

/// A line through points.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Number of its name, which gives the colour.
    pub name: usize,
    /// Drawn thin, without marks.
    pub thin: bool,
    /// Sorted by their horizontal place.
    pub points: Vec<(f64, f64)>,
}

/// Characters of a name; the figure grows with them.
const LONGEST_NAME: usize = 64;
const PANEL: (f64, f64) = (270.0, 190.0);
const GAP: (f64, f64) = (56.0, 30.0);
const LEFT: f64 = 76.0;
const TOP: f64 = 70.0;
const BELOW: f64 = 76.0;

/// Draws.
pub fn svg(figure: &Figure) -> String {
    let entries: Vec<(String, Style)> =
        figure.names.iter().enumerate().map(|(at, name)| (name.clone(), Style::of(at, false))).collect();
    let rows = figure.verticals.len() as f64;
    let columns = figure.columns.len().max(1) as f64;
    let right = LEFT + columns * (PANEL.0 + GAP.0) - GAP.0;
    let bottom = TOP + rows * (PANEL.1 + GAP.1) - GAP.1;
    let mut out =
        Svg::new(right + legend::width(&entries, LONGEST_NAME) + 30.0, bottom + BELOW, &figure.title);
    out.text(LEFT, 26.0, "start", "16", &figure.title);
    for (row, vertical) in figure.verticals.iter().enumerate() {
        let top = TOP + row as f64 * (PANEL.1 + GAP.1);
        out.upright(20.0, top + PANEL.1 / 2.0, vertical);
        // Panels of a row share their vertical axis, so that they can be compared.
        let of_row = figure.columns.iter().filter_map(|column| column.panels.get(row)).flatten();
        let values = of_row.flat_map(|line| line.points.iter().map(|point| point.1));
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low <= high { (low.min(0.0), high) } else { (0.0, 1.0) };
        let axis = Axis::new(low, high, 5, false);
        for (at, column) in figure.columns.iter().enumerate() {
            let left = LEFT + at as f64 * (PANEL.0 + GAP.0);
            let lines = column.panels.get(row).map_or(&[][..], Vec::as_slice);
            let is_last = row + 1 == figure.verticals.len();
            panel(&mut out, (left, top), lines, &axis, horizontal(column), is_last);
            if row == 0 {
                out.text(left + PANEL.0 / 2.0, top - 12.0, "middle", "13", &column.title);
            }
            if is_last {
                out.text(left + PANEL.0 / 2.0, top + PANEL.1 + 38.0, "middle", "13", &column.horizontal);
            }
        }
    }
    legend::draw(&mut out, &entries, LONGEST_NAME, (right + 22.0, TOP + 8.0));
    out.text(LEFT, bottom + BELOW - 12.0, "start", "12", &figure.note);
    out.finish()
}

fn horizontal(column: &Column) -> Axis {
    let points = column.panels.iter().flatten().flat_map(|line| line.points.iter());
    let high = points.map(|point| point.0).fold(0.0, f64::max);
    Axis::new(0.0, if high > 0.0 { high } else { 1.0 }, 4, true)
}

fn panel(
    out: &mut Svg,
    (left, top): (f64, f64),
    lines: &[Line],
    vertical: &Axis,
    horizontal: Axis,
    labelled: bool,
) {
    let (right, bottom) = (left + PANEL.0, top + PANEL.1);
    for (value, label) in horizontal.ticks() {
        let x = horizontal.place(value, left, right);
        out.line((x, top), (x, bottom), "#e4e4e4");
        if labelled {
            out.text(x, bottom + 18.0, "middle", "12", &label);
        }
    }
    for (value, label) in vertical.ticks() {
        let y = vertical.place(value, bottom, top);
        out.line((left, y), (right, y), "#e4e4e4");
        out.text(left - 7.0, y + 4.0, "end", "12", &label);
    }
    out.line((left, bottom), (right, bottom), "#444444");
    out.line((left, top), (left, bottom), "#444444");
    for line in lines {
        let style = Style::of(line.name, line.thin);
        let placed: Vec<(f64, f64)> = line
            .points
            .iter()
            .filter(|point| point.1.is_finite())
            .map(|&(x, y)| (horizontal.place(x, left, right), vertical.place(y, bottom, top)))
            .collect();
        out.curve("", placed.iter().copied(), &style);
        if !line.thin {
            placed.iter().for_each(|&point| out.dot(point, style.colour));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_at_their_end_are_told_apart() {
        let names =
            ["12.5", "125"].map(|time| format!("smooth_leaky_relu(h = 0.0001, slope = 0.1), t = {time}"));
        let longer = ["12.5", "125"].map(|time| format!("{}, t = {time}", "layer".repeat(20)));
        for names in [names, longer] {
            let figure = Figure {
                title: String::new(),
                note: String::new(),
                names: names.to_vec(),
                verticals: Vec::new(),
                columns: Vec::new(),
            };
            let picture = svg(&figure);
            for end in ["t = 12.5<", "t = 125<"] {
                assert!(picture.contains(end), "{end} in {picture}");
            }
        }
    }

    #[test]
    fn figures_are_well_formed_whatever_they_hold() {
        let line = |points: &[(f64, f64)]| Line { name: 1, thin: false, points: points.to_vec() };
        for points in [&[][..], &[(0.0, 1.0)], &[(0.0, f64::NAN)], &[(0.0, 1.0), (0.1, 0.5)]] {
            let column = Column {
                title: "a < b".to_owned(),
                horizontal: "size".to_owned(),
                panels: vec![vec![line(points)], vec![]],
            };
            let figure = Figure {
                title: "noise".to_owned(),
                note: String::new(),
                names: vec!["one".to_owned(), "two".to_owned()],
                verticals: vec!["accuracy".to_owned(), "loss".to_owned()],
                columns: vec![column],
            };
            let first = svg(&figure);
            assert_eq!(first, svg(&figure));
            assert!(!first.contains("NaN") && !first.contains("inf"), "{first}");
            let mut reader = quick_xml::Reader::from_str(&first);
            while reader.read_event().expect("well-formed") != quick_xml::events::Event::Eof {}
        }
    }
}
