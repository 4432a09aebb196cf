//! The engine against the plain computation over single reactions, on networks of random shape.

mod common;

use common::{Random, plain, plain_solve, random_network};
use nnrc_engine::Engine;
use nnrc_sim::system::{Layered, System};
use proptest::prelude::*;

fn close(found: &[f64], expected: &[f64], scale: &[f64], tolerance: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    for (at, ((found, expected), scale)) in found.iter().zip(expected).zip(scale).enumerate() {
        prop_assert!(
            (found - expected).abs() <= tolerance * scale,
            "element {}: {} instead of {}, scale {}",
            at,
            found,
            expected,
            scale
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn derivative_and_jacobian(seed: u64) {
        let (crn, info) = random_network(seed);
        let mut engine = Engine::new(&crn, &info);
        let random = &mut Random(seed ^ 1);
        let state = random.vector(engine.dimension());
        let plain = plain(&crn, &info, &engine, &engine.full_state(&state));
        let mut derivative = vec![f64::NAN; state.len()];
        engine.derivative(&state, &mut derivative);
        close(&derivative, &plain.derivative, &plain.flux, 1e-12)?;
        let jacobian = engine.jacobian(&state);
        close(&jacobian, &plain.jacobian, &plain.magnitude, 1e-12)?;
        engine.linearise(&state);
        let vector: Vec<f64> = state.iter().map(|_| random.signed()).collect();
        let mut product = vec![f64::NAN; state.len()];
        engine.jacobian_times(&vector, &mut product);
        let n = state.len();
        let times = |matrix: &[f64], vector: &[f64]| -> Vec<f64> {
            matrix.chunks_exact(n.max(1)).map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
        };
        let sizes: Vec<f64> = vector.iter().map(|v| v.abs()).collect();
        close(&product, &times(&plain.jacobian, &vector), &times(&plain.magnitude, &sizes), 1e-12)?;
    }

    #[test]
    fn solve(seed: u64) {
        let (crn, info) = random_network(seed);
        let mut engine = Engine::new(&crn, &info);
        let random = &mut Random(seed ^ 2);
        let state = random.vector(engine.dimension());
        let n = state.len();
        if n == 0 {
            return Ok(());
        }
        engine.linearise(&state);
        let plain = plain(&crn, &info, &engine, &engine.full_state(&state));
        let norm = plain.magnitude.chunks_exact(n).map(|row| row.iter().sum::<f64>()).fold(0.0, f64::max);
        // A change that leaves conserved totals alone, as every product with the Jacobian does.
        let direction: Vec<f64> = state.iter().map(|_| random.signed()).collect();
        let mut vector = vec![0.0; n];
        engine.jacobian_times(&direction, &mut vector);
        for shift in [2.0 * norm + 1.0, 0.3 * norm + 0.1] {
            engine.shift(shift);
            let mut found = vector.clone();
            engine.solve(&mut found);
            let size = found.iter().fold(1.0, |max: f64, v| max.max(v.abs()));
            if shift > norm {
                let expected = plain_solve(&plain.jacobian, shift, &vector);
                close(&found, &expected, &vec![size; n], 1e-11)?;
            }
            // The second matrix may be badly conditioned: there the residual is judged alone.
            let rows = found.iter().zip(plain.jacobian.chunks_exact(n));
            let back = rows.map(|(x, row)| shift * x - row.iter().zip(&found).map(|(a, b)| a * b).sum::<f64>());
            close(&back.collect::<Vec<_>>(), &vector, &vec![(norm + shift) * size; n], 1e-11)?;
        }
    }

    #[test]
    fn folding(seed: u64) {
        let (mut crn, info) = random_network(seed);
        let mut engine = Engine::new(&crn, &info);
        let random = &mut Random(seed ^ 3);
        let state = random.vector(engine.dimension());
        let mut derivative = vec![0.0; state.len()];
        engine.derivative(&state, &mut derivative);
        let twin = engine.clone();
        let families: Vec<_> = crn.species.iter().map(|(handle, _)| handle).collect();
        for family in families {
            if random.chance(0.7) {
                let values = random.vector(crn.species[family].initial.len());
                engine.set(family, &values).expect("the length is right");
                crn.species[family].initial = values;
            }
        }
        let mut fresh = Engine::new(&crn, &info);
        prop_assert_eq!(engine.initial_state(), fresh.initial_state());
        let mut found = vec![0.0; state.len()];
        let mut expected = vec![0.0; state.len()];
        engine.derivative(&state, &mut found);
        fresh.derivative(&state, &mut expected);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(engine.full_state(&engine.initial_state()), info.initial_state(&crn));
        // What a clone does leaves the others alone.
        let mut again = vec![0.0; state.len()];
        { twin }.derivative(&state, &mut again);
        prop_assert_eq!(again, derivative);
    }
}
