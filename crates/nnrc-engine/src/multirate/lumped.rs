//! The network without its pairs: their sums over the columns stand in for them.
//!
//! With held columns b and a, the sums U_b\[i\] = Σ_j b\[j\] P\[i,j\] of a rail P that is made by α S\[i\] a\[j\] obey
//!
//! ```text
//! U' = α (a·b) S − μ U − F          F_b[i] = κ Σ_j b[j] P[i,j] Q[i,j]
//! G' = S − μ G                      what S has made: P grows by α G[i] a[j]
//! F' = Σ C[i] S[i] − D[i] − 2 μ F   C = κ α Σ_j b[j] a[j] (the other rail)[i,j]
//!                                   D = κ² Σ_j b[j] P Q (P + Q)
//! ```
//!
//! of which all but C and D is exact. These are taken from the members at the beginning of a macro step, and go on
//! along the line through their values at the beginning of the step before; s is the time since then.

use nnrc_crn::{Crn, Part};

use super::structure::{Pair, Structure, Term};
use crate::engine::Engine;
use crate::layout::Layout;
use crate::local::{Local, Locally};
use crate::plan::{Contribution, Plan};
use crate::sum::{Access, Factor, Source, Sum};

/// Places in the state of the lumped network, and among its constants.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// For each held column: the sums of both rails.
    pub sums: Vec<[Option<usize>; 2]>,
    /// For each held column that is read: F, D, and its slope.
    pub forcing: Vec<Option<Forcing>>,
    /// For each production: G.
    pub gains: Vec<usize>,
}

/// F and what it follows from.
#[derive(Debug, Clone)]
pub(crate) struct Forcing {
    /// F in the state.
    pub state: usize,
    /// D and its slope among the constants.
    pub drain: [usize; 2],
    /// For each production C and its slope among the constants, then a · b.
    pub made: Vec<[usize; 2]>,
    pub products: Vec<usize>,
}

/// The lumped network.
pub(crate) struct Lumped {
    pub engine: Engine,
    local: Local,
    /// Ranges that it shares with the whole state: there, here.
    pub kept: Vec<(std::ops::Range<usize>, usize)>,
    pub places: Vec<Places>,
    /// Place of the time since the beginning of the macro step.
    pub clock: usize,
}

struct Builder<'a> {
    terms: Vec<Term<'a>>,
    state: usize,
    constants: usize,
}

const ONE: &[f64] = &[];

impl Builder<'_> {
    fn state(&mut self, len: usize) -> usize {
        self.state += len;
        self.state - len
    }

    fn constant(&mut self, len: usize) -> usize {
        self.constants += len;
        self.constants - len
    }

    /// target\[i\] += scale · Π factor\[i\], each factor a source, a base and a stride.
    fn add(&mut self, rows: usize, target: usize, scale: f64, factors: &[(Source, usize, usize)]) {
        let at = |base, stride| Access { base, strides: vec![stride] };
        let factors = factors
            .iter()
            .map(|&(source, base, stride)| Factor { source, at: at(base, stride), power: 1 })
            .collect();
        let sum = Sum { sizes: vec![rows], distinct: None, target: at(target, 1), scale, factors };
        self.terms.push(Term { sum, rate_constants: ONE, part: Part::Whole });
    }
}

impl Lumped {
    /// Makes the lumped network.
    pub fn new(crn: &Crn, layout: &Layout, structure: Structure<'_>) -> (Self, Vec<Pair>) {
        let Structure { mut pairs, others } = structure;
        let paired = |family: usize| pairs.iter().any(|pair| pair.families.contains(&family));
        let mut starts = vec![None; layout.state.len()];
        let mut kept = Vec::new();
        let mut builder = Builder { terms: Vec::new(), state: 0, constants: layout.constants };
        let mut lens = Vec::new();
        for (family, range) in layout.state.iter().enumerate().filter(|(family, _)| !paired(*family)) {
            let start = builder.state(range.len());
            starts[family] = Some(start);
            kept.push((range.clone(), start));
            lens.push(range.len());
        }
        let moved = |base: usize| {
            let family = layout.family_of(&Access { base, strides: Vec::new() });
            starts[family].map_or(base, |start| base - layout.state[family].start + start)
        };
        let move_sum = |sum: &mut Sum| {
            sum.target.base = moved(sum.target.base);
            for factor in sum.factors.iter_mut().filter(|factor| factor.source == Source::State) {
                factor.at.base = moved(factor.at.base);
            }
        };
        builder.terms = others;
        builder.terms.iter_mut().for_each(|term| move_sum(&mut term.sum));
        for pair in &mut pairs {
            pair.productions
                .iter_mut()
                .for_each(|production| production.source.0 = moved(production.source.0));
            pair.reads.iter_mut().for_each(|read| move_sum(&mut read.sum));
        }
        let first_added = builder.state;
        let clock = builder.state(1);
        builder.add(1, clock, 1.0, &[]);
        let places: Vec<Places> = pairs.iter().map(|pair| lump(pair, clock, &mut builder)).collect();
        lens.push(1);
        lens.extend(std::iter::once(builder.state - first_added - 1).filter(|&len| len > 0));
        let plan = Plan::of(
            builder.terms.iter().map(|term| Contribution {
                sums: vec![term.sum.clone()],
                rate_constants: term.rate_constants,
                part: term.part,
            }),
            false,
        );
        let mut constants: Vec<f64> = Vec::with_capacity(builder.constants);
        for (handle, family) in crn.species.iter() {
            if layout.slot(handle).source == Source::Constant {
                constants.extend_from_slice(&family.initial);
            }
        }
        constants.resize(builder.constants, 0.0);
        let initial = vec![0.0; builder.state];
        let engine =
            Engine::of_parts(Layout::of(&lens, builder.constants), plan, constants, initial, Vec::new());
        (Self { local: Local::new(&engine), engine, kept, places, clock }, pairs)
    }

    /// The equations with what is stiff in them.
    pub fn system(&mut self) -> Locally<'_> {
        Locally { engine: &mut self.engine, local: &mut self.local }
    }
}

/// Adds the variables that stand for a pair.
fn lump(pair: &Pair, clock: usize, builder: &mut Builder<'_>) -> Places {
    let rows = pair.rows;
    let read =
        |held: usize, rail: usize| pair.reads.iter().any(|read| (read.held, read.rail) == (held, rail));
    let gains: Vec<usize> = pair.productions.iter().map(|_| builder.state(rows)).collect();
    let mut places = Places { sums: Vec::new(), forcing: Vec::new(), gains };
    for (production, &gain) in pair.productions.iter().zip(&places.gains) {
        let (base, stride) = production.source;
        builder.add(rows, gain, 1.0, &[(Source::State, base, stride)]);
        if pair.decay > 0.0 {
            builder.add(rows, gain, -pair.decay, &[(Source::State, gain, 1)]);
        }
    }
    for held in 0..pair.held.len() {
        let sums = [0, 1].map(|rail| read(held, rail).then(|| builder.state(rows)));
        let forcing = sums.iter().any(Option::is_some).then(|| Forcing {
            state: builder.state(rows),
            drain: [builder.constant(rows), builder.constant(rows)],
            made: pair.productions.iter().map(|_| [builder.constant(rows), builder.constant(rows)]).collect(),
            products: pair.productions.iter().map(|_| builder.constant(1)).collect(),
        });
        if let Some(forcing) = &forcing {
            let time = (Source::State, clock, 0);
            for (at, production) in pair.productions.iter().enumerate() {
                let source = (Source::State, production.source.0, production.source.1);
                if let Some(sum) = sums[production.rail] {
                    let product = (Source::Constant, forcing.products[at], 0);
                    builder.add(rows, sum, production.rate, &[source, product]);
                }
                let [made, slope] = forcing.made[at];
                builder.add(rows, forcing.state, 1.0, &[source, (Source::Constant, made, 1)]);
                builder.add(rows, forcing.state, 1.0, &[source, time, (Source::Constant, slope, 1)]);
            }
            for sum in sums.into_iter().flatten() {
                builder.add(rows, sum, -1.0, &[(Source::State, forcing.state, 1)]);
                if pair.decay > 0.0 {
                    builder.add(rows, sum, -pair.decay, &[(Source::State, sum, 1)]);
                }
            }
            builder.add(rows, forcing.state, -1.0, &[(Source::Constant, forcing.drain[0], 1)]);
            builder.add(rows, forcing.state, -1.0, &[time, (Source::Constant, forcing.drain[1], 1)]);
            if pair.decay > 0.0 {
                builder.add(rows, forcing.state, -2.0 * pair.decay, &[(Source::State, forcing.state, 1)]);
            }
        }
        places.sums.push(sums);
        places.forcing.push(forcing);
    }
    for read in &pair.reads {
        if let Some(sum) = places.sums[read.held][read.rail] {
            let mut reading = read.sum.clone();
            reading.factors.push(Factor {
                source: Source::State,
                at: Access { base: sum, strides: vec![1] },
                power: 1,
            });
            builder.terms.push(Term { sum: reading, rate_constants: ONE, part: Part::Whole });
        }
    }
    places
}
