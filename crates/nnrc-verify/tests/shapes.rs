//! Reactions with other steady states than a cascade has: none is taken for one.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use common::file;
use nnrc_verify::kernel::fault::Fault;
use nnrc_verify::kernel::rest::Rest;
use nnrc_verify::kernel::sbml;
use nnrc_verify::kernel::triangular::Triangular;
use nnrc_verify::search;

/// The steady state that is proven of reactions without inputs, by the names of the variables.
fn at_rest(reactions: &[&str], start: &[(&str, f64)]) -> Result<(Vec<String>, Rest), Fault> {
    let system = sbml::read(file(reactions, start).as_bytes())?;
    let plan = search::plan(&system, Vec::new(), &search::Hints::default())?;
    let cascade = Triangular::new(&system, &plan)?;
    let rest = cascade.at_rest(&[])?;
    Ok((cascade.names.clone(), rest))
}

#[test]
fn each_shape_is_found_with_its_rest_and_rate() {
    let golden = f64::midpoint(1.0, 5f64.sqrt());
    // Reactions, species, its concentration at rest and the slowest rate, worked out by hand.
    let cases: [(&[&str], &str, f64, f64); 7] = [
        (&["-> X @ 3", "X -> @ 2"], "X", 1.5, 2.0),
        (&["-> X @ 1", "X -> 2 X @ 1", "2 X -> X @ 1"], "X", golden, 5f64.sqrt()),
        (&["X -> C @ 3", "C -> X @ 1"], "X", 0.5, 4.0),
        // x' = 2 (2 − x) x + (2 − 2 x), the total being 2: x² − x − 1 = 0.
        (&["X + C -> 2 X @ 2", "X -> C @ 1", "C -> X @ 1"], "X", golden, 2.0 * 5f64.sqrt()),
        // d = 1 − 3, m² − 1.5 m... : p + m = sqrt(…), from m' = 3 − (1 − 4) m − 2 m².
        (
            &["-> P_p @ 1", "-> P_m @ 3", "P_p -> @ 1", "P_m -> @ 1", "P_p + P_m -> @ 2"],
            "P_m",
            (3.0 + 33f64.sqrt()) / 4.0,
            1.0,
        ),
        // Two that quench each other alike: S (S − 1) = 0.5 · 2.
        (
            &[
                "-> A @ 0.5",
                "A -> 2 A @ 1",
                "2 A -> A @ 1",
                "A + B -> B @ 1",
                "-> B @ 0.5",
                "B -> 2 B @ 1",
                "2 B -> B @ 1",
                "A + B -> A @ 1",
            ],
            "A",
            golden / 2.0,
            0.5 / golden,
        ),
        // A catalyst that decays, and what reads it: 1 / (1 + 2).
        (&["-> Y @ 2", "Y -> @ 1", "-> X @ 1", "X -> @ 1", "X + Y -> Y @ 1"], "X", 1.0 / 3.0, 1.0),
    ];
    for (reactions, species, expected, rate) in cases {
        let (names, rest) = at_rest(reactions, &[]).unwrap_or_else(|fault| panic!("{reactions:?}: {fault}"));
        let at = names.iter().position(|name| name == species).unwrap();
        let found = rest.boxes[at];
        assert!(
            found.low <= expected + 1e-14 && expected <= found.high + 1e-14,
            "{reactions:?}: {found:?}, not {expected}"
        );
        assert!(found.high - found.low < 1e-13, "{reactions:?}: {found:?}");
        assert!(
            rest.rate() <= rate + 1e-12 && rest.rate() > 0.9 * rate,
            "{reactions:?}: {}, not {rate}",
            rest.rate()
        );
    }
}

/// What it is called, the code of the refusal, its reactions, and where species do not begin at 1.
type Trap = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, f64)]);

#[test]
fn each_trap_is_undecided_by_its_code() {
    let cases: &[Trap] = &[
        // Two steady states that attract.
        ("Schlögl", "no-shape", &["-> X @ 1", "2 X -> 3 X @ 3", "3 X -> 2 X @ 1", "X -> @ 2.9"], &[]),
        ("Lotka–Volterra", "no-shape", &["X -> 2 X @ 1", "X + Y -> 2 Y @ 1", "Y -> @ 1"], &[]),
        // It runs away in finite time.
        ("2 X -> 3 X", "not-above-zero", &["-> X @ 1", "2 X -> 3 X @ 1"], &[]),
        // 0 is a second steady state.
        ("no production", "not-above-zero", &["X -> 2 X @ 1", "2 X -> X @ 1"], &[]),
        ("no decay", "no-shape", &["-> X @ 1"], &[]),
        ("growth", "not-above-zero", &["-> X @ 1", "X -> 2 X @ 1"], &[]),
        ("total 0", "total-zero", &["X -> C @ 1", "C -> X @ 1"], &[("X", 0.0), ("C", 0.0)]),
        ("a total that rests at its end", "not-above-zero", &["X + C -> 2 X @ 1", "2 X -> X + C @ 1"], &[]),
        (
            "rails of two decays",
            "no-shape",
            &["-> P_p @ 1", "-> P_m @ 1", "P_p -> @ 1", "P_m -> @ 2", "P_p + P_m -> @ 1"],
            &[],
        ),
        // Each suppresses the other more than itself: bistable.
        (
            "unequal quenching",
            "no-shape",
            &[
                "-> A @ 0.01",
                "A -> 2 A @ 1",
                "2 A -> A @ 1",
                "A + B -> B @ 2",
                "-> B @ 0.01",
                "B -> 2 B @ 1",
                "2 B -> B @ 1",
                "A + B -> A @ 2",
            ],
            &[],
        ),
        ("a register", "no-shape", &["P_p + P_m -> @ 1"], &[]),
        // A ring of three that inhibit each other, with negative feedback.
        (
            "a ring of repressors",
            "no-shape",
            &["-> A @ 1", "A + B -> B @ 1", "-> B @ 1", "B + C -> C @ 1", "-> C @ 1", "C + A -> A @ 1"],
            &[],
        ),
        // A follower that pushes its leader back: its feedback is no cooperation.
        (
            "negative feedback",
            "no-shape",
            &["X -> C @ 1", "C -> X @ 1", "X -> X + F @ 1", "F -> @ 1", "F + X -> F + C @ 1"],
            &[],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, code, reactions, start) in cases {
        match at_rest(reactions, start) {
            Err(fault) if fault.code == *code => {}
            Err(fault) => wrong.push(format!("{name}: {fault}")),
            Ok(_) => wrong.push(format!("{name}: taken for a cascade")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn repressilators_are_refused_for_their_laws() {
    let law = "<apply><divide/><cn>2</cn><apply><plus/><cn>1</cn><apply><power/><ci>B</ci><cn type=\"integer\">2</cn></apply></apply></apply>";
    let text = file(&["B -> A + B @ 1", "A -> @ 1", "A -> B + A @ 1", "B -> @ 1"], &[]);
    let text = text.replacen("<apply><times/><cn>1</cn><ci>B</ci></apply>", law, 1);
    assert_eq!(sbml::read(text.as_bytes()).unwrap_err().code, "not-polynomial");
}
