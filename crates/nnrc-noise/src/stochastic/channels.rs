//! Networks as channels of molecule numbers.

use nnrc_crn::{Crn, CrnInfo, expand, structure};

use super::network::{Network, NetworkBuilder};
use crate::members::MemberIndex;

/// The channels of a network of which the concentration 1 means `volume` molecules. Species are numbered as in
/// [`CrnInfo`]. With `constants`, numbered as in [`MemberIndex`], each reaction has the rate constant given there.
pub fn channels(crn: &Crn, info: &CrnInfo, volume: f64, constants: Option<&[f64]>) -> Network {
    let mut builder = NetworkBuilder::new(info.species_count(), volume);
    for (handle, _) in crn.species.iter().filter(|(handle, _)| info.is_constant(*handle)) {
        info.species_range(handle).for_each(|species| builder.hold(species));
    }
    let members = MemberIndex::new(crn);
    expand::for_each(crn, info, |reaction| {
        let place = members.of(crn, reaction.family, &reaction.values);
        let k = constants.and_then(|constants| constants.get(place)).copied().unwrap_or(reaction.k);
        builder.insert(reaction.k != 0.0, k, &reaction.reactants, &reaction.products);
    });
    builder.finish()
}

/// Molecule numbers at the start: concentrations times `volume`, whole for species that reactions change. Held
/// species keep their concentration, whatever the volume. Species that turn into each other, such as the two rails of a
/// `tanh`, are rounded together: their total is the nearest whole number, and each is the whole number below or above.
pub fn molecules(crn: &Crn, info: &CrnInfo, concentrations: &[f64], volume: f64) -> Vec<f64> {
    let exact: Vec<f64> = concentrations.iter().map(|concentration| concentration * volume).collect();
    let mut numbers = exact.clone();
    for (handle, _) in crn.species.iter().filter(|(handle, _)| !info.is_constant(*handle)) {
        numbers[info.species_range(handle)].iter_mut().for_each(|number| *number = number.round());
    }
    let mut done = vec![false; numbers.len()];
    for total in totals(crn, info) {
        // Totals that share species cannot all be whole numbers nearest to their own.
        if total.iter().all(|&species| !std::mem::replace(&mut done[species], true)) {
            round_together(&exact, &total, &mut numbers);
        }
    }
    numbers
}

/// The species of each conserved sum of numbers.
fn totals(crn: &Crn, info: &CrnInfo) -> Vec<Vec<usize>> {
    let laws = structure::conservation_laws(crn, info);
    let sums = laws.iter().filter(|law| law.terms.iter().all(|(_, coefficient)| *coefficient == 1));
    sums.flat_map(|law| {
        let ranges: Vec<_> = law.terms.iter().map(|(family, _)| info.species_range(*family)).collect();
        if law.each_index {
            let count = ranges.first().map_or(0, ExactSizeIterator::len);
            (0..count).map(|at| ranges.iter().map(|range| range.start + at).collect()).collect()
        } else {
            vec![ranges.into_iter().flatten().collect::<Vec<usize>>()]
        }
    })
    .collect()
}

/// Makes numbers whole so that their sum is the whole number nearest to that of the exact ones: those with the largest
/// fractions are rounded up.
fn round_together(exact: &[f64], species: &[usize], numbers: &mut [f64]) {
    let total = species.iter().map(|&at| exact[at]).sum::<f64>().round();
    let below = species.iter().map(|&at| exact[at].floor()).sum::<f64>();
    let mut by_fraction = species.to_vec();
    by_fraction.sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
    for (place, &at) in by_fraction.iter().enumerate() {
        numbers[at] = exact[at].floor() + if (place as f64) < total - below { 1.0 } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::round_together;

    #[test]
    fn totals_are_whole_and_nearest() {
        let rounded = |exact: &[f64]| {
            let (mut numbers, all) = (vec![0.0; exact.len()], (0..exact.len()).collect::<Vec<_>>());
            round_together(exact, &all, &mut numbers);
            numbers
        };
        assert_eq!(rounded(&[5.5, 5.5]), [6.0, 5.0]);
        assert_eq!(rounded(&[2.75, 8.25]), [3.0, 8.0]);
        assert_eq!(rounded(&[3.5, 3.5, 3.5]), [4.0, 4.0, 3.0]);
        assert_eq!(rounded(&[0.0, 11.0]), [0.0, 11.0]);
        assert_eq!(rounded(&[0.2, 0.2]), [0.0, 0.0]);
    }
}
