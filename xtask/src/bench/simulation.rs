//! Time courses in process, beside the simulators and solvers of others.

use std::time::Instant;

use nnrc_engine::Engine;
use nnrc_sim::{Method, Tolerances};
use nnrc_tests::acceptance::sbml::{WORKLOADS, scaled, spread, workload};
use nnrc_tests::compiled::{Compiled, compile, deviation};
use nnrc_tests::peers;

use super::common::{Bench, Row, arrows, number, question, readable, text};

/// t = 0 to 20 at rtol 1e-6, atol 1e-9, beside libRoadRunner, COPASI, AMICI, scipy and diffrax.
pub fn courses(bench: &mut Bench) -> Vec<Row> {
    let mut rows = Vec::new();
    for ((name, widths), goals) in WORKLOADS[1..4].iter().zip([[5.0, 10.0], [15.0, 100.0], [30.0, 300.0]]) {
        let what = format!("{name} ({}), t = 0 to 20", arrows(widths));
        let input = spread(widths[0]);
        let compiled = compile(&workload(widths, ""), &input);
        let path = bench.folder.path().join(format!("{name}.xml"));
        let options = nnrc_sbml::Options { provenance: nnrc_sbml::Provenance::None, ..Default::default() };
        compiled.write_sbml(&path, &options);
        let span = ["--end", "20", "--rtol", "1e-6", "--atol", "1e-9"];
        let args = [&[text(&path)], &span[..], &["--repeat", "21", "--loads", "1"]].concat();
        let answer = peers::run("bench_run.py", &args, None, &[]);
        let engines = answer["engines"].as_array().unwrap();
        for engine in engines {
            let words = [&engine["engine"], &engine["version"]].map(|word| word.as_str().unwrap().to_owned());
            bench.versions.insert(words.join(" "));
        }
        let theirs: Vec<f64> = engines.iter().map(|engine| number(&engine["simulate_cpu_s"])).collect();
        let loads: Vec<f64> = engines.iter().map(|engine| number(&engine["load_cpu_s"])).collect();
        let (seconds, error) = time_course(&compiled, &input, 1e-6, Method::Auto, 20.0);
        let ratios = [theirs[0] / seconds, theirs[1] / seconds];
        rows.push(Row {
            what: what.clone(),
            ours: format!("{}, error {error:.0e}", readable(seconds)),
            peer: format!(
                "libRoadRunner {} (loads in {:.1} s), COPASI {} ({:.1} s)",
                readable(theirs[0]),
                loads[0],
                readable(theirs[1]),
                loads[1]
            ),
            ratio: format!("{:.0}; {:.0}", ratios[0], ratios[1]),
            goal: format!(
                "at least {} times libRoadRunner, {} times COPASI, error at most 1e-6",
                goals[0], goals[1]
            ),
            met: ratios[0] >= goals[0] && ratios[1] >= goals[1] && error <= 1e-6,
        });
        if *name == "S2"
            && let Some(python) = bench.amici.clone()
        {
            // With all annotations, which AMICI reads.
            let path = bench.folder.path().join("amici.xml");
            compiled.write_sbml(&path, &nnrc_sbml::Options::default());
            let args = [&[text(&path)], &span[..]].concat();
            let answer = peers::run_in(&python, "bench_amici.py", &args, None, &[]);
            let ratio = number(&answer["simulate_cpu_s"]) / seconds;
            bench.versions.insert(format!("amici {}", answer["version"].as_str().unwrap()));
            rows.push(Row {
                what: what.clone(),
                ours: readable(seconds),
                peer: format!(
                    "AMICI {} (loads in {:.1} s)",
                    readable(number(&answer["simulate_cpu_s"])),
                    number(&answer["load_cpu_s"])
                ),
                ratio: format!("{ratio:.0}"),
                goal: "at least 10 times AMICI".to_owned(),
                met: ratio >= 10.0,
            });
        }
        let scipy = bench.ask("bench_scipy.py", &question("ss", &compiled, &input, 0.25));
        rows.push(Row {
            what: what.clone(),
            ours: readable(seconds),
            peer: format!(
                "numpy with scipy's LSODA {}, error {:.0e}",
                readable(number(&scipy["seconds"])),
                number(&scipy["error"])
            ),
            ratio: format!("{:.0}", number(&scipy["seconds"]) / seconds),
            goal: "reported".to_owned(),
            met: true,
        });
        rows.push(diffrax(bench, what, &compiled, &input));
    }
    rows.push(icrn(bench));
    rows
}

/// A wide network beside the tensor simulator, both at its error.
fn icrn(bench: &mut Bench) -> Row {
    let (name, widths) = WORKLOADS[6];
    let input = spread(widths[0]);
    let compiled = compile(&workload(widths, ""), &input);
    let mut question = question("ss", &compiled, &input, 0.25);
    question["error"] = 1e-6.into();
    let answer = bench.ask("bench_icrn.py", &question);
    let (theirs, their_error) = (number(&answer["seconds"]), number(&answer["error"]));
    let (relative, seconds, error) =
        at_error(&compiled, &input, their_error).unwrap_or((0.0, f64::NAN, f64::NAN));
    Row {
        what: format!("{name} ({}), t = 0 to 20, at icrn's error", arrows(widths)),
        ours: format!("{} at rtol {relative:.0e}, error {error:.0e}", readable(seconds)),
        peer: format!(
            "icrn, RK4 of steps {}, {}, error {their_error:.0e} (compiles in {:.1} s)",
            answer["step"],
            readable(theirs),
            number(&answer["compile_seconds"])
        ),
        ratio: format!("{:.1}", theirs / seconds),
        goal: "at least 20 times".to_owned(),
        met: theirs >= 20.0 * seconds,
    }
}

/// The loosest tolerance at which a time course is as exact, with its seconds and its error.
fn at_error(compiled: &Compiled, input: &[f64], most: f64) -> Option<(f64, f64, f64)> {
    [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11].into_iter().find_map(|relative| {
        let (seconds, error) = time_course(compiled, input, relative, Method::Auto, 20.0);
        (error <= most).then_some((relative, seconds, error))
    })
}

/// Never slower than diffrax at ten times its accuracy.
fn diffrax(bench: &mut Bench, what: String, compiled: &Compiled, input: &[f64]) -> Row {
    let answer = bench.ask("bench_jax.py", &question("ss", compiled, input, 0.25));
    let (theirs, their_error) = (number(&answer["seconds"]), number(&answer["error"]));
    let exact = at_error(compiled, input, 0.1 * their_error);
    let ours = exact.map_or("never as exact".to_owned(), |(relative, seconds, error)| {
        format!("{} at rtol {relative:.0e}, error {error:.0e}", readable(seconds))
    });
    let ratio = exact.map_or(0.0, |(_, seconds, _)| theirs / seconds);
    Row {
        what: format!("{what}, a tenth of diffrax's error"),
        ours,
        peer: format!("diffrax Tsit5 {}, error {their_error:.0e}", readable(theirs)),
        ratio: format!("{ratio:.1}"),
        goal: "not slower".to_owned(),
        met: ratio >= 1.0,
    }
}

/// Median seconds of a time course from the initial state, and how far its end is from the fixed point.
fn time_course(compiled: &Compiled, input: &[f64], relative: f64, method: Method, end: f64) -> (f64, f64) {
    let mut engine = Engine::new(&compiled.crn, &compiled.info);
    let tolerances = Tolerances::new(relative, 1e-3 * relative);
    let mut times = Vec::new();
    let mut state = Vec::new();
    for _ in 0..101 {
        let start = Instant::now();
        state = engine.initial_state();
        nnrc_sim::integrate(&mut engine, method, &tolerances, &mut state, 0.0..end, &[], |_, _| {}).unwrap();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let values = compiled.values(&engine.full_state(&state));
    let expected = nnrc_model::forward::forward(&compiled.model, input);
    (times[times.len() / 2], deviation(&values, &expected))
}

/// The automatic choice of method against the better of the two, for weights that make the time course stiff.
pub fn stiff(_: &mut Bench) -> Vec<Row> {
    let mut rows = Vec::new();
    for (scale, h) in [(1.0, 0.25), (2.0, 0.25), (4.0, 0.25), (8.0, 0.01)] {
        // Long enough to settle to 1e-6: the slowest unit approaches at 2 sqrt(h).
        let end = 1e6f64.ln() / (2.0 * f64::sqrt(h));
        for (name, widths) in &WORKLOADS[1..4] {
            let input = spread(widths[0]);
            let compiled = scaled(widths, scale, h, &input);
            let time = |method| time_course(&compiled, &input, 1e-6, method, end).0;
            let [auto, explicit, rosenbrock] = [Method::Auto, Method::Explicit, Method::Rosenbrock].map(time);
            let ratio = auto / explicit.min(rosenbrock);
            rows.push(Row {
                what: format!("{name}, weights times {scale}, h = {h}, t = 0 to {end:.0}"),
                ours: format!("automatic {}", readable(auto)),
                peer: format!("Tsit5 {}, Rodas4 {}", readable(explicit), readable(rosenbrock)),
                ratio: format!("{ratio:.2}"),
                goal: "at most 1.3 times the better".to_owned(),
                met: ratio <= 1.3,
            });
        }
    }
    rows
}
