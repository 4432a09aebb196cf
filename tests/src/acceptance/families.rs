//! Structure survives: the number of families does not depend on widths.

use crate::Finding;
use crate::compiled::{Compiled, compile};

/// The same model at two widths has the same families.
pub fn widths() -> Vec<Finding> {
    let (small, large) = (network(6, 12, 8), network(40, 60, 20));
    let names = |compiled: &Compiled| -> Vec<String> {
        compiled.crn.reactions.iter().map(|(_, family)| family.name.clone()).collect()
    };
    let (few, many) = (small.info.reaction_count(), large.info.reaction_count());
    vec![Finding::new(
        "the same model at two widths has the same reaction families",
        format!("{} families for {few} and for {many} reactions", names(&small).len()),
        names(&small) == names(&large) && many > 10 * few,
    )]
}

fn network(inputs: usize, hidden: usize, outputs: usize) -> Compiled {
    let text = format!(
        "network net {{
            input x[{inputs}] in [-1, 1];
            layer a = dense({hidden}) | smooth_relu();
            layer b = dense({hidden}) | algebraic_tanh();
            layer c = add() from a, b;
            layer d = dense({outputs}) | winner_take_all() from c, x;
            output d;
        }}
        weights {{ init = uniform(-1, 1, seed = 5); }}"
    );
    compile(&text, &vec![0.5; inputs])
}
