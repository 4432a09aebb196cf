//! What a network costs as SBML, before it is written: for the size report and its warnings.

use nnrc_crn::{Crn, CrnInfo};

use crate::options::{Options, Provenance};

/// Above this number of reactions, simulators that compile their models take many seconds to load one.
pub const SLOW_REACTIONS: usize = 1_500;

/// Above this number of reactions, simulators of SBML take minutes to hours to load the model.
pub const HUGE_REACTIONS: usize = 10_000;

/// What to tell users about a network of this many reactions, if anything.
pub fn advice(reactions: usize) -> Option<&'static str> {
    if reactions > HUGE_REACTIONS {
        Some(
            "with more than 10,000 reactions, simulators of SBML take minutes to hours to load the model; \
             simulate it with nnrc, in process or as a generated crate",
        )
    } else if reactions > SLOW_REACTIONS {
        Some(
            "with more than 1,500 reactions, simulators of SBML take many seconds to load the model; \
             in libRoadRunner choose the LLJIT back end, which loads 3 times faster",
        )
    } else {
        None
    }
}

/// Estimated cost of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizeEstimate {
    /// Size of the file, within some 15 % from a few dozen reactions on.
    pub bytes: u64,
    /// Seconds to load it in libRoadRunner with its LLJIT back end; the default back end takes about 3.4 times
    /// as long.
    pub roadrunner_seconds: f64,
    /// Seconds to load it in COPASI.
    pub copasi_seconds: f64,
}

/// Estimates the size of the file and the time that simulators take to load it.
pub fn size_estimate(crn: &Crn, info: &CrnInfo, options: &Options) -> SizeEstimate {
    let reactions = info.reaction_count() as f64;
    SizeEstimate {
        bytes: bytes(crn, info, options),
        roadrunner_seconds: roadrunner_seconds(reactions),
        copasi_seconds: copasi_seconds(reactions),
    }
}

/// Lengths of the fixed text of each element, with identifiers of usual length.
fn bytes(crn: &Crn, info: &CrnInfo, options: &Options) -> u64 {
    let reactions: usize = crn
        .reactions
        .iter()
        .map(|(handle, family)| {
            let sides = usize::from(!family.reactants.is_empty()) + usize::from(!family.products.is_empty());
            let terms = family.reactants.len() + family.products.len();
            let molecules = info.facts(handle).molecularity as usize;
            info.members(handle) * (330 + 53 * sides + 83 * terms + 20 * molecules)
        })
        .sum();
    let values = crn.rate_constants.iter().flat_map(|(_, constant)| &constant.values);
    let parameters = values.filter(|value| **value != 0.0).count();
    let plain = 800 + reactions + 150 * parameters + 185 * info.species_count();
    let annotations = match options.provenance {
        Provenance::Full => 1_200 + 115 * (info.reaction_count() + parameters + info.species_count()),
        Provenance::None => 0,
    };
    (plain + annotations) as u64
}

/// A power law through the times measured with libRoadRunner 2.10 (LLJIT) on feed-forward networks of 169, 1,868
/// and 4,958 reactions: 0.15, 3.0 and 10.6 s. Beyond that it extrapolates.
fn roadrunner_seconds(reactions: f64) -> f64 {
    3.0 * (reactions / 1_868.0).powf(1.27)
}

/// A linear and a cubic part through the times measured with COPASI 4.48 on the same networks: 0.13, 4 and 47 s.
/// Beyond that it extrapolates.
fn copasi_seconds(reactions: f64) -> f64 {
    7.7e-4 * reactions + 3.7e-10 * reactions.powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fits_meet_the_measured_times() {
        for (reactions, roadrunner, copasi) in
            [(169.0, 0.15, 0.13), (1_868.0, 3.0, 4.0), (4_958.0, 10.6, 47.0)]
        {
            assert!((roadrunner_seconds(reactions) / roadrunner - 1.0).abs() < 0.1);
            assert!((copasi_seconds(reactions) / copasi - 1.0).abs() < 0.1);
        }
    }

    #[test]
    fn large_networks_get_advice() {
        assert_eq!(advice(SLOW_REACTIONS), None);
        assert!(advice(SLOW_REACTIONS + 1).is_some_and(|words| words.contains("LLJIT")));
        assert!(advice(HUGE_REACTIONS + 1).is_some_and(|words| words.contains("crate")));
    }
}
