//! Settings that a checkpoint depends on, by name: where they differ it belongs to another training. All but where
//! training ends, so that a run may be taken up with another end.

use nnrc_crn::Units;
use nnrc_model::{Chemistry, Clock, Construction, OnePotSettings, PhasedSettings, Signs, Teacher};
use nnrc_model::{ClockedSgd, GradientFlow, Model};
use nnrc_model::{GradientDescent, Loss, Optimiser, Schedule, Validation};
use nnrc_sim::train::stamp::Settings;

/// The name of the setting that says which numbers a training computes with.
pub const PRECISION: &str = "precision";

/// Those of gradient descent in silico.
pub fn of_gradient_descent(descent: &GradientDescent) -> Settings {
    // Ends do not count.
    let GradientDescent {
        data,
        stops: _,
        validation,
        loss,
        optimiser,
        schedule,
        epochs,
        batch,
        precision,
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
        ("data", data.to_string()),
        (
            "validation",
            match validation {
                None => "none".to_owned(),
                Some(Validation::Data(data)) => data.to_string(),
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
        (PRECISION, precision.name().to_owned()),
        ("feed", order(*shuffle)),
    ];
    if matches!(schedule, Schedule::Cosine { .. }) {
        all.push(("epochs, which the schedule looks at", epochs.to_string()));
    }
    named(all)
}

/// Those of learning in one pot.
pub fn of_gradient_flow(model: &Model, flow: &GradientFlow) -> Settings {
    let GradientFlow { data, stops: _, epochs: _, loss, rate, decay, hold, shuffle } = flow;
    let mut all = named(vec![
        ("data", data.to_string()),
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
pub fn of_clocked_sgd(model: &Model, training: &ClockedSgd) -> Settings {
    let ClockedSgd { data, epochs: _, cross_entropy, rate, tolerance } = training;
    let mut all = named(vec![
        ("data", data.to_string()),
        ("rule", format!("sgd(rate = {rate})")),
        ("loss", if *cross_entropy { "cross_entropy" } else { "squared_error" }.to_owned()),
        ("stop when error", tolerance.map_or("never".to_owned(), |tolerance| format!("< {tolerance}"))),
    ]);
    all.extend(of_pot(model));
    all
}

/// The chemistry, and how it is followed.
fn of_pot(model: &Model) -> Settings {
    let Chemistry { construction, signs, max_order, units, forward, annihilation, fold_scale: _, span: _ } =
        &model.chemistry;
    let Units { concentration, time, volume } = units;
    let signs = match signs {
        Signs::Auto => "auto",
        Signs::DualRail => "dual_rail",
    };
    let mut all = vec![
        ("chemistry.signs", signs.to_owned()),
        ("chemistry.max_order", max_order.to_string()),
        ("chemistry.unit_concentration", concentration.map_or("none".to_owned(), |unit| unit.to_string())),
        ("chemistry.unit_time", time.to_string()),
        ("chemistry.volume", volume.to_string()),
        ("chemistry.speeds.forward", forward.to_string()),
        ("chemistry.speeds.annihilation", annihilation.to_string()),
    ];
    match construction {
        Construction::FixedPoint(_) => {}
        Construction::OnePot(own) => {
            let OnePotSettings { backward, weight_annihilation, preset_decay: _, teacher } = own;
            let schedule = teacher.map_or("none".to_owned(), |Teacher { settle, learn, flush }| {
                format!("{{ settle = {settle}, learn = {learn}, flush = {flush} }}")
            });
            all.push(("chemistry.speeds.backward", backward.to_string()));
            all.push(("chemistry.speeds.weight_annihilation", weight_annihilation.to_string()));
            all.push(("chemistry.schedule", schedule));
        }
        Construction::Phased(own) => {
            let PhasedSettings { clock, clock_span: _, gated, combinational } = own;
            let clock = match clock {
                Clock::MayLeonard { epsilon, rate, gamma, species } => {
                    let species = species.map_or(String::new(), |species| format!(", species = {species}"));
                    format!("may_leonard(epsilon = {epsilon:e}, rate = {rate}, gamma = {gamma}{species})")
                }
                Clock::Ring { delta, rate } => format!("ring(delta = {delta:e}, rate = {rate})"),
                Clock::External { phase } => format!("external(phase = {phase})"),
            };
            all.push(("chemistry.clock", clock));
            all.push(("chemistry.speeds.gated", gated.to_string()));
            all.push(("chemistry.speeds.combinational", combinational.to_string()));
        }
    }
    let simulation = &model.simulation;
    all.extend([
        ("simulate.method", format!("{:?}", simulation.method)),
        ("simulate.rtol", format!("{:e}", simulation.relative)),
        ("simulate.atol", format!("{:e}", simulation.absolute)),
    ]);
    named(all)
}

fn loss_words(loss: Loss) -> &'static str {
    match loss {
        Loss::SquaredError => "squared_error",
        Loss::CrossEntropy => "cross_entropy of probabilities",
        Loss::SoftmaxCrossEntropy => "cross_entropy of linear outputs",
    }
}

fn order(shuffle: Option<u64>) -> String {
    shuffle.map_or("cycle()".to_owned(), |seed| format!("shuffle(seed = {seed})"))
}

fn named(all: Vec<(&str, String)>) -> Settings {
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
