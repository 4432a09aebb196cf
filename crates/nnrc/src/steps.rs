//! How far the weights of a pot can be from those of plain online gradient descent: errors of steps, carried on by
//! the steps that follow.
//!
//! With p ↦ p − η g(p), the gradient g of the sample in turn, an error e becomes (I − η H) e, H = dg/dp. If each step adds
//! an error of at most δ_k in every weight, the error after n steps is, to first order in δ, at most
//!
//! ```text
//! Σ_k |(I − η H_n) ··· (I − η H_{k+1})| δ_k         |·|: largest sum of magnitudes in a row
//! ```
//!
//! The derivatives are those along the plain steps from the file's weights, and a sample that the judge lets pass makes
//! no step: the bound holds as long as the verdicts of pot and plain computation agree. (The product of the norms, (1 + η |H|)^n,
//! is larger by tens of orders of magnitude after a hundred steps: most directions of a step contract.)

use nnrc_gradient::{Graph, Propagation};
use nnrc_model::activation::Activation;
use nnrc_model::{ClockedSgd, Model, NodeKind};

/// Weights above which products of such matrices take too long to say.
const MOST: usize = 128;
/// Step of the central differences, relative to max(1, |p|).
const DIFFERENCE: f64 = 1e-5;

/// Plain online steps of a phased model.
struct Online<'a> {
    graph: &'a Graph,
    model: &'a Model,
    training: &'a ClockedSgd,
    propagation: Propagation<'a>,
    /// The activation of the output, where it matters.
    output: Option<Activation>,
}

/// The bound after each number of `steps`, which are sorted, for steps whose error in a weight is `part` of the
/// largest weight and of the largest change; none where it is not known.
pub fn bounds(model: &Model, training: &ClockedSgd, part: f64, steps: &[usize]) -> Option<Vec<f64>> {
    let graph = Graph::new(model);
    let mut online = Online::new(&graph, model, training)?;
    let rows = model.rows(&training.data);
    let mut p = online.graph.initial().to_vec();
    let mut errors = Vec::new();
    let mut derivatives = Vec::new();
    for &row in rows.iter().cycle().take(steps.last().copied()?) {
        let step: Vec<f64> = online.step(&p, row)?;
        let largest = |values: &[f64]| values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
        errors.push(part * (largest(&p) + largest(&step)));
        derivatives.push(online.derivative(&p, row)?);
        for (p, step) in p.iter_mut().zip(step) {
            *p += step;
        }
    }
    let bound = |&count: &usize| -> f64 {
        let mut carried = identity(p.len());
        let mut sum = 0.0;
        for (error, derivative) in errors[..count].iter().zip(&derivatives[..count]).rev() {
            sum += norm(&carried) * error;
            carried = product(&carried, derivative);
        }
        sum
    };
    Some(steps.iter().map(bound).collect())
}

impl<'a> Online<'a> {
    fn new(graph: &'a Graph, model: &'a Model, training: &'a ClockedSgd) -> Option<Self> {
        let output = match &model.nodes[model.output].kind {
            NodeKind::Layer { activations, .. } => activations.first().copied(),
            NodeKind::Input => None,
        };
        let served =
            !training.cross_entropy || matches!(output, Some(Activation::Sigmoid | Activation::Softmax));
        let propagation = Propagation::new(graph, 1);
        (graph.initial().len() <= MOST && served).then_some(Self {
            graph,
            model,
            training,
            propagation,
            output,
        })
    }

    /// −η times the gradient of a sample's loss; zeros where the judge lets it pass.
    fn step(&mut self, p: &[f64], row: usize) -> Option<Vec<f64>> {
        let dataset = &self.model.datasets[&self.training.data.dataset];
        let target = dataset.target(row, self.graph.output_width())?;
        self.propagation.set_parameters(p);
        self.propagation.forward(&[dataset.input(row)]);
        let outputs = self.propagation.outputs();
        let error: f64 = outputs.iter().zip(&target).map(|(y, t)| (y - t).abs()).sum();
        if self.training.tolerance.is_some_and(|tolerance| error < tolerance) {
            return Some(vec![0.0; p.len()]);
        }
        let adjoint = |y: f64, t: f64| match (self.training.cross_entropy, self.output) {
            (false, _) => y - t,
            (true, Some(Activation::Softmax)) => -t / y,
            // So that the gradient by the pre-activation is y − t.
            (true, _) => (y - t) / (y * (1.0 - y)),
        };
        self.propagation.backward(|_, outputs, adjoints| {
            for ((d, y), t) in adjoints.iter_mut().zip(outputs).zip(&target) {
                *d = adjoint(*y, *t);
            }
        });
        let gradient = self.propagation.gradient();
        Some(gradient.into_iter().map(|g| -self.training.rate * g).collect())
    }

    /// I − η H, row-major.
    fn derivative(&mut self, p: &[f64], row: usize) -> Option<Vec<f64>> {
        let n = p.len();
        let mut matrix = identity(n);
        let mut moved = p.to_vec();
        for column in 0..n {
            let difference = DIFFERENCE * p[column].abs().max(1.0);
            moved[column] = p[column] + difference;
            let after = self.step(&moved, row)?;
            moved[column] = p[column] - difference;
            let before = self.step(&moved, row)?;
            moved[column] = p[column];
            for i in 0..n {
                matrix[i * n + column] += (after[i] - before[i]) / (2.0 * difference);
            }
        }
        Some(matrix)
    }
}

fn identity(n: usize) -> Vec<f64> {
    let mut matrix = vec![0.0; n * n];
    matrix.iter_mut().step_by(n + 1).for_each(|value| *value = 1.0);
    matrix
}

/// The largest sum of magnitudes in a row.
fn norm(matrix: &[f64]) -> f64 {
    let n = matrix.len().isqrt();
    matrix.chunks(n.max(1)).map(|row| row.iter().map(|value| value.abs()).sum()).fold(0.0, f64::max)
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    let n = a.len().isqrt();
    let mut product = vec![0.0; n * n];
    for (row, a) in product.chunks_mut(n.max(1)).zip(a.chunks(n.max(1))) {
        for (a, b) in a.iter().zip(b.chunks(n.max(1))) {
            for (sum, b) in row.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }
    product
}
