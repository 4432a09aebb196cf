//! Which species families can be integrated apart from the rest, by the form of their sums alone.
//!
//! Two families P and Q over the same two axes, rows i and columns j, are a pair if
//!
//! - what makes them is of rank one with a held column: α S\[i\] a\[j\], S any other species, a held species;
//! - what uses them up stays at their index: −κ P Q in both, −μ P, −μ Q;
//! - the others read them as weighted sums over the columns with held weights: Σ_j b\[j\] P\[i,j\].

use nnrc_crn::Part;

use crate::layout::Layout;
use crate::sum::{Access, Factor, Source, Sum};

/// A sum with its rate constants.
pub(crate) struct Term<'a> {
    pub sum: Sum,
    pub rate_constants: &'a [f64],
    pub part: Part,
}

/// A product of held species over some of the columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// The first column, and how many.
    pub column: usize,
    pub count: usize,
    /// Base and stride among the constants, and power.
    pub factors: Vec<(usize, usize, u32)>,
}

impl Held {
    /// Writes the values at all columns; 0 where there is no such column.
    pub fn fill(&self, constants: &[f64], columns: &mut [f64]) {
        columns.fill(0.0);
        for (at, value) in columns[self.column..self.column + self.count].iter_mut().enumerate() {
            *value = self.factors.iter().fold(1.0, |product, &(base, stride, power)| {
                product * constants[base + at * stride].powi(power as i32)
            });
        }
    }
}

/// What makes members of a rail: rate · source\[i\] · held\[j\].
#[derive(Debug, Clone)]
pub(crate) struct Production {
    /// Which of the two families.
    pub rail: usize,
    pub rate: f64,
    /// Base and stride of the source in the state.
    pub source: (usize, usize),
    /// Which of the held columns of the pair.
    pub held: usize,
}

/// Who reads a sum of a rail.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub rail: usize,
    pub held: usize,
    /// Without the rail and the held factors, and over the rows only.
    pub sum: Sum,
}

/// Two families to be integrated apart.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// Their places among the families of the state.
    pub families: [usize; 2],
    pub rows: usize,
    pub columns: usize,
    /// κ and μ.
    pub annihilation: f64,
    pub decay: f64,
    pub held: Vec<Held>,
    pub productions: Vec<Production>,
    pub reads: Vec<Read>,
}

/// All pairs, and the terms that belong to none of them.
pub(crate) struct Structure<'a> {
    pub pairs: Vec<Pair>,
    pub others: Vec<Term<'a>>,
}

/// The elements of a pair that an access means: the variables of row and column, and the first column.
struct Entry {
    row: usize,
    column: usize,
    first: usize,
}

/// What a term says about the pairs.
enum Kind {
    Production { family: usize, production: Production, held: Held },
    Decay { family: usize, rate: f64 },
    Annihilation { families: [usize; 2], rate: f64 },
    Read { family: usize, held: Held, sum: Sum },
    Other,
}

impl<'a> Structure<'a> {
    /// Finds the pairs among the families over the two axes given in `axes`, by family of the state.
    pub fn new(terms: Vec<Term<'a>>, layout: &Layout, axes: &[Option<(usize, usize)>]) -> Self {
        let mut shapes = axes.to_vec();
        // Each round takes out the families that some term does not treat as one of a pair.
        let kinds = loop {
            let kinds: Vec<Result<Kind, usize>> =
                terms.iter().map(|term| Shapes { layout, shapes: &shapes }.kind(term)).collect();
            let refused: Vec<usize> = kinds.iter().filter_map(|kind| kind.as_ref().err().copied()).collect();
            if refused.is_empty() {
                let partners = partners(&kinds, &shapes);
                let single: Vec<usize> =
                    (0..shapes.len()).filter(|&f| shapes[f].is_some() && partners[f].is_none()).collect();
                if single.is_empty() {
                    break kinds;
                }
                single.iter().for_each(|&family| shapes[family] = None);
                continue;
            }
            refused.iter().for_each(|&family| shapes[family] = None);
        };
        let mut pairs: Vec<Pair> = Vec::new();
        let partners = partners(&kinds, &shapes);
        for (family, partner) in partners.iter().enumerate() {
            if let (Some((rows, columns)), &Some((other, annihilation, decay))) = (shapes[family], partner)
                && family < other
            {
                pairs.push(Pair {
                    families: [family, other],
                    rows,
                    columns,
                    annihilation,
                    decay,
                    held: Vec::new(),
                    productions: Vec::new(),
                    reads: Vec::new(),
                });
            }
        }
        let mut others = Vec::new();
        for (term, kind) in terms.into_iter().zip(kinds) {
            match kind {
                Ok(Kind::Other) => others.push(term),
                Ok(Kind::Production { family, production, held }) => {
                    if let Some((pair, rail)) = find(&mut pairs, family) {
                        let held = pair.hold(held);
                        pair.productions.push(Production { rail, held, ..production });
                    }
                }
                Ok(Kind::Read { family, held, sum }) => {
                    if let Some((pair, rail)) = find(&mut pairs, family) {
                        let held = pair.hold(held);
                        pair.reads.push(Read { rail, held, sum });
                    }
                }
                Ok(Kind::Decay { .. } | Kind::Annihilation { .. }) | Err(_) => {}
            }
        }
        Self { pairs, others }
    }
}

fn find(pairs: &mut [Pair], family: usize) -> Option<(&mut Pair, usize)> {
    pairs.iter_mut().find_map(|pair| {
        let rail = pair.families.iter().position(|&own| own == family)?;
        Some((pair, rail))
    })
}

impl Pair {
    fn hold(&mut self, held: Held) -> usize {
        self.held.iter().position(|known| *known == held).unwrap_or_else(|| {
            self.held.push(held);
            self.held.len() - 1
        })
    }
}

/// Partner of each family with the constants of annihilation and decay, if it has exactly one and both agree.
fn partners(
    kinds: &[Result<Kind, usize>],
    shapes: &[Option<(usize, usize)>],
) -> Vec<Option<(usize, f64, f64)>> {
    let mut decay = vec![0.0; shapes.len()];
    // (family, partner, rate)
    let mut found: Vec<(usize, usize, f64)> = Vec::new();
    for kind in kinds.iter().flatten() {
        match *kind {
            Kind::Decay { family, rate } => decay[family] += rate,
            Kind::Annihilation { families: [family, other], rate } => {
                match found.iter_mut().find(|(f, o, _)| (*f, *o) == (family, other)) {
                    Some((_, _, sum)) => *sum += rate,
                    None => found.push((family, other, rate)),
                }
            }
            _ => {}
        }
    }
    let of = |family: usize| {
        let mut own = found.iter().filter(|(f, _, _)| *f == family);
        match (own.next(), own.next()) {
            (Some(&(_, other, rate)), None) => Some((other, rate)),
            _ => None,
        }
    };
    (0..shapes.len())
        .map(|family| {
            let (other, rate) = of(family)?;
            let agree = of(other) == Some((family, rate))
                && shapes[family].is_some()
                && shapes[family] == shapes[other]
                && decay[family] == decay[other];
            agree.then_some((other, rate, decay[family]))
        })
        .collect()
}

/// The families that may be pairs, with rows and columns.
struct Shapes<'a> {
    layout: &'a Layout,
    shapes: &'a [Option<(usize, usize)>],
}

impl Shapes<'_> {
    /// The family that an access to the state means, if it may be one of a pair.
    fn candidate(&self, at: &Access) -> Option<usize> {
        let family = self.layout.family_of(at);
        self.shapes[family].map(|_| family)
    }

    /// Row and column of an access, all rows and a range of columns.
    fn entry(&self, family: usize, at: &Access, sizes: &[usize]) -> Option<Entry> {
        let (rows, columns) = self.shapes[family]?;
        let first = at.base - self.layout.state[family].start;
        let only = |stride: usize| {
            let mut found = (0..sizes.len()).filter(|&v| at.strides[v] == stride);
            found.next().filter(|_| found.next().is_none())
        };
        let (row, column) = (only(columns)?, only(1)?);
        let plain = (0..sizes.len()).all(|v| v == row || v == column || at.strides[v] == 0);
        let fits = plain && sizes[row] == rows && first + sizes[column] <= columns;
        fits.then_some(Entry { row, column, first })
    }

    /// What a term is; the family that cannot be one of a pair because of it.
    fn kind(&self, term: &Term<'_>) -> Result<Kind, usize> {
        let sum = &term.sum;
        let target = self.candidate(&sum.target);
        let of_pairs: Vec<usize> = (sum.factors.iter())
            .filter(|factor| factor.source == Source::State)
            .filter_map(|factor| self.candidate(&factor.at))
            .collect();
        match (target, of_pairs.as_slice()) {
            (None, []) => Ok(Kind::Other),
            (Some(family), []) => self.production(term, family).ok_or(family),
            (Some(family), _) => self.sink(term, family).ok_or(family),
            (None, &[family]) => self.read(term, family).ok_or(family),
            (None, &[family, ..]) => Err(family),
        }
    }

    /// The rate constant, where it is the same for all members.
    fn rate(term: &Term<'_>) -> Option<f64> {
        let mut rate = term.sum.scale;
        for factor in term.sum.factors.iter().filter(|factor| factor.source == Source::Rate) {
            if factor.at.strides.iter().zip(&term.sum.sizes).any(|(&stride, &size)| stride > 0 && size > 1) {
                return None;
            }
            rate *= term.part.of(term.rate_constants[factor.at.base]);
        }
        term.sum.distinct.is_none().then_some(rate)
    }

    /// Held factors that depend on the column alone.
    fn held(sum: &Sum, entry: &Entry) -> Option<Held> {
        let mut factors = Vec::new();
        for factor in sum.factors.iter().filter(|factor| factor.source == Source::Constant) {
            if (0..sum.sizes.len()).any(|v| v != entry.column && factor.at.strides[v] > 0 && sum.sizes[v] > 1)
            {
                return None;
            }
            factors.push((factor.at.base, factor.at.strides[entry.column], factor.power));
        }
        factors.sort_unstable();
        Some(Held { column: entry.first, count: sum.sizes[entry.column], factors })
    }

    fn production(&self, term: &Term<'_>, family: usize) -> Option<Kind> {
        let sum = &term.sum;
        let entry = self.entry(family, &sum.target, &sum.sizes)?;
        let mut states = sum.factors.iter().filter(|factor| factor.source == Source::State);
        let source = states.next().filter(|source| source.power == 1)?;
        let alone = states.next().is_none() && sum.sizes.len() == 2;
        let source =
            (source.at.strides[entry.column] == 0).then(|| (source.at.base, source.at.strides[entry.row]));
        let held = Self::held(sum, &entry)?;
        let production = Production { rail: 0, rate: Self::rate(term)?, source: source?, held: 0 };
        (alone && production.rate >= 0.0).then_some(Kind::Production { family, production, held })
    }

    fn sink(&self, term: &Term<'_>, family: usize) -> Option<Kind> {
        let sum = &term.sum;
        let rate = -Self::rate(term)?;
        let entry = self.entry(family, &sum.target, &sum.sizes)?;
        let (_, columns) = self.shapes[family]?;
        let whole = entry.first == 0 && sum.sizes[entry.column] == columns && sum.sizes.len() == 2;
        let local = |factor: &&Factor| {
            factor.source == Source::State && factor.power == 1 && factor.at.strides == sum.target.strides
        };
        let states: Vec<&Factor> = sum.factors.iter().filter(|f| f.source != Source::Rate).collect();
        if !whole || rate < 0.0 || !states.iter().all(local) {
            return None;
        }
        let mut families = Vec::new();
        for factor in states {
            let family = self.candidate(&factor.at)?;
            if factor.at.base != self.layout.state[family].start {
                return None;
            }
            families.push(family);
        }
        match *families.as_slice() {
            [own] if own == family => Some(Kind::Decay { family, rate }),
            [own, other] if own == family => Some(Kind::Annihilation { families: [family, other], rate }),
            [other, own] if own == family => Some(Kind::Annihilation { families: [family, other], rate }),
            _ => None,
        }
    }

    fn read(&self, term: &Term<'_>, family: usize) -> Option<Kind> {
        let sum = &term.sum;
        let rate = Self::rate(term)?;
        let is_rail =
            |factor: &Factor| factor.source == Source::State && self.candidate(&factor.at) == Some(family);
        let rail = sum.factors.iter().find(|factor| is_rail(factor)).filter(|rail| rail.power == 1)?;
        let entry = self.entry(family, &rail.at, &sum.sizes)?;
        let held = Self::held(sum, &entry)?;
        let rest: Vec<Factor> = (sum.factors.iter())
            .filter(|factor| factor.source == Source::State && !is_rail(factor))
            .cloned()
            .collect();
        let over_column = |at: &Access| at.strides[entry.column] > 0;
        if over_column(&sum.target)
            || rest.iter().any(|factor| over_column(&factor.at))
            || sum.sizes.len() != 2
        {
            return None;
        }
        let row = |at: &Access| Access { base: at.base, strides: vec![at.strides[entry.row]] };
        let sum = Sum {
            sizes: vec![sum.sizes[entry.row]],
            distinct: None,
            target: row(&sum.target),
            scale: rate,
            factors: rest.iter().map(|factor| Factor { at: row(&factor.at), ..factor.clone() }).collect(),
        };
        Some(Kind::Read { family, held, sum })
    }
}
