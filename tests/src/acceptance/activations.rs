//! Every activation, in every chemistry that it can be written in, against numpy.

use nnrc_model::activation::{Domain, SPECS};

use crate::Finding;
use crate::acceptance::agreement::numpy;
use crate::acceptance::vectors::{joint, single};
use crate::compiled::{Compiled, analyse, deviation, lower};

/// Settings under which a network of one layer is written in different chemistries.
pub const CHEMISTRIES: [&str; 5] = [
    "",
    "chemistry { signs = dual_rail; }",
    "chemistry { max_order = 3; }",
    "chemistry { weights = species; }",
    "chemistry { weights = species; max_order = 3; speeds = { forward = 2, annihilation = 30 }; }",
];

/// Each activation over a range of pre-activations, in five chemistries, against its formula in numpy.
pub fn formulas() -> Vec<Finding> {
    let mut findings = Vec::new();
    for spec in SPECS.iter().filter(|spec| spec.facts.fixed_point.is_some()) {
        let mut networks: Vec<(Compiled, Vec<f64>)> = Vec::new();
        for chemistry in CHEMISTRIES {
            for z in [-3.5, -1.0, -0.2, 0.0, 0.3, 1.0, 2.5] {
                let activation = spec.preset();
                let call = format!("{}()", spec.facts.name);
                let (text, input) = if activation.is_joint() {
                    let input = vec![z, 0.5, 2.0 - z];
                    (joint(&call, &input), input)
                } else {
                    (single(&call, z), vec![z])
                };
                if z < 0.0 && spec.facts.domain == Domain::NotNegative {
                    continue;
                }
                let compiled = lower(analyse(&format!("{text}{chemistry}")).unwrap(), &input);
                // A relay in front of it joins the rails that this one depends on; numpy is told of none.
                let relayed = chemistry.contains("species") && !chemistry.contains("max_order = 3");
                if activation.depends_on_production() && relayed {
                    continue;
                }
                networks.push((compiled, input));
            }
        }
        let questions: Vec<(&Compiled, &[f64])> =
            networks.iter().map(|(c, input)| (c, input.as_slice())).collect();
        let deviations = networks
            .iter()
            .zip(numpy(&questions))
            .map(|((compiled, _), expected)| deviation(&compiled.values(&compiled.settle()), &expected));
        let worst = deviations.fold(0.0, f64::max);
        findings.push(Finding::new(
            format!(
                "{}: simulated chemistry equals the formula within 1e-8 in every chemistry",
                spec.facts.name
            ),
            format!("{} cases, largest deviation {worst:.1e}", networks.len()),
            worst <= 1e-8,
        ));
    }
    findings
}
