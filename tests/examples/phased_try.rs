#![allow(clippy::unwrap_used, clippy::print_stdout)]
use nnrc_tests::acceptance::phased::{learning::learner, run::Run};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (gate, cycles): (&str, usize) = (&args[1], args[2].parse().unwrap());
    let (rtol, atol): (f64, f64) = (args[3].parse().unwrap(), args[4].parse().unwrap());
    let file: serde_json::Value = serde_json::from_slice(
        &std::fs::read(nnrc_tests::root().join("tests/reference/initial_weights.json")).unwrap(),
    )
    .unwrap();
    let entry = file["phased"].as_array().unwrap().iter().find(|e| e["gate"] == gate).unwrap();
    let weights: Vec<Vec<Vec<f64>>> = serde_json::from_value(entry["weights"].clone()).unwrap();
    let t: [f64; 4] = if gate == "or" { [0., 1., 1., 1.] } else { [0., 1., 1., 0.] };
    let x: [[f64; 2]; 4] = [[0., 0.], [0., 1.], [1., 0.], [1., 1.]];
    let rows: Vec<(&[f64], f64)> = x.iter().zip(t).map(|(x, t)| (&x[..], t)).collect();
    let text = learner(&rows, &weights, 4.0, "stop when error < 0.25;", args.get(6).map_or("", |s| s));
    let method = match args.get(5).map(|s| s.as_str()) {
        Some("explicit") => nnrc_sim::Method::Explicit,
        Some("rosenbrock") => nnrc_sim::Method::Rosenbrock,
        _ => nnrc_sim::Method::Auto,
    };
    let mut run = Run::new(&text, (rtol, atol), method);
    println!(
        "species {} reactions {} dense {}",
        run.lowered.info.species_count(),
        run.lowered.info.reaction_count(),
        run.engine.largest_dense_block()
    );
    for (name, s, r) in run.lowered.sizes() {
        println!("{name:12} {s:4} {r:4}");
    }
    let start = std::time::Instant::now();
    for cycle in 0..cycles {
        let end = run.cycle();
        let j = run.lowered.learning.unwrap().judge.unwrap();
        println!(
            "{cycle} {end:?} {:?} y {:.4?} halt {:.1e} {:?}",
            run.weights()
                .iter()
                .map(|w| w.iter().map(|w| format!("{w:.6}")).collect::<Vec<_>>())
                .collect::<Vec<_>>(),
            run.output(),
            run.family(j.halt)[0],
            run.integrator().statistics()
        );
        if end.is_none() {
            break;
        }
    }
    println!("{:?} per cycle", start.elapsed() / cycles as u32);
}
