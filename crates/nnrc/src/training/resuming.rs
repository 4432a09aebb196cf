//! Whether a checkpoint belongs to a training.

use nnrc_model::Precision;
use nnrc_sim::train::{Difference, Unusable};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use super::settings::PRECISION;
use crate::failure::Failure;
use crate::observer::Observer;

/// A checkpoint that is damaged or belongs to something else.
pub fn refused(unusable: &Unusable, observer: &dyn Observer) -> Failure {
    let name = observer.checkpoint_name().unwrap_or_else(|| "the checkpoint".to_owned());
    let (message, differences): (_, &[Difference]) = match unusable {
        Unusable::Malformed(array) => (
            format!(
                "`{name}` is no checkpoint of this network: its array `{array}` is missing or does not fit"
            ),
            &[],
        ),
        Unusable::OfAnother(differences) => (
            format!("`{name}` belongs to another network, other data, weights or settings of training"),
            differences,
        ),
    };
    let mut finding = Diagnostic::global(Severity::Error, codes::MALFORMED_FILE, message);
    finding.help.extend(differences.iter().filter_map(help));
    let finding = finding.help("train anew instead of resuming, or under another name");
    Failure::new(&Source::new(name, ""), finding)
}

/// A difference in words; none where it is none.
fn help(difference: &Difference) -> Option<String> {
    if difference.name != PRECISION {
        return Some(difference.to_string());
    }
    // Where a checkpoint says nothing there was one precision only.
    let named = |word: &str| Precision::ALL.into_iter().find(|precision| precision.name() == word);
    let [before, now] =
        [&difference.before, &difference.now].map(|word| named(word).unwrap_or(Precision::Double).name());
    (before != now).then(|| {
        format!(
            "the checkpoint was trained with `precision = {before}`, and the `train` block asks for `{now}`: write \
             `precision = {before};`"
        )
    })
}
