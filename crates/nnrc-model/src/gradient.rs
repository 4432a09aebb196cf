//! Gradients at the chemistry's fixed point, by implicit differentiation.
//!
//! At rest F(x, w) = 0. With the Jacobian J = F_x the adjoint solves Jᵀ μ = −dL/dx; ordered by layer J is block
//! lower triangular, so the solve is one sweep backwards: per unit d = φ'(z) · dL/dx with the slopes of
//! the activations, then dL/dw_ij = d_i a_j and dL/da_j += w_ij d_i. No chemistry is integrated.
//!
//! Samples go through in blocks of [`LANES`]: arrays are `[value][lane]`, so the inner loops have a constant length
//! and vectorise, and each weight is read once for all lanes. All parameters stand in one flat vector, which is what
//! an optimiser moves.

use crate::activation::{Activation, Map};
use crate::encoding::or_identity;
pub use crate::lanes::{LANES, Lanes};
use crate::model::Model;
use crate::network::{NodeKind, Operation};
use crate::resources::Tensor;

/// A network whose weights are the variables.
#[derive(Debug, Clone)]
pub struct Graph {
    nodes: Vec<Step>,
    output: usize,
    parameters: Vec<Parameter>,
    initial: Vec<f64>,
}

/// A tensor among the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// `hidden.W`, `hidden.b`.
    pub key: String,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// Where it begins in the flat vector.
    pub start: usize,
}

impl Parameter {
    /// Its places in the flat vector.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.shape.iter().product::<usize>()
    }
}

#[derive(Debug, Clone)]
struct Step {
    width: usize,
    kind: StepKind,
    /// Whether a parameter has an influence on it, so that its adjoint matters.
    learns: bool,
}

#[derive(Debug, Clone)]
enum StepKind {
    Input,
    Layer { operation: StepOperation, sources: Vec<usize>, activations: Vec<Activation> },
}

#[derive(Debug, Clone, Copy)]
enum StepOperation {
    /// Places of W and b.
    Dense {
        weights: usize,
        bias: Option<usize>,
        columns: usize,
    },
    Add,
    Concat,
}

/// Values and adjoints of one block of samples; made once and used again.
#[derive(Debug, Clone)]
pub struct Workspace {
    nodes: Vec<NodeState>,
    /// One sample of a joint activation.
    scratch: [Vec<f64>; 3],
}

#[derive(Debug, Clone, Default)]
struct NodeState {
    /// What the activations are applied to, then the result of each; the last is the value.
    stages: Vec<Vec<Lanes>>,
    /// dy/dz of each activation that is not joint.
    slopes: Vec<Vec<Lanes>>,
    /// dy/dzp, for activations that depend on production.
    production: Vec<Vec<Lanes>>,
    /// The concatenated sources of a dense layer.
    taken: Vec<Lanes>,
    /// The same, a sample after another.
    rows: Vec<f64>,
    adjoint: Vec<Lanes>,
}

impl NodeState {
    fn value(&self) -> &[Lanes] {
        self.stages.last().map_or(&[], Vec::as_slice)
    }
}

impl Graph {
    /// The network of a model; its weights are where training starts.
    pub fn new(model: &Model) -> Self {
        let (mut parameters, mut initial) = (Vec::new(), Vec::new());
        let mut add = |key: String, tensor: &Tensor| {
            let start = initial.len();
            initial.extend_from_slice(&tensor.values);
            parameters.push(Parameter { key, shape: tensor.shape.clone(), start });
            start
        };
        let mut nodes: Vec<Step> = Vec::new();
        for node in &model.nodes {
            let (kind, learns) = match &node.kind {
                NodeKind::Input => (StepKind::Input, false),
                NodeKind::Layer { operation, sources, activations } => {
                    let operation = match operation {
                        Operation::Dense { weights, bias } => StepOperation::Dense {
                            weights: add(format!("{}.W", node.name), weights),
                            bias: bias.as_ref().map(|bias| add(format!("{}.b", node.name), bias)),
                            columns: weights.shape.get(1).copied().unwrap_or(0),
                        },
                        Operation::Add => StepOperation::Add,
                        Operation::Concat => StepOperation::Concat,
                    };
                    let learns = matches!(operation, StepOperation::Dense { .. })
                        || sources.iter().any(|&source| nodes[source].learns);
                    let activations = or_identity(activations);
                    (StepKind::Layer { operation, sources: sources.clone(), activations }, learns)
                }
            };
            nodes.push(Step { width: node.width(), kind, learns });
        }
        Self { nodes, output: model.output, parameters, initial }
    }

    /// The tensors of the flat vector.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The weights of the model.
    pub fn initial(&self) -> &[f64] {
        &self.initial
    }

    /// Number of outputs.
    pub fn output_width(&self) -> usize {
        self.nodes[self.output].width
    }

    /// Room for a block.
    pub fn workspace(&self) -> Workspace {
        let zeros = |width: usize| vec![[0.0; LANES]; width];
        let mut widest = 0;
        let place = |node: &Step| {
            widest = widest.max(node.width);
            let mut place = NodeState { adjoint: zeros(node.width), ..NodeState::default() };
            let StepKind::Layer { operation, activations, .. } = &node.kind else {
                place.stages.push(zeros(node.width));
                return place;
            };
            place.stages = vec![zeros(node.width); activations.len() + 1];
            place.slopes = vec![zeros(node.width); activations.len()];
            place.production = activations
                .iter()
                .map(|one| if one.depends_on_production() { zeros(node.width) } else { Vec::new() })
                .collect();
            if let StepOperation::Dense { columns, .. } = operation {
                place.taken = zeros(*columns);
                place.rows = vec![0.0; columns * LANES];
            }
            place
        };
        let nodes = self.nodes.iter().map(place).collect();
        Workspace { nodes, scratch: std::array::from_fn(|_| vec![0.0; widest]) }
    }

    /// Values of all nodes for the first [`LANES`] of `samples`; if there are fewer, the first fills the rest.
    pub fn forward(&self, parameters: &[f64], samples: &[&[f64]], space: &mut Workspace) {
        let mut start = 0;
        for (at, step) in self.nodes.iter().enumerate() {
            let (before, rest) = space.nodes.split_at_mut(at);
            let place = &mut rest[0];
            match &step.kind {
                StepKind::Input => {
                    for lane in 0..LANES {
                        let Some(sample) = samples.get(lane).or(samples.first()) else { return };
                        for (value, x) in place.stages[0].iter_mut().zip(&sample[start..start + step.width]) {
                            value[lane] = *x;
                        }
                    }
                    start += step.width;
                }
                StepKind::Layer { operation, sources, activations } => {
                    drive(parameters, *operation, sources, before, place);
                    for (stage, activation) in activations.iter().enumerate() {
                        let production = if activation.depends_on_production() {
                            produced(parameters, stage, *operation, sources, before, place)
                        } else {
                            Vec::new()
                        };
                        activate(*activation, stage, &production, place);
                    }
                }
            }
        }
    }

    /// Values of the output, one lane for each sample.
    pub fn output<'a>(&self, space: &'a Workspace) -> &'a [Lanes] {
        space.nodes[self.output].value()
    }

    /// Adds the gradient of a loss, summed over the lanes, to `gradient`; `adjoint` is dL/dy of each lane, 0 for
    /// lanes that do not count. [`Graph::forward`] comes first.
    pub fn backward(
        &self,
        parameters: &[f64],
        adjoint: &[Lanes],
        space: &mut Workspace,
        gradient: &mut [f64],
    ) {
        for place in &mut space.nodes {
            place.adjoint.fill([0.0; LANES]);
        }
        space.nodes[self.output].adjoint.copy_from_slice(adjoint);
        for (at, step) in self.nodes.iter().enumerate().rev() {
            let StepKind::Layer { operation, sources, activations } = &step.kind else { continue };
            if !step.learns {
                continue;
            }
            let (before, rest) = space.nodes.split_at_mut(at);
            let place = &mut rest[0];
            for (stage, activation) in activations.iter().enumerate().rev() {
                if activation.depends_on_production() {
                    // What was produced depends on the signs of weights and sources, not on z alone.
                    let learns = |source: usize| self.nodes[source].learns;
                    let upstream = (sources.as_slice(), &learns as &dyn Fn(usize) -> bool);
                    pull_production(parameters, stage, *operation, upstream, before, place, gradient);
                } else {
                    pull(*activation, stage, place, &mut space.scratch);
                }
            }
            match operation {
                StepOperation::Dense { weights, bias, columns } => {
                    if let Some(bias) = bias {
                        for (g, d) in gradient[*bias..].iter_mut().zip(&place.adjoint) {
                            *g += d.iter().sum::<f64>();
                        }
                    }
                    let size = columns * step.width;
                    transpose(&place.taken, &mut place.rows);
                    add_outer(&place.adjoint, &place.rows, &mut gradient[*weights..*weights + size]);
                    let weights = &parameters[*weights..*weights + size];
                    let mut column = 0;
                    for &source in sources {
                        let width = before[source].adjoint.len();
                        if self.nodes[source].learns {
                            let target = &mut before[source].adjoint;
                            multiply_transposed(weights, *columns, column, &place.adjoint, target);
                        }
                        column += width;
                    }
                }
                StepOperation::Add => {
                    for &source in sources {
                        add_lanes(&mut before[source].adjoint, &place.adjoint);
                    }
                }
                StepOperation::Concat => {
                    let mut column = 0;
                    for &source in sources {
                        let target = &mut before[source].adjoint;
                        let width = target.len();
                        add_lanes(target, &place.adjoint[column..column + width]);
                        column += width;
                    }
                }
            }
        }
    }
}

fn add_lanes(target: &mut [Lanes], source: &[Lanes]) {
    for (target, source) in target.iter_mut().zip(source) {
        for (t, s) in target.iter_mut().zip(source) {
            *t += s;
        }
    }
}

/// Pre-activations.
fn drive(
    parameters: &[f64],
    operation: StepOperation,
    sources: &[usize],
    before: &[NodeState],
    place: &mut NodeState,
) {
    let z = &mut place.stages[0];
    match operation {
        StepOperation::Dense { weights, bias, columns } => {
            let mut at = 0;
            for &source in sources {
                let value = before[source].value();
                place.taken[at..at + value.len()].copy_from_slice(value);
                at += value.len();
            }
            let row = |unit: usize| &parameters[weights + unit * columns..weights + (unit + 1) * columns];
            let b = |unit: usize| [bias.map_or(0.0, |bias| parameters[bias + unit]); LANES];
            // Two units at a time: twice as many sums that do not wait for each other.
            for (pair, z) in z.chunks_mut(2).enumerate() {
                let unit = 2 * pair;
                if let [first, second] = z {
                    (*first, *second) = (b(unit), b(unit + 1));
                    add_products(row(unit), row(unit + 1), &place.taken, first, second);
                } else if let [last] = z {
                    *last = b(unit);
                    add_products(row(unit), row(unit), &place.taken, last, &mut [0.0; LANES]);
                }
            }
        }
        StepOperation::Add => {
            z.fill([0.0; LANES]);
            for &source in sources {
                add_lanes(z, before[source].value());
            }
        }
        StepOperation::Concat => {
            let mut at = 0;
            for &source in sources {
                let value = before[source].value();
                z[at..at + value.len()].copy_from_slice(value);
                at += value.len();
            }
        }
    }
}

/// Two rows of W times the sources.
fn add_products(w0: &[f64], w1: &[f64], sources: &[Lanes], first: &mut Lanes, second: &mut Lanes) {
    let (mut s0, mut s1) = (*first, *second);
    for ((w0, w1), a) in w0.iter().zip(w1).zip(sources) {
        for lane in 0..LANES {
            s0[lane] += w0 * a[lane];
            s1[lane] += w1 * a[lane];
        }
    }
    (*first, *second) = (s0, s1);
}

/// The part of each pre-activation that is produced: the terms above 0. Signals count as held by one rail; a second
/// rail that annihilation keeps at about 1/k would change the value by terms of 1/k².
fn produced(
    parameters: &[f64],
    stage: usize,
    operation: StepOperation,
    sources: &[usize],
    before: &[NodeState],
    place: &NodeState,
) -> Vec<Lanes> {
    let z = &place.stages[stage];
    match operation {
        StepOperation::Dense { weights, bias, columns } if stage == 0 => (0..z.len())
            .map(|unit| {
                let start = weights + unit * columns;
                let b = bias.map_or(0.0, |bias| parameters[bias + unit]);
                let mut sum = [b.max(0.0); LANES];
                for (w, a) in parameters[start..start + columns].iter().zip(&place.taken) {
                    for (sum, a) in sum.iter_mut().zip(a) {
                        *sum += (w * a).max(0.0);
                    }
                }
                sum
            })
            .collect(),
        StepOperation::Add if stage == 0 => {
            let mut sum = vec![[0.0; LANES]; z.len()];
            for &source in sources {
                for (sum, value) in sum.iter_mut().zip(before[source].value()) {
                    for (sum, value) in sum.iter_mut().zip(value) {
                        *sum += value.max(0.0);
                    }
                }
            }
            sum
        }
        StepOperation::Dense { .. } | StepOperation::Add | StepOperation::Concat => {
            z.iter().map(|z| z.map(|z| z.max(0.0))).collect()
        }
    }
}

/// Applies one activation and notes its slopes; `production` is that of each unit, if the activation depends on it.
fn activate(activation: Activation, stage: usize, production: &[Lanes], place: &mut NodeState) {
    let (from, to) = place.stages.split_at_mut(stage + 1);
    let (z, y, slopes) = (&from[stage], &mut to[0], &mut place.slopes[stage]);
    activation.with(|function| match function.map() {
        Map::Pointwise(one) => one.block(z, y, slopes),
        Map::Produced(one) => {
            for (unit, (z, zp)) in z.iter().zip(production).enumerate() {
                for lane in 0..LANES {
                    let (z, zp) = (z[lane], zp[lane]);
                    y[unit][lane] = one.value(z, zp);
                    slopes[unit][lane] = one.slope(z, zp);
                    place.production[stage][unit][lane] = one.slope_of_production(z, zp);
                }
            }
        }
        Map::Joint(all) => {
            let mut rails = vec![(0.0, 0.0); z.len()];
            for lane in 0..LANES {
                for (rail, z) in rails.iter_mut().zip(z) {
                    *rail = (z[lane].max(0.0), (-z[lane]).max(0.0));
                }
                for (y, value) in y.iter_mut().zip(all.values(&rails)) {
                    y[lane] = value;
                }
            }
        }
    });
}

/// dL/dy becomes dL/dz, for an activation that does not depend on production.
fn pull(activation: Activation, stage: usize, place: &mut NodeState, scratch: &mut [Vec<f64>; 3]) {
    if activation == Activation::Identity {
        return;
    }
    activation.with(|function| match function.map() {
        Map::Pointwise(_) | Map::Produced(_) => {
            for (d, slope) in place.adjoint.iter_mut().zip(&place.slopes[stage]) {
                for (d, slope) in d.iter_mut().zip(slope) {
                    *d *= slope;
                }
            }
        }
        Map::Joint(all) => {
            let width = place.adjoint.len();
            let [z, y, d] = scratch;
            for lane in 0..LANES {
                for at in 0..width {
                    z[at] = place.stages[stage][at][lane];
                    y[at] = place.stages[stage + 1][at][lane];
                    d[at] = place.adjoint[at][lane];
                }
                let pulled = all.pull_back(&z[..width], &y[..width], &d[..width]);
                for (place, pulled) in place.adjoint.iter_mut().zip(pulled) {
                    place[lane] = pulled;
                }
            }
        }
    });
}

/// The same for an activation that depends on production: what goes through zp is added where it comes from, what
/// goes through z stays in the adjoint.
fn pull_production(
    parameters: &[f64],
    stage: usize,
    operation: StepOperation,
    (sources, learns): (&[usize], &dyn Fn(usize) -> bool),
    before: &mut [NodeState],
    place: &mut NodeState,
    gradient: &mut [f64],
) {
    let mut through: Vec<Lanes> = place.production[stage].clone();
    for ((d, slope), zp) in place.adjoint.iter_mut().zip(&place.slopes[stage]).zip(&mut through) {
        for lane in 0..LANES {
            zp[lane] *= d[lane];
            d[lane] *= slope[lane];
        }
    }
    match operation {
        StepOperation::Dense { weights, bias, columns } if stage == 0 => {
            for (unit, zp) in through.iter().enumerate() {
                if let Some(bias) = bias.filter(|bias| parameters[bias + unit] > 0.0) {
                    gradient[bias + unit] += zp.iter().sum::<f64>();
                }
                let start = weights + unit * columns;
                let mut column = 0;
                for &source in sources {
                    for at in 0..before[source].adjoint.len() {
                        let w = parameters[start + column];
                        let a = place.taken[column];
                        let mut sum = 0.0;
                        for lane in 0..LANES {
                            if w * a[lane] > 0.0 {
                                sum += zp[lane] * a[lane];
                                if learns(source) {
                                    before[source].adjoint[at][lane] += w * zp[lane];
                                }
                            }
                        }
                        gradient[start + column] += sum;
                        column += 1;
                    }
                }
            }
        }
        StepOperation::Add if stage == 0 => {
            for &source in sources {
                for (unit, zp) in through.iter().enumerate() {
                    for (lane, zp) in zp.iter().enumerate() {
                        if before[source].value()[unit][lane] > 0.0 {
                            before[source].adjoint[unit][lane] += zp;
                        }
                    }
                }
            }
        }
        StepOperation::Dense { .. } | StepOperation::Add | StepOperation::Concat => {
            for ((d, zp), z) in place.adjoint.iter_mut().zip(&through).zip(&place.stages[stage]) {
                for lane in 0..LANES {
                    if z[lane] > 0.0 {
                        d[lane] += zp[lane];
                    }
                }
            }
        }
    }
}

/// [value][lane] to [lane][value].
fn transpose(values: &[Lanes], rows: &mut [f64]) {
    for (lane, row) in rows.chunks_exact_mut(values.len().max(1)).enumerate() {
        for (to, from) in row.iter_mut().zip(values) {
            *to = from[lane];
        }
    }
}

/// G += D Aᵀ, summed over the lanes: along rows of G, with all lanes at once.
fn add_outer(adjoint: &[Lanes], rows: &[f64], gradient: &mut [f64]) {
    let columns = rows.len() / LANES;
    if columns == 0 {
        return;
    }
    let mut lanes = rows.chunks_exact(columns);
    let rows: [&[f64]; LANES] = std::array::from_fn(|_| lanes.next().unwrap_or(&[]));
    let [r0, r1, r2, r3, r4, r5, r6, r7] = rows;
    for (g, d) in gradient.chunks_exact_mut(columns).zip(adjoint) {
        let sources = r0.iter().zip(r1).zip(r2).zip(r3).zip(r4).zip(r5).zip(r6).zip(r7);
        for (g, (((((((a0, a1), a2), a3), a4), a5), a6), a7)) in g.iter_mut().zip(sources) {
            *g += (d[0] * a0 + d[1] * a1)
                + (d[2] * a2 + d[3] * a3)
                + ((d[4] * a4 + d[5] * a5) + (d[6] * a6 + d[7] * a7));
        }
    }
}

/// A += Wᵀ D for the columns of W from `first` on.
fn multiply_transposed(
    weights: &[f64],
    columns: usize,
    first: usize,
    adjoint: &[Lanes],
    target: &mut [Lanes],
) {
    for (row, d) in weights.chunks_exact(columns.max(1)).zip(adjoint) {
        for (w, target) in row[first..].iter().zip(target.iter_mut()) {
            for (target, d) in target.iter_mut().zip(d) {
                *target += w * d;
            }
        }
    }
}
