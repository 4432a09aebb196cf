//! What holds of every activation.

use super::*;
use crate::chemistry::Signs;

#[test]
fn names_parameters_and_words_agree() {
    for (at, spec) in SPECS.iter().enumerate() {
        let name = spec.facts.name;
        let activation = spec.preset();
        assert_eq!(activation.name(), name);
        assert!(SPECS[..at].iter().all(|other| other.facts.name != name), "{name} is there twice");
        assert_eq!(activation.to_string(), spec.facts.call());
        let given = &[0.25, 0.5][..spec.facts.parameters.len()];
        assert_eq!((spec.make)(given).parameters(), given, "{name} takes its parameters in another order");
        for parameter in spec.facts.parameters {
            assert!(parameter.bound.holds(parameter.default), "{name}: {}", parameter.name);
        }
    }
}

/// Whoever computes it must read it, and what has a chemical derivative must have reactions.
#[test]
fn each_is_served_by_a_construction() {
    for Spec { facts, .. } in SPECS {
        assert!(facts.fixed_point.is_some() || facts.phased.is_some(), "nothing computes {}", facts.name);
        assert!(facts.one_pot.is_none() || facts.fixed_point.is_some(), "{}", facts.name);
    }
}

/// Pre-activations at which an activation is defined.
fn defined(facts: &Facts, z: &[f64]) -> Vec<f64> {
    z.iter().copied().filter(|z| facts.domain == Domain::Everywhere || *z >= 0.0).collect()
}

#[test]
fn ranges_hold_the_values() {
    for spec in SPECS.iter().filter(|spec| spec.facts.domain == Domain::Everywhere) {
        let activation = spec.preset();
        let range = activation.range(Interval::new(-3.0, 3.0), 3.0);
        for z in (0..=60).map(|i| -3.0 + 0.1 * f64::from(i)) {
            let Some(value) = activation.value(z, z.max(0.0)) else { continue };
            let name = spec.facts.name;
            assert!(value >= range.low - 1e-12 && value <= range.high + 1e-12, "{name} at {z}");
        }
    }
}

#[test]
fn rails_are_those_of_the_values_and_within_their_bounds() {
    for spec in SPECS {
        let activation = spec.preset();
        activation.with(|function| {
            let Some(pair) = function.holding().pair(true, Signs::Auto) else { return };
            for z in defined(spec.facts, &[-2.5, -0.3, 0.0, 0.7, 2.5]) {
                let drive = (z + 3.0, 3.0);
                let (positive, negative) = pair.at_rest(drive, 100.0);
                let value = activation.value(z, drive.0).unwrap();
                let name = spec.facts.name;
                assert!((positive - negative - value).abs() < 1e-12, "{name} at {z}");
                let bounds = pair.bounds(Interval::point(z), drive);
                assert!(positive <= bounds.0 + 1e-12 && negative <= bounds.1 + 1e-12, "{name} at {z}");
            }
        });
    }
}

#[test]
fn slopes_are_those_of_the_values() {
    let (step, zp) = (1e-5, 6.0);
    let slope = |value: &dyn Fn(f64) -> f64, at: f64| (value(at + step) - value(at - step)) / (2.0 * step);
    for spec in SPECS {
        let activation = spec.preset();
        for z in defined(spec.facts, &[-3.0, -0.7, -0.05, 0.02, 0.4, 1.3, 5.0]) {
            let Some(found) = activation.slope(z, zp) else { continue };
            let expected = slope(&|z| activation.value(z, zp).unwrap(), z);
            let name = spec.facts.name;
            let is_near = (found - expected).abs() < 1e-6 * expected.abs().max(1e-2);
            assert!(is_near, "{name} at {z}: {found} {expected}");
            activation.with(|function| {
                let Map::Produced(one) = function.map() else { return };
                let expected = slope(&|zp| one.value(z, zp), zp);
                assert!((one.slope_of_production(z, zp) - expected).abs() < 1e-8, "{name} at {z}");
            });
        }
    }
}

#[test]
fn joint_slopes_are_those_of_the_values() {
    let z = [1.0, 2.0, 1.7, -1.0];
    let adjoint = [0.3, -1.0, 0.7, 2.0];
    for spec in SPECS {
        spec.preset().with(|function| {
            let Map::Joint(all) = function.map() else { return };
            let values = |z: &[f64]| {
                let drive: Vec<Rails> = z.iter().map(|z| (z.max(0.0), (-z).max(0.0))).collect();
                all.values(&drive)
            };
            let loss = |z: &[f64]| -> f64 { values(z).iter().zip(adjoint).map(|(y, g)| y * g).sum() };
            let found = all.pull_back(&z, &values(&z), &adjoint);
            for at in 0..z.len() {
                let shifted = |by: f64| {
                    let mut z = z;
                    z[at] += by;
                    loss(&z)
                };
                let expected = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                let name = spec.facts.name;
                assert!((found[at] - expected).abs() < 1e-6, "{name} {at}: {} {expected}", found[at]);
            }
        });
    }
}

/// A block of samples has the values and slopes of the samples.
#[test]
fn blocks_are_their_samples() {
    use crate::lanes::Lanes;
    let z: Vec<Lanes> = vec![[0.0, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 4.0]];
    for spec in SPECS {
        spec.preset().with(|function| {
            let Map::Pointwise(one) = function.map() else { return };
            let (mut y, mut slopes) = (z.clone(), z.clone());
            one.block(&z, &mut y, &mut slopes);
            for (lane, z) in z[0].into_iter().enumerate() {
                let (value, slope) = (one.value(z), one.slope(z));
                let name = spec.facts.name;
                assert!((y[0][lane] - value).abs() < 1e-14 * value.abs().max(1.0), "{name} at {z}");
                assert!((slopes[0][lane] - slope).abs() < 1e-14 * slope.abs().max(1.0), "{name} at {z}");
            }
        });
    }
}
