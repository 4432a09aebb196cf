//! For the tests: systems, small dense ones and layered networks of smoothed rectifiers; folders.

use crate::system::{Layered, System};
use nalgebra::{DMatrix, DVector};

/// A folder of this process's own.
pub(crate) fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("nnrc-sim-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

type Derivative = Box<dyn Fn(&[f64], &mut [f64])>;
type Jacobian = Box<dyn Fn(&[f64]) -> DMatrix<f64>>;

/// A system given by its derivative and its Jacobian; solves are dense.
pub(crate) struct Dense {
    dimension: usize,
    derivative: Derivative,
    jacobian: Jacobian,
    matrix: DMatrix<f64>,
    shift: f64,
    /// Evaluations, linearisations, solves and products: each about one pass over the weights.
    pub(crate) work: usize,
}

impl Dense {
    pub(crate) fn new(
        dimension: usize,
        derivative: impl Fn(&[f64], &mut [f64]) + 'static,
        jacobian: impl Fn(&[f64]) -> DMatrix<f64> + 'static,
    ) -> Self {
        Dense {
            dimension,
            derivative: Box::new(derivative),
            jacobian: Box::new(jacobian),
            matrix: DMatrix::zeros(dimension, dimension),
            shift: 0.0,
            work: 0,
        }
    }
}

impl System for Dense {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn derivative(&mut self, state: &[f64], derivative: &mut [f64]) {
        self.work += 1;
        (self.derivative)(state, derivative);
    }
}

impl Layered for Dense {
    fn linearise(&mut self, state: &[f64]) {
        self.work += 1;
        self.matrix = (self.jacobian)(state);
    }

    fn shift(&mut self, shift: f64) {
        self.shift = shift;
    }

    fn solve(&mut self, vector: &mut [f64]) {
        self.work += 1;
        let matrix = DMatrix::identity(self.dimension, self.dimension) * self.shift - &self.matrix;
        match matrix.lu().solve(&DVector::from_column_slice(vector)) {
            Some(solution) => vector.copy_from_slice(solution.as_slice()),
            None => vector.fill(f64::NAN),
        }
    }

    fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]) {
        self.work += 1;
        product.copy_from_slice((&self.matrix * DVector::from_column_slice(vector)).as_slice());
    }
}

/// x' = h + z x − x², the smoothed rectifier, of which `root(z, h)` is the positive fixed point.
pub(crate) fn rectifier(z: f64, h: f64) -> Dense {
    Dense::new(
        1,
        move |x, f| f[0] = h + z * x[0] - x[0] * x[0],
        move |x| DMatrix::from_element(1, 1, z - 2.0 * x[0]),
    )
}

/// (z + √(z² + 4 h)) / 2.
pub(crate) fn root(z: f64, h: f64) -> f64 {
    (z + (z * z + 4.0 * h).sqrt()) / 2.0
}

/// A feed-forward network: neuron i of a layer follows x' = h + z x − x², z = Σ w a + b.
pub(crate) struct Network {
    widths: Vec<usize>,
    weights: Vec<Vec<f64>>,
    biases: Vec<Vec<f64>>,
    input: Vec<f64>,
    h: f64,
    at: Vec<f64>,
    diagonal: Vec<f64>,
    shift: f64,
    pub(crate) work: usize,
}

impl Network {
    /// `widths` from the input on; He-normal weights times `scale`, biases N(0, 0.1), inputs U[0, 1).
    pub(crate) fn random(widths: &[usize], scale: f64, h: f64, seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let input = (0..widths[0]).map(|_| random.uniform()).collect();
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for pair in widths.windows(2) {
            let deviation = scale * (2.0 / pair[0] as f64).sqrt();
            weights.push((0..pair[0] * pair[1]).map(|_| deviation * random.normal()).collect());
            biases.push((0..pair[1]).map(|_| 0.1 * random.normal()).collect());
        }
        let dimension = widths[1..].iter().sum();
        Network {
            widths: widths.to_vec(),
            weights,
            biases,
            input,
            h,
            at: vec![0.0; dimension],
            diagonal: vec![0.0; dimension],
            shift: 0.0,
            work: 0,
        }
    }

    pub(crate) fn start(&self) -> Vec<f64> {
        vec![self.h.sqrt(); self.dimension()]
    }

    /// The analytic fixed point: one forward pass.
    pub(crate) fn forward(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.dimension()];
        let mut begin = 0;
        for layer in 0..self.weights.len() {
            for i in 0..self.widths[layer + 1] {
                x[begin + i] = root(self.field(layer, i, &x), self.h);
            }
            begin += self.widths[layer + 1];
        }
        x
    }

    /// z of neuron `i` of `layer` for the activities `x`.
    fn field(&self, layer: usize, i: usize, x: &[f64]) -> f64 {
        let width = self.widths[layer];
        let row = &self.weights[layer][i * width..(i + 1) * width];
        let sum: f64 = row.iter().zip(self.below(layer, x)).map(|(w, a)| w * a).sum();
        sum + self.biases[layer][i]
    }

    /// What feeds `layer`: the input, or the layer below within `x`.
    fn below<'a>(&'a self, layer: usize, x: &'a [f64]) -> &'a [f64] {
        if layer == 0 {
            return &self.input;
        }
        let end: usize = self.widths[1..=layer].iter().sum();
        &x[end - self.widths[layer]..end]
    }

    /// Calls `visit(layer, neuron, state index)` from the input on.
    fn each(&self) -> impl Iterator<Item = (usize, usize, usize)> + use<> {
        let widths = self.widths[1..].to_vec();
        let places =
            widths.into_iter().enumerate().flat_map(|(layer, width)| (0..width).map(move |i| (layer, i)));
        places.enumerate().map(|(at, (layer, i))| (layer, i, at))
    }

    /// Σ_j w_ij v_j over the layer below, which is 0 for the first layer: inputs are constant.
    fn coupling(&self, layer: usize, i: usize, v: &[f64]) -> f64 {
        if layer == 0 { 0.0 } else { self.field(layer, i, v) - self.biases[layer][i] }
    }
}

impl System for Network {
    fn dimension(&self) -> usize {
        self.diagonal.len()
    }

    fn derivative(&mut self, x: &[f64], f: &mut [f64]) {
        self.work += 1;
        for (layer, i, at) in self.each() {
            f[at] = self.h + self.field(layer, i, x) * x[at] - x[at] * x[at];
        }
    }
}

impl Layered for Network {
    fn linearise(&mut self, x: &[f64]) {
        self.work += 1;
        self.at.copy_from_slice(x);
        for (layer, i, at) in self.each() {
            self.diagonal[at] = self.field(layer, i, x) - 2.0 * x[at];
        }
    }

    fn shift(&mut self, shift: f64) {
        self.shift = shift;
    }

    fn solve(&mut self, v: &mut [f64]) {
        self.work += 1;
        for (layer, i, at) in self.each() {
            v[at] = (v[at] + self.at[at] * self.coupling(layer, i, v)) / (self.shift - self.diagonal[at]);
        }
    }

    fn jacobian_times(&mut self, v: &[f64], product: &mut [f64]) {
        self.work += 1;
        for (layer, i, at) in self.each() {
            product[at] = self.diagonal[at] * v[at] + self.at[at] * self.coupling(layer, i, v);
        }
    }
}

/// A xorshift generator: the tests need numbers that are the same everywhere, not good ones.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}
