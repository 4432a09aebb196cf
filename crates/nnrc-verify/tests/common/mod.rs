//! Files of reactions for tests of shapes.

/// A file of reactions by mass action, `2 X + Y -> X @ 0.5`, whose species begin at 1 unless `start` says otherwise.
pub fn file(reactions: &[&str], start: &[(&str, f64)]) -> String {
    let mut species: Vec<String> = Vec::new();
    let mut list = String::new();
    for (at, reaction) in reactions.iter().enumerate() {
        let (scheme, rate) = reaction.split_once('@').unwrap();
        let (left, right) = scheme.split_once("->").unwrap();
        let mut law = format!("<cn>{}</cn>", rate.trim());
        let mut side = |name: &str, text: &str, law: &mut String| {
            let terms: Vec<&str> = text.split('+').map(str::trim).filter(|term| !term.is_empty()).collect();
            let references: String = terms
                .iter()
                .map(|term| {
                    let (count, id) = term.split_once(' ').unwrap_or(("1", term));
                    if !species.contains(&id.to_owned()) {
                        species.push(id.to_owned());
                    }
                    *law += &format!("<ci>{id}</ci>").repeat(count.parse().unwrap());
                    format!(
                        "<speciesReference species=\"{id}\" stoichiometry=\"{count}\" constant=\"true\"/>"
                    )
                })
                .collect();
            if references.is_empty() { String::new() } else { format!("<{name}>{references}</{name}>") }
        };
        let reactants = side("listOfReactants", left, &mut law);
        let products = side("listOfProducts", right, &mut String::new());
        list += &format!(
            "<reaction id=\"r{at}\" reversible=\"false\" fast=\"false\">{reactants}{products}<kineticLaw>\
             <math xmlns=\"http://www.w3.org/1998/Math/MathML\"><apply><times/>{law}</apply></math></kineticLaw></reaction>"
        );
    }
    let species: String = species
        .iter()
        .map(|id| {
            let initial = start.iter().find(|(name, _)| name == id).map_or(1.0, |(_, value)| *value);
            format!(
                "<species id=\"{id}\" compartment=\"pot\" initialConcentration=\"{initial}\" \
                 hasOnlySubstanceUnits=\"false\" boundaryCondition=\"false\" constant=\"false\"/>"
            )
        })
        .collect();
    format!(
        "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version1/core\" level=\"3\" version=\"1\"><model>\
         <listOfCompartments><compartment id=\"pot\" size=\"1\" constant=\"true\"/></listOfCompartments>\
         <listOfSpecies>{species}</listOfSpecies><listOfReactions>{list}</listOfReactions></model></sbml>"
    )
}
