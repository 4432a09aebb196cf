//! Pictures of networks: well-formed, the same each time, and of what the file says.
#![allow(clippy::disallowed_methods, reason = "a test reads the examples")]

mod common;

use common::{all_examples, example, pot_of, pot_of_text};
use nnrc::draw::Values;
use nnrc_model::{NodeKind, Operation};
use quick_xml::events::Event;

/// Name, class and first attributes of each element, and all words.
struct Picture {
    classes: Vec<(String, String)>,
    words: Vec<String>,
}

/// Parses a picture to its end.
fn parsed(svg: &str) -> Picture {
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut picture, mut depth) = (Picture { classes: Vec::new(), words: Vec::new() }, 0);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => break,
            Event::Start(tag) => {
                depth += 1;
                picture.add(&tag);
                picture.words.push(String::new());
            }
            Event::Empty(tag) => picture.add(&tag),
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                if let Some(words) = picture.words.last_mut() {
                    words.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                let character = match name.as_ref() {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("&{other};"),
                };
                if let Some(words) = picture.words.last_mut() {
                    words.push_str(character);
                }
            }
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    picture
}

impl Picture {
    fn add(&mut self, tag: &quick_xml::events::BytesStart<'_>) {
        let mut class = String::new();
        for attribute in tag.attributes() {
            let attribute = attribute.expect("an attribute");
            if attribute.key.as_ref() == "class" {
                class = attribute.value.into_owned();
            }
        }
        self.classes.push((tag.name().as_ref().to_owned(), class));
    }

    fn count(&self, name: &str, class: &str) -> usize {
        self.classes.iter().filter(|(n, c)| n == name && c == class).count()
    }

    fn says(&self, words: &str) -> bool {
        self.words.iter().any(|one| one.trim() == words)
    }
}

#[test]
fn every_example_has_a_picture_that_is_the_same_each_time() {
    for name in all_examples() {
        let pot = pot_of(&example(&name), None);
        let svg = pot.drawing(None);
        assert_eq!(svg, pot.drawing(None), "{name}");
        assert!(svg.len() < 300_000, "{name}: {}", svg.len());
        let picture = parsed(&svg);
        for node in &pot.model.nodes {
            assert!(picture.says(&node.name), "{name}: {}", node.name);
        }
        assert!(!svg.contains("NaN") && !svg.contains("\"inf"), "{name}");
    }
}

#[test]
fn every_weight_that_is_not_0_is_an_edge_of_its_sign() {
    for name in ["xor", "iris", "skip", "onepot_xor", "phased_xor"] {
        let pot = pot_of(&example(name), None);
        let (mut above, mut below) = (0, 0);
        for node in &pot.model.nodes {
            if let NodeKind::Layer { operation: Operation::Dense { weights, .. }, .. } = &node.kind {
                above += weights.values.iter().filter(|weight| **weight > 0.0).count();
                below += weights.values.iter().filter(|weight| **weight < 0.0).count();
            }
        }
        let picture = parsed(&pot.drawing(None));
        // The legend shows one of each.
        assert_eq!(picture.count("path", "up"), above + 1, "{name}");
        assert_eq!(picture.count("path", "down"), below + 1, "{name}");
    }
}

#[test]
fn wide_layers_show_their_ends_and_a_count() {
    let pot = pot_of(&example("digits"), None);
    let picture = parsed(&pot.drawing(None));
    // 64 inputs, of which 16 are drawn.
    assert!(picture.says("48 more"));
    assert!(picture.says("x[8]") && picture.says("x[57]") && !picture.says("x[9]") && !picture.says("x[56]"));
}

#[test]
fn a_clock_is_a_ring_of_its_species() {
    let pot = pot_of(&example("phased_xor"), None);
    let picture = parsed(&pot.drawing(None));
    let phases =
        ["RESET", "ADVANCE", "LOAD 1", "RELEASE 1", "LOAD 2", "RELEASE 2", "JUDGE", "LATCH", "TRANSFER"];
    for (at, phase) in phases.iter().enumerate() {
        assert!(picture.says(&format!("clock[{}]: {phase}", 2 * at + 1)), "{phase}");
        assert!(picture.says(&format!("clock[{}]: a gap", 2 * at + 2)), "{phase}");
        assert!(picture.says(phase));
    }
    assert!(!parsed(&pot_of(&example("xor"), None).drawing(None)).says("RESET"));
}

#[test]
fn values_stand_in_the_units() {
    let pot = pot_of(&example("xor"), Some(&[0.0, 1.0]));
    let values = Values::of(&pot).expect("it settles");
    let picture = parsed(&pot.drawing(Some(&values)));
    // R_h(1) and R_h(0) with h = 1e-4: about 1.0001 and 0.01.
    assert!(picture.says("hidden[1] = 1, bias 0"), "{:?}", picture.words);
    assert!(picture.says("hidden[2] = 0.01, bias -1"), "{:?}", picture.words);
    assert!(picture.words.iter().any(|words| words.contains("values at rest for input [0, 1]")));
    let pot = pot_of(&example("onepot_xor"), None);
    let values = Values::of(&pot).expect("values");
    assert!(values.words().contains("in closed form"));
}

#[test]
fn names_are_names_whatever_stands_in_them() {
    let names = ["<b>&amp;", "\\\"quoted\\\" & 'single'", "]]>"];
    let pot = pot_of_text(&format!(
        "nnr 1;\nnetwork n {{\n    input x[3] in [0, 1] as features([\"{}\"]);\n    layer y = dense(2) | identity();\n    \
         output y as classes([\"</svg>\", \"a&b\"]);\n}}\nweights {{ y.W = [[1, -1, 0], [0.5, 0, 2]]; y.b = [0, 0]; }}\n",
        names.join("\", \"")
    ));
    let picture = parsed(&pot.drawing(None));
    for name in ["<b>&amp;", "\"quoted\" & 'single'", "]]>", "</svg>", "a&b"] {
        assert!(picture.says(name), "{name}: {:?}", picture.words);
    }
}
