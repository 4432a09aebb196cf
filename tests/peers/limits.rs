//! What a right-hand side and a gradient cost at least: loops of constant sizes over arrays, nothing else.
//!
//! Compiled by `rustc -O` and run by `cargo xtask bench`. Layers of smoothed rectifiers, x' = h + z x − x² with
//! z = W a + b. *full* computes every layer, *fold* all but the first, whose inputs stand still; *grad* is the
//! forward pass to the fixed point and the gradient of ½ Σ (y − t)² with respect to all weights and biases.
//! Prints nanoseconds for one evaluation, the least of many rounds and of two layouts of the matrices, as JSON.

use std::hint::black_box;
use std::time::Instant;

const H: f64 = 0.25;
const ROUNDS: usize = 41;
/// Measured the fastest of 4, 8 and 16.
const LANES: usize = 4;

struct Layer<const M: usize, const N: usize> {
    w: Box<[[f64; M]; N]>,
    columns: Box<[[f64; N]; M]>,
    b: [f64; N],
    dw: Box<[[f64; M]; N]>,
    db: [f64; N],
}

impl<const M: usize, const N: usize> Layer<M, N> {
    fn new() -> Self {
        let mut state = 7u64;
        let mut next = move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5) / (M as f64).sqrt()
        };
        let matrix = |next: &mut dyn FnMut() -> f64| -> Box<[[f64; M]; N]> {
            let rows: Vec<[f64; M]> = (0..N).map(|_| std::array::from_fn(|_| next())).collect();
            rows.into_boxed_slice().try_into().unwrap()
        };
        let w = matrix(&mut next);
        let dw = matrix(&mut || 0.0);
        let columns: Vec<[f64; N]> = (0..M).map(|j| std::array::from_fn(|i| w[i][j])).collect();
        let columns = columns.into_boxed_slice().try_into().unwrap();
        Layer { w, columns, b: std::array::from_fn(|_| next()), dw, db: [0.0; N] }
    }

    #[inline(always)]
    fn fields(&self, a: &[f64; M]) -> [f64; N] {
        std::array::from_fn(|i| self.b[i] + dot(&self.w[i], a))
    }

    /// The same with the matrix transposed: eight sums at a time go down the columns, and none has to be folded.
    #[inline(always)]
    fn fields_by_columns(&self, a: &[f64; M]) -> [f64; N] {
        let mut z = self.b;
        let (blocks, rest) = z.as_chunks_mut::<8>();
        let start = blocks.len() * 8;
        for (at, block) in blocks.iter_mut().enumerate() {
            let mut sums = *block;
            for (column, a) in self.columns.iter().zip(a) {
                let part: &[f64; 8] = column[at * 8..][..8].try_into().unwrap();
                for lane in 0..8 {
                    sums[lane] += part[lane] * a;
                }
            }
            *block = sums;
        }
        for (at, z) in rest.iter_mut().enumerate() {
            *z += self.columns.iter().zip(a).map(|(column, a)| column[start + at] * a).sum::<f64>();
        }
        z
    }

    #[inline(always)]
    fn forward(&self, a: &[f64; M]) -> [f64; N] {
        self.fields(a).map(|z| (z + (z * z + 4.0 * H).sqrt()) / 2.0)
    }

    #[inline(always)]
    fn forward_by_columns(&self, a: &[f64; M]) -> [f64; N] {
        self.fields_by_columns(a).map(|z| (z + (z * z + 4.0 * H).sqrt()) / 2.0)
    }

    /// Writes the gradient of the layer, and gives that of its sources.
    #[inline(always)]
    fn backward(&mut self, a: &[f64; M], x: &[f64; N], adjoint: &[f64; N]) -> [f64; M] {
        let mut below = [0.0; M];
        for i in 0..N {
            let delta = adjoint[i] * x[i] * x[i] / (x[i] * x[i] + H);
            self.db[i] = delta;
            let (w, dw) = (&self.w[i], &mut self.dw[i]);
            for j in 0..M {
                dw[j] = delta * a[j];
                below[j] += delta * w[j];
            }
        }
        below
    }

    /// The same without what nobody needs of the first layer.
    #[inline(always)]
    fn backward_first(&mut self, a: &[f64; M], x: &[f64; N], adjoint: &[f64; N]) {
        for i in 0..N {
            let delta = adjoint[i] * x[i] * x[i] / (x[i] * x[i] + H);
            self.db[i] = delta;
            let dw = &mut self.dw[i];
            for j in 0..M {
                dw[j] = delta * a[j];
            }
        }
    }
}

#[inline(always)]
fn dot<const M: usize>(w: &[f64; M], a: &[f64; M]) -> f64 {
    // Sums side by side fill the vector units; one alone would wait for each addition.
    let (w_whole, w_rest) = w.as_chunks::<LANES>();
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (w, a) in w_whole.iter().zip(a_whole) {
        for lane in 0..LANES {
            lanes[lane] += w[lane] * a[lane];
        }
    }
    let rest: f64 = w_rest.iter().zip(a_rest).map(|(w, a)| w * a).sum();
    let mut sum = rest;
    for lane in 0..LANES / 2 {
        sum += lanes[lane] + lanes[lane + LANES / 2];
    }
    sum
}

#[inline(always)]
fn rate<const N: usize>(z: &[f64; N], x: &[f64; N], dx: &mut [f64; N]) {
    for i in 0..N {
        dx[i] = H + (z[i] - x[i]) * x[i];
    }
}

/// Nanoseconds of a call: the least of many rounds, since other programs only ever add.
fn nanoseconds(mut call: impl FnMut()) -> f64 {
    let mut calls = 1;
    loop {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        if start.elapsed().as_secs_f64() > 2e-3 {
            break;
        }
        calls *= 2;
    }
    let round = |_| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() / calls as f64 * 1e9
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

fn report(name: &str, full: f64, fold: f64, grad: f64) {
    println!("  \"{name}\": {{ \"full\": {full}, \"fold\": {fold}, \"grad\": {grad} }},");
}

fn two<const I: usize, const A: usize, const B: usize>(name: &str) {
    let (mut l1, mut l2) = (Layer::<I, A>::new(), Layer::<A, B>::new());
    let x = [0.5; I];
    let (a, b, z) = ([0.4; A], [0.3; B], [0.2; A]);
    let (mut da, mut db) = ([0.0; A], [0.0; B]);
    let full = nanoseconds(|| {
        let (x, a, b) = (black_box(&x), black_box(&a), black_box(&b));
        rate(&l1.fields(x), a, &mut da);
        rate(&l2.fields(a), b, &mut db);
        black_box((&da, &db));
    })
    .min(nanoseconds(|| {
        let (x, a, b) = (black_box(&x), black_box(&a), black_box(&b));
        rate(&l1.fields_by_columns(x), a, &mut da);
        rate(&l2.fields_by_columns(a), b, &mut db);
        black_box((&da, &db));
    }));
    let fold = nanoseconds(|| {
        let (z, a, b) = (black_box(&z), black_box(&a), black_box(&b));
        rate(z, a, &mut da);
        rate(&l2.fields(a), b, &mut db);
        black_box((&da, &db));
    })
    .min(nanoseconds(|| {
        let (z, a, b) = (black_box(&z), black_box(&a), black_box(&b));
        rate(z, a, &mut da);
        rate(&l2.fields_by_columns(a), b, &mut db);
        black_box((&da, &db));
    }));
    let grad = nanoseconds(|| {
        let x = black_box(&x);
        let a = l1.forward(x);
        let b = l2.forward(&a);
        let below = l2.backward(&a, &b, &b.map(|y| y - 0.3));
        l1.backward_first(x, &a, &below);
        black_box((&l1.dw, &l2.dw, &l1.db, &l2.db));
    });
    let grad = grad.min(nanoseconds(|| {
        let x = black_box(&x);
        let a = l1.forward_by_columns(x);
        let b = l2.forward_by_columns(&a);
        let below = l2.backward(&a, &b, &b.map(|y| y - 0.3));
        l1.backward_first(x, &a, &below);
        black_box((&l1.dw, &l2.dw, &l1.db, &l2.db));
    }));
    report(name, full, fold, grad);
}

fn three<const I: usize, const A: usize, const B: usize, const C: usize>(name: &str) {
    let (mut l1, mut l2, mut l3) = (Layer::<I, A>::new(), Layer::<A, B>::new(), Layer::<B, C>::new());
    let x = [0.5; I];
    let (a, b, c, z) = ([0.4; A], [0.3; B], [0.2; C], [0.2; A]);
    let (mut da, mut db, mut dc) = ([0.0; A], [0.0; B], [0.0; C]);
    let full = nanoseconds(|| {
        let (x, a, b, c) = (black_box(&x), black_box(&a), black_box(&b), black_box(&c));
        rate(&l1.fields(x), a, &mut da);
        rate(&l2.fields(a), b, &mut db);
        rate(&l3.fields(b), c, &mut dc);
        black_box((&da, &db, &dc));
    })
    .min(nanoseconds(|| {
        let (x, a, b, c) = (black_box(&x), black_box(&a), black_box(&b), black_box(&c));
        rate(&l1.fields_by_columns(x), a, &mut da);
        rate(&l2.fields_by_columns(a), b, &mut db);
        rate(&l3.fields_by_columns(b), c, &mut dc);
        black_box((&da, &db, &dc));
    }));
    let fold = nanoseconds(|| {
        let (z, a, b, c) = (black_box(&z), black_box(&a), black_box(&b), black_box(&c));
        rate(z, a, &mut da);
        rate(&l2.fields(a), b, &mut db);
        rate(&l3.fields(b), c, &mut dc);
        black_box((&da, &db, &dc));
    })
    .min(nanoseconds(|| {
        let (z, a, b, c) = (black_box(&z), black_box(&a), black_box(&b), black_box(&c));
        rate(z, a, &mut da);
        rate(&l2.fields_by_columns(a), b, &mut db);
        rate(&l3.fields_by_columns(b), c, &mut dc);
        black_box((&da, &db, &dc));
    }));
    let grad = nanoseconds(|| {
        let x = black_box(&x);
        let a = l1.forward(x);
        let b = l2.forward(&a);
        let c = l3.forward(&b);
        let below = l3.backward(&b, &c, &c.map(|y| y - 0.3));
        let below = l2.backward(&a, &b, &below);
        l1.backward_first(x, &a, &below);
        black_box((&l1.dw, &l2.dw, &l3.dw));
    });
    let grad = grad.min(nanoseconds(|| {
        let x = black_box(&x);
        let a = l1.forward_by_columns(x);
        let b = l2.forward_by_columns(&a);
        let c = l3.forward_by_columns(&b);
        let below = l3.backward(&b, &c, &c.map(|y| y - 0.3));
        let below = l2.backward(&a, &b, &below);
        l1.backward_first(x, &a, &below);
        black_box((&l1.dw, &l2.dw, &l3.dw));
    }));
    report(name, full, fold, grad);
}

fn main() {
    println!("{{");
    two::<2, 4, 1>("S1");
    two::<4, 16, 3>("S2");
    three::<16, 32, 32, 4>("S3");
    two::<64, 64, 10>("S4");
    two::<196, 64, 10>("S5");
    two::<784, 64, 10>("S6");
    two::<784, 128, 10>("S7");
    println!("  \"unit\": \"ns\"\n}}");
}
