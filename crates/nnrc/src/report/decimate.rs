//! Curves with no more points than can be seen, on common times.

/// Points of a curve.
pub const MOST: usize = 2000;

/// Of many rows the first and last time of each interval, and of each curve the smallest and the largest value in it, in
/// the order in which they came: no peak is lost, and a point moves by less than the width of an interval.
pub fn decimate(times: &[f64], curves: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
    if times.len() <= MOST {
        return (times.to_vec(), curves.to_vec());
    }
    let length = times.len().div_ceil(MOST / 2);
    let ends = |part: &[f64]| [part[0], part[part.len() - 1]];
    let kept = times.chunks(length).flat_map(ends).collect();
    let extremes = |part: &[f64]| {
        let at = |order: fn(&f64, &f64) -> std::cmp::Ordering| {
            let numbers = part.iter().enumerate().filter(|(_, value)| value.is_finite());
            numbers.min_by(|a, b| order(a.1, b.1)).map_or(0, |(at, _)| at)
        };
        let (low, high) = (at(f64::total_cmp), at(|a, b| b.total_cmp(a)));
        [part[low.min(high)], part[low.max(high)]]
    };
    let curve = |curve: &Vec<f64>| curve.chunks(length).flat_map(extremes).collect();
    (kept, curves.iter().map(curve).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_points_stay_and_peaks_of_many_do() {
        let times: Vec<f64> = (0..100_000).map(f64::from).collect();
        let mut peaks = vec![0.0; times.len()];
        peaks[54_321] = 7.0;
        peaks[54_322] = -3.0;
        let waves: Vec<f64> = times.iter().map(|time| (time / 5000.0).sin()).collect();
        let (kept, curves) = decimate(&times, &[peaks, waves.clone()]);
        assert!(kept.len() <= MOST && kept.is_sorted());
        assert_eq!((kept[0], kept[kept.len() - 1]), (0.0, 99_999.0));
        let most = |curve: &[f64]| curve.iter().copied().fold(f64::MIN, f64::max);
        assert_eq!(most(&curves[0]), 7.0);
        assert_eq!(curves[0].iter().copied().fold(f64::MAX, f64::min), -3.0);
        // The largest value of the whole curve is the largest of what is kept.
        assert_eq!(most(&curves[1]), most(&waves));
        assert!(curves.iter().all(|curve| curve.len() == kept.len()));
        let few = decimate(&times[..10], &[waves[..10].to_vec()]);
        assert_eq!(few, (times[..10].to_vec(), vec![waves[..10].to_vec()]));
    }
}
