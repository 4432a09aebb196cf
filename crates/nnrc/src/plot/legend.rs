//! The names of curves, and which is drawn how.

use super::curve::Curve;
use super::style::Style;
use super::svg::Svg;

/// More curves than this are named by group.
const MOST: usize = 12;

/// More groups than this are cut.
const MOST_GROUPS: usize = 18;

/// Groups in the order of their first curve, with the number of their curves.
fn groups(curves: &[Curve]) -> Vec<(&str, usize)> {
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for curve in curves {
        match groups.iter_mut().find(|(name, _)| *name == curve.group) {
            Some((_, count)) => *count += 1,
            None => groups.push((&curve.group, 1)),
        }
    }
    groups
}

/// The style of every curve.
pub fn styles(curves: &[Curve]) -> Vec<Style> {
    if curves.len() <= MOST {
        return (0..curves.len()).map(|at| Style::of(at, false)).collect();
    }
    let groups = groups(curves);
    let place = |curve: &Curve| groups.iter().position(|(name, _)| *name == curve.group).unwrap_or(0);
    curves.iter().map(|curve| Style::of(place(curve), groups[place(curve)].1 > 3)).collect()
}

/// What the legend says.
pub fn entries(curves: &[Curve]) -> Vec<(String, Style)> {
    if curves.len() <= MOST {
        return curves.iter().map(|curve| curve.name.clone()).zip(styles(curves)).collect();
    }
    let groups = groups(curves);
    let mut entries: Vec<(String, Style)> = groups
        .iter()
        .take(MOST_GROUPS)
        .enumerate()
        .map(|(at, (name, count))| {
            let name = if *count == 1 { (*name).to_owned() } else { format!("{name} ({count})") };
            (name, Style::of(at, false))
        })
        .collect();
    if groups.len() > MOST_GROUPS {
        entries.push((format!("and {} more", groups.len() - MOST_GROUPS), Style::of(0, true)));
    }
    entries
}

/// Pixels that names of at most `most` characters need.
pub fn width(entries: &[(String, Style)], most: usize) -> f64 {
    let longest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    56.0 + 7.4 * longest.min(most) as f64
}

/// A name of at most `most` characters. What tells names apart is often their end, which stays.
pub fn cut(name: &str, most: usize) -> String {
    let count = name.chars().count();
    if count <= most {
        return name.to_owned();
    }
    let end = most / 2;
    let start = name.chars().take(most - end - 1);
    start.chain(['…']).chain(name.chars().skip(count - end)).collect()
}

/// Draws the legend with its upper left corner at (x, y), names of at most `most` characters.
pub fn draw(out: &mut Svg, entries: &[(String, Style)], most: usize, (x, y): (f64, f64)) {
    for (at, (name, style)) in entries.iter().enumerate() {
        let y = y + 21.0 * at as f64;
        out.curve("", [(x, y), (x + 26.0, y)].into_iter(), style);
        out.text(x + 33.0, y + 4.5, "start", "13", &cut(name, most));
    }
}
