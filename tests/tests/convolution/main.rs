//! Convolutions as reaction families: the engine, generated code, libRoadRunner and numpy agree.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod networks;
mod program;

use networks::{Kind, Net, Signal, Window};
use nnrc_crn::{Crn, CrnInfo, namer, text, validate};
use nnrc_engine::Engine;
use nnrc_sim::{Settle, Tolerances, settle};
use nnrc_tests::peers::{self, Simulator};
use serde_json::{Value, json};

const H: f64 = 0.1;
/// How close values and gradients are.
const CLOSE: f64 = 1e-9;

struct Case {
    net: Net,
    info: CrnInfo,
    /// What the loss weighs each output with.
    adjoint: Vec<f64>,
}

impl Case {
    fn new((mut net, output): (Net, Signal)) -> Self {
        net.observe("y", &output);
        let info = validate(&net.crn).unwrap_or_else(|error| panic!("{}: {error}", net.crn.name));
        let outputs = net.crn.axes[net.crn.observables[1].axis].size();
        let adjoint = (0..outputs).map(|at| 1.0 - 0.3 * at as f64).collect();
        Self { net, info, adjoint }
    }

    fn crn(&self) -> &Crn {
        &self.net.crn
    }
}

/// Two kernels of three places over nine values of either sign, every other place, with a zero at either end.
fn line() -> (Net, Signal) {
    let (mut net, x) = Net::new("line", &[1, 9], true, 3);
    let z = net.convolve("z", &x, 2, Window { width: 3, stride: 2, padding: 1 }, H);
    (net, z)
}

/// An image of 6 by 6, two kernels of 3 by 3, averages of 2 by 2, two outputs of either sign.
fn image() -> (Net, Signal) {
    let (mut net, x) = Net::new("image", &[1, 6, 6], false, 5);
    let z = net.convolve("z", &x, 2, Window { width: 3, stride: 1, padding: 0 }, H);
    let p = net.pool("p", &z);
    let y = net.dense("y", &p, 2, Kind::Signed);
    (net, y)
}

/// Two channels of 5 by 5 of either sign, three kernels, stride 2, padding 1: windows over every edge.
fn channels() -> (Net, Signal) {
    let (mut net, x) = Net::new("channels", &[2, 5, 5], true, 7);
    let z = net.convolve("z", &x, 3, Window { width: 3, stride: 2, padding: 1 }, H);
    (net, z)
}

/// The same on 4 by 4, all values in a row, and dense neurons that read the row.
fn row() -> (Net, Signal) {
    let (mut net, x) = Net::new("row", &[2, 4, 4], true, 11);
    let z = net.convolve("z", &x, 2, Window { width: 3, stride: 2, padding: 1 }, H);
    let f = net.flatten("f", &z);
    let y = net.dense("y", &f, 3, Kind::Neuron(H));
    (net, y)
}

/// Convolution upon convolution; the dense layer reads channels, rows and columns as they are.
fn deep() -> (Net, Signal) {
    let (mut net, x) = Net::new("deep", &[1, 5, 5], false, 13);
    let z = net.convolve("z", &x, 2, Window { width: 2, stride: 1, padding: 1 }, H);
    let w = net.convolve("w", &z, 2, Window { width: 3, stride: 2, padding: 2 }, H);
    let y = net.dense("y", &w, 2, Kind::Signed);
    (net, y)
}

fn cases() -> Vec<Case> {
    [line(), image(), channels(), row(), deep()].map(Case::new).into()
}

/// Output and gradient of each case in numpy.
fn expected(cases: &[Case]) -> Vec<Value> {
    let questions: Vec<Value> = cases
        .iter()
        .map(|Case { net, adjoint, .. }| {
            json!({ "shape": net.shape, "input": net.input, "layers": net.layers, "adjoint": adjoint })
        })
        .collect();
    let answers = peers::run("convolution.py", &[], Some(&Value::from(questions)), &[]);
    answers.as_array().unwrap().clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn assert_close(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let distance =
        |(a, b): (&f64, &f64)| if a.is_nan() { f64::INFINITY } else { (a - b).abs() / b.abs().max(1.0) };
    let worst = found.iter().zip(expected).map(distance).fold(0.0, f64::max);
    assert!(worst <= CLOSE, "{what}: {worst:e}\n{found:?}\n{expected:?}");
}

#[test]
fn engine_and_generated_code_agree_with_numpy() {
    let cases = cases();
    let expected = expected(&cases);
    for (case, expected) in cases.iter().zip(&expected) {
        let (name, output) = (&case.crn().name, numbers(&expected["output"]));
        assert!(output.iter().any(|value| value.abs() > 0.1), "{name} is not trivial: {output:?}");
        let mut engine = Engine::new(case.crn(), &case.info);
        let mut state = engine.initial_state();
        settle(&mut engine, &mut state, &Tolerances::default(), &Settle::default()).unwrap();
        assert_close(&format!("{name}: engine"), &engine.observe(&state, 1), &output);
    }
    let answers = program::ask(&cases);
    for ((case, expected), answer) in cases.iter().zip(&expected).zip(&answers) {
        let (name, output) = (&case.crn().name, numbers(&expected["output"]));
        let own = |key: &str| -> Vec<f64> {
            let values = &answer[key].values;
            values[values.len() - output.len()..].to_vec()
        };
        let inputs = &answer["settled"].values[..case.net.input.len()];
        assert_eq!(inputs, case.net.input, "{name}");
        assert_close(&format!("{name}: generated, time course"), &own("settled"), &output);
        assert_close(&format!("{name}: generated, layer by layer"), &own("rest"), &output);
        assert_eq!(answer["exact"].values, [1.0, 1.0, 1.0], "{name}: solved, found, finite");
        for tensor in &case.net.weights {
            let gradient = numbers(&expected["gradient"][tensor]);
            assert!(
                gradient.iter().any(|value| value.abs() > 1e-3),
                "{name}: {tensor} matters: {gradient:?}"
            );
            assert_close(&format!("{name}: gradient of {tensor}"), &answer[tensor].values, &gradient);
        }
        let mut engine = Engine::new(case.crn(), &case.info);
        let state = engine.initial_state();
        let mut derivative = vec![0.0; state.len()];
        nnrc_sim::System::derivative(&mut engine, &state, &mut derivative);
        assert_close(&format!("{name}: derivative"), &answer["derivative"].values, &derivative);
    }
}

#[test]
fn files_agree_with_numpy() {
    let mut cases = cases();
    cases.retain(|case| case.info.reaction_count() < 600);
    let names: Vec<&str> = cases.iter().map(|case| case.crn().name.as_str()).collect();
    assert_eq!(names, ["line", "image", "row"]);
    let expected = expected(&cases);
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = Vec::new();
    for case in &cases {
        let path = folder.path().join(format!("{}.xml", case.crn().name));
        let mut out = std::fs::File::create(&path).unwrap();
        nnrc_sbml::write(case.crn(), &case.info, &nnrc_sbml::Options::default(), &mut out).unwrap();
        jobs.push(json!({ "sbml": path, "end": 150, "rtol": 1e-11, "atol": 1e-13 }));
    }
    let answers = Simulator::RoadRunner.run(&Value::from(jobs));
    for ((case, expected), answer) in cases.iter().zip(&expected).zip(answers.as_array().unwrap()) {
        let last = &answer["runs"][0]["final"];
        let observable = &case.crn().observables[1];
        let value = |families: &[nnrc_crn::Handle<nnrc_crn::SpeciesFamily>], flat: usize| -> f64 {
            let own = families.iter().map(|&family| {
                let mut id = String::new();
                namer::species_id(case.crn(), &case.crn().species[family], flat, &mut id);
                last[id.as_str()].as_f64().unwrap_or_else(|| panic!("no {id}"))
            });
            own.sum()
        };
        let found: Vec<f64> = (0..case.adjoint.len())
            .map(|flat| value(&observable.positive, flat) - value(&observable.negative, flat))
            .collect();
        assert_close(&format!("{}: libRoadRunner", case.crn().name), &found, &numbers(&expected["output"]));
    }
}

#[test]
fn counts_are_those_of_the_formula() {
    let [line, image, channels] = [line(), image(), channels()].map(Case::new);
    let count = |case: &Case, layer: &str| -> usize {
        let own = case.crn().reactions.iter().filter(|(_, family)| family.name.starts_with(layer));
        own.map(|(handle, _)| case.info.members(handle)).sum()
    };
    // Kernels times places times (window times rails + 3), less what windows see beyond the edge.
    assert_eq!(count(&image, "z."), 2 * 4 * 4 * (9 + 3));
    assert_eq!(count(&image, "p."), 2 * 2 * 2 * (4 + 1));
    assert_eq!(count(&image, "y."), 2 * (8 + 1 + 2 + 1));
    assert_eq!(image.info.reaction_count(), 384 + 40 + 24);
    assert_eq!(image.info.species_count(), 36 + 32 + 8 + 4);
    assert_eq!(count(&line, "z."), 2 * (5 * (3 * 2 + 3) - 2 * 2));
    assert_eq!(count(&channels, "z."), 3 * (2 * 7 * 7 * 2 + 9 * 3));
}

#[test]
fn a_family_is_one_line_of_text() {
    let case = Case::new(row());
    let lines: Vec<String> =
        case.crn().reactions.iter().map(|(_, family)| text::reaction(case.crn(), family)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
