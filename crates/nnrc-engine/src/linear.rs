//! The Jacobian as kernels: derivatives of sums are sums.

use std::ops::Range;
use std::sync::Arc;

use nnrc_crn::components;

use crate::kernel::{Kernel, compile_all};
use crate::layout::Layout;
use crate::sum::{Access, Factor, Source, Sum};

/// The Jacobian of a plan, component by component.
#[derive(Debug)]
pub(crate) struct Linear {
    /// In the order in which they are solved for.
    pub components: Vec<Component>,
    /// Tensors that depend on the linearisation point, and what fills them.
    pub frozen: Vec<(usize, usize, Vec<Kernel>)>,
}

/// Species families that depend on each other.
#[derive(Debug)]
pub(crate) struct Component {
    /// Their ranges in the state.
    pub families: Vec<Range<usize>>,
    pub shape: Shape,
    /// Totals that its members conserve: members of one block with their coefficients.
    pub laws: Vec<Vec<(usize, f64)>>,
    /// Assemble the block on the diagonal.
    pub block: Vec<Kernel>,
    /// Apply the block on the diagonal to a vector; empty for local blocks, which are assembled anyway.
    pub own: Vec<Kernel>,
    /// Apply everything to the left of the block to a vector.
    pub couplings: Vec<Kernel>,
}

/// What a block on the diagonal looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Coupled at equal index only: `count` blocks of `size` × `size`, one after the other.
    Local { count: usize, size: usize },
    /// One dense block.
    Dense { size: usize },
}

impl Shape {
    /// Number of elements that are stored.
    pub fn elements(self) -> usize {
        match self {
            Self::Local { count, size } => count * size * size,
            Self::Dense { size } => size * size,
        }
    }
}

/// The derivative of a sum by one of its factors.
pub(crate) struct Derivative {
    /// The sum without one instance of the factor.
    pub rest: Sum,
    /// Which variable it is the derivative by.
    pub by: Access,
    /// Families of the target and of `by`.
    pub families: (usize, usize),
}

impl Derivative {
    /// Whether it is by a variable at the same index as that of the target.
    pub fn is_local(&self, layout: &Layout) -> bool {
        let place = |at: &Access, family: usize| at.base - layout.state[family].start;
        let (target, by) = self.families;
        self.rest.target.strides == self.by.strides && place(&self.rest.target, target) == place(&self.by, by)
    }

    /// As a sum that reads the direction from the vector.
    fn along(&self) -> Sum {
        let mut sum = self.rest.clone();
        sum.factors.push(Factor { source: Source::Vector, at: self.by.clone(), power: 1 });
        sum
    }

    /// As a sum that writes matrix elements: the position of an element is affine in those of its row and
    /// column.
    fn element(&self, base: usize, row: usize, column: usize) -> Sum {
        let strides = self.rest.target.strides.iter().zip(&self.by.strides);
        let strides = strides.map(|(target, by)| target * row + by * column).collect();
        Sum { target: Access { base, strides }, ..self.rest.clone() }
    }
}

pub(crate) fn derivatives(sums: &[Sum], family_of: impl Fn(&Access) -> usize) -> Vec<Derivative> {
    let mut found = Vec::new();
    for sum in sums {
        for (place, factor) in sum.factors.iter().enumerate().filter(|(_, f)| f.source == Source::State) {
            let mut rest = sum.clone();
            rest.scale *= f64::from(factor.power);
            if factor.power == 1 {
                rest.factors.remove(place);
            } else {
                rest.factors[place].power -= 1;
            }
            let families = (family_of(&sum.target), family_of(&factor.at));
            found.push(Derivative { rest, by: factor.at.clone(), families });
        }
    }
    found
}

/// Sums that assemble the whole Jacobian, row-major.
pub(crate) fn full_jacobian(sums: &[Sum], dimension: usize) -> Vec<Sum> {
    let element = |d: &Derivative| d.element(d.rest.target.base * dimension + d.by.base, dimension, 1);
    derivatives(sums, |_| 0).iter().map(element).collect()
}

impl Linear {
    /// Orders the families and plans the blocks; tensors that depend on the linearisation point are added
    /// to `tensors`.
    pub fn new(sums: &[Sum], layout: &Layout, tensors: &mut Vec<Arc<Vec<f64>>>) -> Self {
        let derivatives = derivatives(sums, |at| layout.family_of(at));
        let mut depends = vec![Vec::new(); layout.state.len()];
        for derivative in &derivatives {
            depends[derivative.families.0].push(derivative.families.1);
        }
        let mut component_of = vec![0; layout.state.len()];
        let components = components(&depends);
        for (place, members) in components.iter().enumerate() {
            members.iter().for_each(|&family| component_of[family] = place);
        }
        let mut frozen = Vec::new();
        let mut of_component: Vec<Vec<&Derivative>> = components.iter().map(|_| Vec::new()).collect();
        for derivative in &derivatives {
            of_component[component_of[derivative.families.0]].push(derivative);
        }
        let components = components.iter().zip(of_component).map(|(members, derivatives)| {
            let (inside, below): (Vec<_>, Vec<_>) =
                derivatives.into_iter().partition(|d| members.contains(&d.families.1));
            let shape = shape(members, &inside, layout);
            let mut apply = |derivatives: &[&Derivative]| -> Vec<Kernel> {
                let sums: Vec<Sum> =
                    derivatives.iter().map(|d| freeze(d.along(), tensors, &mut frozen)).collect();
                compile_all(&sums)
            };
            Component {
                families: members.iter().map(|&family| layout.state[family].clone()).collect(),
                shape,
                laws: laws(members, shape, layout),
                couplings: apply(&below),
                own: if matches!(shape, Shape::Dense { .. }) { apply(&inside) } else { Vec::new() },
                block: compile_all(&block(members, &inside, shape, layout)),
            }
        });
        Self { components: components.collect(), frozen }
    }

    /// Size of the largest dense block, 0 if there is none.
    pub fn largest_dense_block(&self) -> usize {
        let size = |component: &Component| match component.shape {
            Shape::Dense { size } => size,
            Shape::Local { .. } => 0,
        };
        self.components.iter().map(size).max().unwrap_or(0)
    }
}

/// Sums out variables that stand neither in the target nor in the direction: they need the linearisation
/// point only, not the vector.
fn freeze(sum: Sum, tensors: &mut Vec<Arc<Vec<f64>>>, frozen: &mut Vec<(usize, usize, Vec<Kernel>)>) -> Sum {
    let is_free = |v: usize| {
        let in_vector = sum.factors.iter().any(|f| f.source == Source::Vector && f.at.strides[v] > 0);
        sum.target.strides[v] == 0 && !in_vector
    };
    if !(0..sum.sizes.len()).any(is_free) {
        return sum;
    }
    let split = sum.split(|factor| factor.source != Source::Vector, |_| false);
    tensors.push(Arc::new(Vec::new()));
    let id = tensors.len() - 1;
    frozen.push((id, split.len, compile_all(&[split.inner])));
    let mut outer = split.outer;
    outer.factors.push(Factor { source: Source::Tensor(id), at: split.tensor, power: 1 });
    outer
}

/// Local if all members are of one length and no derivative leaves its index.
fn shape(members: &[usize], inside: &[&Derivative], layout: &Layout) -> Shape {
    let len = |family: usize| layout.state[family].len();
    let count = len(members[0]);
    if members.iter().all(|&family| len(family) == count) && inside.iter().all(|d| d.is_local(layout)) {
        Shape::Local { count, size: members.len() }
    } else {
        Shape::Dense { size: members.iter().map(|&family| len(family)).sum() }
    }
}

/// The conserved totals among the members of a component. A local block has the same ones at each index.
fn laws(members: &[usize], shape: Shape, layout: &Layout) -> Vec<Vec<(usize, f64)>> {
    let own = layout.laws.iter().filter(|law| law.terms.iter().all(|(family, _)| members.contains(family)));
    let place = |family: usize| members.iter().take_while(move |&&member| member != family);
    let len = |family: usize| layout.state[family].len();
    let row = |family: usize, at: usize| place(family).map(|&member| len(member)).sum::<usize>() + at;
    own.flat_map(|law| match (shape, law.each_index) {
        (Shape::Local { .. }, true) => {
            vec![law.terms.iter().map(|&(family, c)| (place(family).count(), c)).collect()]
        }
        // One total over many blocks is none of a single one.
        (Shape::Local { count, .. }, false) if count > 1 => Vec::new(),
        (Shape::Local { .. }, false) => {
            vec![law.terms.iter().map(|&(family, c)| (place(family).count(), c)).collect()]
        }
        (Shape::Dense { .. }, true) => (0..len(law.terms[0].0))
            .map(|at| law.terms.iter().map(|&(family, c)| (row(family, at), c)).collect())
            .collect(),
        (Shape::Dense { .. }, false) => {
            let members = |&(family, c): &(usize, f64)| (0..len(family)).map(move |at| (at, c));
            let of = |term: &(usize, f64)| {
                let start = row(term.0, 0);
                members(term).map(move |(at, c)| (start + at, c)).collect::<Vec<_>>()
            };
            vec![law.terms.iter().flat_map(of).collect()]
        }
    })
    .collect()
}

/// Sums that assemble the block on the diagonal.
fn block(members: &[usize], inside: &[&Derivative], shape: Shape, layout: &Layout) -> Vec<Sum> {
    let slot = |family: usize| members.iter().take_while(|&&member| member != family).count();
    let start = |family: usize| -> usize {
        members.iter().take_while(|&&member| member != family).map(|&member| layout.state[member].len()).sum()
    };
    let sum = |d: &&Derivative| {
        let (target, by) = d.families;
        let row = d.rest.target.base - layout.state[target].start;
        let column = d.by.base - layout.state[by].start;
        match shape {
            Shape::Local { size, .. } => {
                d.element((row * size + slot(target)) * size + slot(by), size * size, 0)
            }
            Shape::Dense { size } => d.element((start(target) + row) * size + start(by) + column, size, 1),
        }
    };
    inside.iter().map(sum).collect()
}
