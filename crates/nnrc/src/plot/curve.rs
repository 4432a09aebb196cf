//! Curves with no more points than can be seen.

/// One line of the picture.
#[derive(Debug, Clone)]
pub struct Curve {
    /// Its name: `hidden_2`.
    pub name: String,
    /// What it belongs to, shown where there are too many curves to name each: `hidden`.
    pub group: String,
    /// A value for each time.
    pub values: Vec<f64>,
}

/// The largest number of intervals of a curve: more than pixels.
const INTERVALS: usize = 1000;

/// The points of a curve. Of many points in one interval the lowest and the highest remain, so that no peak is lost.
pub fn points(times: &[f64], values: &[f64]) -> Vec<(f64, f64)> {
    let all: Vec<(f64, f64)> = times.iter().copied().zip(values.iter().copied()).collect();
    if all.len() <= 2 * INTERVALS {
        return all;
    }
    let mut kept = Vec::with_capacity(2 * INTERVALS + 2);
    for part in all.chunks(all.len().div_ceil(INTERVALS)) {
        let lowest = (0..part.len()).min_by(|a, b| part[*a].1.total_cmp(&part[*b].1)).unwrap_or(0);
        let highest = (0..part.len()).max_by(|a, b| part[*a].1.total_cmp(&part[*b].1)).unwrap_or(0);
        kept.push(part[lowest.min(highest)]);
        if lowest != highest {
            kept.push(part[lowest.max(highest)]);
        }
    }
    kept.extend(all.last());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_survive() {
        let times: Vec<f64> = (0..100_000).map(f64::from).collect();
        let mut values = vec![0.0; times.len()];
        values[54_321] = 7.0;
        let points = points(&times, &values);
        assert!(points.len() < 2_100);
        assert!(points.contains(&(54_321.0, 7.0)));
        assert_eq!(points.last(), Some(&(99_999.0, 0.0)));
        assert!(points.is_sorted_by(|a, b| a.0 <= b.0));
    }
}
