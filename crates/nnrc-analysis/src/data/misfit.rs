//! Targets that do not fit the outputs of the network, and what to write instead.

use nnrc_syntax::{Diagnostic, codes};

use nnrc_model::{Dataset, Model, Targets};

/// Targets that cannot be compared with the outputs of a model, as an error; none if they can, or if there are none.
pub fn misfit_of(model: &Model, name: &str) -> Option<Diagnostic> {
    let dataset = model.datasets.get(name).filter(|dataset| dataset.targets != Targets::None)?;
    let output = &model.nodes[model.output];
    let (complaint, helps) = misfit(dataset, output.width())?;
    let mut finding =
        Diagnostic::error(codes::SHAPE_MISMATCH, dataset.span, format!("the data set `{name}` {complaint}"))
            .label("does not fit the network");
    finding.help = helps;
    Some(finding)
}

/// Why the targets of a data set cannot be compared with so many outputs, and what helps; none if they can.
pub fn misfit(dataset: &Dataset, outputs: usize) -> Option<(String, Vec<String>)> {
    let words = if outputs == 1 { "1 output".to_owned() } else { format!("{outputs} outputs") };
    match &dataset.targets {
        Targets::None => Some((
            "has no targets".to_owned(),
            vec!["name the column or array of the targets: `target = onehot(species);`".to_owned()],
        )),
        Targets::Classes { labels, names, .. } if names.len() > outputs.max(2) => {
            let helps = of_classes(labels, names, outputs, !dataset.target_names.is_empty());
            Some((format!("has {} classes, the network {words}", names.len()), helps))
        }
        Targets::Values { width, .. } if *width != outputs => {
            let helps = if *width == 1 {
                vec!["labels of classes are made one-hot: `target = onehot(\"t\");`".to_owned()]
            } else {
                Vec::new()
            };
            let targets = if *width == 1 { "1 target".to_owned() } else { format!("{width} targets") };
            Some((format!("has {targets} in each row, the network {words}"), helps))
        }
        Targets::Classes { .. } | Targets::Values { .. } => None,
    }
}

/// What helps where there are more classes than outputs tell apart.
fn of_classes(labels: &[usize], names: &[String], outputs: usize, is_table: bool) -> Vec<String> {
    let mut helps = Vec::new();
    let mut is_there = vec![false; names.len()];
    labels.iter().for_each(|label| is_there[*label] = true);
    let there = is_there.iter().filter(|is_there| **is_there).count();
    // Numbers of classes, as arrays hold them, begin at 0; those of other tools at 1.
    if !is_there[0] && there <= outputs.max(2) {
        helps.push("class numbers begin at 0, and no row has this one".to_owned());
    }
    if there < names.len() && there <= outputs.max(2) {
        helps.push("`target = onehot(\"t\");` takes the classes that are there".to_owned());
    }
    let are_numbers = names.iter().all(|name| name.parse::<f64>().is_ok());
    if outputs == 1 && are_numbers {
        helps.push(if is_table {
            "to learn the numbers as values, write `target = column;`".to_owned()
        } else {
            "to learn the numbers as values, save them as a column of shape [rows, 1]: `t.reshape(-1, 1)`"
                .to_owned()
        });
    } else if helps.is_empty() {
        helps.push(format!("give the last layer an output for each class: `dense({})`", names.len()));
    }
    helps
}
