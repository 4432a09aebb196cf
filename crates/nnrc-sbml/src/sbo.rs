//! Terms of the Systems Biology Ontology.

/// Non-spatial continuous framework.
pub(crate) const MODEL: &str = "SBO:0000062";

/// Physical compartment.
pub(crate) const COMPARTMENT: &str = "SBO:0000290";

/// Simple chemical.
pub(crate) const SPECIES: &str = "SBO:0000247";

/// Forward rate constant, continuous case, by the orders of the reactions that share it.
pub(crate) fn rate_constant(orders: &[u32]) -> &'static str {
    match orders {
        [0] => "SBO:0000048",
        [1] => "SBO:0000035",
        [2] => "SBO:0000036",
        [3] => "SBO:0000037",
        _ => "SBO:0000154",
    }
}

/// Mass action rate law for irreversible reactions, continuous scheme, by order and number of different reactants.
pub(crate) fn law(order: u32, reactants: usize) -> &'static str {
    match (order, reactants) {
        (0, _) => "SBO:0000047",
        (1, _) => "SBO:0000049",
        (2, 1) => "SBO:0000052",
        (2, 2) => "SBO:0000054",
        (3, 1) => "SBO:0000057",
        (3, 2) => "SBO:0000059",
        (3, 3) => "SBO:0000061",
        _ => "SBO:0000163",
    }
}

/// Degradation if nothing is left, else biochemical reaction.
pub(crate) fn reaction(has_products: bool) -> &'static str {
    if has_products { "SBO:0000176" } else { "SBO:0000179" }
}
