//! Networks as the compiler will build them: smooth ReLU layers, dual rails, winner takes all, one-pot training.

mod common;

use common::{Random, axis, feed_forward, plain, plain_solve, reaction, species, term};
use nnrc_crn::{Crn, Index, Part, validate};
use nnrc_engine::{Engine, SetError};
use nnrc_sim::system::{Layered, System};

fn close(found: &[f64], expected: &[f64], scale: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (at, ((found, expected), scale)) in found.iter().zip(expected).zip(scale).enumerate() {
        assert!((found - expected).abs() <= tolerance * scale, "element {at}: {found} instead of {expected}");
    }
}

/// Compares the engine of a network with the plain computation, solving with the given shifts.
fn check(crn: &Crn, shifts: &[f64]) -> Engine {
    let info = validate(crn).expect("a sound network");
    let mut engine = Engine::new(crn, &info);
    let random = &mut Random(7);
    let state = random.vector(engine.dimension());
    let n = state.len();
    let plain = plain(crn, &info, &engine, &engine.full_state(&state));
    let mut found = vec![0.0; n];
    engine.derivative(&state, &mut found);
    close(&found, &plain.derivative, &plain.flux, 1e-12);
    close(&engine.jacobian(&state), &plain.jacobian, &plain.magnitude, 1e-12);
    engine.linearise(&state);
    for &shift in shifts {
        engine.shift(shift);
        // A change that leaves conserved totals alone, as every product with the Jacobian does.
        let direction: Vec<f64> = (0..n).map(|_| random.signed()).collect();
        let mut vector = vec![0.0; n];
        engine.jacobian_times(&direction, &mut vector);
        let mut found = vector.clone();
        engine.solve(&mut found);
        let expected = plain_solve(&plain.jacobian, shift, &vector);
        let size = expected.iter().fold(0.0, |max: f64, v| max.max(v.abs()));
        close(&found, &expected, &vec![size; n], 1e-9);
    }
    engine
}

fn whole(value: f64) -> (&'static [nnrc_crn::Handle<nnrc_crn::Axis>], Vec<Index>, Vec<f64>, Part) {
    (&[], vec![], vec![value], Part::Whole)
}

#[test]
fn layers_are_solved_without_a_dense_block() {
    for dual_rail in [false, true] {
        for sizes in [&[2, 4, 1][..], &[5, 9, 6, 3], &[16, 32, 32, 4]] {
            let network = feed_forward(sizes, dual_rail, 5);
            let engine = check(&network.crn, &[0.0, 1.0, 30.0]);
            assert_eq!(engine.largest_dense_block(), 0);
        }
    }
}

#[test]
fn setting_the_inputs_is_as_good_as_a_new_engine() {
    for dual_rail in [false, true] {
        let mut network = feed_forward(&[7, 5, 2], dual_rail, 3);
        let mut engine = Engine::new(&network.crn, &network.info);
        let state = engine.initial_state();
        let mut found = vec![0.0; state.len()];
        engine.derivative(&state, &mut found);
        for (rail, &input) in network.inputs.iter().enumerate() {
            let values = Random(rail as u64).vector(7);
            engine.set(input, &values).expect("the length is right");
            network.crn.species[input].initial = values;
        }
        let before = found.clone();
        engine.derivative(&state, &mut found);
        assert_ne!(before, found);
        let mut expected = vec![0.0; state.len()];
        Engine::new(&network.crn, &network.info).derivative(&state, &mut expected);
        assert_eq!(found, expected);
    }
}

#[test]
fn the_state_can_be_set_and_read() {
    let network = feed_forward(&[3, 2, 2], false, 3);
    let mut engine = Engine::new(&network.crn, &network.info);
    let (input, last) = (network.inputs[0], network.layers[1]);
    assert_eq!(engine.state_range(input), None);
    assert_eq!(engine.state_range(last), Some(2..4));
    assert_eq!(engine.set(input, &[1.0]), Err(SetError::Length { expected: 3, found: 1 }));
    let mut state = engine.initial_state();
    engine.set_in(&mut state, last, &[8.0, 9.0]).expect("the length is right");
    assert_eq!(engine.observe(&state, 0), [8.0, 9.0]);
    assert_eq!(engine.observe(&state, 1), [0.0; 0]);
    assert_eq!(engine.initial_state()[2..], [0.5, 0.5]);
    engine.set(last, &[3.0, 4.0]).expect("the length is right");
    assert_eq!(engine.initial_state()[2..], [3.0, 4.0]);
    engine.set_in(&mut state, input, &[1.0, 2.0, 3.0]).expect("the length is right");
    assert_eq!(engine.full_state(&state), [1.0, 2.0, 3.0, 0.5, 0.5, 8.0, 9.0]);
}

/// A relay of a signed input with annihilation: Z± -> Z± + Y±, Y± -> 0, Y+ + Y- -> 0.
#[test]
fn dual_rails_are_small_blocks() {
    let mut crn = Crn::default();
    let size = axis(&mut crn, 6);
    let families: Vec<_> = (0..4).map(|_| species(&mut crn, &[size], vec![0.5; 6])).collect();
    for rail in 0..2 {
        let (z, y) = (term(families[rail], &[0], 1), term(families[2 + rail], &[0], 1));
        reaction(&mut crn, &[size], vec![z.clone()], vec![z, y.clone()], whole(1.5));
        reaction(&mut crn, &[size], vec![y], vec![], whole(1.0));
    }
    let pair = vec![term(families[2], &[0], 1), term(families[3], &[0], 1)];
    reaction(&mut crn, &[size], pair, vec![], whole(100.0));
    let engine = check(&crn, &[0.0, 2.0]);
    assert_eq!(engine.largest_dense_block(), 0);
    assert_eq!(engine.dimension(), 12);
}

/// X + Xb is conserved: a solve leaves the total alone, whatever the shift, and is right even without one.
#[test]
fn conserved_totals_are_left_alone() {
    let mut crn = Crn::default();
    let size = axis(&mut crn, 3);
    let z = species(&mut crn, &[size], vec![0.3, 0.7, 1.1e15]);
    let (x, xb) = (species(&mut crn, &[size], vec![0.4; 3]), species(&mut crn, &[size], vec![0.6; 3]));
    let one = |family| term(family, &[0], 1);
    reaction(&mut crn, &[size], vec![one(z), one(xb)], vec![one(z), one(x)], whole(0.7));
    reaction(&mut crn, &[size], vec![one(x)], vec![one(xb)], whole(0.1));
    let info = validate(&crn).unwrap();
    let mut engine = Engine::new(&crn, &info);
    assert_eq!(engine.largest_dense_block(), 0);
    let state = engine.initial_state();
    engine.linearise(&state);
    for shift in [0.0, 1e-100, 1e-3, 1.0] {
        engine.shift(shift);
        let change = [0.5, -0.25, 3e-9];
        let mut vector = [change, change.map(|x| -x)].concat();
        engine.solve(&mut vector);
        for (at, z) in [0.3, 0.7, 1.1e15].into_iter().enumerate() {
            // x' = −(0.7 z + 0.1) x on the segment x + xb = 0.
            let expected = change[at] / (shift + 0.7 * z + 0.1);
            assert!((vector[at] - expected).abs() <= 1e-14 * expected.abs(), "{shift} {at}: {vector:?}");
            assert_eq!(vector[at], -vector[3 + at]);
        }
    }
}

/// Winner takes all: `X_i + X_j -> X_j` for j other than i.
#[test]
fn winner_takes_all_is_a_dense_block() {
    let mut crn = Crn::default();
    let size = axis(&mut crn, 9);
    let z = species(&mut crn, &[size], Random(1).vector(9));
    let x = species(&mut crn, &[size], vec![0.5; 9]);
    let (z, x, xj) = (term(z, &[0], 1), term(x, &[0], 1), term(x, &[1], 1));
    reaction(&mut crn, &[size], vec![], vec![x.clone()], whole(0.01));
    let double = nnrc_crn::Term { stoichiometry: 2, ..x.clone() };
    reaction(&mut crn, &[size], vec![z.clone(), x.clone()], vec![z, double.clone()], whole(1.0));
    reaction(&mut crn, &[size], vec![double], vec![x.clone()], whole(1.0));
    let compete = reaction(&mut crn, &[size, size], vec![x, xj.clone()], vec![xj], whole(1.0));
    crn.reactions[compete].distinct = Some((0, 1));
    assert_eq!(check(&crn, &[0.5, 1.0, 40.0]).largest_dense_block(), 9);
}

/// Weights held by species, learned by outer products; `W[i,j] + A[j] -> W + A + Z[i]` and
/// `D[i] + A[j] -> D + A + W[i,j]`.
#[test]
fn weights_may_be_species() {
    let mut crn = Crn::default();
    let (rows, columns) = (axis(&mut crn, 6), axis(&mut crn, 5));
    let a = species(&mut crn, &[columns], vec![0.5; 5]);
    let w = species(&mut crn, &[rows, columns], Random(2).vector(30));
    let z = species(&mut crn, &[rows], vec![0.1; 6]);
    let e = species(&mut crn, &[columns], vec![0.1; 5]);
    let (a, w, z, e) = (term(a, &[1], 1), term(w, &[0, 1], 1), term(z, &[0], 1), term(e, &[1], 1));
    let both = [rows, columns];
    reaction(&mut crn, &both, vec![w.clone(), a.clone()], vec![w.clone(), a.clone(), z.clone()], whole(2.0));
    reaction(&mut crn, &both, vec![w.clone(), z.clone()], vec![w.clone(), z.clone(), e.clone()], whole(0.5));
    reaction(&mut crn, &both, vec![z.clone(), e.clone()], vec![z.clone(), e.clone(), w.clone()], whole(0.1));
    reaction(&mut crn, &both, vec![w], vec![], whole(0.2));
    for family in [z, e] {
        let axis = crn.species[family.species].axes[0];
        let decaying = vec![term(family.species, &[0], 1)];
        reaction(&mut crn, &[axis], decaying, vec![], whole(1.0));
    }
    // E, W and Z depend on each other.
    assert_eq!(check(&crn, &[3.0, 50.0]).largest_dense_block(), 41);
}

/// Reactions of high order and a matrix read across both of its axes.
#[test]
fn unusual_shapes() {
    let mut crn = Crn::default();
    let (rows, columns, depth) = (axis(&mut crn, 4), axis(&mut crn, 5), axis(&mut crn, 3));
    let a = species(&mut crn, &[columns], Random(1).vector(5));
    let z = species(&mut crn, &[rows], vec![0.3; 4]);
    let w = species(&mut crn, &[rows, columns, depth], Random(2).vector(60));
    let (a, z) = (term(a, &[1], 2), term(z, &[0], 1));
    let slice = nnrc_crn::Term {
        species: w,
        indices: vec![Index::of(0), Index::of(1), Index::At(1)],
        stoichiometry: 1,
    };
    let reactants = vec![slice.clone(), a.clone()];
    reaction(
        &mut crn,
        &[rows, columns],
        reactants.clone(),
        [reactants, vec![z.clone()]].concat(),
        whole(0.7),
    );
    reaction(&mut crn, &[rows], vec![z.clone()], vec![], whole(1.0));
    reaction(&mut crn, &[rows, columns], vec![slice], vec![], whole(0.2));
    reaction(&mut crn, &[columns], vec![term(a.species, &[0], 1)], vec![], whole(0.3));
    let eight = nnrc_crn::Term { stoichiometry: 8, ..z };
    reaction(&mut crn, &[rows], vec![eight], vec![], whole(0.1));
    let engine = check(&crn, &[0.4, 2.0]);
    assert_eq!(engine.largest_dense_block(), 0);
}
