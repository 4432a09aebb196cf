//! The certificate is never wrong, and says nothing where no theorem holds.

use nnrc_engine::Engine;
use nnrc_model::activation::SPECS;
use nnrc_model::certify::{Inputs, certify};
use nnrc_sim::{Tolerances, settling_time};

use crate::Finding;
use crate::acceptance::vectors::{joint, single};
use crate::compiled::{Compiled, analyse, lower, slowest_rates};
use crate::random_network::{Kind, draw};

/// Certified times and rates of random networks against simulation and eigenvalues.
pub fn random(count: usize) -> Vec<Finding> {
    let tolerance = 1e-3;
    let (mut shortest, mut longest) = (f64::INFINITY, 0.0f64);
    let mut worst_rate = 0.0f64;
    let mut failed = Vec::new();
    let networks: Vec<(Compiled, Vec<f64>)> = (0..count as u64)
        .map(|seed| {
            let network = draw(seed, Kind::Certified);
            (lower(analyse(&network.text).unwrap(), &network.input), network.input)
        })
        .collect();
    let rates = slowest_rates(networks.iter().map(|(compiled, _)| compiled));
    for (seed, ((compiled, input), rate)) in networks.iter().zip(rates).enumerate() {
        let ranges = certify(&compiled.model, Inputs::Ranges, tolerance);
        let point = certify(&compiled.model, Inputs::Point(input), tolerance);
        let (Some(for_all), Some(for_this)) = (ranges.settling_time, point.settling_time) else {
            failed.push(format!("seed {seed} is not certified"));
            break;
        };
        let simulated = simulated_time(compiled, tolerance, for_all.max(1.0));
        if simulated > for_this || for_this > for_all * (1.0 + 1e-12) {
            failed.push(format!("seed {seed}: simulated {simulated}, point {for_this}, ranges {for_all}"));
        }
        if simulated > 0.0 {
            shortest = shortest.min(for_this / simulated);
            longest = longest.max(for_this / simulated);
        }
        let exact = point.local_rate.unwrap();
        worst_rate = worst_rate.max((rate - exact).abs());
        if ranges.local_rate.unwrap() > rate + 1e-9 {
            failed.push(format!("seed {seed}: bound {:?} above the rate {rate}", ranges.local_rate));
        }
    }
    vec![
        Finding::new(
            format!(
                "{count} random certified networks: certified time at least the simulated settling time to 1e-3"
            ),
            if failed.is_empty() {
                format!("certified over simulated from {shortest:.2} to {longest:.1}")
            } else {
                failed.join("; ")
            },
            failed.is_empty(),
        ),
        Finding::new(
            format!(
                "{count} random certified networks: local rate at a point equals the slowest eigenvalue within 1e-6"
            ),
            format!("largest deviation {worst_rate:.1e}"),
            worst_rate <= 1e-6,
        ),
    ]
}

/// The last time at which an output deviates by more than the tolerance.
fn simulated_time(compiled: &Compiled, tolerance: f64, until: f64) -> f64 {
    let rest = compiled.settle();
    let observable = &compiled.crn.observables[compiled.model.output];
    let mut engine = Engine::new(&compiled.crn, &compiled.info);
    let state = engine.initial_state();
    let expected = compiled.values(&rest)[compiled.model.output].clone();
    if observable.negative.is_empty() {
        let species = engine.state_range(observable.positive[0]).unwrap();
        let targets: Vec<(usize, f64)> = species.zip(expected).collect();
        return settling_time(
            &mut engine,
            &state,
            &targets,
            tolerance,
            &Tolerances::new(1e-10, 1e-12),
            until,
        )
        .unwrap();
    }
    // Two rails: follow the difference on a fine grid.
    let outputs: Vec<f64> = (1..=4000).map(|step| until * f64::from(step) / 4000.0).collect();
    let mut last = 0.0;
    let mut rows = Vec::new();
    let mut running = state.clone();
    nnrc_sim::integrate(
        &mut engine,
        nnrc_sim::Method::Auto,
        &Tolerances::new(1e-10, 1e-12),
        &mut running,
        0.0..until,
        &outputs,
        |time, state| rows.push((time, state.to_vec())),
    )
    .unwrap();
    for (time, state) in rows {
        let values = engine.observe(&state, compiled.model.output);
        if values.iter().zip(&expected).any(|(a, b)| (a - b).abs() > tolerance) {
            last = time;
        }
    }
    last
}

/// Every other kind of layer says that it is not certified.
pub fn others() -> Vec<Finding> {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for spec in SPECS.iter().filter(|spec| spec.facts.fixed_point.is_some()) {
        let name = spec.facts.name;
        let call = format!("{name}()");
        let text = if spec.preset().is_joint() { joint(&call, &[0.1, 0.2]) } else { single(&call, 0.5) };
        let model = analyse(&text).unwrap();
        let certificate = certify(&model, Inputs::Ranges, 1e-3);
        let certified = ["identity", "smooth_relu"].contains(&name);
        if certificate.settling_time.is_some() != certified || certificate.obstacles.is_empty() != certified {
            wrong.push(name);
        }
        checked += 1;
    }
    vec![Finding::new(
        "layers of every other kind are not certified",
        format!("{checked} activations, wrong: {wrong:?}"),
        wrong.is_empty(),
    )]
}
