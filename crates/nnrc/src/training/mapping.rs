//! What the file says about training, in the words of the run-time library and of generated crates.

use nnrc_lower::{Held, Lowered};
use nnrc_model::{GradientDescent, Model, Precision, StopRule};
use nnrc_sim::program;
use nnrc_sim::train::{Comparison, Loss, Optimiser, Order, Schedule, Settings, Stop as End};
use nnrc_syntax::ast::Cmp;
use nnrc_syntax::{Diagnostic, Severity, codes};

/// What a generated program trains: every tensor that rate constants hold, by the settings of the file if it has some.
pub fn trained(model: &Model, lowered: &Lowered) -> nnrc_rust::Training {
    let descent = model.gradient_descent();
    let tensors = lowered.weights.iter().filter_map(|weight| match weight.held {
        Held::Rates { constant, scale } => Some(nnrc_rust::Trained {
            constant: lowered.crn.rate_constants[constant].stem.clone(),
            key: weight.key.clone(),
            scale,
        }),
        Held::Species { .. } | Held::Rails(_) => None,
    });
    let tensors = tensors.collect();
    let judged = model.judging(None);
    let reading = Some(judged.measure.reading);
    let defaults =
        descent.map(|descent| program::Training::of(&settings(descent, 1), loss(descent.loss), reading));
    let stops = descent.map_or(Vec::new(), |descent| settings(descent, 1).stops);
    nnrc_rust::Training { tensors, defaults, stops, units: judged.measure.units }
}

/// Why no generated program trains the network of a model as its file says, if it is so.
pub fn refused_in_a_program(model: &Model) -> Option<Diagnostic> {
    let descent = model.gradient_descent()?;
    let words = match descent.precision {
        Precision::Double => return None,
        Precision::Single => "generated programs train in double precision, and `train` asks for `f32`",
    };
    let mut finding = Diagnostic::global(Severity::Error, codes::NOT_SERVED, words)
        .label("asks for single precision")
        .help("write `precision = f64;`, or give `--set train.precision=f64`")
        .help("`nnrc train` in this process serves `f32`");
    finding.span = model.training.as_ref().map(|training| training.span);
    Some(finding)
}

/// What learns in a pot, for a generated crate.
pub fn presented(model: &Model, lowered: &Lowered, wanted: nnrc_model::Loss) -> nnrc_rust::OnePot {
    let measure = model.judging(None).measure;
    let weights =
        lowered.rails().map(|(key, rails)| (key.to_owned(), lowered.crn.species[rails[0]].stem.clone()));
    nnrc_rust::OnePot {
        weights: weights.collect(),
        loss: loss(wanted),
        reading: Some(measure.reading),
        units: measure.units,
    }
}

/// The loss of the run-time library.
pub fn loss(loss: nnrc_model::Loss) -> Loss {
    match loss {
        nnrc_model::Loss::SquaredError => Loss::SquaredError,
        nnrc_model::Loss::CrossEntropy => Loss::CrossEntropy,
        nnrc_model::Loss::SoftmaxCrossEntropy => Loss::SoftmaxCrossEntropy,
    }
}

/// An end by a metric.
pub fn end(rule: &StopRule) -> End {
    End {
        validation: rule.validation,
        metric: rule.quantity,
        comparison: match rule.comparison {
            Cmp::Less => Comparison::Less,
            Cmp::LessEqual => Comparison::LessEqual,
            Cmp::Greater => Comparison::Greater,
            Cmp::GreaterEqual => Comparison::GreaterEqual,
            Cmp::Equal | Cmp::Near => Comparison::Equal,
        },
        bound: rule.bound,
    }
}

/// How the run-time library trains by these settings.
pub fn settings(descent: &GradientDescent, threads: usize) -> Settings {
    Settings {
        optimiser: match descent.optimiser {
            nnrc_model::Optimiser::Sgd { rate, momentum } => Optimiser::Sgd { rate, momentum },
            nnrc_model::Optimiser::Adam { rate, beta1, beta2, epsilon } => {
                Optimiser::Adam { rate, beta1, beta2, epsilon }
            }
        },
        schedule: match descent.schedule {
            nnrc_model::Schedule::Constant => Schedule::Constant,
            nnrc_model::Schedule::Cosine { floor } => Schedule::Cosine { floor },
            nnrc_model::Schedule::Step { every, factor } => Schedule::Step { every, factor },
            nnrc_model::Schedule::Exponential { factor } => Schedule::Exponential { factor },
        },
        decay: descent.decay,
        batch: descent.batch,
        epochs: descent.epochs,
        order: Order::of(descent.shuffle),
        stops: descent.stops.iter().map(end).collect(),
        patience: descent.patience,
        threads,
    }
}
