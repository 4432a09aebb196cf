//! The same bits for any number of threads, level and block.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use nnrc_analysis::Overrides;
use nnrc_dispatch::Level;
use nnrc_model::Memory;
use nnrc_sim::reading::Reading;
use nnrc_sim::train::{Order as Shuffle, Rows, Schedule as Rates, Settings, State, train};
use proptest::prelude::*;

use super::*;

const ADAM: Optimiser = Optimiser::Adam { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const SGD: Optimiser = Optimiser::Sgd { rate: 0.01, momentum: 0.9 };

/// Networks in which layers are wide, narrow, chained, joined, and driven by what is produced.
const NETWORKS: [&str; 4] = [
    "network n { input x[19] in [0, 1]; layer a = dense(37) | smooth_relu(h = 0.1); layer b = dense(3); output b; }",
    "network n { input x[4] in [0, 1]; layer a = dense(8) | smooth_relu(h = 0.1); layer b = dense(3) | algebraic_tanh(h = 1); output b; }",
    "network n { input x[9] in [0, 1]; input s[12] in [0, 1];
       layer a = dense(21) | smooth_relu(h = 0.1) | square() from x, s;
       layer b = dense(21, bias = false) | algebraic_tanh(h = 1) from s, a;
       layer c = add() | softsign(h = 0.1) from a, b; layer d = concat() from c, x;
       layer e = dense(17) | rational_softmax(h = 0.1) from d, b; output e; }",
    "network n { input x[11] in [0, 1]; layer a = dense(18) | annihilation_relu(k = 50);
       layer b = dense(30) | annihilation_relu(k = 50); layer c = add() | annihilation_relu(k = 20) from a, d;
       layer d = dense(18) from b; layer e = dense(9) from c; output e; }",
];

fn graph(text: &str) -> Graph {
    let text = format!("{text}\nweights {{ init = uniform(-0.5, 0.6, seed = 3); }}");
    let file = nnrc_syntax::parse(&text).unwrap();
    Graph::new(
        &nnrc_analysis::analyse(&file, &text, &Overrides::default(), &Memory::default()).model.unwrap(),
    )
}

/// Samples, and targets of a network.
fn samples(graph: &Graph, count: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let width: usize =
        graph.nodes.iter().filter(|node| node.sources().is_empty()).map(|node| node.width).sum();
    let number = |at: usize| ((at * 7919 + at * at) % 1000) as f64 / 1000.0;
    let inputs = (0..count).map(|row| (0..width).map(|at| number(row * width + at)).collect()).collect();
    (inputs, (0..count * graph.output_width()).map(number).collect())
}

/// The state after some epochs.
fn trained<R: Laned>(
    graph: &Graph,
    (threads, batch, block): (usize, usize, usize),
    optimiser: Optimiser,
) -> State {
    let (inputs, targets) = samples(graph, 60);
    let inputs: Vec<Vec<R>> =
        inputs.iter().map(|row| row.iter().map(|value| R::of(*value)).collect()).collect();
    let inputs: Vec<&[R]> = inputs.iter().map(Vec::as_slice).collect();
    let measure = Measure::of(Reading::Values);
    let task =
        Task { graph, loss: Loss::SquaredError, measure: &measure, inputs: &inputs, targets: &targets };
    let settings = Settings {
        optimiser,
        schedule: Rates::Constant,
        decay: 1e-3,
        batch,
        epochs: 2,
        order: Shuffle::Shuffle { seed: 3 },
        stops: Vec::new(),
        patience: None,
        threads,
    };
    let rows: Vec<usize> = (0..60).collect();
    // Few batches where they are small: each is a handful of meetings.
    let rows = Rows { train: &rows[..40.min(8 * batch)], validation: &rows[40..] };
    let mut state = State::new(graph.initial().to_vec(), optimiser);
    let every: Vec<bool> = (0..graph.nodes.len()).map(|at| products(graph, at) > 0).collect();
    let observe = &mut |_: &State, _: &_| Ok::<(), std::convert::Infallible>(());
    task.on_threads(threads, block, &every, |batches| train(batches, rows, &settings, &mut state, observe))
        .unwrap_or_else(|failure| panic!("{failure:?}"));
    state
}

#[test]
fn threads_levels_and_blocks_change_no_bit() {
    check_bits::<f64>();
}

#[test]
fn threads_levels_and_blocks_change_no_bit_of_single_precision() {
    check_bits::<f32>();
}

fn check_bits<R: Laned>() {
    for text in NETWORKS {
        let graph = graph(text);
        for (batch, optimiser) in [(1, SGD), (5, ADAM), (8, ADAM), (32, SGD), (40, ADAM)] {
            let expected = trained::<R>(&graph, (1, batch, batch), optimiser);
            assert!(expected.variables.parameters != graph.initial());
            for level in Level::ALL {
                let level = level.limit();
                for threads in [1, 2, 3, 8] {
                    let found = trained::<R>(&graph, (threads, batch, batch), optimiser);
                    // States are too long to be shown.
                    assert!(found == expected, "{threads} threads at {level:?}, batches of {batch}\n{text}");
                }
            }
            Level::widest().limit();
            // More samples than go through the network together: what goes through production is a sum of its own for
            // each block.
            if !text.contains("annihilation") {
                assert!(trained::<R>(&graph, (3, batch, 16), optimiser) == expected, "{batch}\n{text}");
            }
        }
    }
}

#[test]
fn a_panic_of_a_thread_ends_the_training() {
    struct Panics(Barrier);
    impl Work for Panics {
        fn work(&self, rank: usize) -> Result<bool, Broken> {
            assert_ne!(rank, 2, "on purpose");
            self.0.meet().map(|()| true)
        }
        fn barrier(&self) -> &Barrier {
            &self.0
        }
        fn order_end(&self) {}
    }
    let run = || {
        with_team(
            3,
            |started| Panics(Barrier::new(started)),
            |work| {
                let done = work.0.meet().and_then(|()| work.0.meet());
                assert!(done.is_ok(), "the leader finds a worker missing");
            },
        );
    };
    let panic = std::panic::catch_unwind(run).unwrap_err();
    assert!(panic.downcast_ref::<String>().is_some_and(|text| text.contains("on purpose")), "{panic:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any widths, batches and threads: the leader alone computes what the team does.
    #[test]
    fn any_shape(
        widths in proptest::collection::vec(1usize..40, 2..5),
        threads in 2usize..9,
        batch in 1usize..50,
    ) {
        let layers: String = widths[1..]
            .iter()
            .enumerate()
            .map(|(at, width)| format!("layer l{at} = dense({width}) | smooth_relu(h = 0.1); "))
            .collect();
        let text = format!(
            "network n {{ input x[{}] in [0, 1]; {layers} output l{}; }}", widths[0], widths.len() - 2
        );
        let graph = graph(&text);
        let expected = trained::<f64>(&graph, (1, batch, batch), ADAM);
        prop_assert!(trained::<f64>(&graph, (threads, batch, batch), ADAM) == expected);
        let expected = trained::<f32>(&graph, (1, batch, batch), ADAM);
        prop_assert!(trained::<f32>(&graph, (threads, batch, batch), ADAM) == expected);
    }
}
