//! Eight replicates side by side.
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

/// Replicates that go on together.
pub const LANES: usize = 8;

/// A number for each of them.
pub(super) type Lanes = [f64; LANES];

// Conditions are numbers, 1 or 0, arguments are values, and loops are plain: the optimiser makes vectors of these
// alone.

/// 1 where a <= b, else 0.
#[inline(always)]
pub(super) fn not_above(a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = if a[lane] <= b[lane] { 1.0 } else { 0.0 };
    }
    all
}

/// 1 where a < b, else 0.
#[inline(always)]
pub(super) fn below(a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = if a[lane] < b[lane] { 1.0 } else { 0.0 };
    }
    all
}

/// `a` where the condition is 1, else `b`.
#[inline(always)]
pub(super) fn choose(condition: Lanes, a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = if condition[lane] > 0.0 { a[lane] } else { b[lane] };
    }
    all
}

#[inline(always)]
pub(super) fn add(a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = a[lane] + b[lane];
    }
    all
}

#[inline(always)]
pub(super) fn subtract(a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = a[lane] - b[lane];
    }
    all
}

#[inline(always)]
pub(super) fn multiply(a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = a[lane] * b[lane];
    }
    all
}

#[inline(always)]
pub(super) fn divide(a: Lanes, b: Lanes) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        all[lane] = a[lane] / b[lane];
    }
    all
}

/// Room for rows of numbers: an index of eight bits needs no check.
pub(super) const ROOM: usize = 256;

/// Rows of numbers.
pub(super) type Rows = Box<[Lanes; ROOM]>;

/// Rows of zeros.
pub(super) fn rows() -> Rows {
    Box::new([[0.0; LANES]; ROOM])
}
