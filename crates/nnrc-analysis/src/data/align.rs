//! One order of classes, and one scale, for all data sets of a file: they are shown to one network.

use std::collections::BTreeMap;

use nnrc_syntax::wording;
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, codes};

use crate::value::Scope;
use nnrc_model::output::is_counted;
use nnrc_model::{Dataset, Targets};

/// Puts the labels of all data sets into one order: that of the data set that the network learns from, `trained`; else
/// that which a data set lists; else that of all classes there are.
pub fn align_classes(scope: &mut Scope, trained: Option<&str>, datasets: &mut BTreeMap<String, Dataset>) {
    let Some((from, names)) = reference(scope, trained, datasets) else { return };
    for (name, dataset) in datasets.iter_mut() {
        let span = dataset.span;
        let Targets::Classes { labels, names: own, .. } = &mut dataset.targets else { continue };
        if *own == names {
            continue;
        }
        let places: Vec<Option<usize>> = own.iter().map(|own| place(&names, own)).collect();
        if places.iter().all(Option::is_some) {
            let places: Vec<usize> = places.into_iter().flatten().collect();
            labels.iter_mut().for_each(|label| *label = places[*label]);
        } else if !(is_counted(own) && own.len() <= names.len() && !names.iter().all(|n| number(n).is_some()))
        {
            // Numbers of classes that begin at 0 are positions among words.
            let strange = own.iter().zip(&places).filter(|(_, place)| place.is_none());
            let strange: Vec<&str> = strange.map(|(own, _)| own.as_str()).collect();
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            scope.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    span,
                    format!("`{name}` has classes that `{from}` does not have: {}", wording::words(&strange)),
                )
                .label(format!("`{from}` has {}", wording::words(&known)))
                .help("list the classes of the network in the order of its outputs: `onehot(column, classes = [\"a\", \"b\"])`"),
            );
            continue;
        }
        own.clone_from(&names);
    }
}

/// The classes of the network, and the data set that they are from.
fn reference(
    scope: &mut Scope,
    trained: Option<&str>,
    datasets: &BTreeMap<String, Dataset>,
) -> Option<(String, Vec<String>)> {
    let all: Vec<(&String, &Vec<String>, bool, &Dataset)> = datasets
        .iter()
        .filter_map(|(name, dataset)| match &dataset.targets {
            Targets::Classes { names, listed, .. } => Some((name, names, *listed, dataset)),
            Targets::None | Targets::Values { .. } => None,
        })
        .collect();
    let trained = all.iter().find(|(name, ..)| trained == Some(name.as_str()));
    if let Some((name, names, ..)) = trained {
        return Some(((*name).clone(), (*names).clone()));
    }
    let mut listed = all.iter().filter(|(_, _, listed, _)| *listed);
    if let Some((name, names, _, first)) = listed.next() {
        if let Some((other, _, _, dataset)) = listed.find(|(_, own, ..)| own != names) {
            scope.report(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    dataset.span,
                    format!("`{other}` lists other classes than `{name}`, or in another order"),
                )
                .label("which is the order of the outputs?")
                .other(first.span, "the other one")
                .help("list the classes of the network once, or everywhere in the same order"),
            );
            return None;
        }
        return Some(((*name).clone(), (*names).clone()));
    }
    let has_words = all.iter().any(|(_, names, ..)| names.iter().any(|name| number(name).is_none()));
    let mut names: Vec<String> = Vec::new();
    for (_, own, ..) in all.iter().filter(|(_, own, ..)| !(has_words && is_counted(own))) {
        for name in *own {
            if place(&names, name).is_none() {
                names.push(name.clone());
            }
        }
    }
    if has_words {
        names.sort();
    } else {
        let value = |name: &String| number(name).unwrap_or(0.0);
        names.sort_by(|a, b| value(a).total_cmp(&value(b)));
    }
    Some((all.first()?.0.clone(), names))
}

/// Where a class stands among `names`: as text, else as a number.
fn place(names: &[String], own: &str) -> Option<usize> {
    let same = |name: &String| number(own).is_some() && number(name) == number(own);
    names.iter().position(|name| name == own).or_else(|| names.iter().position(same))
}

fn number(name: &str) -> Option<f64> {
    name.trim().parse().ok().filter(|value: &f64| value.is_finite()).map(|value: f64| value + 0.0)
}

/// Warns of data sets whose inputs are scaled by different constants: the same measurement is two values.
pub fn warn_of_scales(scope: &mut Scope, trained: Option<&str>, datasets: &BTreeMap<String, Dataset>) {
    let first =
        trained.and_then(|trained| datasets.get_key_value(trained)).or_else(|| datasets.first_key_value());
    let Some((from, first)) = first else { return };
    let Some(scale) = &first.scale else { return };
    for (name, dataset) in datasets.iter().filter(|(_, dataset)| dataset.width == first.width) {
        let Some(own) = &dataset.scale else { continue };
        let differing = own
            .columns
            .iter()
            .zip(&scale.columns)
            .enumerate()
            .find(|(_, (own, other))| !own.is_like(**other));
        let Some((at, (column, other))) = differing else { continue };
        let raw = column.seen[1];
        let called = dataset
            .input_names
            .get(at)
            .map_or_else(|| format!("column {}", at + 1), |name| format!("`{name}`"));
        scope.report(
            Diagnostic::warning(
                codes::DIFFERING_SCALES,
                dataset.span,
                format!(
                    "{called} = {} is {:.4} in `{name}` and {:.4} in `{from}`: each is scaled by its own rows",
                    shown(raw),
                    column.apply(raw),
                    other.apply(raw)
                ),
            )
            .label("one network, two scales")
            .other(first.span, "the other one")
            .help(format!("write `scale = like({from});` to scale it by the constants of `{from}`")),
        );
    }
}
