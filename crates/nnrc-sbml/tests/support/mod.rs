//! Networks built by hand, and a reader of what was written.
#![allow(dead_code, reason = "every test binary uses its own part")]

use nnrc_crn::{
    Axis, Crn, CrnInfo, Handle, Index, IndexVariable, Observable, Origin, Part, Rate, RateConstant,
    ReactionFamily, Role, SpeciesFamily, Term, Units, validate,
};
use nnrc_sbml::{Error, Options};

pub type Species = Handle<SpeciesFamily>;

pub fn axis(crn: &mut Crn, name: &str, size: usize) -> Handle<Axis> {
    crn.axes.push(Axis { name: name.to_owned(), shape: vec![size] })
}

/// A species family named `stem` with `suffix`, rail `part`, all members at `initial`.
pub fn species(
    crn: &mut Crn,
    stem: &str,
    (suffix, part): (&str, &str),
    axes: &[Handle<Axis>],
    role: Role,
    initial: f64,
) -> Species {
    let count = crn.count(axes);
    crn.species.push(SpeciesFamily {
        stem: stem.to_owned(),
        suffix: suffix.to_owned(),
        axes: axes.to_vec(),
        role,
        initial: vec![initial; count],
        origin: Origin { label: stem.to_owned(), part: part.to_owned(), line: 3 },
    })
}

pub fn constant(
    crn: &mut Crn,
    stem: &str,
    label: &str,
    axes: &[Handle<Axis>],
    values: Vec<f64>,
) -> Handle<RateConstant> {
    let origin = Origin { label: label.to_owned(), part: String::new(), line: 7 };
    crn.rate_constants.push(RateConstant { stem: stem.to_owned(), axes: axes.to_vec(), values, origin })
}

/// A term: how many molecules of a species at which index variables.
pub fn term(stoichiometry: u32, species: Species, positions: &[usize]) -> Term {
    Term { species, indices: positions.iter().map(|&p| Index::of(p)).collect(), stoichiometry }
}

pub fn reaction(
    crn: &mut Crn,
    name: &str,
    over: &[Handle<Axis>],
    (reactants, products): (Vec<Term>, Vec<Term>),
    (constant, positions, part): (Handle<RateConstant>, &[usize], Part),
) {
    let over = over
        .iter()
        .zip(["i", "j"])
        .map(|(&axis, name)| IndexVariable { name: name.to_owned(), axis })
        .collect();
    crn.reactions.push(ReactionFamily {
        name: name.to_owned(),
        over,
        distinct: None,
        reactants,
        products,
        rate: Rate { constant, indices: positions.iter().map(|&p| Index::of(p)).collect(), part },
        origin: Origin {
            label: name.split('.').next().unwrap_or(name).to_owned(),
            part: String::new(),
            line: 5,
        },
    });
}

/// `0 -> Y_i @h`, `2 Y_i -> Y_i @1`, `A_j + Y_i -> A_j + 2 Y_i @W+`, `A_j + Y_i -> A_j @W-`, `Y_i -> 2 Y_i @b+`,
/// `Y_i -> 0 @b-`; settles at the positive root of h + z y - y^2 = 0, z = W a + b.
pub fn smooth_relu(
    crn: &mut Crn,
    name: &str,
    (input, input_axis): (Species, Handle<Axis>),
    (weights, biases): (Vec<f64>, Vec<f64>),
    h: f64,
    role: Role,
) -> (Species, Handle<Axis>) {
    let axis = axis(crn, name, biases.len());
    let y = species(crn, name, ("", ""), &[axis], role, h.sqrt());
    let w = constant(crn, &format!("k_W_{name}"), &format!("{name}.W"), &[axis, input_axis], weights);
    let b = constant(crn, &format!("k_b_{name}"), &format!("{name}.b"), &[axis], biases);
    let k_h = constant(crn, &format!("k_h_{name}"), &format!("{name}.h"), &[], vec![h]);
    let k_one = constant(crn, &format!("k_damp_{name}"), &format!("{name}.damp"), &[], vec![1.0]);
    let (y1, y2, a) = (term(1, y, &[0]), term(2, y, &[0]), term(1, input, &[1]));
    let name = |part: &str| format!("{name}.{part}");
    reaction(crn, &name("create"), &[axis], (vec![], vec![y1.clone()]), (k_h, &[], Part::Whole));
    reaction(crn, &name("damp"), &[axis], (vec![y2.clone()], vec![y1.clone()]), (k_one, &[], Part::Whole));
    let both = [axis, input_axis];
    let left = vec![a.clone(), y1.clone()];
    reaction(
        crn,
        &name("excite"),
        &both,
        (left.clone(), vec![a.clone(), y2.clone()]),
        (w, &[0, 1], Part::Positive),
    );
    reaction(crn, &name("inhibit"), &both, (left, vec![a]), (w, &[0, 1], Part::Negative));
    reaction(crn, &name("raise"), &[axis], (vec![y1.clone()], vec![y2]), (b, &[0], Part::Positive));
    reaction(crn, &name("lower"), &[axis], (vec![y1], vec![]), (b, &[0], Part::Negative));
    (y, axis)
}

/// `A_j -> A_j + Y_i± @W±`, `0 -> Y_i± @b±`, `Y_i± -> 0 @1`, `Y_i+ + Y_i- -> 0 @1`; settles at y+ - y- = W a + b.
pub fn linear(
    crn: &mut Crn,
    name: &str,
    (input, input_axis): (Species, Handle<Axis>),
    (weights, biases): (Vec<f64>, Vec<f64>),
) {
    let axis = axis(crn, name, biases.len());
    let p = species(crn, name, ("p", "+"), &[axis], Role::Output, 0.0);
    let m = species(crn, name, ("m", "-"), &[axis], Role::Output, 0.0);
    let w = constant(crn, &format!("k_W_{name}"), &format!("{name}.W"), &[axis, input_axis], weights);
    let b = constant(crn, &format!("k_b_{name}"), &format!("{name}.b"), &[axis], biases);
    let k_decay = constant(crn, &format!("k_decay_{name}"), &format!("{name}.decay"), &[], vec![1.0]);
    let k_ann = constant(crn, &format!("k_annihilate_{name}"), &format!("{name}.annihilate"), &[], vec![1.0]);
    let a = term(1, input, &[1]);
    for (rail, sign, part) in [(p, "plus", Part::Positive), (m, "minus", Part::Negative)] {
        let y = term(1, rail, &[0]);
        let name = |what: &str| format!("{name}.{what}_{sign}");
        let made = vec![a.clone(), y.clone()];
        reaction(crn, &name("sum"), &[axis, input_axis], (vec![a.clone()], made), (w, &[0, 1], part));
        reaction(crn, &name("bias"), &[axis], (vec![], vec![y.clone()]), (b, &[0], part));
        reaction(crn, &name("decay"), &[axis], (vec![y], vec![]), (k_decay, &[], Part::Whole));
    }
    let both = vec![term(1, p, &[0]), term(1, m, &[0])];
    reaction(crn, &format!("{name}.annihilate"), &[axis], (both, vec![]), (k_ann, &[], Part::Whole));
    crn.observables.push(Observable { stem: name.to_owned(), axis, positive: vec![p], negative: vec![m] });
}

/// Inputs `x` at these concentrations.
pub fn inputs(crn: &mut Crn, values: &[f64]) -> (Species, Handle<Axis>) {
    let axis = axis(crn, "x", values.len());
    let x = species(crn, "x", ("", ""), &[axis], Role::Input, 0.0);
    crn.species[x].initial = values.to_vec();
    (x, axis)
}

/// x(2) -> hidden(2), smoothed ReLU -> y(1), two rails. One weight is 0: it makes no reaction.
pub fn small() -> Crn {
    let mut crn = Crn { name: "small".to_owned(), ..Crn::default() };
    let x = inputs(&mut crn, &[0.5, 1.25]);
    let hidden = smooth_relu(
        &mut crn,
        "hidden",
        x,
        (vec![1.5, -0.75, 0.0, 2.0], vec![0.25, -1.0]),
        0.25,
        Role::Internal,
    );
    linear(&mut crn, "y", hidden, (vec![1.0, -2.0], vec![0.5]));
    crn
}

/// Scalars, a reserved word, all orders up to three, a rate constant in reactions of order 0 and 1:
/// `0 -> S @k_turn`, `S -> 0 @k_turn`, `S + 2 B -> S + C @k_bind`, `C -> 2 B @k_split`.
/// Settles at S = 1 and k_bind B^2 = k_split C with B + 2 C conserved.
pub fn odd() -> Crn {
    let mut crn = Crn { name: "S".to_owned(), ..Crn::default() };
    let s = species(&mut crn, "S", ("", ""), &[], Role::Internal, 0.5);
    let b = species(&mut crn, "B", ("", ""), &[], Role::Internal, 2.0);
    let c = species(&mut crn, "C", ("", ""), &[], Role::Output, 0.0);
    let turn = constant(&mut crn, "k_turn", "turn", &[], vec![2.0]);
    let bind = constant(&mut crn, "k_bind", "bind", &[], vec![3.0]);
    let split = constant(&mut crn, "k_split", "split", &[], vec![0.5]);
    constant(&mut crn, "k_unused", "unused", &[], vec![1.0]);
    let one = |species| term(1, species, &[]);
    let two = |species| term(2, species, &[]);
    let whole = |constant| (constant, &[][..], Part::Whole);
    reaction(&mut crn, "turn.in", &[], (vec![], vec![one(s)]), whole(turn));
    reaction(&mut crn, "turn.out", &[], (vec![one(s)], vec![]), whole(turn));
    reaction(&mut crn, "bind", &[], (vec![one(s), two(b)], vec![one(s), one(c)]), whole(bind));
    reaction(&mut crn, "split", &[], (vec![one(c)], vec![two(b)]), whole(split));
    crn
}

/// A smoothed-ReLU network of these widths with weights of both signs.
pub fn feed_forward(widths: &[usize]) -> Crn {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut crn = Crn { name: "net".to_owned(), ..Crn::default() };
    let values: Vec<f64> = (0..widths[0]).map(|_| next()).collect();
    let mut layer = inputs(&mut crn, &values);
    for (at, pair) in widths.windows(2).enumerate() {
        let scale = (6.0 / pair[0] as f64).sqrt();
        let weights = (0..pair[0] * pair[1]).map(|_| (2.0 * next() - 1.0) * scale).collect();
        let biases = (0..pair[1]).map(|_| (2.0 * next() - 1.0) * 0.1).collect();
        let last = at + 2 == widths.len();
        let (name, role) =
            if last { ("y".to_owned(), Role::Output) } else { (format!("hidden{}", at + 1), Role::Internal) };
        layer = smooth_relu(&mut crn, &name, layer, (weights, biases), 0.25, role);
    }
    crn.observables.push(Observable {
        stem: "y".to_owned(),
        axis: layer.1,
        positive: vec![layer.0],
        negative: vec![],
    });
    crn
}

/// The same network in moles, litres and seconds.
pub fn molar(crn: Crn, concentration: f64, time: f64, volume: f64) -> Crn {
    Crn { units: Units { concentration: Some(concentration), time, volume }, ..crn }
}

pub fn info(crn: &Crn) -> CrnInfo {
    validate(crn).unwrap()
}

pub fn try_text(crn: &Crn, options: &Options) -> Result<String, Error> {
    let mut bytes = Vec::new();
    nnrc_sbml::write(crn, &info(crn), options, &mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap())
}

pub fn text(crn: &Crn, options: &Options) -> String {
    try_text(crn, options).unwrap()
}

/// An element as read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Names from the root to the element, `sbml/model/listOfSpecies/species`.
    pub path: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("{} has no {name}", self.path))
    }

    pub fn find(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The elements of a document in the order in which they begin.
pub fn elements(xml: &str) -> Vec<Element> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(e) | Event::Empty(e) => {
                let name = e.name().as_ref().to_owned();
                let path = open.last().map_or(name.clone(), |&at| format!("{}/{name}", elements[at].path));
                let attributes = e.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                elements.push(Element { path, attributes: attributes.collect(), text: String::new() });
                if matches!(event, Event::Start(_)) {
                    open.push(elements.len() - 1);
                }
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(e) => {
                if let Some(&at) = open.last() {
                    elements[at].text.push_str(e.xml10_content().trim());
                }
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

/// The elements whose path ends in `name`.
pub fn named(xml: &str, name: &str) -> Vec<Element> {
    elements(xml).into_iter().filter(|e| e.path.rsplit('/').next() == Some(name)).collect()
}
