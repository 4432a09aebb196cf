//! The checked network in words.

use nnrc_model::Tensor;
use nnrc_model::interval::Interval;
use nnrc_model::output::OutputKind;
use nnrc_model::{
    Clock, Construction, Dataset, Expectation, ExpectationKind, Model, Node, NodeKind, Operation, Rule,
    Signs, SweepAxis, Targets, WeightCarrier,
};
use nnrc_model::{Loss, Optimiser, Precision, StopRule};
use nnrc_sim::scaling::{ColumnScale, Scaling};

use crate::numbers::{plural, short};

/// Ranges, names and values in a row; of more only the first are shown.
const SHOWN: usize = 12;

/// An outline of the model: what is said and what follows from it.
pub fn text(model: &Model) -> String {
    let mut lines = vec![format!("network {} ({})", model.name, model.chemistry.construction.name())];
    for node in &model.nodes {
        lines.extend(self::node(model, node));
    }
    lines.push(format!("    output {}: {}", model.nodes[model.output].name, output(model)));
    lines.extend(chemistry(model));
    for (name, dataset) in &model.datasets {
        lines.extend(self::dataset(name, dataset));
    }
    lines.extend(training(model));
    lines.extend(simulation(model));
    lines.extend(noise(model));
    lines.extend(sweep(model));
    if !model.expectations.is_empty() {
        lines.push("expect".to_owned());
        lines.extend(model.expectations.iter().map(|one| format!("    {}", expectation(model, one))));
    }
    lines.join("\n") + "\n"
}

fn node(model: &Model, node: &Node) -> Vec<String> {
    let ranges = ranges(&node.ranges);
    let width = plural(node.width(), "value");
    let shape = if node.shape.len() > 1 { format!(" of shape {:?}", node.shape) } else { String::new() };
    let mut lines = Vec::new();
    match &node.kind {
        NodeKind::Input => {
            lines.push(format!("    input {}: {width}{shape} in {ranges}", node.name));
            if !node.features.is_empty() {
                lines.push(format!("        features {}", quoted(&node.features)));
            }
        }
        NodeKind::Layer { operation, sources, activations } => {
            lines.push(format!("    layer {}: {width}{shape} in {ranges}", node.name));
            let sources: Vec<&str> = sources.iter().map(|&at| model.nodes[at].name.as_str()).collect();
            let from = sources.join(", ");
            match operation {
                Operation::Dense { weights, bias } => {
                    lines.push(format!("        dense({}) from {from}", node.width()));
                    lines.push(format!("        {}", tensor("W", weights)));
                    lines.push(match bias {
                        Some(bias) => format!("        {}", tensor("b", bias)),
                        None => "        no bias".to_owned(),
                    });
                }
                Operation::Add => lines.push(format!("        add() from {from}")),
                Operation::Concat => lines.push(format!("        concat() from {from}")),
            }
            lines.extend(activations.iter().map(|activation| format!("        {activation}")));
        }
    }
    lines
}

/// One interval where all are the same.
fn ranges(ranges: &[Interval]) -> String {
    let one = |range: &Interval| format!("[{}, {}]", short(range.low), short(range.high));
    let texts: Vec<String> = ranges.iter().map(one).collect();
    match texts.split_first() {
        Some((first, rest)) if rest.iter().all(|range| range == first) => first.clone(),
        _ => listed(&texts),
    }
}

fn listed(items: &[String]) -> String {
    let more = if items.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
}

fn quoted(names: &[String]) -> String {
    listed(&names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>())
}

fn tensor(name: &str, tensor: &Tensor) -> String {
    let (low, high) = ends(tensor);
    let zeros = tensor.values.iter().filter(|value| **value == 0.0).count();
    let zeros = if zeros > 0 { format!(", {zeros} of them 0") } else { String::new() };
    format!("{name} {:?}: {} to {}{zeros}", tensor.shape, short(low), short(high))
}

fn ends(tensor: &Tensor) -> (f64, f64) {
    let low = tensor.values.iter().copied().fold(f64::INFINITY, f64::min);
    (low, tensor.values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

fn output(model: &Model) -> String {
    let has_targets = model.datasets.values().any(|dataset| dataset.targets != Targets::None);
    let origin = match (&model.output_kind, has_targets) {
        (Some(_), _) => "",
        (None, true) => ", by its data",
        (None, false) => ", since nothing says otherwise",
    };
    let names =
        |names: &[String]| if names.is_empty() { String::new() } else { format!(" {}", quoted(names)) };
    match model.kind() {
        OutputKind::Classes { names: own } => format!("classes{}{origin}", names(&own)),
        OutputKind::Binary { threshold, names: own } => {
            let threshold = threshold.map_or(String::new(), |border| format!(" at {}", short(border)));
            format!("binary{threshold}{}{origin}", names(&own))
        }
        OutputKind::Values => format!("values{origin}"),
    }
}

fn chemistry(model: &Model) -> Vec<String> {
    let own = &model.chemistry;
    let weights = match own.weights() {
        WeightCarrier::Rates => "rates",
        WeightCarrier::Species => "species",
    };
    let signs = match own.signs {
        Signs::Auto => "auto",
        Signs::DualRail => "dual_rail",
    };
    let units = match own.units.concentration {
        None => format!("dimensionless, volume {}", short(own.units.volume)),
        Some(molar) => format!(
            "molar: concentration {} M, time {} s, volume {} L",
            short(molar),
            short(own.units.time),
            short(own.units.volume)
        ),
    };
    let mut lines = vec![
        "chemistry".to_owned(),
        format!("    weights {weights}, signs {signs}, max_order {}", own.max_order),
        format!("    units {units}"),
    ];
    let speeds = match own.construction {
        Construction::FixedPoint(_) => {
            format!("forward {}, annihilation {}", short(own.forward), short(own.annihilation))
        }
        Construction::OnePot(settings) => format!(
            "forward {}, backward {}, annihilation {}, weight_annihilation {}",
            short(own.forward),
            short(settings.backward),
            short(own.annihilation),
            short(settings.weight_annihilation)
        ),
        Construction::Phased(settings) => format!(
            "annihilation {}, gated {}, combinational {}",
            short(own.annihilation),
            short(settings.gated),
            short(settings.combinational)
        ),
    };
    lines.push(format!("    speeds {speeds}"));
    if let Some(settings) = own.phased() {
        lines.push(format!(
            "    clock {}",
            match settings.clock {
                Clock::MayLeonard { epsilon, rate, gamma, .. } => format!(
                    "may_leonard(epsilon = {}, rate = {}, gamma = {})",
                    short(epsilon),
                    short(rate),
                    short(gamma)
                ),
                Clock::Ring { delta, rate } =>
                    format!("ring(delta = {}, rate = {})", short(delta), short(rate)),
                Clock::External { phase } => format!("external(phase = {})", short(phase)),
            }
        ));
    }
    lines
}

fn dataset(name: &str, dataset: &Dataset) -> Vec<String> {
    let rows = dataset.rows();
    let split = if dataset.test.is_empty() {
        String::new()
    } else {
        format!(" ({} to train, {} to test)", dataset.train.len(), dataset.test.len())
    };
    let mut lines = vec![format!("dataset {name}: {}{split}", plural(rows, "row"))];
    let names =
        |names: &[String]| if names.is_empty() { String::new() } else { format!(": {}", quoted(names)) };
    lines.push(format!("    {}{}", plural(dataset.width, "input"), names(&dataset.input_names)));
    lines.extend(scaling(dataset.scale.as_ref()));
    match &dataset.targets {
        Targets::None => lines.push("    no targets".to_owned()),
        Targets::Classes { labels, names: classes, .. } => {
            let counts: Vec<String> = classes
                .iter()
                .enumerate()
                .map(|(class, name)| {
                    let count = labels.iter().filter(|label| **label == class).count();
                    format!("{name:?} {count}")
                })
                .collect();
            lines.push(format!(
                "    classes{}",
                if counts.is_empty() { String::new() } else { format!(" {}", listed(&counts)) }
            ));
        }
        Targets::Values { width, .. } => {
            lines.push(format!("    {}{}", plural(*width, "target"), names(&dataset.target_names)));
            lines.extend(scaling(dataset.target_scale.as_ref()));
        }
    }
    lines
}

fn scaling(scaling: Option<&Scaling>) -> Vec<String> {
    let Some(scaling) = scaling else { return Vec::new() };
    let one = |column: &ColumnScale| {
        let clip = column
            .clip
            .map_or(String::new(), |[low, high]| format!(", within [{}, {}]", short(low), short(high)));
        format!(
            "        (x - {}) * {} + {}{clip}",
            short(column.shift),
            short(column.factor),
            short(column.start)
        )
    };
    let mut lines: Vec<String> = scaling.columns.iter().take(SHOWN).map(one).collect();
    if scaling.columns.len() > SHOWN {
        lines.push("        …".to_owned());
    }
    lines
}

fn training(model: &Model) -> Vec<String> {
    let Some(training) = &model.training else { return Vec::new() };
    let on = training.data().map_or(String::new(), |data| format!(" on {data}"));
    let mut lines = vec![format!("train{on}")];
    let stops = |stops: &[StopRule]| -> Vec<String> {
        let stop = |stop: &StopRule| {
            let which = if stop.validation { "validation." } else { "" };
            let (name, bound) = (stop.quantity.name(), short(stop.bound));
            format!("    stop when {which}{name} {} {bound}", stop.comparison.sign())
        };
        stops.iter().map(stop).collect()
    };
    match &training.rule {
        None => {}
        Some(Rule::GradientDescent(rule)) => {
            lines.push(format!(
                "    gradient of {}, rate {}, decay {}",
                match rule.loss {
                    Loss::SquaredError => "squared_error",
                    Loss::CrossEntropy => "cross_entropy",
                    Loss::SoftmaxCrossEntropy => "cross_entropy of a softmax",
                },
                match rule.optimiser {
                    Optimiser::Sgd { rate, momentum } =>
                        format!("{} of sgd(momentum = {})", short(rate), short(momentum)),
                    Optimiser::Adam { rate, .. } => format!("{} of adam", short(rate)),
                },
                short(rule.decay)
            ));
            let precision = match rule.precision {
                Precision::Double => "",
                Precision::Single => ", in single precision",
            };
            lines.push(format!(
                "    {} in batches of {}{precision}",
                plural(rule.epochs, "epoch"),
                rule.batch
            ));
            lines.extend(stops(&rule.stops));
        }
        Some(Rule::GradientFlow(rule)) => {
            lines.push(format!("    gradient_flow: rate {}, decay {}", short(rule.rate), short(rule.decay)));
            lines.push(format!("    {}, each sample for {}", plural(rule.epochs, "epoch"), short(rule.hold)));
            lines.extend(stops(&rule.stops));
        }
        Some(Rule::ClockedSgd(rule)) => {
            let epochs = plural(rule.epochs, "epoch");
            lines.push(format!("    sgd: rate {}, at most {epochs}", short(rule.rate)));
            lines.extend(
                rule.tolerance.map(|tolerance| format!("    stop when error < {}", short(tolerance))),
            );
        }
    }
    lines
}

fn simulation(model: &Model) -> Vec<String> {
    let simulation = &model.simulation;
    let mut lines = vec!["simulate".to_owned()];
    lines.push(match simulation.until {
        Some(until) => format!("    until {}", short(until)),
        None => "    no end is said".to_owned(),
    });
    let input: Vec<String> = model.default_input().iter().map(|value| short(*value)).collect();
    lines.push(format!("    input [{}]", listed(&input)));
    lines.push(format!("    rtol {}, atol {}", short(simulation.relative), short(simulation.absolute)));
    lines
}

fn noise(model: &Model) -> Vec<String> {
    let Some(noise) = &model.noise else { return Vec::new() };
    let kinds = noise.rates.len() + noise.concentrations.len();
    vec![
        "noise".to_owned(),
        format!(
            "    {}, {}, seed {}",
            plural(kinds, "kind"),
            plural(noise.replicates, "replicate"),
            noise.seed
        ),
    ]
}

fn sweep(model: &Model) -> Vec<String> {
    let Some(sweep) = &model.sweep else { return Vec::new() };
    let verb = sweep.verb.map_or(String::new(), |verb| format!(" of {}", verb.name()));
    let mut lines = vec![format!("sweep{verb}")];
    let axis = |kind: &str, axis: &SweepAxis| {
        let kept = axis.values.iter().take(SHOWN).cloned().collect::<Vec<_>>();
        let more = if axis.values.len() > kept.len() { ", …" } else { "" };
        format!("    {kind} {}: {}: {}{more}", axis.key, plural(axis.values.len(), "value"), kept.join(", "))
    };
    lines.extend(sweep.over.iter().map(|one| axis("over", one)));
    lines.extend(sweep.zipped.iter().map(|one| axis("zip", one)));
    lines.extend(
        sweep.replicates.map(|most| format!("    at most {} each", plural(most as usize, "replicate"))),
    );
    lines.extend(sweep.shards.map(|shards| format!("    {}", plural(shards as usize, "shard"))));
    lines
}

/// An expectation in the form of the language.
pub fn expectation(model: &Model, expectation: &Expectation) -> String {
    let within = if expectation.within == 0.0 {
        String::new()
    } else {
        format!(" within {}", short(expectation.within))
    };
    let bound = format!("{} {}{within}", expectation.comparison.sign(), short(expectation.value));
    match &expectation.kind {
        ExpectationKind::Value { input, node, component } => {
            let input: Vec<String> = input.iter().map(|value| short(*value)).collect();
            let component = component.map_or(String::new(), |at| format!("[{}]", at + 1));
            format!("for [{}]: {}{component} {bound}", listed(&input), model.nodes[*node].name)
        }
        ExpectationKind::Quality { quantity, data } => {
            format!("{} on {data} {bound}", quantity.name())
        }
        ExpectationKind::MaxError { inputs, .. } => {
            format!("max_error on {} {bound}", plural(inputs.len(), "row"))
        }
    }
}
