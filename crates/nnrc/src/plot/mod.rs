//! Time courses and studies as SVG pictures: the same numbers give the same bytes.

mod axis;
mod curve;
pub(crate) mod legend;
pub mod panels;
mod style;
pub(crate) mod svg;

use axis::Axis;
pub use curve::Curve;
use svg::Svg;

/// A picture.
#[derive(Debug)]
pub struct Plot<'a> {
    /// Above the picture.
    pub title: String,
    /// Under the horizontal axis.
    pub horizontal: String,
    /// Beside the vertical axis.
    pub vertical: String,
    /// Horizontal positions.
    pub times: &'a [f64],
    /// The lines.
    pub curves: &'a [Curve],
}

/// The rectangle of the curves, in pixels.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

const WIDTH: f64 = 840.0;
const HEIGHT: f64 = 460.0;
/// Characters of a name: the curves need their place too.
const LONGEST_NAME: usize = 30;

/// Draws.
pub fn svg(plot: &Plot<'_>) -> String {
    let entries = legend::entries(plot.curves);
    let legend_width = legend::width(&entries, LONGEST_NAME);
    let frame = Frame { left: 76.0, top: 44.0, right: WIDTH - legend_width - 20.0, bottom: HEIGHT - 58.0 };
    let end = plot.times.last().copied().unwrap_or(1.0);
    let mut horizontal = Axis::new(plot.times.first().copied().unwrap_or(0.0), end, 8, true);
    if plot.times.iter().all(|time| time.fract() == 0.0) {
        // Epochs have no halves.
        horizontal = horizontal.whole();
    }
    let (low, high) = span(plot.curves);
    let vertical = Axis::new(low, high, 7, false);

    let mut out = Svg::new(WIDTH, HEIGHT, &plot.title);
    out.text(frame.left, 26.0, "start", "16", &plot.title);
    for (value, label) in horizontal.ticks() {
        let x = horizontal.place(value, frame.left, frame.right);
        out.line((x, frame.top), (x, frame.bottom), "#e4e4e4");
        out.text(x, frame.bottom + 20.0, "middle", "13", &label);
    }
    for (value, label) in vertical.ticks() {
        let y = vertical.place(value, frame.bottom, frame.top);
        // Zero is where concentrations end.
        out.line((frame.left, y), (frame.right, y), if value == 0.0 { "#8a8a8a" } else { "#e4e4e4" });
        out.text(frame.left - 8.0, y + 4.5, "end", "13", &label);
    }
    out.line((frame.left, frame.bottom), (frame.right, frame.bottom), "#444444");
    out.line((frame.left, frame.top), (frame.left, frame.bottom), "#444444");
    let middle = (frame.left + frame.right) / 2.0;
    out.text(middle, HEIGHT - 14.0, "middle", "14", &plot.horizontal);
    out.upright(20.0, (frame.top + frame.bottom) / 2.0, &plot.vertical);
    for (curve, style) in plot.curves.iter().zip(legend::styles(plot.curves)) {
        let mut points = curve::points(plot.times, &curve.values);
        // What is no number has no place.
        points.retain(|(_, value)| value.is_finite());
        let place = |&(time, value): &(f64, f64)| {
            (horizontal.place(time, frame.left, frame.right), vertical.place(value, frame.bottom, frame.top))
        };
        out.curve(&curve.name, points.iter().map(place), &style);
        if let [only] = points.as_slice() {
            // A line through one point cannot be seen.
            out.dot(place(only), style.colour);
        }
    }
    legend::draw(&mut out, &entries, LONGEST_NAME, (frame.right + 18.0, frame.top + 8.0));
    out.finish()
}

/// Lowest and highest value; zero is always shown.
fn span(curves: &[Curve]) -> (f64, f64) {
    let values =
        curves.iter().flat_map(|curve| curve.values.iter().copied()).filter(|value| value.is_finite());
    values.fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(name: &str, group: &str, values: &[f64]) -> Curve {
        Curve { name: name.to_owned(), group: group.to_owned(), values: values.to_vec() }
    }

    #[test]
    fn a_picture_is_well_formed_and_deterministic() {
        let curves = [curve("y_1", "y", &[0.0, 0.5, 1.0]), curve("a<b&c", "y", &[1.0, -0.5, 0.25])];
        let plot = Plot {
            title: "\"quotes\" & <angles>".to_owned(),
            horizontal: "time".to_owned(),
            vertical: "concentration".to_owned(),
            times: &[0.0, 1.0, 2.0],
            curves: &curves,
        };
        let first = svg(&plot);
        assert_eq!(first, svg(&plot));
        assert!(first.contains("a&lt;b&amp;c"), "{first}");
        let mut reader = quick_xml::Reader::from_str(&first);
        while reader.read_event().expect("well-formed") != quick_xml::events::Event::Eof {}
    }

    #[test]
    fn many_curves_share_colours_and_legend_entries() {
        let curves: Vec<Curve> =
            (0..20).map(|at| curve(&format!("hidden_{at}"), "hidden", &[0.0, f64::from(at)])).collect();
        let entries = legend::entries(&curves);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].0, "hidden (20)");
    }

    #[test]
    fn the_first_epoch_is_a_mark_and_epochs_have_no_halves() {
        let picture = |values: &[f64]| {
            let epochs: Vec<f64> = (1..=values.len()).map(|epoch| epoch as f64).collect();
            let curves = [curve("loss", "loss", values)];
            let (title, vertical) = (String::new(), String::new());
            svg(&Plot { title, horizontal: "epoch".to_owned(), vertical, times: &epochs, curves: &curves })
        };
        assert!(picture(&[5.0]).contains("<circle"));
        assert!(!picture(&[5.0, 7.0, 6.0]).contains("<circle"));
        for values in [&[5.0][..], &[5.0, 7.0], &[5.0, 7.0, 6.0]] {
            assert!(!picture(values).contains(">1.5<"), "{}", picture(values));
        }
    }

    #[test]
    fn nothing_to_draw_is_no_problem() {
        let plot = Plot {
            title: String::new(),
            horizontal: String::new(),
            vertical: String::new(),
            times: &[],
            curves: &[],
        };
        assert!(svg(&plot).ends_with("</svg>\n"));
    }
}
