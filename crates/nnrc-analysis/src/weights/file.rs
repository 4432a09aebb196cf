//! Weights from a file.

use std::collections::BTreeMap;

use nnrc_syntax::{Diagnostic, Given, Span, codes};

use super::layout::{Fit, Matrix, MatrixLayout, fit, setting};
use super::literal::literal;
use super::wanted::{Wanted, Weights, shape_mismatch};
use crate::data::files::missing_tensor;
use crate::data::from_array;
use crate::overrides::Words;
use crate::value::{Scope, Value};
use nnrc_model::{Arrays, Resources, Tensor};

/// Arrays that only nnrc and its programs write, into weight files and into checkpoints. The matrices beside them are
/// stored as [outputs, inputs].
const OWN: [&str; 2] = ["nnrc.version", "training.fingerprint"];

/// A weight file and how it is read.
pub struct WeightFile<'a> {
    pub path: &'a str,
    /// Where it is named: beside the text it takes the place of the file of the block.
    pub span: Span,
    /// Names of arrays that differ from the keys.
    pub names: BTreeMap<String, (String, Span)>,
    pub layout: MatrixLayout,
    /// Numbers that stand beside the file of the block, for what the file on the command line does not hold.
    pub literals: BTreeMap<String, Value>,
}

impl WeightFile<'_> {
    /// Whether it is named beside the text.
    fn is_option(&self) -> bool {
        self.span.given == Given::AsOption
    }
}

/// An array of the file for a tensor of the network.
struct Chosen<'a> {
    wanted: &'a Wanted<'a>,
    array: String,
    span: Span,
}

/// Reads every tensor that is not found yet. Shapes are judged, all of them, before any values are decoded.
pub fn read(
    scope: &mut Scope,
    resources: &dyn Resources,
    wanted: &[Wanted<'_>],
    place: &WeightFile<'_>,
    found: &mut Weights,
) {
    let Some(file) = from_array(scope, place.span, place.path, resources.tensors(place.path)) else { return };
    let is_own = OWN.iter().any(|name| file.holds(name));
    // A layout that is said of another file is not said of ours.
    let layout = if is_own && place.is_option() { MatrixLayout::default() } else { place.layout.clone() };
    if is_own && layout.transposes() {
        scope.report(layout_of_own_file(scope.words, place));
    }
    let before = scope.errors;
    let mut chosen = Vec::new();
    for wanted in wanted {
        if !found.contains_key(&wanted.key)
            && let Some(one) = choose(scope, &*file, is_own, wanted, place, found)
        {
            chosen.push(one);
        }
    }
    let mut shapes = Vec::new();
    let mut matrices = Vec::new();
    for Chosen { wanted, array, span } in &chosen {
        let Some(stored) = from_array(scope, *span, place.path, file.shape(array)) else { continue };
        let fit = fit(&wanted.shape, &stored);
        let transposed = wanted.shape.len() == 2 && layout.of(&wanted.layer.name);
        shapes.push((fit, transposed));
        if wanted.shape.len() == 2 {
            matrices.push(Matrix { wanted, span: *span, stored, fit, transposed });
        } else if fit != Fit::Vector {
            let mut finding = shape_mismatch(*span, wanted, &stored);
            finding.message = finding.message.replacen("` has", &format!("` in `{}` has", place.path), 1);
            scope.report(finding);
        }
    }
    layout.judge(scope, place.path, &matrices);
    if scope.errors > before {
        return;
    }
    for (Chosen { wanted, array, span }, (fit, transposed)) in chosen.iter().zip(shapes) {
        let Some(tensor) = from_array(scope, *span, place.path, file.read(array)) else { continue };
        let values = if transposed && fit != Fit::Vector {
            transpose(&tensor.values, wanted.shape[0])
        } else {
            tensor.values
        };
        found.insert(wanted.key.clone(), Tensor { shape: wanted.shape.clone(), values });
    }
}

/// The array for a tensor: by the name that the block says, else by the key, under which nnrc writes it; in a file of
/// nnrc by the key first. None if there is none: then a literal is taken, or an error reported.
fn choose<'a>(
    scope: &mut Scope,
    file: &dyn Arrays,
    is_own: bool,
    wanted: &'a Wanted<'a>,
    place: &WeightFile<'_>,
    found: &mut Weights,
) -> Option<Chosen<'a>> {
    let key = &wanted.key;
    let given = place.names.get(key).map(|(name, span)| (name, *span));
    let is_replaced = place.is_option();
    let by_key = (key, place.span);
    // What an option brings is in no line of the text.
    let by_name = given.map(|(name, span)| (name, if is_replaced { place.span } else { span }));
    let candidates = match by_name {
        None => [Some(by_key), None],
        Some(_) if !is_replaced => [by_name, None],
        Some(_) if is_own => [Some(by_key), by_name],
        Some(_) => [by_name, Some(by_key)],
    };
    if let Some((array, span)) = candidates.into_iter().flatten().find(|(array, _)| file.holds(array)) {
        return Some(Chosen { wanted, array: array.clone(), span });
    }
    if let Some(value) = place.literals.get(key) {
        if let Some(tensor) = literal(scope, value, wanted) {
            found.insert(key.clone(), tensor);
        }
        return None;
    }
    let (name, span) = by_name.unwrap_or(by_key);
    let finding = missing_tensor(span, place.path, name, &file.names(), by_name.is_some() && !is_replaced);
    scope.report(if is_replaced {
        let finding =
            if by_name.is_some() { finding.help(format!("nor is there a `{key}`")) } else { finding };
        let setting = (scope.words.setting)(&format!("weights.{key}"), "\"name\"");
        finding.help(format!("say which array it is: {setting}"))
    } else {
        let path = place.path;
        finding.help(format!("say which array it is: `weights from \"{path}\" {{ {key} = \"name\"; }}`"))
    });
    None
}

fn layout_of_own_file(words: Words, place: &WeightFile<'_>) -> Diagnostic {
    let message = format!(
        "`{}` was written by nnrc, which stores every matrix as [outputs, inputs], but the block says `in_out`",
        place.path
    );
    Diagnostic::warning(codes::AMBIGUOUS_LAYOUT, place.span, message)
        .label("its matrices are transposed")
        .help(format!("write {}, or leave `layout` out", setting(words, place.span, "layout", false)))
}

/// A matrix of `rows` rows from the values of its transpose.
fn transpose(values: &[f64], rows: usize) -> Vec<f64> {
    let columns = values.len() / rows.max(1);
    (0..values.len()).map(|at| values[at % columns * rows + at / columns]).collect()
}
