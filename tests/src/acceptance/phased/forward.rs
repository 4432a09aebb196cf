//! One network under every construction that serves it.

use nnrc_sim::Method;

use super::run::Run;
use crate::Finding;
use crate::acceptance::one_pot::at_rate;
use crate::compiled::{analyse, compile, lower};

const NETWORK: &str = "network net {
    input x[2] in [-1, 1];
    layer hidden = dense(3) | smooth_relu(h = 0.1);
    layer y = dense(2) | identity();
    output y;
}
weights {
    hidden.W = [[0.7, -1.2], [-0.4, 0.9], [1.1, 0.3]];
    hidden.b = [0.1, -0.3, 0.2];
    y.W = [[1, -0.5, 0.25], [-0.75, 0.6, 1.5]];
    y.b = [0.05, -0.1];
}
";

/// What a pot that learns needs; the sample is another one than the input.
const TRAINING: &str = "dataset rows = rows([{ x = [0, 0], t = [0.5, -0.5] }]);
train { data = rows; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 20); }
";

/// A network of smoothed ReLUs with linear outputs has the same values under all constructions.
pub fn constructions() -> Vec<Finding> {
    let input = [0.6, -0.8];
    let settled = compile(NETWORK, &input);
    let output = settled.model.output;
    let expected = settled.values(&settled.settle())[output].clone();
    let mut findings = Vec::new();
    for construction in ["one_pot", "phased"] {
        let chemistry =
            format!("chemistry {{ construction = {construction}; }}\nsimulate {{ input = {input:?}; }}\n");
        let text = format!("{NETWORK}{chemistry}");
        let values = if construction == "phased" {
            let mut run = Run::at(&text, &input, (1e-10, 1e-13), Method::Explicit);
            run.cycle().unwrap();
            run.output()
        } else {
            // A pot that learns, at the learning rate 0.
            let model = analyse(&format!("{text}{TRAINING}")).unwrap();
            let pot = lower(at_rate(model, 0.0), &input);
            pot.values(&pot.settle())[output].clone()
        };
        let worst = values.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        findings.push(Finding::new(
            format!("one network of smoothed ReLUs with linear outputs: {construction} computes what fixed_point does, within 1e-6"),
            format!("{values:.6?}, largest deviation {worst:.1e}"),
            worst <= 1e-6,
        ));
    }
    findings
}
