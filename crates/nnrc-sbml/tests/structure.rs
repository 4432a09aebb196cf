//! What stands in the file, read back.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::collections::BTreeSet;

use nnrc_crn::expand;
use nnrc_sbml::{Inputs, Level, Observables, Options, Provenance};
use support::{elements, feed_forward, info, molar, named, odd, small, text};

fn plain() -> Options {
    Options { provenance: Provenance::None, ..Options::default() }
}

/// Species and stoichiometries of one side.
type Side = Vec<(String, String)>;

/// The two sides of a reaction and the factors of its law.
fn reaction(xml: &str, id: &str) -> (Side, Side, Vec<String>) {
    let all = elements(xml);
    let start = all.iter().position(|e| e.path.ends_with("/reaction") && e.get("id") == id).unwrap();
    let of = |name: &str| {
        all[start + 1..]
            .iter()
            .take_while(|e| !e.path.ends_with("/reaction"))
            .filter(|e| e.path.ends_with(name))
            .collect::<Vec<_>>()
    };
    let side = |list: &str| {
        of(&format!("{list}/speciesReference"))
            .iter()
            .map(|e| (e.get("species").to_owned(), e.get("stoichiometry").to_owned()))
            .collect()
    };
    let law = of("/ci").iter().map(|e| e.text.clone()).collect();
    (side("listOfReactants"), side("listOfProducts"), law)
}

fn terms(terms: &[(&str, &str)]) -> Side {
    terms.iter().map(|(species, count)| ((*species).to_owned(), (*count).to_owned())).collect()
}

#[test]
fn reactions_are_merged_and_keep_their_catalysts() {
    let xml = text(&small(), &plain());
    let (left, right, law) = reaction(&xml, "r_hidden_excite_1_1");
    assert_eq!(left, terms(&[("x_1", "1"), ("hidden_1", "1")]));
    assert_eq!(right, terms(&[("x_1", "1"), ("hidden_1", "2")]));
    assert_eq!(law, ["pot", "k_W_hidden_1_1", "x_1", "hidden_1"]);
    let (left, right, law) = reaction(&xml, "r_hidden_damp_2");
    assert_eq!(left, terms(&[("hidden_2", "2")]));
    assert_eq!(right, terms(&[("hidden_2", "1")]));
    assert_eq!(law, ["pot", "k_damp_hidden", "hidden_2", "hidden_2"]);
    let (left, right, law) = reaction(&xml, "r_hidden_create_1");
    assert_eq!((left, right), (terms(&[]), terms(&[("hidden_1", "1")])));
    assert_eq!(law, ["pot", "k_h_hidden"]);
    let (left, right, law) = reaction(&text(&odd(), &plain()), "r_bind");
    assert_eq!(left, terms(&[("S_", "1"), ("B", "2")]));
    assert_eq!(right, terms(&[("S_", "1"), ("C", "1")]));
    assert_eq!(law, ["pot", "k_bind", "S_", "B", "B"]);
}

#[test]
fn every_member_is_there_and_every_reference_resolves() {
    let crn = feed_forward(&[6, 5, 3]);
    let info = info(&crn);
    let xml = text(&crn, &plain());
    let ids = |name: &str| -> BTreeSet<String> {
        named(&xml, name).iter().map(|e| e.get("id").to_owned()).collect()
    };
    let (species, parameters, reactions) = (ids("species"), ids("parameter"), ids("reaction"));
    assert_eq!(species.len(), info.species_count());
    assert_eq!(reactions.len(), info.reaction_count());
    let used: BTreeSet<_> = expand::expand(&crn, &info).iter().map(|r| r.constant).collect();
    assert_eq!(parameters.len(), used.len());
    for reference in named(&xml, "speciesReference") {
        assert!(species.contains(reference.get("species")));
    }
    for ci in named(&xml, "ci") {
        let known = species.contains(&ci.text) || parameters.contains(&ci.text) || ci.text == "pot";
        assert!(known, "{}", ci.text);
    }
}

#[test]
fn parameters_are_the_used_parts() {
    let xml = text(&small(), &plain());
    let parameters = named(&xml, "parameter");
    let value = |id: &str| parameters.iter().find(|e| e.get("id") == id).map(|e| e.get("value").to_owned());
    assert_eq!(value("k_W_hidden_1_2").as_deref(), Some("0.75"), "the weight is -0.75");
    assert_eq!(value("k_W_hidden_2_1"), None, "the weight is 0");
    assert_eq!(value("k_b_hidden_2").as_deref(), Some("1"));
    assert!(parameters.iter().all(|e| e.get("units") == "dimensionless" && e.get("constant") == "true"));
    assert!(named(&text(&odd(), &plain()), "parameter").iter().all(|e| e.get("id") != "k_unused"));
}

#[test]
fn numbers_without_dimension_have_no_unit_definitions() {
    let xml = text(&small(), &plain());
    assert!(!xml.contains("listOfUnitDefinitions"));
    let model = &named(&xml, "model")[0];
    for attribute in ["substanceUnits", "timeUnits", "volumeUnits", "extentUnits"] {
        assert_eq!(model.get(attribute), "dimensionless");
    }
    assert_eq!(named(&xml, "compartment")[0].get("units"), "dimensionless");
}

#[test]
fn molar_numbers_are_those_of_the_network() {
    let xml = text(&molar(odd(), 1e-6, 60.0, 2e-15), &plain());
    let model = &named(&xml, "model")[0];
    let units = ["substanceUnits", "timeUnits", "volumeUnits", "extentUnits"].map(|name| model.get(name));
    assert_eq!(units, ["substance", "time", "volume", "substance"]);
    assert_eq!(named(&xml, "compartment")[0].get("size"), "2");
    assert_eq!(named(&xml, "species")[1].get("initialConcentration"), "2");
    let parameter = |xml: &str, id: &str| {
        let found = named(xml, "parameter").into_iter().find(|e| e.get("id") == id).unwrap();
        (found.get("value").parse::<f64>().unwrap(), found.get("units").to_owned())
    };
    assert_eq!(parameter(&xml, "k_bind"), (3.0, "per_concentration2_per_time".to_owned()));
    assert_eq!(parameter(&xml, "k_split"), (0.5, "per_time".to_owned()));
    let definitions: Vec<(String, String)> = named(&xml, "unitDefinition")
        .iter()
        .map(|e| (e.get("id").to_owned(), e.get("name").to_owned()))
        .collect();
    let expected = [
        ("substance", "zmol"),
        ("volume", "fL"),
        ("area", "m^2"),
        ("time", "min"),
        ("concentration_per_time", "uM/min"),
        ("per_time", "1/min"),
        ("per_concentration2_per_time", "1/(uM^2 min)"),
    ];
    assert_eq!(definitions, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));
    // 10 nM is no unit with a prefix: it is 10 of one.
    let xml = text(&molar(odd(), 1e-8, 60.0, 1.0), &plain());
    assert_eq!(named(&xml, "species")[1].get("initialConcentration"), "2");
    assert_eq!(parameter(&xml, "k_bind").0, 3.0);
    assert_eq!(named(&xml, "unitDefinition")[0].get("name"), "10 nmol");
}

#[test]
fn a_rate_constant_of_two_orders_is_two_molar_parameters() {
    let ids = |xml: &str| -> Vec<String> {
        named(xml, "parameter").iter().map(|e| e.get("id").to_owned()).collect()
    };
    let xml = text(&molar(odd(), 1e-6, 1.0, 1.0), &plain());
    assert_eq!(ids(&xml)[..2], ["k_turn_order0", "k_turn_order1"]);
    assert_eq!(reaction(&xml, "r_turn_in").2, ["pot", "k_turn_order0"]);
    assert_eq!(reaction(&xml, "r_turn_out").2, ["pot", "k_turn_order1", "S_"]);
    let xml = text(&odd(), &plain());
    assert_eq!(ids(&xml), ["k_turn", "k_bind", "k_split"]);
    assert_eq!(named(&xml, "parameter")[0].get("sboTerm"), "SBO:0000154");
}

#[test]
fn parameters_of_an_order_meet_no_other_identifier() {
    let mut crn = odd();
    let stem = "k_turn_order1".to_owned();
    let unused = crn.rate_constants.iter().find(|(_, c)| c.stem == "k_bind").map(|(handle, _)| handle);
    crn.rate_constants[unused.unwrap()].stem = stem;
    let xml = text(&molar(crn, 1e-6, 1.0, 1.0), &plain());
    let ids: Vec<String> = named(&xml, "parameter").iter().map(|e| e.get("id").to_owned()).collect();
    assert_eq!(ids[..3], ["k_turn_order_0", "k_turn_order_1", "k_turn_order1"]);
}

#[test]
fn levels_differ_in_namespace_and_fast() {
    let xml = text(&small(), &plain());
    assert_eq!(named(&xml, "sbml")[0].get("version"), "1");
    assert!(named(&xml, "reaction").iter().all(|e| e.find("fast") == Some("false")));
    let xml = text(&small(), &Options { level: Level::L3V2, ..plain() });
    assert_eq!(named(&xml, "sbml")[0].get("xmlns"), "http://www.sbml.org/sbml/level3/version2/core");
    assert!(named(&xml, "reaction").iter().all(|e| e.find("fast").is_none()));
}

#[test]
fn level_2_has_no_attributes_of_level_3() {
    for crn in [small(), molar(small(), 1e-6, 1.0, 1.0)] {
        let xml = text(&crn, &Options { level: Level::L2V4, ..Options::default() });
        let root = &named(&xml, "sbml")[0];
        assert_eq!(
            ["xmlns", "level", "version"].map(|name| root.get(name)),
            ["http://www.sbml.org/sbml/level2/version4", "2", "4"]
        );
        let model = &named(&xml, "model")[0];
        for attribute in ["substanceUnits", "timeUnits", "volumeUnits", "extentUnits", "lengthUnits"] {
            assert_eq!(model.find(attribute), None);
        }
        assert!(named(&xml, "speciesReference").iter().all(|e| e.find("constant").is_none()));
        // The units of the model are these definitions.
        let units: Vec<String> =
            named(&xml, "unitDefinition").iter().map(|e| e.get("id").to_owned()).collect();
        for unit in ["substance", "volume", "time"] {
            assert!(units.iter().any(|id| id == unit), "{units:?}");
        }
    }
}

#[test]
fn values_of_two_rails_can_be_rules() {
    let options = Options { observables: Observables::Rules, ..plain() };
    let xml = text(&molar(small(), 1e-8, 1.0, 1.0), &options);
    let rules = named(&xml, "assignmentRule");
    assert_eq!(rules.iter().map(|e| e.get("variable")).collect::<Vec<_>>(), ["y_1"]);
    let start = xml.find("<assignmentRule").unwrap();
    let rule = &xml[start..xml.find("</assignmentRule>").unwrap()];
    assert!(rule.contains("<apply><minus/><ci>y_1_p</ci><ci>y_1_m</ci></apply>"), "{rule}");
    let parameter = named(&xml, "parameter").into_iter().find(|e| e.get("id") == "y_1").unwrap();
    let facts = ["name", "units", "constant"].map(|name| parameter.get(name));
    assert_eq!(facts, ["y[1]", "concentration", "false"]);
    assert_eq!(parameter.find("value"), None, "the rule gives it");
    assert!(named(&text(&small(), &plain()), "assignmentRule").is_empty());
    // The model gives way to it.
    let xml = text(&nnrc_crn::Crn { name: "y_1".to_owned(), ..small() }, &options);
    assert_eq!(named(&xml, "model")[0].get("id"), "y_1_");
}

#[test]
fn inputs_can_be_boundary_species() {
    let boundary = |options: &Options| -> Vec<String> {
        let species = named(&text(&small(), options), "species");
        let found = species.iter().filter(|e| e.get("boundaryCondition") == "true");
        found.map(|e| e.get("id").to_owned()).collect()
    };
    assert!(boundary(&plain()).is_empty());
    assert_eq!(boundary(&Options { inputs: Inputs::Boundary, ..plain() }), ["x_1", "x_2"]);
}

#[test]
fn provenance_says_where_each_element_comes_from() {
    let xml = text(&small(), &Options::default());
    let info = info(&small());
    let count = info.species_count() + info.reaction_count() + named(&xml, "parameter").len();
    let origins = named(&xml, "nnrc:origin");
    assert_eq!(origins.len(), count);
    let of = |tensor: &str, index: &str| {
        origins.iter().find(|e| e.find("tensor") == Some(tensor) && e.find("index") == Some(index)).unwrap()
    };
    assert_eq!(of("hidden.W", "1,2").get("sign"), "-");
    assert_eq!(of("hidden.W", "1,2").get("line"), "7");
    assert_eq!(of("y", "1").get("part"), "+");
    assert_eq!(of("x", "2").get("role"), "input");
    assert!(origins.iter().any(|e| e.find("family") == Some("hidden.excite") && e.get("index") == "2,2"));
    let observable = &named(&xml, "nnrc:observable")[0];
    let ids = ["id", "plus", "minus"].map(|name| observable.get(name));
    assert_eq!(ids, ["y_1", "y_1_p", "y_1_m"]);
    assert!(named(&xml, "p")[0].text.contains("y_1 = y_1_p \u{2212} y_1_m"));
}

#[test]
fn notes_say_what_a_value_of_1_is() {
    let note = |crn| named(&text(&crn, &Options::default()), "p")[1].text.clone();
    let words = note(molar(small(), 1e-6, 1.0, 1.0));
    assert_eq!(words, "A value of 1 is a concentration of 1 uM. Times are in s.");
    let words = note(molar(small(), 1e-8, 60.0, 1.0));
    assert_eq!(words, "A value of 1 is a concentration of 10 nM. Times are in min.");
}

#[test]
fn magnitudes_of_negative_weights_are_named_so() {
    let xml = text(&small(), &plain());
    let names: Vec<(String, String)> =
        named(&xml, "parameter").iter().map(|e| (e.get("id").to_owned(), e.get("name").to_owned())).collect();
    for (id, name) in [
        ("k_W_hidden_1_1", "hidden.W[1,1]"),
        ("k_W_hidden_1_2", "|hidden.W[1,2]|"),
        ("k_b_hidden_2", "|hidden.b[2]|"),
        ("k_W_y_1_2", "|y.W[1,2]|"),
        ("k_h_hidden", "hidden.h"),
    ] {
        assert!(names.contains(&(id.to_owned(), name.to_owned())), "{id} {name}: {names:?}");
    }
}

#[test]
fn without_provenance_there_is_none() {
    let xml = text(&small(), &Options { described_by: vec!["doi:1".to_owned()], ..plain() });
    for word in ["annotation", "notes", "nnrc", "rdf", "metaid"] {
        assert!(!xml.contains(word), "{word}");
    }
}

#[test]
fn free_text_is_escaped() {
    let options = Options {
        notes: vec!["a < b & c\u{1}".to_owned()],
        tool: "\"tool\"".to_owned(),
        ..Options::default()
    };
    let mut crn = small();
    let x = crn.species.iter().next().map(|(handle, _)| handle).unwrap();
    crn.species[x].origin.label = "<x>\u{1}".to_owned();
    let xml = text(&crn, &options);
    assert_eq!(named(&xml, "nnrc:model")[0].get("tool"), "\"tool\"");
    assert_eq!(named(&xml, "species")[0].get("name"), "<x>[1]");
    assert!(xml.contains("a &lt; b &amp; c</p>"));
}

#[test]
fn the_model_gives_way_to_a_member_of_its_name() {
    assert_eq!(named(&text(&odd(), &plain()), "model")[0].get("id"), "S__", "S_ is a species");
    let mut crn = small();
    crn.name = "r_hidden_excite_1_1".to_owned();
    assert_eq!(named(&text(&crn, &plain()), "model")[0].get("id"), "r_hidden_excite_1_1_");
    crn.name = "hidden".to_owned();
    assert_eq!(named(&text(&crn, &plain()), "model")[0].get("id"), "hidden");
}
