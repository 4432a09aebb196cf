//! Each module by itself: its value over time against its formula.

use nnrc_crn::{Arena, Crn, CrnInfo, Handle, SpeciesFamily};
use nnrc_engine::Engine;
use nnrc_lower::Lowered;
use nnrc_lower::phased::phases::Phase;
use nnrc_sim::{Method, Tolerances, integrate};

use super::learning::{learner, table};
use super::run::compile;
use crate::Finding;
use crate::acceptance::vectors::{numbers, of_kind};

/// The reactions of some modules, with all species.
pub fn alone(lowered: &Lowered, modules: &[&str]) -> (Crn, CrnInfo) {
    let kept = lowered.clocked().unwrap().modules.iter().filter(|module| modules.contains(&module.name));
    let places: Vec<usize> = kept.flat_map(|module| module.reactions.clone()).collect();
    let mut crn = lowered.crn.clone();
    crn.reactions = Arena::default();
    for (place, (_, family)) in lowered.crn.reactions.iter().enumerate() {
        if places.contains(&place) {
            crn.reactions.push(family.clone());
        }
    }
    assert!(!crn.reactions.is_empty(), "{modules:?}");
    let info = nnrc_crn::validate(&crn).unwrap();
    (crn, info)
}

/// A module under test.
struct Bench<'a> {
    lowered: &'a Lowered,
    crn: Crn,
    info: CrnInfo,
}

impl<'a> Bench<'a> {
    fn new(lowered: &'a Lowered, modules: &[&str]) -> Self {
        let (mut crn, info) = alone(lowered, modules);
        // Gates are closed unless a test opens one.
        let clock = lowered.clocked().unwrap().clock;
        crn.species[clock].initial.fill(0.0);
        Self { lowered, crn, info }
    }

    fn family(&self, stem: &str, suffix: &str) -> Handle<SpeciesFamily> {
        let found = self.crn.species.iter().find(|(_, f)| f.stem == stem && f.suffix == suffix);
        found.unwrap_or_else(|| panic!("no species {stem} {suffix}")).0
    }

    fn set(mut self, stem: &str, suffix: &str, values: &[f64]) -> Self {
        let family = self.family(stem, suffix);
        self.crn.species[family].initial.copy_from_slice(values);
        self
    }

    fn open(mut self, phase: Phase) -> Self {
        let place = self.lowered.clocked().unwrap().phases.species_of(phase);
        self.crn.species[self.lowered.clocked().unwrap().clock].initial[place] = 1.0;
        self
    }

    /// The difference of two members (the second may be none) at each time.
    fn course(
        &self,
        plus: (&str, &str, usize),
        minus: Option<(&str, &str, usize)>,
        times: &[f64],
    ) -> Vec<f64> {
        let mut engine = Engine::new(&self.crn, &self.info);
        let mut state = engine.initial_state();
        let reader = engine.clone();
        let place = |(stem, suffix, at): (&str, &str, usize)| {
            self.info.species_range(self.family(stem, suffix)).start + at
        };
        let (plus, minus) = (place(plus), minus.map(place));
        let mut values = Vec::new();
        let tolerances = Tolerances::new(1e-11, 1e-14);
        let end = *times.last().unwrap();
        integrate(&mut engine, Method::Auto, &tolerances, &mut state, 0.0..end, times, |_, state| {
            let all = reader.full_state(state);
            values.push(all[plus] - minus.map_or(0.0, |minus| all[minus]));
        })
        .unwrap();
        values
    }
}

/// One comparison: a module's course, and the formula for its value at a time.
struct Case<'a> {
    name: &'a str,
    values: Vec<f64>,
    times: Vec<f64>,
    formula: Box<dyn Fn(f64) -> f64>,
    limit: f64,
}

/// Times over which a step at this rate goes from a third to e^(−16) of it.
fn times(rate: f64) -> Vec<f64> {
    (1..=8).map(|n| 2.0 * f64::from(n) / rate).collect()
}

fn judge(case: &Case<'_>) -> Finding {
    let mut worst = 0.0f64;
    for (value, time) in case.values.iter().zip(&case.times) {
        let expected = (case.formula)(*time) - case.limit;
        worst = worst.max((value - case.limit - expected).abs() / (expected.abs() + 1e-11));
    }
    let last = case.values.last().unwrap() - case.limit;
    Finding::new(
        format!(
            "module {}: what is left undone follows its formula within 5 % over all phase lengths",
            case.name
        ),
        format!(
            "within {:.2} %; at the longest {:.1e} of {:.4} is missing",
            100.0 * worst,
            last.abs(),
            case.limit
        ),
        worst <= 0.05,
    )
}

/// Every module against its formula.
pub fn formulas() -> Vec<Finding> {
    let weights = vec![vec![vec![0.5, -0.4, 0.1], vec![-0.3, 0.8, -0.2]], vec![vec![1.2, -0.7, 0.05]]];
    let text = learner(&table("xor"), &weights, 4.0, "stop when error < 0.25;", "");
    let (_, lowered) = compile(&text, &[]);
    let bench = |modules: &[&str]| Bench::new(&lowered, modules);
    let (kg, kc) = (2.0, 4.0);
    let mut cases = Vec::new();
    let mut case = |name, values: Vec<f64>, times: Vec<f64>, limit: f64, formula: Box<dyn Fn(f64) -> f64>| {
        cases.push(Case { name, values, times, formula, limit });
    };
    let approach = |from: f64, to: f64, rate: f64| -> Box<dyn Fn(f64) -> f64> {
        Box::new(move |t: f64| to + (from - to) * (-rate * t).exp())
    };
    let slot = |at: usize| -> Vec<f64> { (0..6).map(|q| f64::from(u8::from(q == at))).collect() };

    let t = times(kg);
    let order = bench(&["order"]).set("order", "", &slot(2)).open(Phase::Reset);
    case("order", order.course(("order", "B", 2), None, &t), t, 1.0, approach(0.0, 1.0, kg));
    let t = times(kc);
    let assign = bench(&["assign"]).set("order", "", &slot(1));
    case("assign", assign.course(("x", "", 1), None, &t), t, 1.0, approach(0.0, 1.0, kc));
    let t = times(kc);
    let sum = bench(&["sum"]).set("x", "", &[0.3, 0.7]);
    let z = 0.5 * 0.3 - 0.4 * 0.7 + 0.1;
    let course = sum.course(("hidden", "Z_p", 0), Some(("hidden", "Z_m", 0)), &t);
    case("sum", course, t, z, approach(0.0, z, kc));
    let t = times(kg);
    let load = bench(&["exposure"])
        .set("hidden", "Z_p", &[1.5, 0.2])
        .set("hidden", "Z_m", &[0.3, 0.9])
        .open(Phase::Load(1));
    let course = load.course(("hidden", "L_p", 0), Some(("hidden", "L_m", 0)), &t);
    case("exposure, load", course, t, 1.2, approach(0.0, 1.2, kg));
    // The register empties at kg, the catalyst decays at kc: ζ = z − l − p, and u = e^(ζ/2).
    let t = times(kg);
    let release = bench(&["exposure", "sigmoid"]).set("hidden", "L_p", &[1.2, 0.2]).open(Phase::Release(1));
    let exposed = move |t: f64| {
        let l = 1.2 * (-kg * t).exp();
        let p = 1.2 * kg / (kc - kg) * ((-kg * t).exp() - (-kc * t).exp());
        (0.5 * (1.2 - l - p)).exp()
    };
    let course = release.course(("hidden", "U", 0), None, &t);
    case("exposure, release", course, t, 0.6f64.exp(), Box::new(exposed));
    let t = times(kc);
    let derivative = bench(&["derivative"]).set("hidden", "", &[0.7, 0.5]).set("hidden", "Y", &[0.3, 0.5]);
    case("derivative", derivative.course(("hidden", "G", 0), None, &t), t, 0.21, approach(0.0, 0.21, kc));
    let t = times(kc);
    let error = bench(&["error"]).set("order", "", &slot(1)).set("y", "", &[0.3]).set("y", "Y", &[0.7]);
    let course = error.course(("y", "F_p", 0), Some(("y", "F_m", 0)), &t);
    case("error", course, t, -0.7, approach(0.0, -0.7, kc));
    let t = times(kg);
    let copy = bench(&["judge"]).set("order", "", &slot(0)).set("y", "", &[0.6]).open(Phase::Release(2));
    case("judge, copy", copy.course(("y", "A_p", 0), None, &t), t, 0.6, approach(0.0, 0.6, kg));
    let t = times(kc);
    // The second sample of XOR has the target 1: what the output has is erased.
    let erase = bench(&["judge"]).set("order", "", &slot(1)).set("y", "A_p", &[0.6, 0.6]);
    case("judge, erasure", erase.course(("y", "A_p", 0), None, &t), t, 0.0, approach(0.6, 0.0, kc));
    let t = times(kg);
    let set = bench(&["judge"]).open(Phase::Judge);
    case("judge, tolerance", set.course(("judge", "T", 0), None, &t), t, 0.5, approach(0.0, 0.5, kg));
    // One molecule for one: the tolerance loses what the copies have.
    let t: Vec<f64> = (1..=4).map(|n| f64::from(n) / 4.0).collect();
    let compare = bench(&["judge"]).set("y", "B_p", &[0.1, 0.2]).set("judge", "T", &[0.5]);
    let speed = 200.0 / (0.25 * 1e12f64.ln());
    let left = move |t: f64| 0.2 / (1.0 - 0.3 / 0.5 * (-0.2 * speed * t).exp());
    case("judge, comparison", compare.course(("judge", "T", 0), None, &t), t, 0.2, Box::new(left));
    // From a small difference between equals both sides of the vote part as e^(kc t).
    let t: Vec<f64> = (1..=3).map(f64::from).collect();
    let third = 1.0 / 3.0;
    let vote = bench(&["judge"]).set("judge", "K", &[third + 5e-9]).set("judge", "N", &[third - 5e-9]).set(
        "judge",
        "U",
        &[third],
    );
    let course = vote.course(("judge", "K", 0), Some(("judge", "N", 0)), &t);
    case("judge, vote", course, t, 0.0, Box::new(move |t| 1e-8 * (kc * t).exp()));
    let t = times(kc);
    let gate = bench(&["gate", "delta"])
        .set("y", "F_p", &[0.3])
        .set("judge", "K", &[1.0])
        .set("y", "G", &[0.2])
        .set("hidden", "G", &[0.25, 0.25]);
    let course = gate.course(("y", "E_p", 0), Some(("y", "E_m", 0)), &t);
    case("gate", course, t.clone(), 0.3, approach(0.0, 0.3, kc));
    let course = gate.course(("y", "D_p", 0), Some(("y", "D_m", 0)), &t);
    case(
        "delta of the output",
        course,
        t.clone(),
        0.06,
        Box::new(move |t| 0.06 * (1.0 - (1.0 + kc * t) * (-kc * t).exp())),
    );
    // Two stages further back: an Erlang law of degree 3.
    let hidden = 1.2 * 0.06 * 0.25;
    let course = gate.course(("hidden", "D_p", 0), Some(("hidden", "D_m", 0)), &t);
    let erlang = move |t: f64| {
        let x = kc * t;
        hidden * (1.0 - (1.0 + x + x * x / 2.0 + x * x * x / 6.0) * (-x).exp())
    };
    case("delta of the layer before", course, t, hidden, Box::new(erlang));
    let t = times(kc);
    let gradient = bench(&["gradient"]).set("hidden", "D_m", &[0.3, 0.1]).set("x", "", &[0.5, 1.0]);
    let course = gradient.course(("W_hidden", "M_p", 0), Some(("W_hidden", "M_m", 0)), &t);
    case("gradient", course, t, -0.15, approach(0.0, -0.15, kc));
    let t = times(kg);
    let latch = bench(&["latch"]).set("b_hidden", "M_p", &[0.3, 0.1]).open(Phase::Latch);
    let course = latch.course(("b_hidden", "R_p", 0), Some(("b_hidden", "R_m", 0)), &t);
    case("latch", course, t, 1.2, approach(0.0, 1.2, kg));
    let t = times(kg);
    let transfer = bench(&["transfer"]).set("b_hidden", "R_p", &[0.3, 0.1]).open(Phase::Transfer);
    let course = transfer.course(("b_hidden", "p", 0), Some(("b_hidden", "m", 0)), &t);
    case("transfer", course, t, 0.1 - 0.3, approach(0.1, 0.1 - 0.3, kg));
    let t = times(kc);
    let seen = bench(&["epoch"]).set("order", "", &slot(0)).set("judge", "R", &[1.0]);
    case("epoch, violation", seen.course(("epoch", "V", 0), None, &t), t, 1.0, approach(0.0, 1.0, kc));
    let t = times(0.05);
    let clean = bench(&["epoch"]).set("order", "", &slot(4));
    case("epoch, judge", clean.course(("halt", "", 0), None, &t), t, 1.0, approach(0.0, 1.0, 0.05));
    let t = times(20.0);
    let mut halt = bench(&["halt"]).set("halt", "", &[1.0]);
    halt.crn.species[lowered.clocked().unwrap().clock].initial[3] = 0.9;
    case("halt", halt.course(("clock", "", 3), None, &t), t, 0.0, approach(0.9, 0.0, 20.0));
    let t = times(kg);
    let reset = bench(&["sigmoid"]).set("hidden", "U", &[3.0, 1.0]).open(Phase::Reset);
    case("reset", reset.course(("hidden", "U", 0), None, &t), t, 1.0, approach(3.0, 1.0, kg));
    cases.iter().map(judge).collect()
}

/// The text of one layer of given pre-activations, which its biases are.
fn layer(activation: &str, z: &[f64]) -> String {
    let zeros = vec![[0.0]; z.len()];
    format!(
        "network net {{ input x[1]; layer y = dense({}) | {activation}(); output y; }}\n\
         weights {{ y.W = {zeros:?}; y.b = {z:?}; }}\nchemistry {{ construction = phased; max_order = 3; }}\n",
        z.len()
    )
}

/// The rows of the activation table that only a clock computes, the softmax, and the sigmoid's transient.
pub fn finite_time() -> Vec<Finding> {
    let mut findings = Vec::new();
    let tables = of_kind("activation_table");
    for row in tables[0]["table"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        if !["sigmoid", "tanh", "softplus"].contains(&name) {
            continue;
        }
        let mut run =
            super::run::Run::new(&layer(name, &numbers(&row["z"])), (1e-9, 1e-12), Method::Explicit);
        run.cycle().unwrap();
        findings.push(values(name, &run.output(), &numbers(&row["value"])));
    }
    let vector = &of_kind("softmax")[0];
    let mut run =
        super::run::Run::new(&layer("softmax", &numbers(&vector["z"])), (1e-9, 1e-12), Method::Explicit);
    run.cycle().unwrap();
    findings.push(values("softmax", &run.output(), &numbers(&vector["softmax"])));
    findings.extend(sigmoid_transient());
    findings
}

fn values(name: &str, found: &[f64], expected: &[f64]) -> Finding {
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    Finding::new(
        format!("{name} after one cycle: the rows of the vectors within 1e-6"),
        format!("{} values, largest deviation {worst:.1e}", expected.len()),
        worst <= 1e-6 && found.len() == expected.len(),
    )
}

/// x(t) of a sigmoid whose catalyst decays: u = e^(ζ/2) with ζ = z (1 − e^(−kc t)), from P loaded at once.
fn sigmoid_transient() -> Vec<Finding> {
    let z = 1.7;
    let (_, lowered) = compile(&layer("sigmoid", &[z]), &[0.0]);
    let bench = Bench::new(&lowered, &["exposure", "sigmoid"]).set("y", "P_p", &[z]);
    let times: Vec<f64> = (1..=12).map(|n| 0.25 * f64::from(n)).collect();
    let u = bench.course(("y", "U", 0), None, &times);
    let v = bench.course(("y", "V", 0), None, &times);
    let zeta = |t: f64| z * (1.0 - (-4.0 * t).exp());
    let worst = times
        .iter()
        .zip(u.iter().zip(&v))
        .map(|(t, (u, v))| (u / (u + v) - 1.0 / (1.0 + (-zeta(*t)).exp())).abs())
        .fold(0.0, f64::max);
    let transients: Vec<_> = of_kind("trajectory")
        .into_iter()
        .filter(|t| t["name"].as_str().unwrap().contains("sigmoid"))
        .collect();
    let mut findings = vec![Finding::new(
        "sigmoid, transient: u/(u + v) = 1/(1 + e^(-z (1 - e^(-kc t)))) within 1e-6 at 12 times",
        format!("largest deviation {worst:.1e}"),
        worst <= 1e-6,
    )];
    for vector in transients {
        // Its time is that of a catalyst that decays at rate 1.
        let (z, t, x) = (vector["z"].as_f64().unwrap(), numbers(&vector["t"]), numbers(&vector["x"]));
        let (_, lowered) = compile(&layer("sigmoid", &[z]), &[0.0]);
        let bench = Bench::new(&lowered, &["exposure", "sigmoid"]).set("y", "P_p", &[z.max(0.0)]).set(
            "y",
            "P_m",
            &[(-z).max(0.0)],
        );
        let t: Vec<f64> = t.iter().map(|t| t / 4.0).collect();
        let (u, v) = (bench.course(("y", "U", 0), None, &t), bench.course(("y", "V", 0), None, &t));
        let found: Vec<f64> = u.iter().zip(&v).map(|(u, v)| u / (u + v)).collect();
        findings.push(values("the transient of the sigmoid", &found, &x));
    }
    findings
}
