//! What is shown of places, against plain computations and the identifiers of the SBML.
mod common;

use common::{all_examples, example, pot_of};
use nnrc::show::{Kind, Shown};
use quick_xml::events::Event;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found}, expected {expected}");
}

/// R_h(z), as a plain formula.
fn smooth_relu(z: f64, h: f64) -> f64 {
    (z + (z * z + 4.0 * h).sqrt()) / 2.0
}

#[test]
fn a_unit_of_xor_is_what_its_file_says() {
    let pot = pot_of(&example("xor"), Some(&[1.0, 1.0]));
    let atlas = pot.atlas();
    // z = 1 + 1 - 1; the file has h = 1e-4.
    let value = smooth_relu(1.0, 1e-4);
    for place in ["hidden[2]", " hidden[2] "] {
        let shown = atlas.show(place).expect("a unit");
        assert_eq!((shown.kind, shown.place.as_str()), (Kind::Unit, "hidden[2]"));
        assert_eq!(shown.computes[0], "z = x[1] + x[2] - 1 = 1");
        assert_eq!(shown.computes[1], "hidden[2] = u, with u = (z + sqrt(z² + 4h)) / 2, h = 0.0001");
        near(shown.values.shown[0].closed_form, value);
        near(shown.values.shown[0].chemistry.expect("it rests"), value);
        let [species] = &shown.species.shown[..] else { panic!("{shown:?}") };
        assert_eq!((species.id.as_str(), species.initial), ("hidden_2", 0.01));
        // Two weights of 1 and the inflow make it; the bias of -1 and quenching remove it.
        near(species.made, 2.0 * value + 1e-4);
        near(species.removed, value + value * value);
        let schemes: Vec<(&str, &str, f64)> = shown
            .reactions
            .shown
            .iter()
            .map(|reaction| (reaction.id.as_str(), reaction.scheme.as_str(), reaction.flux))
            .collect();
        let expected = [
            ("r_hidden_excite_2_1", "x_1 + hidden_2 -> x_1 + 2 hidden_2", value),
            ("r_hidden_excite_2_2", "x_2 + hidden_2 -> x_2 + 2 hidden_2", value),
            ("r_hidden_bias_down_2", "hidden_2 -> 0", value),
            ("r_hidden_inflow_2", "0 -> hidden_2", 1e-4),
            ("r_hidden_quench_2", "2 hidden_2 -> hidden_2", value * value),
        ];
        assert_eq!(schemes.len(), expected.len());
        for (found, expected) in schemes.iter().zip(expected) {
            assert_eq!((found.0, found.1), (expected.0, expected.1));
            near(found.2, expected.2);
        }
        assert_eq!(
            shown.equations[0].text(),
            "d hidden_2/dt = k_W_hidden_2_1 x_1 hidden_2 + k_W_hidden_2_2 x_2 hidden_2 - k_b_hidden_2 hidden_2 \
             + k_h_hidden - k_quench_hidden hidden_2^2"
        );
        assert_eq!(shown.readers.shown.len(), 1);
        assert_eq!(shown.readers.shown[0].scheme, "hidden_2 + y_1 -> hidden_2");
    }
}

#[test]
fn weights_say_what_holds_them() {
    let pot = pot_of(&example("xor"), None);
    let atlas = pot.atlas();
    let shown = atlas.show("y.W[1,2]").expect("a weight");
    assert_eq!(shown.what, "weight from hidden[2] to y[1]: -2, line 9");
    assert_eq!(shown.constants.shown[0].id, "k_W_y_1_2");
    assert_eq!(shown.constants.shown[0].value, 2.0);
    assert_eq!(shown.reactions.shown[0].id, "r_y_inhibit_1_2");
    let none = atlas.show("hidden.b[1]").expect("a bias");
    assert!(
        none.reactions.is_empty() && none.text().contains("a weight of 0 makes no reaction"),
        "{}",
        none.text()
    );
    let pot = pot_of(&example("onepot_xor"), None);
    let rails = pot.atlas().show("hidden.W[2,1]").expect("a weight that learns");
    let ids: Vec<&str> = rails.species.shown.iter().map(|species| species.id.as_str()).collect();
    assert_eq!(ids, ["W_hidden_2_1_p", "W_hidden_2_1_m"]);
    assert!(!rails.reactions.is_empty() && !rails.readers.is_empty());
}

#[test]
fn clocks_and_feeds_are_explained() {
    let pot = pot_of(&example("phased_xor"), None);
    let atlas = pot.atlas();
    let text = |place: &str| atlas.show(place).expect(place).text();
    assert!(text("clock[3]").contains("it is on in the phase ADVANCE"), "{}", text("clock[3]"));
    assert!(text("clock_4").contains("the gap behind a phase"), "{}", text("clock_4"));
    assert!(text("hidden[1]").contains("a pot with a clock does not rest"), "{}", text("hidden[1]"));
    let pot = pot_of(&example("onepot_xor"), None);
    let fed = pot.atlas().show("target_1_p").expect("a target").text();
    assert!(fed.contains("set every 20 time units, to what column 1 of the sample says"), "{fed}");
}

#[test]
fn what_is_no_place_is_told_with_what_there_is() {
    let pot = pot_of(&example("iris"), None);
    let atlas = pot.atlas();
    let reason = |place: &str| atlas.show(place).expect_err(place).to_string();
    assert_eq!(reason("hidden[9]"), "`hidden[9]`: `hidden` has indices 1 to 8");
    assert_eq!(reason("hidden[0]"), "`hidden[0]`: `hidden` has indices 1 to 8");
    assert_eq!(reason("hidden.W[2,5]"), "`hidden.W[2,5]`: `hidden.W` has indices [1..8, 1..4]");
    assert!(reason("hiden[2]").contains("did you mean `hidden[2]`"), "{}", reason("hiden[2]"));
    assert!(reason("hidden_9").contains("there is `hidden_1`, and 7 more like it"), "{}", reason("hidden_9"));
    assert!(reason("banana").contains("inputs and layers are `x`, `hidden`, `y`"), "{}", reason("banana"));
    for odd in [
        "",
        "[",
        "hidden[",
        "hidden[]",
        "hidden[1,2,3]",
        "hidden[1]]",
        "é[1]",
        "hidden[99999999999999999999]",
    ] {
        assert!(!reason(odd).is_empty());
    }
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let pot = pot_of(&example("digits"), None);
    let shown = pot.atlas().show("hidden[1]").expect("a unit");
    assert_eq!(shown.sources.shown.len(), 16);
    assert!(shown.sources.left_out > 0 && shown.reactions.left_out > 0);
    let sizes: Vec<f64> = shown.sources.shown.iter().map(|source| source.weight.abs()).collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    assert!(shown.text().len() < 20_000, "{}", shown.text().len());
}

/// Identifiers of all species, parameters and reactions of an SBML text.
fn identifiers(sbml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(sbml);
    let mut found = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return found,
            Event::Start(tag) | Event::Empty(tag)
                if matches!(tag.name().as_ref(), "species" | "parameter" | "reaction") =>
            {
                let id = tag.attributes().flatten().find(|one| one.key.as_ref() == "id").expect("an id");
                found.push(id.value.into_owned());
            }
            _ => {}
        }
    }
}

fn names(shown: &Shown, id: &str) -> bool {
    shown.place == id && shown.text().contains(id) && shown.json().to_string().contains(id)
}

#[test]
fn every_identifier_of_every_example_has_an_answer() {
    for name in all_examples() {
        let pot = pot_of(&example(&name), None);
        // Where there are too many samples for events the rest of the file is the same.
        let feed = nnrc_sbml::TimedSettings::None;
        let sbml = pot
            .sbml()
            .or_else(|_| pot.sbml_with(nnrc_sbml::Options { feed, ..nnrc_sbml::Options::default() }))
            .expect("SBML");
        let all = identifiers(&sbml);
        let (species, reactions) = (pot.lowered.info.species_count(), pot.lowered.info.reaction_count());
        assert!(all.len() > species + reactions, "{name}");
        let atlas = pot.atlas();
        for id in all {
            let shown = atlas.show(&id).unwrap_or_else(|reason| panic!("{name}: {reason}"));
            assert!(names(&shown, &id), "{name}: {id}\n{}", shown.text());
        }
    }
}
