//! Sums become loops.

use crate::arrays::{Line, Scratch, Sources};
use crate::matvec::MatVec;
use crate::nest::Nest;
use crate::polynomial::Polynomial;
use crate::simple::{Pointwise, Separable};
use crate::sum::{Access, Factor, Source, Sum};

/// A loop that adds the value of a sum to its target.
#[derive(Debug)]
pub(crate) enum Kernel {
    Pointwise(Pointwise),
    Polynomial(Polynomial),
    MatVec(MatVec),
    Separable(Separable),
    Nest(Nest),
}

impl Kernel {
    /// Adds the value of the sum to `target`.
    pub fn run(&self, sources: &Sources<'_>, target: &mut [f64], scratch: &mut Scratch) {
        match self {
            Self::Pointwise(kernel) => kernel.run(sources, target),
            Self::Polynomial(kernel) => kernel.run(sources, target),
            Self::MatVec(kernel) => kernel.run(sources, target, scratch),
            Self::Separable(kernel) => kernel.run(sources, target, scratch),
            Self::Nest(kernel) => kernel.run(sources, target, scratch),
        }
    }
}

/// Loops for a list of sums; those that share a matrix share its passes.
pub(crate) fn compile_all(sums: &[Sum]) -> Vec<Kernel> {
    let mut kernels: Vec<Kernel> = Vec::new();
    for sum in sums {
        match compile(sum) {
            Kernel::MatVec(new) => {
                let merged = kernels.iter_mut().any(|kernel| match kernel {
                    Kernel::MatVec(old) => old.merge(&new),
                    _ => false,
                });
                if !merged {
                    kernels.push(Kernel::MatVec(new));
                }
            }
            kernel => kernels.push(kernel),
        }
    }
    while let Some((places, polynomial)) = polynomial(&kernels) {
        for place in places {
            kernels.remove(place);
        }
        kernels.push(Kernel::Polynomial(polynomial));
    }
    kernels
}

/// Three pointwise kernels that are one polynomial, and their places from the last to the first.
fn polynomial(kernels: &[Kernel]) -> Option<([usize; 3], Polynomial)> {
    let pointwise = |place: usize| match &kernels[place] {
        Kernel::Pointwise(kernel) => Some(kernel),
        _ => None,
    };
    (0..kernels.len()).find_map(|linear| {
        let target = &pointwise(linear)?.target;
        let others: Vec<usize> = (0..kernels.len())
            .filter(|&place| {
                place != linear && pointwise(place).is_some_and(|kernel| kernel.target == *target)
            })
            .collect();
        let pairs = others.iter().flat_map(|&free| others.iter().map(move |&square| (free, square)));
        pairs.filter(|(free, square)| free != square).find_map(|(free, square)| {
            let terms = [pointwise(free)?, pointwise(linear)?, pointwise(square)?];
            let mut places = [free, linear, square];
            places.sort_unstable_by(|a, b| b.cmp(a));
            Some((places, Polynomial::new(terms)?))
        })
    })
}

fn compile(sum: &Sum) -> Kernel {
    let sum = simplify(sum);
    let outer: Vec<usize> = (0..sum.sizes.len()).filter(|&v| sum.target.strides[v] > 0).collect();
    let inner: Vec<usize> = (0..sum.sizes.len()).filter(|&v| sum.target.strides[v] == 0).collect();
    let row = match outer.as_slice() {
        [] => None,
        &[row] => Some(row),
        _ => return Kernel::Nest(Nest::new(&sum)),
    };
    let target = Line {
        source: Source::State,
        base: sum.target.base,
        stride: row.map_or(0, |row| sum.target.strides[row]),
    };
    let rows = row.map_or(1, |row| sum.sizes[row]);
    let lines = |select: &dyn Fn(&Factor) -> bool, variable: Option<usize>| -> Vec<Line> {
        sum.factors.iter().filter(|f| select(f)).map(|f| Line::new(f, variable)).collect()
    };
    match inner.as_slice() {
        [] if sum.distinct.is_none() => Kernel::Pointwise(Pointwise {
            count: rows,
            target,
            scale: sum.scale,
            factors: lines(&|_| true, row),
        }),
        &[column] => {
            let over_column = |f: &Factor| f.at.strides[column] > 0;
            let over_row = |f: &Factor| row.is_some_and(|row| f.at.strides[row] > 0);
            let mixed: Vec<&Factor> = sum.factors.iter().filter(|f| over_column(f) && over_row(f)).collect();
            let outer = lines(&|f| !over_column(f), row);
            let inner = lines(&|f| over_column(f) && !over_row(f), Some(column));
            match (mixed.as_slice(), row) {
                ([], _) => Kernel::Separable(Separable {
                    rows,
                    columns: sum.sizes[column],
                    exclusive: sum.distinct.is_some(),
                    target,
                    scale: sum.scale,
                    outer,
                    inner,
                }),
                (&[matrix], Some(row)) if sum.distinct.is_none() => Kernel::MatVec(MatVec::new(
                    (rows, sum.sizes[column]),
                    matrix.source,
                    matrix.at.base,
                    (matrix.at.strides[row], matrix.at.strides[column]),
                    (sum.scale, inner),
                    (target, outer),
                )),
                _ => Kernel::Nest(Nest::new(&sum)),
            }
        }
        _ => Kernel::Nest(Nest::new(&sum)),
    }
}

/// Leaves out variables of one value, joins variables that count through all arrays as one, writes powers out.
fn simplify(sum: &Sum) -> Sum {
    let mut sum = sum.clone();
    let powers = std::mem::take(&mut sum.factors);
    for factor in powers {
        let single = Factor { power: 1, ..factor };
        sum.factors.extend(std::iter::repeat_n(single, factor.power as usize));
    }
    let is_distinct = |sum: &Sum, v: usize| sum.distinct.is_some_and(|(a, b)| v == a || v == b);
    let mut v = 0;
    while v < sum.sizes.len() {
        if sum.sizes[v] == 1 && !is_distinct(&sum, v) {
            remove(&mut sum, v);
        } else {
            v += 1;
        }
    }
    while let Some((slow, fast)) =
        joinable(&sum).filter(|&(a, b)| !is_distinct(&sum, a) && !is_distinct(&sum, b))
    {
        sum.sizes[fast] *= sum.sizes[slow];
        remove(&mut sum, slow);
    }
    sum
}

fn joinable(sum: &Sum) -> Option<(usize, usize)> {
    let count = sum.sizes.len();
    let pairs = (0..count).flat_map(|slow| (0..count).map(move |fast| (slow, fast)));
    let distinct = |v: usize| sum.distinct.is_some_and(|(a, b)| v == a || v == b);
    let joins =
        |at: &Access, slow: usize, fast: usize| at.strides[slow] == at.strides[fast] * sum.sizes[fast];
    pairs.filter(|&(slow, fast)| slow != fast && !distinct(slow) && !distinct(fast)).find(|&(slow, fast)| {
        joins(&sum.target, slow, fast) && sum.factors.iter().all(|factor| joins(&factor.at, slow, fast))
    })
}

fn remove(sum: &mut Sum, v: usize) {
    sum.sizes.remove(v);
    sum.target.strides.remove(v);
    for factor in &mut sum.factors {
        factor.at.strides.remove(v);
    }
    let shift = |position: usize| if position > v { position - 1 } else { position };
    sum.distinct = sum.distinct.map(|(a, b)| (shift(a), shift(b)));
}
