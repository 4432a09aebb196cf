//! Mutants against networks whose faults can be worked out by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use nnrc::mutants::{Fate, Kind, Mutants, Options};
use nnrc::{Compiled, Memory, Project};

/// y = R_h(2 x₁ − x₂) beside a test bench.
fn pot(expect: &str) -> Compiled {
    let text = format!(
        "nnr 1;
        network gate {{ input x[2] in [0, 1]; layer y = dense(1) | smooth_relu(h = 0.01); output y; }}
        weights {{ y.W = [[2, -1]]; y.b = [0]; }}
        expect {{ {expect} }}"
    );
    let resources = Memory::default();
    let checked = Project::from_text("gate.nnr", &text, &resources).check().unwrap();
    checked.compile(&[0.0, 0.0]).unwrap()
}

fn drawn(pot: &Compiled, threads: usize) -> Mutants<'_> {
    pot.mutants(Options { count: 80, seed: 1, threads }).unwrap()
}

const LOOSE: &str = "for [1, 0]: y ~ 2 within 0.1;";
/// R_h of 2, −1, 1 and 0.75 with h = 0.01, by hand: (z + sqrt(z² + 0.04)) / 2. Inputs of 0 and 1 alone do not tell an
/// input from its square.
const TIGHT: &str = "for [1, 0]: y ~ 2.0049876 within 1e-4; for [0, 1]: y ~ 0.0099020 within 1e-5;
    for [1, 1]: y ~ 1.0099020 within 1e-4; for [0.5, 0.25]: y ~ 0.7631044 within 1e-4;";

#[test]
fn a_loose_test_bench_lets_faults_through_and_its_additions_notice_them() {
    let loose = pot(LOOSE);
    let mutants = drawn(&loose, 2);
    let [noticed, survived, _] = mutants.counts();
    assert!(noticed > 0 && survived > 0, "{}", mutants.text());
    // The weight of x₂ has no effect where x₂ is 0.
    assert!(
        mutants.all.iter().any(|mutant| {
            mutant.mutation.words.contains("x_2") && matches!(mutant.fate, Fate::Survived(_))
        })
    );
    let lines: Vec<String> = mutants.additions().into_iter().map(|addition| addition.line).collect();
    let better = pot(&format!("{LOOSE}{}", lines.concat()));
    assert!(better.judge().all(|judged| judged.holds()), "the lines hold on the network: {lines:?}");
    assert_eq!(drawn(&better, 2).counts()[1], 0, "{}", drawn(&better, 2).text());
}

#[test]
fn values_by_hand_notice_every_fault_that_changes_an_output() {
    let tight = pot(TIGHT);
    let mutants = drawn(&tight, 2);
    assert_eq!(mutants.counts()[1], 0, "{}", mutants.text());
    for mutant in &mutants.all {
        // The start of a neuron is forgotten; everything else here changes a value by a percent or more.
        let is_start = mutant.mutation.kind == Kind::Initial;
        assert_eq!(mutant.fate == Fate::Equivalent, is_start, "{}", mutant.mutation.words);
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let pot = pot(LOOSE);
    let text = |threads| drawn(&pot, threads).text();
    assert_eq!(text(1), text(4));
    let json = |threads| format!("{:?}", drawn(&pot, threads).json());
    assert_eq!(json(1), json(3));
    let other = pot.mutants(Options { count: 80, seed: 2, threads: 2 }).unwrap();
    assert_ne!(other.text(), text(2));
}

#[test]
fn a_network_has_only_so_many_mutants() {
    let pot = pot(LOOSE);
    let all = pot.mutants(Options { count: 10_000, seed: 1, threads: 2 }).unwrap();
    assert!(all.all.len() < 200, "{}", all.all.len());
    let words: std::collections::BTreeSet<&str> =
        all.all.iter().map(|mutant| mutant.mutation.words.as_str()).collect();
    assert_eq!(words.len(), all.all.len(), "each is drawn once");
}

#[test]
fn a_pot_with_a_clock_is_refused() {
    let text = "nnr 1;
        network gate { input x[1] in [0, 1]; layer y = dense(1) | smooth_relu(h = 0.01); output y; }
        weights { y.W = [[2]]; y.b = [0]; }
        chemistry { construction = phased; }";
    let resources = Memory::default();
    let checked = Project::from_text("gate.nnr", text, &resources).check().unwrap();
    let pot = checked.compile(&[0.0]).unwrap();
    let failure = pot.mutants(Options { count: 1, seed: 1, threads: 1 }).unwrap_err();
    assert_eq!(failure.findings[0].code, nnrc_syntax::codes::NOT_SERVED);
}
