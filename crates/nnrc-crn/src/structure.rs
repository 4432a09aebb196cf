//! Facts that follow from the structure of the reactions alone: conserved totals, dead and unread species.

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::Handle;
use crate::crn::Crn;
use crate::index::Index;
use crate::info::CrnInfo;
use crate::network::{Role, SpeciesFamily};

/// A conserved total: Σ coefficient · species does not change.
#[derive(Debug, Clone, PartialEq)]
pub struct ConservationLaw {
    /// Species families with integer coefficients, without common divisor, the first one positive.
    pub terms: Vec<(Handle<SpeciesFamily>, i64)>,
    /// Whether it holds for each index by itself; otherwise only for the sum over all indices.
    pub each_index: bool,
}

/// The conserved totals among species that reactions change, found from family stoichiometry: first the ones
/// that hold for each index by itself, then those that hold only summed over the indices.
///
/// The law Σ c_f X_f\[i\] = const holds if no reaction changes it at any of its index patterns; the law
/// Σ_i Σ_f c_f X_f\[i\] = const if the sum over the patterns of each reaction vanishes. Both are null spaces of
/// small integer matrices, whose size does not depend on the widths. Every law found holds; laws among coefficients
/// beyond 64 bits, or ones that hold only for some of the indices, are not found.
pub fn conservation_laws(crn: &Crn, info: &CrnInfo) -> Vec<ConservationLaw> {
    let changing: Vec<Handle<SpeciesFamily>> =
        crn.species.iter().map(|(handle, _)| handle).filter(|&handle| !info.is_constant(handle)).collect();
    let column: BTreeMap<_, _> = changing.iter().enumerate().map(|(at, &handle)| (handle, at)).collect();
    let mut by_index = BTreeSet::new();
    let mut summed = BTreeSet::new();
    for (handle, _) in crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0) {
        let mut total = vec![0; changing.len()];
        let mut rows: BTreeMap<&[Index], Vec<i64>> = BTreeMap::new();
        for (species, indices, change) in &info.facts(handle).net {
            let at = column[species];
            total[at] += change;
            rows.entry(indices).or_insert_with(|| vec![0; changing.len()])[at] += change;
        }
        by_index.extend(rows.into_values());
        summed.insert(total);
    }
    let law = |coefficients: Vec<i64>, each_index| ConservationLaw {
        terms: changing.iter().copied().zip(coefficients).filter(|&(_, c)| c != 0).collect(),
        each_index,
    };
    // A law among families over different axes makes sense for sums only.
    let same_axes = |law: &ConservationLaw| {
        law.terms.windows(2).all(|pair| crn.species[pair[0].0].axes == crn.species[pair[1].0].axes)
    };
    let by_index: Vec<Vec<i64>> = by_index.into_iter().collect();
    let strict: Vec<Vec<i64>> = null_space(&by_index, changing.len())
        .unwrap_or_default()
        .into_iter()
        .filter(|c| same_axes(&law(c.clone(), true)))
        .collect();
    // What remains of the summed laws once the strict ones are taken out.
    let summed: Vec<Vec<i64>> = summed.into_iter().chain(strict.iter().cloned()).collect();
    let mut laws: Vec<ConservationLaw> = strict.into_iter().map(|c| law(c, true)).collect();
    laws.extend(null_space(&summed, changing.len()).unwrap_or_default().into_iter().map(|c| law(c, false)));
    laws
}

/// Whether the network can be built of reactions as it stands: every reaction has what it consumes among its
/// reactants, so every negative term of the rate equations contains its own species (the Hungarian lemma).
pub fn is_realisable(crn: &Crn, info: &CrnInfo) -> bool {
    crn.reactions.iter().all(|(handle, family)| {
        info.facts(handle).net.iter().filter(|(_, _, change)| *change < 0).all(
            |(species, indices, change)| {
                let held: u64 = family
                    .reactants
                    .iter()
                    .filter(|term| term.species == *species && term.indices == *indices)
                    .map(|term| u64::from(term.stoichiometry))
                    .sum();
                held >= change.unsigned_abs()
            },
        )
    })
}

/// Families that stay at zero for ever: without initial amount, and no reaction makes them. Inputs and parameters
/// are set from outside and never among them.
pub fn dead_species(crn: &Crn, info: &CrnInfo) -> Vec<Handle<SpeciesFamily>> {
    let mut made = vec![false; crn.species.len()];
    for (handle, _) in crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0) {
        for (species, _, change) in &info.facts(handle).net {
            made[species.index()] |= *change > 0;
        }
    }
    let dead = |(handle, family): &(Handle<SpeciesFamily>, &SpeciesFamily)| {
        family.role != Role::Input
            && family.role != Role::Parameter
            && !made[handle.index()]
            && family.initial.iter().all(|&value| value == 0.0)
    };
    crn.species.iter().filter(dead).map(|(handle, _)| handle).collect()
}

/// Families that neither an observable nor a reaction that changes anything else reads. Outputs are never among
/// them.
pub fn unread_species(crn: &Crn, info: &CrnInfo) -> Vec<Handle<SpeciesFamily>> {
    let mut read = vec![false; crn.species.len()];
    for (handle, family) in crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0) {
        let consumed_only = |species: Handle<SpeciesFamily>| {
            info.facts(handle).net.iter().all(|(changed, _, _)| *changed == species)
        };
        for term in &family.reactants {
            read[term.species.index()] |= !consumed_only(term.species);
        }
    }
    for observable in &crn.observables {
        for species in observable.positive.iter().chain(&observable.negative) {
            read[species.index()] = true;
        }
    }
    let unread = |(handle, family): &(Handle<SpeciesFamily>, &SpeciesFamily)| {
        family.role != Role::Output && !read[handle.index()]
    };
    crn.species.iter().filter(unread).map(|(handle, _)| handle).collect()
}

/// An integer basis of the vectors that every row maps to 0 (fraction-free Gauss–Jordan elimination); none if a
/// number on the way leaves the bounds of its type.
fn null_space(rows: &[Vec<i64>], columns: usize) -> Option<Vec<Vec<i64>>> {
    let mut rows: Vec<Vec<i128>> =
        rows.iter().map(|row| row.iter().map(|&v| i128::from(v)).collect()).collect();
    let mut pivots: Vec<usize> = Vec::new();
    for column in 0..columns {
        let rank = pivots.len();
        let Some(found) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
        rows.swap(rank, found);
        let pivot_row = rows[rank].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            if at != rank && row[column] != 0 {
                let (a, b) = (pivot_row[column], row[column]);
                for (value, pivot) in row.iter_mut().zip(&pivot_row) {
                    *value = value.checked_mul(a)?.checked_sub(pivot.checked_mul(b)?)?;
                }
                reduce(row);
            }
        }
        pivots.push(column);
    }
    let free = (0..columns).filter(|column| !pivots.contains(column));
    free.map(|free| {
        let mut scale: i128 = 1;
        for (row, &pivot) in pivots.iter().enumerate() {
            // The least common multiple of the pivots.
            let pivot = rows[row][pivot];
            scale = (scale / gcd(scale, pivot)).checked_mul(pivot)?.checked_abs()?;
        }
        let mut vector: Vec<i128> = vec![0; columns];
        vector[free] = scale;
        for (row, &pivot) in pivots.iter().enumerate() {
            vector[pivot] = rows[row][free].checked_mul(-(scale / rows[row][pivot]))?;
        }
        reduce(&mut vector);
        let negative = vector.iter().find(|value| **value != 0).is_some_and(|value| *value < 0);
        let sign = if negative { -1 } else { 1 };
        vector.into_iter().map(|value| i64::try_from(value * sign).ok()).collect()
    })
    .collect()
}

/// Divides by the common divisor.
fn reduce(row: &mut [i128]) {
    let divisor = row.iter().fold(0, |a, &b| gcd(a, b));
    if divisor > 1 {
        row.iter_mut().for_each(|value| *value /= divisor);
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.saturating_abs() } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_space_of_a_moiety() {
        // X <-> Xb conserves X + Xb; a third species is free.
        assert_eq!(null_space(&[vec![-1, 1, 0]], 3), Some(vec![vec![1, 1, 0], vec![0, 0, 1]]));
        assert_eq!(null_space(&[vec![2, 3]], 2), Some(vec![vec![3, -2]]));
        assert_eq!(null_space(&[], 2), Some(vec![vec![1, 0], vec![0, 1]]));
    }

    #[test]
    fn large_coefficients_end_in_a_result_or_none() {
        let big = i64::from(u32::MAX);
        assert_eq!(null_space(&[vec![big, 1]], 2), Some(vec![vec![1, -big]]));
        // A chain of ratios of coprime numbers: the last coefficient has 7 times 32 bits.
        let chain: Vec<Vec<i64>> = (0..7)
            .map(|row| {
                let mut values = vec![0; 8];
                (values[row], values[row + 1]) = (big - row as i64, -(big - 20 - row as i64));
                values
            })
            .collect();
        assert_eq!(null_space(&chain, 8), None);
        let full: Vec<Vec<i64>> = (0..9)
            .map(|row| (0..9).map(|column| big - (row * row + 7 * column * row) % 1013).collect())
            .collect();
        let _ = null_space(&full, 9);
    }
}
