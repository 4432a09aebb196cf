//! Small families: where loops over a handful of members cost more to begin than to run, the right-hand side
//! is one list of products instead, ordered by the species that they change.
//!
//! ```text
//! dx_i += Σ c x_a  +  x_i Σ c x_a  +  Σ c x_a x_b
//! ```
//!
//! The middle sum holds all products with the changed species itself, which nearly every consumption is. Rows of
//! like numbers of terms stand together, four side by side: their sums do not wait for each other, and the processor
//! foresees where each loop ends. What many rows add up alike is added up once ([`runs`](crate::runs)).
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

use std::collections::BTreeMap;
use std::sync::Arc;

use nnrc_dispatch::dispatched;

use crate::runs::Runs;
use crate::sum::{Source, Sum};

/// Rows side by side.
const LANES: usize = 4;
/// Room for the state: no index of 16 bits needs a check.
const ROOM: usize = 1 << 16;
/// Most products in the list.
const MOST: usize = 16_384;
/// Products for each loop, on average, above which loops are faster.
const LOOP_PAYS: usize = 24;

/// The state, a 1 behind it that completes products of fewer factors, and sums of species.
#[derive(Debug)]
pub(crate) struct Room(Box<[f64; ROOM]>);

impl Default for Room {
    fn default() -> Self {
        // Zeros of a fresh vector take no memory before they are written.
        let zeros = vec![0.0; ROOM].into_boxed_slice();
        Self(zeros.try_into().unwrap_or_else(|_| Box::new([0.0; ROOM])))
    }
}

impl Clone for Room {
    /// What is in it does not outlive an evaluation.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The list.
#[derive(Debug)]
pub(crate) struct Flat {
    groups: Vec<Group>,
    runs: Runs,
    dimension: usize,
    /// How coefficients are computed, in the order of the list: each a sum of scale · Π tensor elements.
    coefficients: Vec<Coefficient>,
    /// Sums with more than two factors of the state, which stay loops.
    pub rest: Vec<Sum>,
}

/// A coefficient before its tensors are read.
type Coefficient = Vec<(f64, Vec<(usize, usize)>)>;

/// Rows of one shape, in strips of [`LANES`].
#[derive(Debug)]
struct Group {
    /// Numbers of free terms, of terms with the row's own species, and of products.
    shape: Shape,
    /// Whose rows they are. The last strip of all repeats its last row where it has too few.
    targets: Vec<[u16; LANES]>,
    /// What the terms of a strip read, term by term; two for each product.
    indices: Vec<[u16; LANES]>,
}

/// Numbers of free terms, of terms with the row's own species, and of products.
type Shape = [usize; 3];

/// The terms of one row: coefficients by the species they multiply.
#[derive(Default, Clone)]
struct Row {
    target: u16,
    free: BTreeMap<u16, Coefficient>,
    own: BTreeMap<u16, Coefficient>,
    products: BTreeMap<(u16, u16), Coefficient>,
}

impl Flat {
    /// The list for these sums, if it is faster than loops; `dimension` is that of the state, and `fixed` gives the
    /// tensors that never change.
    pub fn new<'a>(
        sums: &[Sum],
        dimension: usize,
        fixed: impl Fn(usize) -> Option<&'a [f64]>,
    ) -> Option<Self> {
        let factors = |sum: &Sum| -> u32 {
            sum.factors.iter().filter(|f| f.source == Source::State).map(|f| f.power).sum()
        };
        let (few, rest): (Vec<&Sum>, Vec<&Sum>) = sums.iter().partition(|sum| factors(sum) <= 2);
        let count = |sum: &&Sum| sum.sizes.iter().fold(1usize, |product, size| product.saturating_mul(*size));
        let products = few.iter().map(count).fold(0usize, usize::saturating_add);
        if dimension + 1 > ROOM || products > MOST || products > LOOP_PAYS * few.len() {
            return None;
        }
        let one = dimension as u16;
        let row = |target: usize| Row { target: target as u16, ..Row::default() };
        let mut rows: Vec<Row> = (0..dimension).map(row).collect();
        for sum in few {
            add(sum, one, &mut rows);
        }
        let known = |coefficient: &Coefficient| value(coefficient, &fixed);
        let mut terms: Vec<_> = rows.iter_mut().flat_map(|row| [&mut row.free, &mut row.own]).collect();
        for terms in &mut terms {
            terms.retain(|_, coefficient| known(coefficient) != Some(0.0));
        }
        let runs = Runs::take(&mut terms, known, dimension + 1..ROOM);
        let mut rows: Vec<Row> = rows.into_iter().filter(|row| row.shape() != [0; 3]).collect();
        rows.sort_by_key(|row| (row.shape(), row.target));
        let (mut groups, mut coefficients): (Vec<Group>, _) = (Vec::new(), Vec::new());
        for strip in rows.chunks(LANES) {
            let lanes: [&Row; LANES] = std::array::from_fn(|lane| &strip[lane.min(strip.len() - 1)]);
            let shape =
                std::array::from_fn(|part| lanes.map(|row| row.shape()[part]).into_iter().max().unwrap_or(0));
            if groups.last().is_none_or(|group| group.shape != shape) {
                groups.push(Group { shape, targets: Vec::new(), indices: Vec::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.add(lanes, one, &mut coefficients);
            }
        }
        Some(Self { groups, runs, dimension, coefficients, rest: rest.into_iter().cloned().collect() })
    }

    /// Reads the tensors.
    pub fn coefficients(&self, tensors: &[Arc<Vec<f64>>], values: &mut Vec<f64>) {
        values.clear();
        let read = |tensor: usize| Some(tensors[tensor].as_slice());
        values.extend(self.coefficients.iter().map(|terms| value(terms, read).unwrap_or(0.0)));
    }

    /// Writes the sums; rows without terms become 0.
    pub fn run(&self, coefficients: &[f64], state: &[f64], Room(room): &mut Room, derivative: &mut [f64]) {
        room[..self.dimension].copy_from_slice(state);
        room[self.dimension] = 1.0;
        self.runs.add_up(&mut room[..]);
        derivative.fill(0.0);
        sum_groups(&self.groups, coefficients, room, derivative);
    }
}

dispatched! {
    /// Writes the sums of all rows.
    fn sum_groups(groups: &[Group], coefficients: &[f64], room: &[f64; ROOM], derivative: &mut [f64]) =
        sum_rows(groups, coefficients, room, derivative);
}

/// [`sum_group`]; shapes that occur most are known where it is inlined, so that its loops unroll.
macro_rules! sum_group_of {
    ($group:ident, $own:ident, $room:ident, $derivative:ident: $($known:tt)*) => {
        match $group.shape {
            $($known => sum_group($known, $group, $own, $room, $derivative),)*
            shape => sum_group(shape, $group, $own, $room, $derivative),
        }
    };
}

#[inline(always)]
fn sum_rows(groups: &[Group], coefficients: &[f64], room: &[f64; ROOM], derivative: &mut [f64]) {
    let mut rest = coefficients.as_chunks::<LANES>().0;
    for group in groups {
        let (own, others) = rest.split_at(group.shape.iter().sum::<usize>() * group.targets.len());
        rest = others;
        sum_group_of!(
            group, own, room, derivative:
            [0, 0, 1] [0, 1, 0] [0, 1, 1] [0, 2, 1] [1, 0, 0] [1, 1, 0] [1, 2, 0] [1, 3, 0] [1, 4, 0]
        );
    }
}

#[inline(always)]
fn sum_group(
    shape: Shape,
    group: &Group,
    mut coefficients: &[[f64; LANES]],
    room: &[f64; ROOM],
    derivative: &mut [f64],
) {
    let [free, own, products] = shape;
    let mut indices = group.indices.as_slice();
    for targets in &group.targets {
        let mut sum = linear(&coefficients[..free], &indices[..free], room);
        (coefficients, indices) = (&coefficients[free..], &indices[free..]);
        let factor = linear(&coefficients[..own], &indices[..own], room);
        (coefficients, indices) = (&coefficients[own..], &indices[own..]);
        let (values, pairs) = (&coefficients[..products], &indices[..2 * products]);
        (coefficients, indices) = (&coefficients[products..], &indices[2 * products..]);
        for term in 0..products {
            let (values, a, b) = (values[term], at(room, pairs[2 * term]), at(room, pairs[2 * term + 1]));
            for lane in 0..LANES {
                sum[lane] += values[lane] * (a[lane] * b[lane]);
            }
        }
        let own = at(room, *targets);
        for lane in 0..LANES {
            derivative[usize::from(targets[lane])] = sum[lane] + own[lane] * factor[lane];
        }
    }
}

impl Row {
    fn shape(&self) -> Shape {
        [self.free.len(), self.own.len(), self.products.len()]
    }
}

impl Group {
    /// Adds a strip. Where a row has fewer terms than the others, zeros stand in for them, times the species `one`.
    fn add(&mut self, rows: [&Row; LANES], one: u16, coefficients: &mut Vec<Coefficient>) {
        self.targets.push(rows.map(|row| row.target));
        let [free, own, products] = self.shape;
        let mut linear = |terms: [&BTreeMap<u16, Coefficient>; LANES], count: usize| {
            for place in 0..count {
                let terms = terms.map(|terms| terms.iter().nth(place));
                self.indices.push(terms.map(|term| term.map_or(one, |(index, _)| *index)));
                coefficients.extend(terms.map(|term| term.map_or_else(Vec::new, |(_, c)| c.clone())));
            }
        };
        linear(rows.map(|row| &row.free), free);
        linear(rows.map(|row| &row.own), own);
        for place in 0..products {
            let terms = rows.map(|row| row.products.iter().nth(place));
            self.indices.push(terms.map(|term| term.map_or(one, |((a, _), _)| *a)));
            self.indices.push(terms.map(|term| term.map_or(one, |((_, b), _)| *b)));
            coefficients.extend(terms.map(|term| term.map_or_else(Vec::new, |(_, c)| c.clone())));
        }
    }
}

/// The value of a coefficient, if the tensors that it reads are known.
fn value<'a>(terms: &Coefficient, tensor: impl Fn(usize) -> Option<&'a [f64]>) -> Option<f64> {
    let product = |places: &[(usize, usize)]| -> Option<f64> {
        places.iter().map(|&(of, place)| Some(tensor(of)?[place])).product()
    };
    terms.iter().map(|(scale, places)| Some(scale * product(places)?)).sum()
}

/// The species at some indices.
#[inline(always)]
fn at(room: &[f64; ROOM], indices: [u16; LANES]) -> [f64; LANES] {
    let mut values = [0.0; LANES];
    for lane in 0..LANES {
        values[lane] = room[usize::from(indices[lane])];
    }
    values
}

/// Σ c x_a
#[inline(always)]
fn linear(values: &[[f64; LANES]], indices: &[[u16; LANES]], room: &[f64; ROOM]) -> [f64; LANES] {
    let mut sum = [0.0; LANES];
    for term in 0..values.len() {
        let (values, x) = (values[term], at(room, indices[term]));
        for lane in 0..LANES {
            sum[lane] += values[lane] * x[lane];
        }
    }
    sum
}

/// Adds the members of a sum to the rows.
fn add(sum: &Sum, one: u16, rows: &mut [Row]) {
    sum.for_each(|values| {
        let mut species: Vec<u16> = Vec::with_capacity(2);
        let mut tensors = Vec::new();
        for factor in &sum.factors {
            let place = factor.at.at(values);
            for _ in 0..factor.power {
                match factor.source {
                    Source::State => species.push(place as u16),
                    Source::Tensor(id) => tensors.push((id, place)),
                    // Plans read nothing else.
                    Source::Rate | Source::Constant | Source::Vector => {}
                }
            }
        }
        let target = sum.target.at(values);
        let own = target as u16;
        let row = &mut rows[target];
        let terms = match *species.as_slice() {
            [] => row.free.entry(one),
            [a] if a == own => row.own.entry(one),
            [a] => row.free.entry(a),
            [a, b] if a == own => row.own.entry(b),
            [a, b] if b == own => row.own.entry(a),
            [a, b, ..] => {
                row.products.entry((a.min(b), a.max(b))).or_default().push((sum.scale, tensors));
                return;
            }
        };
        terms.or_default().push((sum.scale, tensors));
    });
}
