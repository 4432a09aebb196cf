//! A model of any construction.

use nnrc_crn::Crn;
use nnrc_model::{Chemistry, Construction, FixedPointSettings, Model, WeightCarrier};
use nnrc_syntax::Diagnostic;

use crate::lowered::{Course, Lowered};
use crate::validated::validated;
use crate::{fixed_point, one_pot, phased};

/// Lowers a model whose inputs hold `input`, and validates the result.
///
/// # Errors
///
/// Two names that make one identifier, a number that is none, more reactant molecules than `max_order`.
pub fn lower(model: &Model, input: &[f64]) -> Result<Lowered, Box<Diagnostic>> {
    lower_under(model, &model.chemistry, input)
}

/// The same chemistry for weights that will change: they are rate constants, and each has reactions for either sign,
/// also where it is 0.
///
/// # Errors
///
/// As [`lower`].
pub fn lower_for_training(model: &Model, input: &[f64]) -> Result<Lowered, Box<Diagnostic>> {
    let construction = match model.chemistry.construction {
        Construction::FixedPoint(_) => {
            Construction::FixedPoint(FixedPointSettings { weights: WeightCarrier::Rates, any_sign: true })
        }
        // What learns in the pot has species for either sign already.
        learning @ (Construction::OnePot(_) | Construction::Phased(_)) => learning,
    };
    lower_under(model, &Chemistry { construction, ..model.chemistry.clone() }, input)
}

fn lower_under(model: &Model, chemistry: &Chemistry, input: &[f64]) -> Result<Lowered, Box<Diagnostic>> {
    let mut crn = Crn { name: nnrc_crn::namer::bare(&model.name), units: chemistry.units, ..Crn::default() };
    let (weights, course) = match chemistry.construction {
        Construction::FixedPoint(_) => (fixed_point::lower(model, chemistry, input, &mut crn), Course::Rests),
        Construction::OnePot(_) => (one_pot::lower(model, input, &mut crn), Course::Presents),
        Construction::Phased(settings) => return phased::lower(model, settings, input),
    };
    let info = validated(model, &crn)?;
    Ok(Lowered { crn, info, weights, course })
}
