//! The fixed point of pots of all magnitudes.

use serde_json::{Value, json};

use crate::compiled::{Compiled, analyse, lower};
use crate::extreme_network::draw;
use crate::{Finding, peers};

/// A pot whose slowest rate is below this may be called not settled.
const SLOW: f64 = 1e-4;

/// The networks of the first seeds from `first` on that the language accepts, each with its seed and input.
fn networks(first: u64, count: usize) -> Vec<(u64, Vec<f64>, Compiled)> {
    let accepted = (first..).filter_map(|seed| {
        let network = draw(seed);
        // A few leave the domain of an activation; they say so and are drawn again.
        let model = analyse(&network.text).ok()?;
        let compiled = lower(model, &network.input);
        Some((seed, network.input, compiled))
    });
    accepted.take(count).collect()
}

/// A network as `closed_form.py` reads it, with the concentrations of all species, or none.
fn question(network: &Compiled, input: &[f64], found: Option<&[f64]>) -> Value {
    let mut question = network.for_numpy(&[input.to_vec()]);
    let ids = network.species_ids();
    let found = ids.into_iter().enumerate().map(|(at, id)| (id, json!(found.map(|found| found[at]))));
    question["found"] = Value::Object(found.collect());
    question["annihilation"] = json!(network.model.chemistry.annihilation);
    question
}

/// Networks of magnitudes from 1e-12 to 1e6 settle where the closed form says.
pub fn extremes(first: u64, count: usize) -> Vec<Finding> {
    let networks = networks(first, count);
    let results = nnrc_sim::parallel::map(networks.len(), nnrc_sim::parallel::cores(), &(), |(), at| {
        networks[at].2.try_settle()
    });
    let questions = networks
        .iter()
        .zip(&results)
        .map(|((_, input, network), result)| question(network, input, result.as_deref().ok()));
    let answers = peers::run("closed_form.py", &[], Some(&Value::Array(questions.collect())), &[]);
    let (mut worst, mut species, mut fastest_refused, mut refused) = (0.0f64, 0, 0.0f64, 0);
    let mut wrong = Vec::new();
    for ((seed, ..), (result, answer)) in networks.iter().zip(results.iter().zip(answers.as_array().unwrap()))
    {
        species += answer["species"].as_u64().unwrap();
        let rate = answer["rate"].as_f64().unwrap();
        match result {
            Ok(_) => {
                let ratio = answer["worst"].as_f64().unwrap();
                worst = worst.max(ratio);
                if ratio > 1.0 {
                    wrong.push(format!("seed {seed}: {}", answer["at"].as_str().unwrap()));
                }
            }
            Err(error) => {
                refused += 1;
                fastest_refused = fastest_refused.max(rate);
                if rate >= SLOW {
                    wrong.push(format!("seed {seed}: refused at a slowest rate of {rate:e}: {error}"));
                }
            }
        }
    }
    let figure = if wrong.is_empty() {
        format!(
            "{species} species, largest deviation {:.1e}; {refused} refused, slowest rates up to {fastest_refused:.1e}",
            worst * 1e-9
        )
    } else {
        format!("{} wrong: {}", wrong.len(), wrong.join("; "))
    };
    vec![Finding::new(
        format!(
            "{count} networks with magnitudes from 1e-12 to 1e6: each species at the closed form within 1e-9 of it times \
             its condition, or refused where the slowest rate is below {SLOW:e}"
        ),
        figure,
        wrong.is_empty(),
    )]
}
