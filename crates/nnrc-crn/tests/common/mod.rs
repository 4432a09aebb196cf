//! Networks written down shortly, and random ones.
#![allow(dead_code, reason = "every test file uses a part")]

use nnrc_crn::{
    Axis, Crn, Handle, Index, IndexVariable, Origin, Part, Rate, RateConstant, ReactionFamily, Role,
    SpeciesFamily, Term, validate,
};

pub type Species = Handle<SpeciesFamily>;
pub type Constant = Handle<RateConstant>;

pub fn axis(crn: &mut Crn, name: &str, shape: &[usize]) -> Handle<Axis> {
    crn.axes.push(Axis { name: name.to_owned(), shape: shape.to_vec() })
}

/// A species family `stem_…_suffix`, all members at `initial`.
pub fn species(crn: &mut Crn, name: &str, axes: &[Handle<Axis>], initial: f64) -> Species {
    let (stem, suffix) = name.split_once('.').unwrap_or((name, ""));
    let initial = vec![initial; crn.count(axes)];
    crn.species.push(SpeciesFamily {
        stem: stem.to_owned(),
        suffix: suffix.to_owned(),
        axes: axes.to_vec(),
        role: Role::Internal,
        initial,
        origin: Origin { label: stem.to_owned(), ..Origin::default() },
    })
}

pub fn constant(crn: &mut Crn, stem: &str, axes: &[Handle<Axis>], values: Vec<f64>) -> Constant {
    let origin = Origin { label: stem.to_owned(), ..Origin::default() };
    crn.rate_constants.push(RateConstant { stem: stem.to_owned(), axes: axes.to_vec(), values, origin })
}

pub fn term(species: Species, indices: &[Index], stoichiometry: u32) -> Term {
    Term { species, indices: indices.to_vec(), stoichiometry }
}

/// A family over index variables `i`, `j`, ... with the whole of a constant.
pub fn reaction(
    crn: &mut Crn,
    name: &str,
    over: &[Handle<Axis>],
    (reactants, products): (Vec<Term>, Vec<Term>),
    (constant, indices): (Constant, &[Index]),
) -> Handle<ReactionFamily> {
    let variables = over.iter().zip('i'..);
    crn.reactions.push(ReactionFamily {
        name: name.to_owned(),
        over: variables.map(|(&axis, name)| IndexVariable { name: name.to_string(), axis }).collect(),
        distinct: None,
        reactants,
        products,
        rate: Rate { constant, indices: indices.to_vec(), part: Part::Whole },
        origin: Origin::default(),
    })
}

/// Numbers of a seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Between −1 and 1, often exactly 0.
    pub fn signed(&mut self) -> f64 {
        if self.below(4) == 0 { 0.0 } else { (self.below(2001) as f64 - 1000.0) / 500.0 }
    }
}

/// A valid network of random families: offsets, strides, padding, fixed places, `distinct`, parts, stoichiometries.
pub fn random_network(seed: u64) -> Crn {
    let random = &mut Random(seed);
    let mut crn = Crn { name: "random".to_owned(), ..Crn::default() };
    let axes: Vec<_> = (0..1 + random.below(3))
        .map(|at| {
            let shape = if random.below(4) == 0 {
                vec![1 + random.below(2), 1 + random.below(3)]
            } else {
                vec![1 + random.below(4)]
            };
            axis(&mut crn, &format!("a{at}"), &shape)
        })
        .collect();
    for at in 0..1 + random.below(4) {
        let over: Vec<_> = (0..random.below(3)).map(|_| axes[random.below(axes.len())]).collect();
        let family = species(&mut crn, &format!("S{at}"), &over, 0.0);
        for value in &mut crn.species[family].initial {
            *value = random.signed().abs();
        }
    }
    for at in 0..40 {
        if crn.reactions.len() >= 5 {
            break;
        }
        let mut candidate = crn.clone();
        random_family(random, &mut candidate, &axes, at);
        if validate(&candidate).is_ok() {
            crn = candidate;
        }
    }
    crn
}

fn random_family(random: &mut Random, crn: &mut Crn, axes: &[Handle<Axis>], at: usize) {
    let over: Vec<_> = (0..random.below(4)).map(|_| axes[random.below(axes.len())]).collect();
    let form = |random: &mut Random| {
        let terms: Vec<(usize, usize)> =
            (0..1 + random.below(2)).map(|_| (random.below(over.len()), 1 + random.below(3))).collect();
        (random.below(5) as i64 - 3, terms)
    };
    let index = |random: &mut Random| match random.below(8) {
        0 => Index::At(random.below(3)),
        _ if over.is_empty() => Index::At(0),
        2 => {
            let (offset, terms) = form(random);
            Index::affine(offset.max(0), &terms).unwrap_or(Index::At(0))
        }
        3 | 4 => {
            let (offset, terms) = form(random);
            Index::padded(offset, &terms).unwrap_or(Index::At(0))
        }
        1 => Index::Variable { position: random.below(over.len()), offset: random.below(3) },
        _ => Index::of(random.below(over.len())),
    };
    let indices = |random: &mut Random, count: usize| (0..count).map(|_| index(random)).collect::<Vec<_>>();
    let families: Vec<Species> = crn.species.iter().map(|(handle, _)| handle).collect();
    let side = |random: &mut Random, crn: &Crn| -> Vec<Term> {
        (0..random.below(4))
            .map(|_| {
                let family = families[random.below(families.len())];
                let indices = indices(random, crn.species[family].axes.len());
                term(family, &indices, 1 + random.below(3) as u32)
            })
            .collect()
    };
    let mut sides = (side(random, crn), side(random, crn));
    if random.below(3) == 0 {
        // A catalyst, whatever its indices.
        sides.1.extend(sides.0.first().cloned());
    }
    let constant_axes: Vec<_> = (0..random.below(3)).map(|_| axes[random.below(axes.len())]).collect();
    let part = [Part::Whole, Part::Positive, Part::Negative][random.below(3)];
    let values = (0..crn.count(&constant_axes))
        .map(|_| if part == Part::Whole { random.signed().abs() } else { random.signed() })
        .collect();
    let k = constant(crn, &format!("k{at}"), &constant_axes, values);
    let rate = indices(random, constant_axes.len());
    let family = reaction(crn, &format!("f{at}"), &over, sides, (k, &rate));
    crn.reactions[family].rate.part = part;
    if over.len() > 1 && random.below(2) == 0 {
        crn.reactions[family].distinct = Some((over.len() - 1, 0));
    }
}
