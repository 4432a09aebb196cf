//! Random networks, feed-forward networks, and the plain computation over single reactions.
#![allow(dead_code, reason = "each test binary uses a part")]

use nnrc_crn::expand::expand;
use nnrc_crn::{
    Axis, Crn, CrnInfo, Handle, Index, IndexVariable, Observable, Origin, Part, Rate, RateConstant,
    ReactionFamily, Role, SpeciesFamily, Term, validate,
};
use nnrc_engine::Engine;

/// A small generator of random numbers (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn signed(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
    pub fn vector(&mut self, len: usize) -> Vec<f64> {
        (0..len).map(|_| self.unit()).collect()
    }
}

pub fn axis(crn: &mut Crn, size: usize) -> Handle<Axis> {
    let name = format!("axis{}", crn.axes.len());
    crn.axes.push(Axis { name, shape: vec![size] })
}

pub fn species(crn: &mut Crn, axes: &[Handle<Axis>], initial: Vec<f64>) -> Handle<SpeciesFamily> {
    let stem =
        format!("s{}", ["a", "b", "c", "d", "e", "f", "g", "h", "k", "l", "m", "n"][crn.species.len() % 12])
            + &"x".repeat(crn.species.len() / 12);
    crn.species.push(SpeciesFamily {
        stem,
        suffix: String::new(),
        axes: axes.to_vec(),
        role: Role::Internal,
        initial,
        origin: Origin::default(),
    })
}

/// Adds a reaction family over `over` with a rate constant of its own.
pub fn reaction(
    crn: &mut Crn,
    over: &[Handle<Axis>],
    reactants: Vec<Term>,
    products: Vec<Term>,
    rate: (&[Handle<Axis>], Vec<Index>, Vec<f64>, Part),
) -> Handle<ReactionFamily> {
    let (axes, indices, values, part) = rate;
    let name: String =
        format!("{:03}", crn.reactions.len()).bytes().map(|b| (b - b'0' + b'a') as char).collect();
    let stem = format!("k{name}");
    let constant = crn.rate_constants.push(RateConstant {
        stem,
        axes: axes.to_vec(),
        values,
        origin: Origin::default(),
    });
    let over = over.iter().map(|&axis| IndexVariable { name: "i".into(), axis }).collect();
    let rate = Rate { constant, indices, part };
    let distinct = None;
    crn.reactions.push(ReactionFamily {
        name,
        over,
        distinct,
        reactants,
        products,
        rate,
        origin: Origin::default(),
    })
}

pub fn term(species: Handle<SpeciesFamily>, variables: &[usize], stoichiometry: u32) -> Term {
    Term { species, indices: variables.iter().map(|&v| Index::of(v)).collect(), stoichiometry }
}

/// A valid network of random shape.
pub fn random_network(seed: u64) -> (Crn, CrnInfo) {
    let random = &mut Random(seed);
    let mut crn = Crn::default();
    let largest = if random.chance(0.3) { 11 } else { 4 };
    let axes: Vec<_> = (0..1 + random.below(3)).map(|_| axis(&mut crn, 1 + random.below(largest))).collect();
    for _ in 0..2 + random.below(5) {
        let arity = [0, 1, 1, 1, 2, if largest < 5 { 3 } else { 2 }][random.below(6)];
        let over: Vec<_> = (0..arity).map(|_| axes[random.below(axes.len())]).collect();
        let initial = random.vector(crn.count(&over));
        species(&mut crn, &over, initial);
    }
    let wanted = 1 + random.below(8);
    for _ in 0..60 {
        if crn.reactions.len() >= wanted {
            break;
        }
        let mut candidate = crn.clone();
        random_reaction(random, &mut candidate, &axes);
        if validate(&candidate).is_ok() {
            crn = candidate;
        }
    }
    let info = validate(&crn).expect("every reaction was tried");
    (crn, info)
}

fn random_reaction(random: &mut Random, crn: &mut Crn, axes: &[Handle<Axis>]) {
    let over: Vec<_> =
        (0..[0, 1, 1, 2, 2, 2, 3][random.below(7)]).map(|_| axes[random.below(axes.len())]).collect();
    let families: Vec<_> = crn.species.iter().map(|(handle, _)| handle).collect();
    let side = |random: &mut Random, terms: usize| -> Vec<Term> {
        let mut side = Vec::new();
        for _ in 0..terms {
            let species = families[random.below(families.len())];
            let axes = crn.species[species].axes.clone();
            let indices = random_indices(random, crn, &axes, &over);
            side.push(Term { species, indices, stoichiometry: 1 + random.below(4).saturating_sub(1) as u32 });
        }
        side
    };
    let count = random.below(4);
    let reactants = side(random, count);
    let count = random.below(3);
    let mut products = side(random, count);
    for reactant in &reactants {
        if random.chance(0.6)
            && !products.iter().any(|p| (p.species, &p.indices) == (reactant.species, &reactant.indices))
        {
            let stoichiometry =
                if random.chance(0.7) { reactant.stoichiometry } else { 1 + random.below(3) as u32 };
            products.push(Term { stoichiometry, ..reactant.clone() });
        }
    }
    let rate_axes: Vec<_> = if random.chance(0.5) {
        over.clone()
    } else {
        (0..random.below(3)).map(|_| axes[random.below(axes.len())]).collect()
    };
    let indices = if rate_axes == over && random.chance(0.8) {
        (0..over.len()).map(Index::of).collect()
    } else {
        random_indices(random, crn, &rate_axes, &over)
    };
    let part = [Part::Whole, Part::Positive, Part::Negative][random.below(3)];
    let values = (0..crn.count(&rate_axes)).map(|_| {
        let value = if random.chance(0.1) { 0.0 } else { random.signed() };
        if part == Part::Whole { value.abs() } else { value }
    });
    let values = values.collect();
    let distinct = (over.len() >= 2 && random.chance(0.5)).then(|| {
        let first = random.below(over.len());
        (first, (first + 1) % over.len())
    });
    let handle = reaction(crn, &over, reactants, products, (&rate_axes, indices, values, part));
    crn.reactions[handle].distinct = distinct;
}

fn random_indices(
    random: &mut Random,
    crn: &Crn,
    axes: &[Handle<Axis>],
    over: &[Handle<Axis>],
) -> Vec<Index> {
    let index = |&axis: &Handle<Axis>| {
        let size = crn.axes[axis].size();
        if !over.is_empty() && random.chance(0.15) {
            let terms: Vec<(usize, usize)> =
                (0..1 + random.below(2)).map(|_| (random.below(over.len()), 1 + random.below(2))).collect();
            let last: usize = terms.iter().map(|&(v, stride)| stride * (crn.axes[over[v]].size() - 1)).sum();
            if last < size && random.chance(0.5) {
                return Index::affine(random.below(size - last) as i64, &terms).expect("two variables");
            }
            return Index::padded(random.below(3) as i64 - 2, &terms).expect("two variables");
        }
        let fitting: Vec<usize> = (0..over.len()).filter(|&v| crn.axes[over[v]].size() <= size).collect();
        if fitting.is_empty() || random.chance(0.1) {
            return Index::At(random.below(size));
        }
        let position = fitting[random.below(fitting.len())];
        let room = size - crn.axes[over[position]].size();
        Index::Variable { position, offset: random.below(room + 1) }
    };
    axes.iter().map(index).collect()
}

/// Right-hand side and Jacobian over the state, reaction by reaction, with the sums of magnitudes.
pub struct Plain {
    pub derivative: Vec<f64>,
    pub flux: Vec<f64>,
    pub jacobian: Vec<f64>,
    pub magnitude: Vec<f64>,
}

/// Computes with the expanded list; `full` are all concentrations.
pub fn plain(crn: &Crn, info: &CrnInfo, engine: &Engine, full: &[f64]) -> Plain {
    let mut place = vec![None; info.species_count()];
    let mut count = 0;
    for (handle, _) in crn.species.iter() {
        if let Some(range) = engine.state_range(handle) {
            for (flat, at) in range.enumerate() {
                place[info.species_index(handle, flat)] = Some(at);
                count += 1;
            }
        }
    }
    let mut result = Plain {
        derivative: vec![0.0; count],
        flux: vec![0.0; count],
        jacobian: vec![0.0; count * count],
        magnitude: vec![0.0; count * count],
    };
    for reaction in expand(crn, info) {
        let mut net: Vec<(usize, f64)> = Vec::new();
        let sides = [(1.0, &reaction.products), (-1.0, &reaction.reactants)];
        for (sign, &(species, count)) in
            sides.iter().flat_map(|(sign, side)| side.iter().map(move |t| (*sign, t)))
        {
            let change = sign * f64::from(count);
            match net.iter_mut().find(|(other, _)| *other == species) {
                Some((_, total)) => *total += change,
                None => net.push((species, change)),
            }
        }
        let power = |&(species, count): &(usize, u32)| full[species].powi(count as i32);
        let flux = reaction.k * reaction.reactants.iter().map(power).product::<f64>();
        for &(species, change) in net.iter().filter(|(_, change)| *change != 0.0) {
            let row = place[species].expect("a species that changes is in the state");
            result.derivative[row] += change * flux;
            result.flux[row] += (change * flux).abs();
            for (at, &(by, m)) in reaction.reactants.iter().enumerate() {
                let Some(column) = place[by] else { continue };
                let others = reaction.reactants.iter().enumerate().filter(|(other, _)| *other != at);
                let slope = reaction.k
                    * f64::from(m)
                    * full[by].powi(m as i32 - 1)
                    * others.map(|(_, term)| power(term)).product::<f64>();
                result.jacobian[row * count + column] += change * slope;
                result.magnitude[row * count + column] += (change * slope).abs();
            }
        }
    }
    result
}

/// Solves (shift · I − J) x = b by Gaussian elimination with partial pivoting.
pub fn plain_solve(jacobian: &[f64], shift: f64, b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let mut row: Vec<f64> = jacobian[i * n..(i + 1) * n].iter().map(|v| -v).collect();
            row[i] += shift;
            row.push(b[i]);
            row
        })
        .collect();
    for k in 0..n {
        let best = (k..n).max_by(|&a, &b| rows[a][k].abs().total_cmp(&rows[b][k].abs())).expect("k < n");
        rows.swap(k, best);
        let pivot = rows[k].clone();
        for row in &mut rows[k + 1..] {
            let factor = row[k] / pivot[k];
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let mut x = vec![0.0; n];
    for k in (0..n).rev() {
        let rest: f64 = (k + 1..n).map(|j| rows[k][j] * x[j]).sum();
        x[k] = (rows[k][n] - rest) / rows[k][k];
    }
    x
}

/// A feed-forward network of smooth ReLU neurons, with one or two rails of inputs.
pub struct FeedForward {
    pub crn: Crn,
    pub info: CrnInfo,
    pub inputs: Vec<Handle<SpeciesFamily>>,
    pub layers: Vec<Handle<SpeciesFamily>>,
}

pub fn feed_forward(sizes: &[usize], dual_rail: bool, seed: u64) -> FeedForward {
    let random = &mut Random(seed);
    let mut crn = Crn::default();
    let h: f64 = 0.25;
    let axes: Vec<_> = sizes.iter().map(|&size| axis(&mut crn, size)).collect();
    let rails = if dual_rail { 2 } else { 1 };
    let inputs: Vec<_> = (0..rails)
        .map(|_| {
            let values = random.vector(sizes[0]);
            species(&mut crn, &axes[..1], values)
        })
        .collect();
    let mut layers: Vec<Handle<SpeciesFamily>> = Vec::new();
    for l in 1..sizes.len() {
        let (from, to) = (axes[l - 1], axes[l]);
        let y = species(&mut crn, &[to], vec![h.sqrt(); sizes[l]]);
        let weights: Vec<f64> = (0..sizes[l] * sizes[l - 1])
            .map(|_| (0..6).map(|_| random.signed()).sum::<f64>() / (sizes[l - 1] as f64).sqrt())
            .collect();
        let biases: Vec<f64> = (0..sizes[l]).map(|_| 0.1 * random.signed()).collect();
        let own = |count| vec![term(y, &[0], count)];
        let at = |variables: &[usize]| variables.iter().map(|&v| Index::of(v)).collect::<Vec<_>>();
        reaction(&mut crn, &[to], vec![], own(1), (&[], vec![], vec![h], Part::Whole));
        reaction(&mut crn, &[to], own(2), own(1), (&[], vec![], vec![1.0], Part::Whole));
        let sources = if l == 1 { inputs.clone() } else { vec![layers[l - 2]] };
        for (rail, &source) in sources.iter().enumerate() {
            let parts = [Part::Positive, Part::Negative];
            for (part, count) in [(parts[rail], 2), (parts[1 - rail], 0)] {
                let mut products = vec![term(source, &[1], 1)];
                if count > 0 {
                    products.push(term(y, &[0], count));
                }
                let reactants = vec![term(source, &[1], 1), term(y, &[0], 1)];
                let rate: (&[_], _, _, _) = (&[to, from], at(&[0, 1]), weights.clone(), part);
                reaction(&mut crn, &[to, from], reactants, products, rate);
            }
        }
        reaction(&mut crn, &[to], own(1), own(2), (&[to], at(&[0]), biases.clone(), Part::Positive));
        reaction(&mut crn, &[to], own(1), vec![], (&[to], at(&[0]), biases, Part::Negative));
        layers.push(y);
    }
    let last = *layers.last().expect("a network has a layer");
    let axis = *axes.last().expect("a network has a layer");
    crn.observables.push(Observable { stem: "y".into(), axis, positive: vec![last], negative: vec![] });
    let info = validate(&crn).expect("a sound network");
    FeedForward { crn, info, inputs, layers }
}
