//! Nanoseconds for the parts of an engine, on feed-forward networks: `cargo run --release --example speed`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a timing tool reads the clock and prints"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

use nnrc_engine::Engine;
use nnrc_sim::system::{Layered, System};

fn time(mut run: impl FnMut()) -> f64 {
    let mut once = |count: usize| {
        let start = Instant::now();
        (0..count).for_each(|_| run());
        start.elapsed().as_secs_f64() * 1e9 / count as f64
    };
    let count = (5e6 / once(20)).clamp(5.0, 1e6) as usize;
    let mut times: Vec<f64> = (0..15).map(|_| once(count)).collect();
    times.sort_by(f64::total_cmp);
    times[0]
}

fn main() {
    println!(
        "layers: new, derivative, refold, linearise + shift, solve, J v [ns, best of 15]; ns per weight beyond layer 1"
    );
    for sizes in [&[2, 4, 1][..], &[4, 16, 3], &[16, 32, 32, 4], &[64, 64, 10], &[784, 128, 10]] {
        let network = common::feed_forward(sizes, false, 1);
        let new = time(|| drop(black_box(Engine::new(&network.crn, &network.info))));
        let mut engine = Engine::new(&network.crn, &network.info);
        let state = engine.initial_state();
        let mut out = state.clone();
        let derivative = time(|| engine.derivative(black_box(&state), &mut out));
        let input = vec![0.5; sizes[0]];
        let refold = time(|| {
            engine.set(network.inputs[0], &input).expect("the length is right");
            engine.derivative(black_box(&state), &mut out);
        });
        let linearise = time(|| {
            engine.linearise(black_box(&state));
            engine.shift(3.0);
        });
        let mut vector = vec![1.0; state.len()];
        let solve = time(|| {
            vector.fill(1.0);
            engine.solve(black_box(&mut vector));
        });
        let times = time(|| engine.jacobian_times(black_box(&state), &mut out));
        let weights: usize = sizes.windows(2).skip(1).map(|pair| pair[0] * pair[1]).sum();
        println!(
            "{sizes:?}: {new:.0}, {derivative:.0}, {:.0}, {linearise:.0}, {solve:.0}, {times:.0}; {:.2}",
            refold - derivative,
            derivative / weights as f64
        );
    }
}
