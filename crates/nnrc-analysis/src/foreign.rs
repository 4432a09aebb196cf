//! Names of other frameworks, and what does that here. They are looked up before near spellings: `silu` is no slip of
//! `elu`, nor `linear` one of `concat`.

use nnrc_syntax::{Diagnostic, Near};

use crate::substitute::{self, Substitute};

mod names;

pub use names::Kind;
use names::TABLE;

/// A sentence about a name of another framework; none if it is not known at this place.
pub fn advice(kind: Kind, name: &str) -> Option<String> {
    if kind == Kind::Activation
        && let Some(substitute) = substitute(name)
    {
        return Some(substitute.advice());
    }
    let plain = plain(name);
    TABLE
        .iter()
        .find(|(own, names, _)| *own == kind && names.contains(&plain.as_str()))
        .map(|(_, _, sentence)| (*sentence).to_owned())
}

/// The nearest activation of this language to one of another framework.
pub fn substitute(name: &str) -> Option<Substitute> {
    substitute::find(&plain(name))
}

/// A name as the tables have it.
fn plain(name: &str) -> String {
    // Long names are no names of a framework.
    name.chars().take(60).filter(|c| *c != '_').collect::<String>().to_lowercase()
}

/// A finding with this advice. Where it is a word alone, the word can be written instead of what is marked; more is
/// said where the other word does not mean quite the same.
pub fn advised(finding: Diagnostic, advice: String) -> Diagnostic {
    let meant = advice.strip_prefix("did you mean `").and_then(|rest| rest.strip_suffix("`?"));
    match meant.filter(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')) {
        Some(word) => finding.did_you_mean(Some(Near::known(word))),
        None => finding.help(advice),
    }
}

/// The advice about a key of a block.
pub fn key(block: &str, name: &str) -> Option<String> {
    let kind = match block {
        "train" => Kind::Training,
        "dataset" => Kind::DataKey,
        _ => return None,
    };
    advice(kind, name)
}

/// The advice about a call of something that messages call `what`.
pub fn call(what: &str, name: &str) -> Option<String> {
    let kind = match what {
        "initialisation" => Kind::Init,
        "data source" | "scaling" => Kind::Data,
        "`rule`" | "the optimiser" => Kind::Rule,
        "`schedule`" => Kind::Schedule,
        _ => return None,
    };
    advice(kind, name)
}

/// The advice about an argument of something that takes `parameters`: another name is none that it does not take.
pub fn argument(name: &str, parameters: &[&str]) -> Option<String> {
    let advice = advice(Kind::Argument, name)?;
    let meant = advice.strip_prefix("did you mean `").and_then(|rest| rest.split('`').next());
    meant.is_none_or(|meant| parameters.contains(&meant)).then_some(advice)
}

/// The advice about a word that cannot be the value of `what`.
pub fn choice(what: &str, name: &str) -> Option<String> {
    match what {
        "`loss`" => advice(Kind::Loss, name),
        "`header`" => advice(Kind::Header, name),
        "`precision`" => advice(Kind::Precision, name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Kind::{
        Activation, Argument, Data, DataKey, Init, Layer, Loss, Measure, Rule, Target, Training,
    };
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_plain_and_stand_once_for_each_kind() {
        let mut seen = BTreeSet::new();
        let substitutes = substitute::SUBSTITUTES.iter().map(|one| (Activation, one.names, ""));
        for (kind, names, _) in TABLE.iter().copied().chain(substitutes) {
            for name in names {
                assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{name}");
                assert!(seen.insert((kind as u8, *name)), "{name} is there twice as {kind:?}");
            }
        }
    }

    #[test]
    fn spellings_of_every_framework_are_found() {
        for (kind, names, word) in [
            (Activation, &["silu", "SiLU", "Swish"][..], "swish(h = 0.5108)"),
            (Activation, &["GELU", "gelu"], "swish(h = 0.1676)"),
            (Activation, &["LeakyReLU", "leaky_relu", "PReLU"], "smooth_leaky_relu"),
            (Activation, &["ReLU", "relu6", "ReLU6"], "smooth_relu"),
            (Activation, &["Tanh", "TANH"], "algebraic_tanh(h = 0.1824)"),
            (Activation, &["logistic", "Sigmoid"], "algebraic_sigmoid(h = 0.7294)"),
            (Activation, &["linear", "Linear"], "identity()"),
            (Layer, &["Linear", "fc", "FullyConnected"], "dense(8)"),
            (Layer, &["Conv2d", "conv1d"], "mostly 0"),
            (Layer, &["BatchNorm1d", "BatchNormalization"], "gamma"),
            (Training, &["lr", "learning_rate"], "rule = gradient(adam(rate = 0.01));"),
            (Training, &["batch_size"], "`batch`"),
            (Training, &["num_epochs", "max_iter"], "`epochs`"),
            (Rule, &["AdamW"], "decay"),
            (Loss, &["mse_loss", "MSELoss"], "squared_error"),
            (Loss, &["CrossEntropyLoss", "nll"], "cross_entropy"),
            (Init, &["xavier", "Xavier_Uniform"], "glorot_uniform"),
            (Data, &["read_csv"], "csv("),
            (Data, &["StandardScaler"], "standard()"),
            (DataKey, &["train_test_split"], "holdout"),
            (Target, &["one_hot", "LabelEncoder"], "onehot(column)"),
            (Argument, &["sep", "delimiter"], "`separator`"),
            (Measure, &["RMSE"], "square the bound"),
        ] {
            for name in names {
                let found = advice(kind, name).unwrap_or_else(|| panic!("{name} as {kind:?}"));
                assert!(found.contains(word), "{name}: {found}");
            }
        }
        assert_eq!(advice(Layer, "lr"), None);
        assert_eq!(advice(Activation, "smoth_relu"), None);
    }
}
