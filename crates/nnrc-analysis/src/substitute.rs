//! What comes nearest to activations that no fixed point computes, or that other frameworks have: an activation of
//! this language with the parameter that makes the largest deviation, over all z, the least.

/// The nearest that there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Substitute {
    /// What it stands for, in lower case and without `_`; several names of one function.
    pub names: &'static [&'static str],
    /// What to write.
    pub write: &'static str,
    /// The largest deviation, in words that follow "it deviates by".
    pub deviation: &'static str,
}

/// Substitutes of activations with a least largest deviation.
pub const SUBSTITUTES: &[Substitute] = &[
    to(&["tanh"], "algebraic_tanh(h = 0.1824)", "0.044"),
    to(&["sigmoid", "logistic", "logisticsigmoid", "expit"], "algebraic_sigmoid(h = 0.7294)", "0.022"),
    to(&["softplus"], "smooth_relu(h = 0.381)", "0.076"),
    to(&["silu", "swish"], "swish(h = 0.5108)", "0.067"),
    to(&["gelu", "gelunew"], "swish(h = 0.1676)", "0.049"),
    to(&["mish"], "swish(h = 0.4308)", "0.115"),
    to(&["hardswish", "hardsilu"], "swish(h = 0.5596)", "0.158"),
    to(&["hardsigmoid"], "algebraic_sigmoid(h = 0.844)", "0.074"),
    to(&["hardtanh"], "algebraic_tanh(h = 0.0938)", "0.147"),
];

const fn to(names: &'static [&'static str], write: &'static str, deviation: &'static str) -> Substitute {
    Substitute { names, write, deviation }
}

/// The substitute of an activation, by its name in lower case and without `_`.
pub fn find(name: &str) -> Option<Substitute> {
    SUBSTITUTES.iter().copied().find(|one| one.names.contains(&name))
}

impl Substitute {
    /// A sentence for whoever wrote the name.
    pub fn advice(self) -> String {
        format!(
            "the nearest that a fixed point computes is `{}`: it deviates by {}",
            self.write, self.deviation
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnrc_model::activation::{self, Activation};

    /// The functions as their frameworks define them.
    fn source(name: &str, z: f64) -> f64 {
        let logistic = |z: f64| 1.0 / (1.0 + (-z).exp());
        let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
        match name {
            "tanh" => z.tanh(),
            "sigmoid" => logistic(z),
            "softplus" => softplus(z),
            "silu" => z * logistic(z),
            "gelu" => z * normal(z),
            "mish" => z * softplus(z).tanh(),
            "hardswish" => z * (z / 6.0 + 0.5).clamp(0.0, 1.0),
            "hardsigmoid" => (z / 6.0 + 0.5).clamp(0.0, 1.0),
            "hardtanh" => z.clamp(-1.0, 1.0),
            "elu" => {
                if z < 0.0 {
                    z.exp_m1()
                } else {
                    z
                }
            }
            "softsign" => z / (1.0 + z.abs()),
            _ => panic!("{name} has no definition here"),
        }
    }

    /// The distribution function of the standard normal: its series near 0, its continued fraction in the tails.
    fn normal(z: f64) -> f64 {
        let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let size = z.abs();
        let tail = if size < 4.0 {
            let (mut term, mut sum) = (size, size);
            for k in 1..200 {
                term *= size * size / f64::from(2 * k + 1);
                sum += term;
            }
            0.5 - density * sum
        } else {
            density / (1..100).rev().fold(size, |below, k| size + f64::from(k) / below)
        };
        if z < 0.0 { tail } else { 1.0 - tail }
    }

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        for (z, value) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (-1.96, 0.024_997_895_148_220_4),
            (-5.0, 2.866_515_718_791_94e-7),
        ] {
            assert!((normal(z) / value - 1.0).abs() < 1e-12, "{z}: {}", normal(z));
        }
    }

    /// The largest |source − activation|: a scan of the middle, and the tails in powers.
    fn deviation(name: &str, activation: Activation) -> f64 {
        let middle = (-20_000..=20_000).map(|at| f64::from(at) * 1e-3);
        let tails = (0..=400).map(|at| 20.0 * 1e6f64.powf(f64::from(at) / 400.0)).flat_map(|z| [-z, z]);
        middle
            .chain(tails)
            .map(|z| (source(name, z) - activation.value(z, z.max(0.0)).unwrap()).abs())
            .fold(0.0, f64::max)
    }

    /// `swish(h = 0.5108)` as the name, the number and its last digit.
    fn parts(write: &str) -> (&str, f64, f64) {
        let (name, rest) = write.split_once("(h = ").unwrap();
        let digits = rest.strip_suffix(')').unwrap();
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        (name, digits.parse().unwrap(), 0.1f64.powi(decimals as i32))
    }

    #[test]
    fn parameters_and_deviations_are_the_best_to_their_last_digit() {
        for one in SUBSTITUTES {
            let (name, h, digit) = parts(one.write);
            let make = activation::find(name).unwrap().make;
            let at = |h: f64| deviation(one.names[0], make(&[h]));
            let stated: f64 = one.deviation.parse().unwrap();
            let found = at(h);
            assert!((found - stated).abs() <= 0.0005, "{}: {found}, stated {stated}", one.write);
            // The best parameter rounds to the stated one: the deviation falls before it and rises behind it.
            let (mut low, mut high) = (h - digit, h + digit);
            for _ in 0..20 {
                let third = (high - low) / 3.0;
                if at(low + third) < at(high - third) { high -= third } else { low += third }
            }
            assert!((low - h).abs() <= 0.51 * digit, "{}: the best is {low}", one.write);
        }
    }

    #[test]
    fn other_deviations_of_the_page_are_right() {
        // ELU: another function, even as h tends to 0; softsign with a small h is it nearly.
        assert!((deviation("elu", Activation::Elu { h: 1e-12 }) - 0.2036).abs() < 1e-4);
        assert!((deviation("softsign", Activation::Softsign { h: 1e-4 }) - 0.0002).abs() < 5e-5);
        // max(z, 0) and its leaky form: exactly sqrt(h) and (1 − slope) sqrt(h), at 0.
        for h in [1e-4, 0.01, 0.3] {
            let middle = (-40_000..=40_000).map(|at| f64::from(at) * 1e-3);
            let off = |z: f64, slope: f64| {
                let exact = if z < 0.0 { slope * z } else { z };
                let activation = Activation::SmoothLeakyRelu { h, slope };
                (activation.value(z, 0.0).unwrap() - exact).abs()
            };
            for slope in [0.0, 0.01, 0.3] {
                let largest = middle.clone().map(|z| off(z, slope)).fold(0.0, f64::max);
                assert!((largest - (1.0 - slope) * h.sqrt()).abs() < 1e-12, "{h}, {slope}: {largest}");
            }
        }
    }
}
