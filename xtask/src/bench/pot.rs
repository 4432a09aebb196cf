//! Networks that learn in one pot: time units for a CPU second, and what integration at several rates saves.

use std::hint::black_box;

use nnrc_crn::{Role, namer};
use nnrc_engine::{Engine, Multirate, Position, Presentations};
use nnrc_model::random::Random;
use nnrc_sim::loops::dot;
use nnrc_sim::{Method, Tolerances};
use nnrc_tests::acceptance::mnist;
use nnrc_tests::acceptance::phased::speed::cpu;
use nnrc_tests::compiled::{Compiled, compile, load};
use nnrc_tests::peers;
use nnrc_tests::training::example;

use super::common::{Bench, Row, file, number, readable, text};

/// Tolerances of both sides of the XOR row: those that `nnrc train` has by default.
const XOR: (f64, f64) = (1e-5, 1e-8);
/// Presentations of XOR, each of 20 time units.
const XOR_PRESENTATIONS: usize = 100;
/// Presentations after which the pots are compared: weights then move as they do while they learn.
const WARM: usize = 20;
/// Relative tolerances that are tried; the absolute ones are a hundredth.
const TOLERANCES: [f64; 8] = [1e-2, 4e-3, 2e-3, 1e-3, 5e-4, 1e-4, 1e-5, 1e-6];
/// Runs of which the fastest counts, unless they take so many seconds.
const REPEAT: usize = 7;
const LONG: f64 = 0.5;
/// Errors at which the integrators are compared; the goals hold at the first.
const ERRORS: [f64; 3] = [1e-3, 1e-4, 1e-6];
/// Images of the training set.
const IMAGES: f64 = 60_000.0;

/// The rows.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let mut rows = vec![xor(bench)];
    let (digits, _) = load(&example("onepot_digits"));
    rows.extend(rates("digits 64-20-10", &digits, 10, Some(5.0)));
    let (name, pot) = images();
    rows.extend(rates(name, &pot, 2, Some(10.0)));
    rows.push(epoch(bench, name, &pot));
    rows
}

/// 784-64-10 on MNIST, where that is there, else on random images, of whose pixels as many are 0.
fn images() -> (&'static str, Compiled) {
    if mnist::folder().exists() {
        return ("MNIST 784-64-10", load(&example("onepot_mnist")).0);
    }
    let random = &mut Random::new(1);
    let rows: Vec<String> = (0..100)
        .map(|at| {
            let pixel = |random: &mut Random| {
                if random.uniform(0.0, 1.0) < 0.8 {
                    "0".to_owned()
                } else {
                    format!("{:.3}", random.uniform(0.0, 1.0))
                }
            };
            let x: Vec<String> = (0..784).map(|_| pixel(random)).collect();
            let t: Vec<&str> = (0..10).map(|class| if class == at % 10 { "1" } else { "0" }).collect();
            format!("{{ x = [{}], t = [{}] }},", x.join(", "), t.join(", "))
        })
        .collect();
    let source = std::fs::read_to_string(example("onepot_mnist")).unwrap();
    let network = &source[source.find("network").unwrap()..source.find("expect").unwrap()];
    let text = format!("dataset images = rows([{}]);\n{network}", rows.join("\n"));
    ("random images 784-64-10", compile(&text, &[0.0; 784]))
}

/// Time units for a CPU second on XOR, beside libRoadRunner on the same file, which shows the same samples.
fn xor(bench: &mut Bench) -> Row {
    let (pot, _) = load(&example("onepot_xor"));
    let feed = pot.crn.protocol.feed.as_ref().unwrap();
    let end = feed.hold * XOR_PRESENTATIONS as f64;
    let follow = |(relative, absolute): (f64, f64)| {
        let engine = Engine::new(&pot.crn, &pot.info);
        let mut course =
            Presentations::new(engine, feed, Method::Explicit, Tolerances::new(relative, absolute));
        let start = cpu();
        for _ in 0..XOR_PRESENTATIONS {
            course.present().unwrap();
        }
        (cpu() - start, course.engine().full_state(&course.position().state))
    };
    let mut times: Vec<f64> = (0..5).map(|_| follow(XOR).0).collect();
    times.sort_by(f64::total_cmp);
    let (seconds, own) = (times[2], follow(XOR).1);
    let (_, exact) = follow((1e-11, 1e-13));
    let path = bench.folder.path().join("pot.xml");
    pot.write_sbml(&path, &nnrc_sbml::Options::default());
    let [end_text, relative, absolute] = [end, XOR.0, XOR.1].map(|number| format!("{number:e}"));
    let span = ["--end", &end_text, "--rtol", &relative, "--atol", &absolute];
    let args = [&[text(&path)], &span[..], &["--repeat", "3", "--engine", "roadrunner", "--final"]].concat();
    let answer = peers::run("bench_run.py", &args, None, &[]);
    let peer = &answer["engines"][0];
    // Largest deviation of a rail of a weight.
    let (mut our_error, mut their_error, mut rails) = (0.0f64, 0.0f64, 0);
    for (handle, family) in pot.crn.species.iter().filter(|(_, family)| family.role == Role::Parameter) {
        for (flat, species) in pot.info.species_range(handle).enumerate() {
            let mut id = String::new();
            namer::species_id(&pot.crn, family, flat, &mut id);
            our_error = our_error.max((own[species] - exact[species]).abs());
            their_error = their_error.max((number(&peer["final"][&id]) - exact[species]).abs());
            rails += 1;
        }
    }
    let theirs = number(&peer["simulate_cpu_s"]);
    let ratio = theirs / seconds;
    Row {
        what: format!(
            "XOR 2-4-1 in one pot, {XOR_PRESENTATIONS} presentations, {end} time units, rtol {relative}, all reactions integrated as a whole"
        ),
        ours: format!(
            "{:.0} time units/CPU s, {rails} rails of weights within {our_error:.0e}",
            end / seconds
        ),
        peer: format!("libRoadRunner {:.0} time units/CPU s, within {their_error:.0e}", end / theirs),
        ratio: format!("{ratio:.1}"),
        goal: "at least 5 times, weights within 1e-3 of each other".to_owned(),
        met: ratio >= 5.0 && our_error + their_error <= 1e-3,
    }
}

/// CPU seconds for a presentation, and the state afterwards, from a state on.
fn follow(pot: &Compiled, start: &[f64], count: usize, several: bool, relative: f64) -> (f64, Vec<f64>) {
    let feed = pot.crn.protocol.feed.as_ref().unwrap();
    let tolerances = Tolerances::new(relative, 1e-2 * relative);
    let engine = Engine::new(&pot.crn, &pot.info);
    let mut course = Presentations::new(engine, feed, Method::Explicit, tolerances.clone());
    if several {
        course.integrate_with(Multirate::new(&pot.crn, &pot.info, &tolerances).unwrap());
    }
    let place = course.position().clone();
    assert!(course.go_to(Position { presentation: WARM, state: start.to_vec(), ..place }));
    let begin = cpu();
    for _ in 0..count {
        course.present().unwrap();
    }
    ((cpu() - begin) / count as f64, course.state())
}

/// The state after [`WARM`] presentations.
fn warm(pot: &Compiled) -> Vec<f64> {
    let feed = pot.crn.protocol.feed.as_ref().unwrap();
    let tolerances = Tolerances::new(1e-4, 1e-6);
    let mut course =
        Presentations::new(Engine::new(&pot.crn, &pot.info), feed, Method::Explicit, tolerances.clone());
    course.integrate_with(Multirate::new(&pot.crn, &pot.info, &tolerances).unwrap());
    for _ in 0..WARM {
        course.present().unwrap();
    }
    course.state()
}

/// Integration at several rates beside that as a whole: the fastest of each whose error is small enough.
fn rates(name: &str, pot: &Compiled, count: usize, goal: Option<f64>) -> Vec<Row> {
    let start = warm(pot);
    let (_, exact) = follow(pot, &start, count, false, 1e-8);
    let measure = |several: bool| -> Vec<(f64, f64, f64)> {
        TOLERANCES
            .into_iter()
            .map(|relative| {
                let (mut seconds, state) = follow(pot, &start, count, several, relative);
                for _ in 1..REPEAT {
                    // What takes long is measured well enough once.
                    if seconds * count as f64 > LONG {
                        break;
                    }
                    seconds = seconds.min(follow(pot, &start, count, several, relative).0);
                }
                let apart = state.iter().zip(&exact).map(|(a, b)| (a - b).abs());
                (relative, seconds, apart.fold(0.0, f64::max))
            })
            .collect()
    };
    let [whole, several] = [false, true].map(measure);
    let fastest = |all: &[(f64, f64, f64)], most: f64| {
        all.iter().copied().filter(|(_, _, error)| *error <= most).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    };
    let words = |(relative, seconds, error): (f64, f64, f64)| {
        format!("{} at rtol {relative:.0e}, error {error:.0e}", readable(seconds))
    };
    ERRORS
        .into_iter()
        .enumerate()
        .map(|(at, most)| {
            let (whole, several) = (fastest(&whole, most), fastest(&several, most));
            let ratio = whole.1 / several.1;
            let goal = goal.filter(|_| at == 0);
            Row {
                what: format!(
                    "a presentation of {name} in one pot, every concentration within {most:.0e} after {count}"
                ),
                ours: format!("at several rates {}", words(several)),
                peer: format!("as a whole {}", words(whole)),
                ratio: format!("{ratio:.1}"),
                goal: goal.map_or("reported".to_owned(), |goal| format!("at least {goal} times")),
                met: goal.is_none_or(|goal| ratio >= goal),
            }
        })
        .collect()
}

/// Seconds of a pass over the rails of all weights of the first layer: read for their sums, and changed by an update of rank one.
fn pass(rows: usize, columns: usize) -> f64 {
    let mut rails = [vec![0.5; rows * columns], vec![0.5; rows * columns]];
    let x = vec![0.1; columns];
    let mut times: Vec<f64> = (0..101)
        .map(|_| {
            let start = std::time::Instant::now();
            for rail in &mut rails {
                for row in rail.chunks_exact_mut(columns) {
                    let change = 1e-9 * black_box(dot(row, &x));
                    for (weight, x) in row.iter_mut().zip(&x) {
                        *weight += change * x;
                    }
                }
            }
            black_box(&rails);
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// One pass over all images, from the cost of some; memory of the command.
fn epoch(bench: &Bench, name: &str, pot: &Compiled) -> Row {
    let pass = pass(64, 784);
    let (presentation, memory) = if mnist::folder().exists() {
        command(bench)
    } else {
        (follow(pot, &warm(pot), 60, true, 1e-3).0, None)
    };
    let minutes = presentation * IMAGES / 60.0;
    let words =
        memory.map_or("no images, so memory is not measured".to_owned(), |mib: f64| format!("{mib:.0} MiB"));
    Row {
        what: format!(
            "one pass over 60,000 images, {name} in one pot with all reactions, from the time of some"
        ),
        ours: format!("{} a presentation, {minutes:.1} CPU min, {words}", readable(presentation)),
        peer: format!("limit: a pass over the rails of the weights, {}", readable(pass)),
        ratio: format!("1/{:.0}", presentation / pass),
        goal: "at most 40 passes; under 60 minutes and 1 GB".to_owned(),
        met: presentation <= 40.0 * pass && minutes < 60.0 && memory.is_none_or(|mib| mib < 953.0),
    }
}

/// CPU seconds for a presentation and peak memory of `nnrc train` on a share of MNIST.
fn command(bench: &Bench) -> (f64, Option<f64>) {
    const SHOWN: f64 = 300.0;
    let source = std::fs::read_to_string(example("onepot_mnist")).unwrap();
    let folder = nnrc_tests::root().join("examples/onepot_mnist");
    let source = source
        .replace("../../.cache", text(&folder.join("../../.cache")))
        .replacen("scale = divide(255);", "scale = divide(255); split = holdout(test = 0.995, seed = 1);", 1)
        .replace("data   = images;", "data   = images.train;");
    let source = file(bench.folder.path(), "pot.nnr", &source);
    let weights = bench.folder.path().join("pot.npz");
    // The difference of two runs is free of what reading and judging the data takes.
    let [(first, _), (second, memory)] = [1, 2].map(|epochs: usize| {
        let epochs = format!("train.epochs={epochs}");
        let args = ["--repeat", "1", "--", text(&bench.nnrc), "train", text(&source), "--set", &epochs];
        let answer =
            peers::run("measure.py", &[&args[..], &["-o", text(&weights), "--quiet"]].concat(), None, &[]);
        (number(&answer["cpu_s"]), number(&answer["peak_rss_mib"]))
    });
    ((second - first) / SHOWN, Some(memory))
}
