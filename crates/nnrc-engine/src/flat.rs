//! Small families: where loops over a handful of members cost more to begin than to run, the right-hand side
//! is one list of products instead, ordered by the species that they change.
//!
//! ```text
//! dx_i += Σ c x_a  +  x_i Σ c x_a  +  Σ c x_a x_b
//! ```
//!
//! The middle sum holds all products with the changed species itself, which nearly every consumption is. Rows with
//! equal numbers of terms stand together, so that the processor foresees where each loop ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sum::{Source, Sum};

/// Room for the state: with indices below a constant power of two no access needs a check.
const ROOM: usize = 4096;
/// Most products in the list.
const MOST: usize = 16_384;
/// Products for each loop, on average, above which loops are faster.
const LOOP_PAYS: usize = 24;

/// The state, and a 1 behind it that completes products of fewer factors.
pub(crate) type Room = Box<[f64; ROOM]>;

/// An empty room.
pub(crate) fn room() -> Room {
    Box::new([0.0; ROOM])
}

/// The list.
#[derive(Debug)]
pub(crate) struct Flat {
    groups: Vec<Group>,
    dimension: usize,
    /// How coefficients are computed, in the order of the list: each a sum of scale · Π tensor elements.
    coefficients: Vec<Coefficient>,
    /// Sums with more than two factors of the state, which stay loops.
    pub rest: Vec<Sum>,
}

/// A coefficient before its tensors are read.
type Coefficient = Vec<(f64, Vec<(usize, usize)>)>;

/// Rows of one shape.
#[derive(Debug)]
struct Group {
    /// Numbers of free terms, of terms with the row's own species, and of products.
    shape: [usize; 3],
    targets: Vec<u16>,
    indices: Vec<u16>,
}

/// The terms of one row: coefficients by the species they multiply.
#[derive(Default)]
struct Row {
    free: BTreeMap<u16, Coefficient>,
    own: BTreeMap<u16, Coefficient>,
    products: BTreeMap<(u16, u16), Coefficient>,
}

impl Flat {
    /// The list for these sums, if it is faster than loops; `dimension` is that of the state.
    pub fn new(sums: &[Sum], dimension: usize) -> Option<Self> {
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
        let mut rows: Vec<Row> = (0..dimension).map(|_| Row::default()).collect();
        for sum in few {
            add(sum, one, &mut rows);
        }
        let mut shapes: BTreeMap<[usize; 3], Vec<(u16, Row)>> = BTreeMap::new();
        for (target, row) in rows.into_iter().enumerate() {
            let shape = [row.free.len(), row.own.len(), row.products.len()];
            shapes.entry(shape).or_default().push((target as u16, row));
        }
        let (mut groups, mut coefficients) = (Vec::new(), Vec::new());
        for (shape, rows) in shapes.into_iter().filter(|(shape, _)| *shape != [0; 3]) {
            let mut group = Group { shape, targets: Vec::new(), indices: Vec::new() };
            for (target, row) in rows {
                group.targets.push(target);
                for (index, coefficient) in row.free.into_iter().chain(row.own) {
                    group.indices.push(index);
                    coefficients.push(coefficient);
                }
                for ((a, b), coefficient) in row.products {
                    group.indices.extend([a, b]);
                    coefficients.push(coefficient);
                }
            }
            groups.push(group);
        }
        Some(Self { groups, dimension, coefficients, rest: rest.into_iter().cloned().collect() })
    }

    /// Reads the tensors.
    pub fn coefficients(&self, tensors: &[Arc<Vec<f64>>], values: &mut Vec<f64>) {
        values.clear();
        values.extend(self.coefficients.iter().map(|terms| -> f64 {
            let product = |places: &[(usize, usize)]| -> f64 {
                places.iter().map(|&(tensor, place)| tensors[tensor][place]).product()
            };
            terms.iter().map(|(scale, places)| scale * product(places)).sum()
        }));
    }

    /// Writes the sums; rows without terms become 0.
    pub fn run(&self, coefficients: &[f64], state: &[f64], room: &mut [f64; ROOM], derivative: &mut [f64]) {
        room[..self.dimension].copy_from_slice(state);
        room[self.dimension] = 1.0;
        derivative.fill(0.0);
        let mut rest = coefficients;
        for group in &self.groups {
            let [free, own, products] = group.shape;
            let (own_values, others) = rest.split_at(group.targets.len() * (free + own + products));
            rest = others;
            let (width, stride) = (free + own + products, free + own + 2 * products);
            for (place, &target) in group.targets.iter().enumerate() {
                let values = &own_values[place * width..(place + 1) * width];
                let indices = &group.indices[place * stride..(place + 1) * stride];
                let mut sum = linear(&values[..free], &indices[..free], room);
                let factor = linear(&values[free..free + own], &indices[free..free + own], room);
                let (values, indices) = (&values[free + own..], &indices[free + own..]);
                for k in 0..values.len() {
                    let (a, b) = (indices[2 * k], indices[2 * k + 1]);
                    sum += values[k] * (at(room, a) * at(room, b));
                }
                derivative[usize::from(target)] = sum + at(room, target) * factor;
            }
        }
    }
}

/// The species at an index.
#[inline(always)]
fn at(room: &[f64; ROOM], index: u16) -> f64 {
    room[usize::from(index) % ROOM]
}

/// Σ c x_a
#[inline(always)]
fn linear(values: &[f64], indices: &[u16], room: &[f64; ROOM]) -> f64 {
    let indices = &indices[..values.len()];
    let mut sum = 0.0;
    for k in 0..values.len() {
        sum += values[k] * at(room, indices[k]);
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
