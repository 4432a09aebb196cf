//! A model of any construction.

use nnrc_crn::{Crn, CrnInfo};
use nnrc_model::{Chemistry, Construction, Model, WeightCarrier};
use nnrc_syntax::Diagnostic;

use crate::validated::validated;
use crate::{fixed_point, one_pot, phased};

/// Lowers a model whose inputs hold `input`, and validates the result.
pub fn lower(model: &Model, input: &[f64]) -> Result<(Crn, CrnInfo), Box<Diagnostic>> {
    if model.chemistry.construction == Construction::Phased {
        return phased::lower(model, input).map(|lowered| (lowered.crn, lowered.info));
    }
    lower_under(model, &model.chemistry, input)
}

/// The same chemistry for weights that will change: they are rate constants, and each has reactions for either sign,
/// also where it is 0.
pub fn lower_for_training(model: &Model, input: &[f64]) -> Result<(Crn, CrnInfo), Box<Diagnostic>> {
    let chemistry = Chemistry { weights: WeightCarrier::Rates, any_sign: true, ..model.chemistry.clone() };
    lower_under(model, &chemistry, input)
}

fn lower_under(
    model: &Model,
    chemistry: &Chemistry,
    input: &[f64],
) -> Result<(Crn, CrnInfo), Box<Diagnostic>> {
    let mut crn = Crn { name: nnrc_crn::namer::bare(&model.name), units: chemistry.units, ..Crn::default() };
    match chemistry.construction {
        Construction::OnePot => one_pot::lower(model, input, &mut crn)?,
        Construction::FixedPoint | Construction::Phased => {
            fixed_point::lower(model, chemistry, input, &mut crn)
        }
    }
    let info = validated(model, &crn)?;
    Ok((crn, info))
}
