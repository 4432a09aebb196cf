//! Settings that a checkpoint depends on, by name: where they differ it belongs to another training. All but where
//! training ends, so that a run may be taken up with another end.

use std::fmt::Debug;

use nnrc_model::Flow;
use nnrc_model::{DataReference, Model, Part, PhasedTraining};
use nnrc_model::{Descent, Loss, Optimiser, Schedule, Validation};
use nnrc_sim::train::stamp::Settings;

/// Those of gradient descent in silico.
pub fn of_descent(descent: &Descent) -> Settings {
    // Ends do not count.
    let Descent {
        data,
        stops: _,
        validation,
        loss,
        optimiser,
        schedule,
        epochs,
        batch,
        decay,
        shuffle,
        patience: _,
    } = descent;
    let rule = match optimiser {
        Optimiser::Sgd { rate, momentum } => format!("gradient(sgd(rate = {rate}, momentum = {momentum}))"),
        Optimiser::Adam { rate, beta1, beta2, epsilon } => {
            format!("gradient(adam(rate = {rate}, beta1 = {beta1}, beta2 = {beta2}, epsilon = {epsilon}))")
        }
    };
    let mut all = vec![
        ("data", data_words(data)),
        (
            "validation",
            match validation {
                None => "none".to_owned(),
                Some(Validation::Data(data)) => data_words(data),
                Some(Validation::Holdout { share, seed }) => format!("holdout({share}, seed = {seed})"),
            },
        ),
        ("rule", rule),
        ("loss", loss_words(*loss).to_owned()),
        (
            "schedule",
            match schedule {
                Schedule::Constant => "constant()".to_owned(),
                Schedule::Cosine { floor } => format!("cosine({floor})"),
                Schedule::Step { every, factor } => format!("step({every}, {factor})"),
                Schedule::Exponential { factor } => format!("exponential({factor})"),
            },
        ),
        ("decay", decay.to_string()),
        ("batch", batch.to_string()),
        ("feed", order(*shuffle)),
    ];
    if matches!(schedule, Schedule::Cosine { .. }) {
        all.push(("epochs, which the schedule looks at", epochs.to_string()));
    }
    named(all)
}

/// Those of learning in one pot.
pub fn of_flow(model: &Model, flow: &Flow) -> Settings {
    let Flow { data, stops: _, epochs: _, loss, rate, decay, hold, shuffle } = flow;
    let mut all = named(vec![
        ("data", data_words(data)),
        ("rule", format!("gradient_flow(rate = {rate})")),
        ("loss", loss_words(*loss).to_owned()),
        ("decay", decay.to_string()),
        ("hold", hold.to_string()),
        ("feed", order(*shuffle)),
    ]);
    all.extend(of_pot(model));
    all
}

/// Those of learning by a clock.
pub fn of_phased(model: &Model, training: &PhasedTraining) -> Settings {
    let PhasedTraining { data, epochs: _, cross_entropy, rate, tolerance } = training;
    let mut all = named(vec![
        ("data", data_words(data)),
        ("rule", format!("sgd(rate = {rate})")),
        ("loss", if *cross_entropy { "cross_entropy" } else { "squared_error" }.to_owned()),
        ("stop when error", tolerance.map_or("never".to_owned(), |tolerance| format!("< {tolerance}"))),
    ]);
    all.extend(of_pot(model));
    all
}

/// The chemistry, and how it is followed.
fn of_pot(model: &Model) -> Settings {
    let mut chemistry = model.chemistry.clone();
    (chemistry.span, chemistry.phased.clock_span) = (None, None);
    let mut all = Settings::new();
    flatten("chemistry", &chemistry, &mut all);
    let simulation = &model.simulation;
    all.extend(named(vec![
        ("simulate.method", format!("{:?}", simulation.method)),
        ("simulate.rtol", format!("{:e}", simulation.relative)),
        ("simulate.atol", format!("{:e}", simulation.absolute)),
    ]));
    all
}

fn loss_words(loss: Loss) -> &'static str {
    match loss {
        Loss::SquaredError => "squared_error",
        Loss::CrossEntropy => "cross_entropy of probabilities",
        Loss::SoftmaxCrossEntropy => "cross_entropy of linear outputs",
    }
}

/// `iris`, `iris.train`
fn data_words(data: &DataReference) -> String {
    let part = match data.part {
        Part::All => "",
        Part::Train => ".train",
        Part::Test => ".test",
    };
    format!("{}{part}", data.dataset)
}

fn order(shuffle: Option<u64>) -> String {
    shuffle.map_or("cycle()".to_owned(), |seed| format!("shuffle(seed = {seed})"))
}

fn named(all: Vec<(&str, String)>) -> Settings {
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The fields of a value and of what is in it, each under its path.
fn flatten(name: &str, value: &dyn Debug, all: &mut Settings) {
    let mut path = vec![name.to_owned()];
    for line in format!("{value:#?}").lines().skip(1) {
        let line = line.trim().trim_end_matches(',');
        if line.starts_with(['}', ')', ']']) {
            path.pop();
            continue;
        }
        let (field, rest) = line.split_once(": ").unwrap_or(("", line));
        path.push(field.to_owned());
        if rest.ends_with(['{', '(', '[']) && !rest.starts_with('"') {
            continue;
        }
        let key: Vec<&str> = path.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        all.push((key.join("."), rest.to_owned()));
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(dead_code, reason = "fields are read by `Debug`")]
    fn fields_stand_under_their_paths() {
        #[derive(Debug)]
        struct Inner(f64, u8);
        #[derive(Debug)]
        struct Outer {
            first: f64,
            inner: Inner,
            maybe: Option<f64>,
            none: Option<f64>,
        }
        let outer = Outer { first: 1e-9, inner: Inner(2.0, 3), maybe: Some(4.5), none: None };
        let mut all = Settings::new();
        flatten("c", &outer, &mut all);
        let lines: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(lines, ["c.first=1e-9", "c.inner=2.0", "c.inner=3", "c.maybe=4.5", "c.none=None"]);
    }
}
