//! Files that are refused, each by its own code, and that nothing is read without an end.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use nnrc_verify_kernel::fault::{Fault, Kind};
use nnrc_verify_kernel::{json, sbml};

const CORE: &str = "http://www.sbml.org/sbml/level3/version1/core";
const MATHML: &str = "http://www.w3.org/1998/Math/MathML";

/// A model with a species `x` that is made and decays, and what else is to be in it.
fn file(species: &str, reactions: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sbml xmlns=\"{CORE}\" level=\"3\" version=\"1\"><model id=\"m\">\
         <listOfCompartments><compartment id=\"pot\" size=\"1\" constant=\"true\"/></listOfCompartments>\
         <listOfSpecies>{}{species}</listOfSpecies>\
         <listOfParameters><parameter id=\"k\" value=\"2\" constant=\"true\"/></listOfParameters>{more}\
         <listOfReactions>{}{reactions}</listOfReactions></model></sbml>",
        one("x", "1"),
        reaction("make", "", "x", "", "<ci>k</ci>"),
    )
}

fn one(id: &str, initial: &str) -> String {
    format!(
        "<species id=\"{id}\" compartment=\"pot\" initialConcentration=\"{initial}\" hasOnlySubstanceUnits=\"false\" \
         boundaryCondition=\"false\" constant=\"false\"/>"
    )
}

fn reaction(id: &str, reactants: &str, products: &str, modifiers: &str, law: &str) -> String {
    let list = |name: &str, ids: &str, element: &str, rest: &str| {
        if ids.is_empty() {
            return String::new();
        }
        let all: String = ids.split(' ').map(|id| format!("<{element} species=\"{id}\"{rest}/>")).collect();
        format!("<{name}>{all}</{name}>")
    };
    let counted = " stoichiometry=\"1\" constant=\"true\"";
    format!(
        "<reaction id=\"{id}\" reversible=\"false\" fast=\"false\">{}{}{}<kineticLaw><math xmlns=\"{MATHML}\">{law}</math>\
         </kineticLaw></reaction>",
        list("listOfReactants", reactants, "speciesReference", counted),
        list("listOfProducts", products, "speciesReference", counted),
        list("listOfModifiers", modifiers, "modifierSpeciesReference", ""),
    )
}

fn apply(operator: &str, arguments: &str) -> String {
    format!("<apply><{operator}/>{arguments}</apply>")
}

fn refusal(text: &str) -> Fault {
    match sbml::read(text.as_bytes()) {
        Err(fault) => fault,
        Ok(_) => panic!("not refused: {text}"),
    }
}

#[test]
fn a_plain_file_is_read() {
    let decay = reaction("decay", "x", "", "", &apply("times", "<ci>pot</ci><ci>k</ci><ci>x</ci>"));
    let system = sbml::read(file("", &decay, "").as_bytes()).unwrap();
    assert_eq!(system.reactions, 2);
    let powers = system.species[0].derivative.powers_of(0);
    assert_eq!(powers.len(), 2);
    assert_eq!(powers[0].as_constant().unwrap().enclosure().low, 2.0);
    assert_eq!(powers[1].as_constant().unwrap().enclosure().low, -2.0);
}

#[test]
fn each_trap_is_refused_by_its_code() {
    let law = |law: &str| file("", &reaction("r", "x", "", "", law), "");
    let plain = file("", "", "");
    let list = |name: &str, item: &str| file("", "", &format!("<{name}>{item}</{name}>"));
    let cases: Vec<(&str, String)> = vec![
        ("not-xml", "<sbml".to_owned()),
        ("not-xml", plain.replace("</model>", "")),
        ("not-sbml", plain.replace(CORE, "http://www.sbml.org/sbml/level2/version4")),
        ("not-sbml", "<a/>".to_owned()),
        ("doctype", plain.replace("<sbml ", "<!DOCTYPE a [<!ENTITY b \"c\">]><sbml ")),
        ("required-package", plain.replace("<sbml ", "<sbml xmlns:p=\"urn:p\" p:required=\"true\" ")),
        ("rules", list("listOfRules", "<assignmentRule variable=\"k\"/>")),
        ("events", list("listOfEvents", "<event/>")),
        ("constraints", list("listOfConstraints", "<constraint/>")),
        ("initial-assignments", list("listOfInitialAssignments", "<initialAssignment symbol=\"x\"/>")),
        ("conversion-factor", plain.replace("<model id=\"m\"", "<model id=\"m\" conversionFactor=\"k\"")),
        ("fast-reaction", plain.replace("fast=\"false\"", "fast=\"true\"")),
        (
            "substance-units",
            plain.replace("hasOnlySubstanceUnits=\"false\"", "hasOnlySubstanceUnits=\"true\""),
        ),
        (
            "variable-compartment",
            plain.replace("size=\"1\" constant=\"true\"", "size=\"1\" constant=\"false\""),
        ),
        ("variable-compartment", plain.replace("size=\"1\"", "size=\"0\"")),
        (
            "variable-parameter",
            plain.replace("value=\"2\" constant=\"true\"", "value=\"2\" constant=\"false\""),
        ),
        (
            "variable-stoichiometry",
            plain.replace("stoichiometry=\"1\" constant=\"true\"", "stoichiometry=\"1\" constant=\"false\""),
        ),
        (
            "several-compartments",
            plain.replace(
                "</listOfCompartments>",
                "<compartment id=\"b\" size=\"1\" constant=\"true\"/></listOfCompartments>",
            ),
        ),
        ("duplicate-id", file(&one("x", "0"), "", "")),
        ("duplicate-id", file(&one("k", "0"), "", "")),
        ("unknown-id", law("<ci>nothing</ci>")),
        ("undeclared-modifier", file(&one("y", "0"), &reaction("r", "", "x", "", "<ci>y</ci>"), "")),
        ("no-law", file("", "<reaction id=\"r\" reversible=\"false\"/>", "")),
        ("no-value", plain.replace(" value=\"2\"", "")),
        ("not-a-number", plain.replace("value=\"2\"", "value=\"INF\"")),
        ("not-a-number", plain.replace("value=\"2\"", "value=\"nan\"")),
        ("not-a-number", plain.replace("value=\"2\"", "value=\"1e999\"")),
        ("negative-initial", file(&one("y", "-1"), "", "")),
        // Consumed without being read: it would become negative.
        ("not-positive", file(&one("y", "1"), &reaction("r", "y", "", "x", "<ci>x</ci>"), "")),
        // Michaelis–Menten, time, and powers that are none.
        (
            "not-polynomial",
            law(&apply("divide", &format!("<ci>x</ci>{}", apply("plus", "<ci>k</ci><ci>x</ci>")))),
        ),
        (
            "not-polynomial",
            law(
                "<csymbol encoding=\"text\" definitionURL=\"http://www.sbml.org/sbml/symbols/time\">t</csymbol>",
            ),
        ),
        ("not-polynomial", law(&apply("power", "<ci>x</ci><cn>0.5</cn>"))),
        ("not-polynomial", law(&apply("power", "<ci>x</ci><cn>9</cn>"))),
        ("not-polynomial", law(&apply("exp", "<ci>x</ci>"))),
        ("not-polynomial", law(&apply("divide", "<ci>x</ci><cn>3</cn>"))),
        ("not-polynomial", law("<ci>make</ci>")),
        ("split-text", law("<ci>x<!-- -->y</ci>")),
        ("split-text", law("<ci>x&amp;y</ci>")),
        ("not-a-number", law("<cn>1 2</cn>")),
        ("not-a-number", law("<cn type=\"real\" base=\"2\">1</cn>")),
    ];
    let mut wrong = Vec::new();
    for (code, text) in &cases {
        let fault = refusal(text);
        if fault.code != *code || fault.kind != Kind::Invalid || fault.message.is_empty() {
            wrong.push(format!("{code}: {fault}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_ways_to_write_the_same_law_are_one_polynomial() {
    let with = |law: &str| sbml::read(file("", &reaction("r", "x", "", "", law), "").as_bytes()).unwrap();
    let expected = with(&apply("times", "<cn>6</cn><ci>x</ci><ci>x</ci>"));
    let square = apply("power", "<ci>x</ci><cn type=\"integer\">2</cn>");
    let forms = [
        apply("times", &format!("<cn>3</cn><ci>k</ci>{square}")),
        apply("divide", &format!("{}<ci>k</ci>", apply("times", &format!("<cn>12</cn>{square}")))),
        apply(
            "minus",
            &format!(
                "{0}{1}",
                apply("times", &format!("<cn>8</cn>{square}")),
                apply("times", &format!("<ci>k</ci>{square}"))
            ),
        ),
        apply("plus", &format!("{0}{0}{0}", apply("times", &format!("<ci>k</ci>{square}")))),
        apply("times", &format!("<cn type=\"e-notation\">0.6<sep/>1</cn>{square}")),
        apply("times", &format!("<cn type=\"rational\">12<sep/>2</cn>{square}")),
        apply("minus", &apply("minus", &apply("times", &format!("<cn>6</cn>{square}")))),
    ];
    for form in forms {
        assert_eq!(with(&form).species[0].derivative, expected.species[0].derivative, "{form}");
    }
    // A function that is called, and one that calls it.
    let lambda = |arguments: &[&str], body: &str| {
        let bound: String = arguments.iter().map(|name| format!("<bvar><ci> {name} </ci></bvar>")).collect();
        format!("<math xmlns=\"{MATHML}\"><lambda>{bound}{body}</lambda></math>")
    };
    let functions = format!(
        "<listOfFunctionDefinitions><functionDefinition id=\"f\">{}</functionDefinition>\
         <functionDefinition id=\"g\">{}</functionDefinition></listOfFunctionDefinitions>",
        lambda(&["a", "x"], &apply("times", "<ci>a</ci><ci>x</ci>")),
        lambda(&["x"], "<apply><ci> f </ci><cn>3</cn><apply><ci>f</ci><ci>x</ci><ci>x</ci></apply></apply>"),
    );
    let called = |law: &str| {
        let text = file("", &reaction("r", "x", "", "", law), "");
        sbml::read(
            text.replace("<listOfCompartments>", &format!("{functions}<listOfCompartments>")).as_bytes(),
        )
    };
    let twice = called("<apply><ci>f</ci><ci>k</ci><apply><ci>g</ci><ci>x</ci></apply></apply>").unwrap();
    assert_eq!(twice.species[0].derivative, expected.species[0].derivative);
    assert_eq!(called("<apply><ci>g</ci></apply>").unwrap_err().code, "not-polynomial");
    assert_eq!(called("<apply><ci>h</ci><ci>x</ci></apply>").unwrap_err().code, "not-polynomial");
    // A local parameter hides the global one.
    let local = reaction("r", "x", "", "", &apply("times", "<ci>k</ci><ci>x</ci><ci>x</ci>")).replace(
        "</kineticLaw>",
        "<listOfLocalParameters><localParameter id=\"k\" value=\"6\"/></listOfLocalParameters></kineticLaw>",
    );
    let local = sbml::read(file("", &local, "").as_bytes()).unwrap();
    assert_eq!(local.species[0].derivative, expected.species[0].derivative);
}

#[test]
fn elements_and_attributes_of_other_namespaces_are_refused() {
    let decay = reaction("decay", "x", "", "", "<ci>x</ci>");
    let foreign = "<p:listOfReactants xmlns:p=\"urn:p\"><speciesReference species=\"x\" stoichiometry=\"5\" constant=\"true\"/></p:listOfReactants>";
    let text = file("", &decay.replace("<kineticLaw>", &format!("{foreign}<kineticLaw>")), "");
    assert_eq!(refusal(&text).code, "foreign-element");
    let foreign = "<p:math xmlns:p=\"urn:p\"><p:cn>3</p:cn></p:math>";
    let text = file("", &decay.replace("</kineticLaw>", &format!("{foreign}</kineticLaw>")), "");
    assert_eq!(refusal(&text).code, "foreign-element");
    let text = file("", &decay, "").replace("value=\"2\"", "value=\"2\" xmlns:p=\"urn:p\" p:value=\"3\"");
    assert_eq!(refusal(&text).code, "foreign-attribute");
    let twice = file(
        "",
        &decay.replacen("<listOfReactants>", "<listOfReactants></listOfReactants><listOfReactants>", 1),
        "",
    );
    assert_eq!(refusal(&twice).code, "not-sbml");
    // A package that is not required, and whose parts core has no name for, says nothing about reactions.
    let layout = "<l:listOfLayouts xmlns:l=\"http://www.sbml.org/sbml/level3/version1/layout/version1\"><l:layout/></l:listOfLayouts>";
    assert!(sbml::read(file("", &decay, layout).as_bytes()).is_ok());
    let rules = layout.replace("listOfLayouts", "listOfRules");
    assert_eq!(refusal(&file("", &decay, &rules)).code, "foreign-element");
}

#[test]
fn constant_and_boundary_species_are_held() {
    let decay = reaction("decay", "y", "", "", "<ci>y</ci>");
    for held in
        ["boundaryCondition=\"true\" constant=\"false\"", "boundaryCondition=\"true\" constant=\"true\""]
    {
        let species = one("y", "1").replace("boundaryCondition=\"false\" constant=\"false\"", held);
        assert!(sbml::read(file(&species, &decay, "").as_bytes()).unwrap().is_held(1), "{held}");
    }
    assert!(!sbml::read(file(&one("y", "1"), &decay, "").as_bytes()).unwrap().is_held(1));
}

#[test]
fn depth_and_size_have_limits() {
    let deep = "<apply><times/>".repeat(20_000) + "<ci>x</ci>" + &"</apply>".repeat(20_000);
    assert_eq!(refusal(&file("", &reaction("r", "x", "", "", &deep), "")).code, "too-deep");
    let annotation = "<a>".repeat(20_000) + &"</a>".repeat(20_000);
    let more = format!("<annotation>{annotation}</annotation>");
    assert_eq!(refusal(&file("", "", &more)).code, "too-deep");
    let powers =
        (0..3).fold("<ci>x</ci>".to_owned(), |inner, _| apply("power", &format!("{inner}<cn>8</cn>")));
    assert_eq!(refusal(&file("", &reaction("r", "x", "", "", &powers), "")).code, "degree-too-high");
    let numbers = "<cn>0.1</cn>".repeat(3000);
    let numbers = apply("times", &numbers);
    assert_eq!(refusal(&file("", &reaction("r", "x", "", "", &numbers), "")).code, "number-too-large");
    // Functions that call each other four times each would take 4^15 calls of the first one.
    let calls: String = (0..16)
        .map(|n| {
            let before = |n: usize| format!("<apply><ci>f{n}</ci><ci>a</ci></apply>");
            let body = if n == 0 { "<ci>a</ci>".to_owned() } else { apply("plus", &before(n - 1).repeat(4)) };
            format!(
                "<functionDefinition id=\"f{n}\"><math xmlns=\"{MATHML}\"><lambda><bvar><ci>a</ci></bvar>{body}</lambda></math>\
                 </functionDefinition>"
            )
        })
        .collect();
    let law = reaction("r", "x", "", "", "<apply><ci>f15</ci><ci>x</ci></apply>");
    let functions =
        format!("<listOfFunctionDefinitions>{calls}</listOfFunctionDefinitions><listOfCompartments>");
    assert_eq!(
        refusal(&file("", &law, "").replace("<listOfCompartments>", &functions)).code,
        "not-polynomial"
    );
    assert_eq!(sbml::read(&vec![b' '; sbml::MAX_BYTES + 1]).unwrap_err().code, "too-large");
    assert_eq!(json::read("[".repeat(10_000).as_bytes()).unwrap_err().code, "not-json");
}

#[test]
fn damaged_files_are_read_or_refused_and_nothing_else() {
    let decay = reaction("decay", "x", "", "", &apply("times", "<ci>pot</ci><ci>k</ci><ci>x</ci>"));
    let text = file(&one("y", "0.5"), &decay, "<annotation><a/></annotation>").into_bytes();
    let mut state = 5u64;
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut bytes = text.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).unwrap() % bytes.len();
            match state >> 30 & 3 {
                0 => bytes[at] = b"<>/\"&;0 "[usize::try_from(state >> 20 & 7).unwrap()],
                1 => drop(bytes.drain(at..(at + 9).min(bytes.len()))),
                2 => bytes.truncate(bytes.len().max(40) - 20),
                _ => bytes.insert(at, b'<'),
            }
        }
        refused += usize::from(sbml::read(&bytes).is_err());
    }
    assert!(refused > 10_000, "{refused}");
}

#[test]
fn json_is_read_strictly() {
    use json::Value;
    let read = |text: &str| json::read(text.as_bytes());
    assert_eq!(
        read(" {\"a\": [1, -2.5e3, true, null, \"b\\\"\"]} ").unwrap(),
        Value::Object(vec![(
            "a".to_owned(),
            Value::List(vec![
                Value::Number(1.0),
                Value::Number(-2500.0),
                Value::Bool(true),
                Value::Null,
                Value::Text("b\"".to_owned())
            ])
        )])
    );
    for text in [
        "",
        "{",
        "[1,]",
        "{\"a\":1,\"a\":2}",
        "1 2",
        "nan",
        "1e999",
        "\"\\u0041\"",
        "\"a",
        "{a:1}",
        "[1 2]",
        "tru",
    ] {
        assert_eq!(read(text).unwrap_err().code, "not-json", "{text}");
    }
}
