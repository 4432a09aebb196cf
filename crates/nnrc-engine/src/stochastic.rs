//! Networks as channels of molecule numbers.

use nnrc_crn::{Crn, CrnInfo, expand};
use nnrc_sim::stochastic::{Network, NetworkBuilder};

use crate::noisy::Members;

/// The channels of a network of which the concentration 1 means `volume` molecules. Species are numbered as in
/// [`CrnInfo`]. With `constants`, laid out as those of a [`NoisyEngine`](crate::NoisyEngine), each reaction has the
/// rate constant given there.
pub fn channels(crn: &Crn, info: &CrnInfo, volume: f64, constants: Option<&[f64]>) -> Network {
    let mut builder = NetworkBuilder::new(info.species_count(), volume);
    for (handle, _) in crn.species.iter().filter(|(handle, _)| info.is_constant(*handle)) {
        info.species_range(handle).for_each(|species| builder.hold(species));
    }
    let members = Members::new(crn);
    expand::for_each(crn, info, |reaction| {
        let place = members.place(crn, reaction.family, &reaction.values);
        let k = constants.and_then(|constants| constants.get(place)).copied().unwrap_or(reaction.k);
        builder.add(k, &reaction.reactants, &reaction.products);
    });
    builder.finish()
}

/// Molecule numbers at the start: concentrations times `volume`, whole for species that reactions change. Held
/// species keep their concentration, whatever the volume.
pub fn molecules(crn: &Crn, info: &CrnInfo, concentrations: &[f64], volume: f64) -> Vec<f64> {
    let mut numbers: Vec<f64> = concentrations.iter().map(|concentration| concentration * volume).collect();
    for (handle, _) in crn.species.iter().filter(|(handle, _)| !info.is_constant(*handle)) {
        numbers[info.species_range(handle)].iter_mut().for_each(|number| *number = number.round());
    }
    numbers
}
