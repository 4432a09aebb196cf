//! Networks with convolutions, written as reaction families by hand.
//!
//! A unit of a layer is a smoothed ReLU neuron, or linear on one rail or two:
//!
//! ```text
//! 0 -> X @ h      2 X -> X @ 1      A + X -> A + 2 X (up), A + X -> A (down) @ weight      X -> 2 X, X -> 0 @ bias
//! A -> A + Y+ (up), A -> A + Y- (down) @ weight      Y± -> 0 @ 1      Y+ + Y- -> 0 @ 1      0 -> Y± @ bias
//! ```

use nnrc_crn::{
    Axis, Crn, Handle, Index, IndexVariable, Observable, Origin, Part, Rate, RateConstant, ReactionFamily,
    Role, SpeciesFamily, Term,
};
use serde_json::{Value, json};

type Species = Handle<SpeciesFamily>;
type Axes = Vec<Handle<Axis>>;

/// A value of several axes on one rail or two.
#[derive(Clone)]
pub struct Signal {
    axes: Axes,
    rails: [Option<Species>; 2],
}

/// How a unit answers.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// A smoothed ReLU neuron of this h.
    Neuron(f64),
    /// Both rails.
    Signed,
    /// One rail: nothing pushes down.
    Unsigned,
}

/// A network, and the same layers for the peer.
pub struct Net {
    pub crn: Crn,
    /// Question of `convolution.py`.
    pub layers: Vec<Value>,
    pub input: Vec<f64>,
    pub shape: Vec<usize>,
    /// Names of the rate constants that are weights.
    pub weights: Vec<String>,
    random: u64,
}

/// A window of this width moves by steps over a signal with zeros around it.
#[derive(Clone, Copy)]
pub struct Window {
    pub width: usize,
    pub stride: usize,
    pub padding: usize,
}

impl Window {
    fn places(self, size: usize) -> usize {
        (size + 2 * self.padding - self.width) / self.stride + 1
    }

    /// What the window at the variable `place` sees at `within`.
    fn index(self, place: usize, within: usize) -> Index {
        let (offset, terms) = (-(self.padding as i64), [(place, self.stride), (within, 1)]);
        let index = if self.padding == 0 { Index::affine(0, &terms) } else { Index::padded(offset, &terms) };
        index.unwrap()
    }
}

fn all(indices: &[usize]) -> Vec<Index> {
    indices.iter().map(|&position| Index::of(position)).collect()
}

impl Net {
    /// A network whose input `x` of this shape is signed or not.
    pub fn new(name: &str, shape: &[usize], signed: bool, seed: u64) -> (Self, Signal) {
        let crn = Crn { name: name.to_owned(), ..Crn::default() };
        let mut net = Self {
            crn,
            layers: Vec::new(),
            input: Vec::new(),
            shape: shape.to_vec(),
            weights: Vec::new(),
            random: seed,
        };
        let axes = net.axes("x", shape);
        let count = shape.iter().product();
        net.input = (0..count).map(|_| if signed { net.drawn(1.0) } else { net.drawn(1.0).abs() }).collect();
        let rail = |net: &mut Self, suffix: &str, sign: f64| {
            let initial = net.input.iter().map(|value| (sign * value).max(0.0)).collect();
            net.species("x", suffix, &axes, Role::Input, initial)
        };
        let rails = if signed {
            [Some(rail(&mut net, "p", 1.0)), Some(rail(&mut net, "m", -1.0))]
        } else {
            [Some(rail(&mut net, "", 1.0)), None]
        };
        let signal = Signal { axes, rails };
        net.observe("x", &signal);
        (net, signal)
    }

    /// A number between −size and size.
    fn drawn(&mut self, size: f64) -> f64 {
        self.random = self.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        size * (((self.random >> 12) as f64 + 0.5) / (1u64 << 51) as f64 - 1.0)
    }

    fn axes(&mut self, name: &str, shape: &[usize]) -> Axes {
        let each = shape.iter().zip('a'..);
        each.map(|(&size, at)| self.crn.axes.push(Axis { name: format!("{name}.{at}"), shape: vec![size] }))
            .collect()
    }

    fn sizes(&self, axes: &[Handle<Axis>]) -> Vec<usize> {
        axes.iter().map(|&axis| self.crn.axes[axis].size()).collect()
    }

    fn species(
        &mut self,
        stem: &str,
        suffix: &str,
        axes: &[Handle<Axis>],
        role: Role,
        initial: Vec<f64>,
    ) -> Species {
        self.crn.species.push(SpeciesFamily {
            stem: stem.to_owned(),
            suffix: suffix.to_owned(),
            axes: axes.to_vec(),
            role,
            initial,
            origin: Origin { label: stem.to_owned(), part: suffix.to_owned(), line: 0 },
        })
    }

    fn constant(&mut self, stem: &str, axes: &[Handle<Axis>], values: Vec<f64>) -> Handle<RateConstant> {
        let origin = Origin { label: stem.to_owned(), ..Origin::default() };
        self.crn.rate_constants.push(RateConstant {
            stem: stem.to_owned(),
            axes: axes.to_vec(),
            values,
            origin,
        })
    }

    fn weights(&mut self, name: &str, axes: &[Handle<Axis>], size: f64) -> (Handle<RateConstant>, Value) {
        let values: Vec<f64> = (0..self.crn.count(axes)).map(|_| self.drawn(size)).collect();
        let told = json!({ "name": format!("k_{name}"), "shape": self.sizes(axes), "values": values });
        self.weights.push(format!("k_{name}"));
        (self.constant(&format!("k_{name}"), axes, values), told)
    }

    fn reaction(
        &mut self,
        name: String,
        over: &[Handle<Axis>],
        (reactants, products): (Vec<Term>, Vec<Term>),
        rate: Rate,
    ) {
        let names = ["i", "j", "k", "l", "m", "n"];
        let variables = over.iter().zip(names);
        self.crn.reactions.push(ReactionFamily {
            name,
            over: variables.map(|(&axis, name)| IndexVariable { name: name.to_owned(), axis }).collect(),
            distinct: None,
            reactants,
            products,
            rate,
            origin: Origin::default(),
        });
    }

    /// What a signal reads as.
    pub fn observe(&mut self, stem: &str, signal: &Signal) {
        let axis = match signal.axes.as_slice() {
            [only] => *only,
            several => {
                let shape = self.sizes(several);
                self.crn.axes.push(Axis { name: stem.to_owned(), shape })
            }
        };
        let [positive, negative] = signal.rails.map(|rail| rail.into_iter().collect());
        self.crn.observables.push(Observable { stem: stem.to_owned(), axis, positive, negative });
    }

    /// The species of a layer's units and what each does by itself.
    fn units(&mut self, name: &str, axes: &[Handle<Axis>], kind: Kind, role: Role) -> Signal {
        let (count, place) = (self.crn.count(axes), all(&(0..axes.len()).collect::<Vec<_>>()));
        let term = |species: Species, stoichiometry| Term { species, indices: place.clone(), stoichiometry };
        let rate = |constant| Rate { constant, indices: Vec::new(), part: Part::Whole };
        let one = self.constant(&format!("k_1_{name}"), &[], vec![1.0]);
        let rail = |net: &mut Self, suffix: &str, initial: f64| {
            net.species(name, suffix, axes, role, vec![initial; count])
        };
        match kind {
            Kind::Neuron(h) => {
                let x = rail(self, "", h.sqrt());
                let inflow = self.constant(&format!("k_h_{name}"), &[], vec![h]);
                self.reaction(format!("{name}.inflow"), axes, (vec![], vec![term(x, 1)]), rate(inflow));
                self.reaction(
                    format!("{name}.quench"),
                    axes,
                    (vec![term(x, 2)], vec![term(x, 1)]),
                    rate(one),
                );
                Signal { axes: axes.to_vec(), rails: [Some(x), None] }
            }
            Kind::Unsigned => {
                let y = rail(self, "", 0.0);
                self.reaction(format!("{name}.decay"), axes, (vec![term(y, 1)], vec![]), rate(one));
                Signal { axes: axes.to_vec(), rails: [Some(y), None] }
            }
            Kind::Signed => {
                let rails = [rail(self, "p", 0.0), rail(self, "m", 0.0)];
                for (at, y) in rails.into_iter().enumerate() {
                    self.reaction(format!("{name}.decay{at}"), axes, (vec![term(y, 1)], vec![]), rate(one));
                }
                let both = rails.map(|y| term(y, 1)).to_vec();
                self.reaction(format!("{name}.annihilate"), axes, (both, vec![]), rate(one));
                Signal { axes: axes.to_vec(), rails: rails.map(Some) }
            }
        }
    }

    /// What members of a signal do to units through weights, or what a bias does where there is no signal.
    fn drive(
        &mut self,
        name: &str,
        over: &[Handle<Axis>],
        (units, kind): (&Signal, Kind),
        source: Option<(&Signal, Vec<Index>)>,
        (constant, indices): (Handle<RateConstant>, Vec<Index>),
    ) {
        let own = all(&(0..units.axes.len()).collect::<Vec<_>>());
        let sources: Vec<(usize, Option<Term>)> = match source {
            None => vec![(0, None)],
            Some((signal, place)) => (signal.rails.iter().enumerate())
                .filter_map(|(rail, species)| {
                    let term = Term { species: (*species)?, indices: place.clone(), stoichiometry: 1 };
                    Some((rail, Some(term)))
                })
                .collect(),
        };
        for (rail, catalyst) in sources {
            for (sign, part) in [Part::Positive, Part::Negative].into_iter().enumerate() {
                let is_up = rail == sign;
                let left: Vec<Term> = catalyst.iter().cloned().collect();
                let unit = |rail: usize, stoichiometry| {
                    units.rails[rail].map(|species| Term { species, indices: own.clone(), stoichiometry })
                };
                let sides = match (kind, is_up) {
                    (Kind::Neuron(_), true) => {
                        ([left.clone(), unit(0, 1).into_iter().collect()].concat(), unit(0, 2))
                    }
                    (Kind::Neuron(_), false) => {
                        ([left.clone(), unit(0, 1).into_iter().collect()].concat(), None)
                    }
                    (Kind::Signed, is_up) => (left.clone(), unit(usize::from(!is_up), 1)),
                    (Kind::Unsigned, true) => (left.clone(), unit(0, 1)),
                    (Kind::Unsigned, false) => continue,
                };
                let right = [left, sides.1.into_iter().collect()].concat();
                let rate = Rate { constant, indices: indices.clone(), part };
                self.reaction(format!("{name}{rail}{sign}"), over, (sides.0, right), rate);
            }
        }
    }

    fn bias(&mut self, name: &str, units: &Signal, kind: Kind) -> Value {
        let axes = units.axes.clone();
        let (b, told) = self.weights(&format!("b_{name}"), &axes[..1], 0.5);
        self.drive(&format!("{name}.bias"), &axes, (units, kind), None, (b, all(&[0])));
        told
    }

    /// A convolution of channels with smoothed ReLU, along all axes but the first.
    pub fn convolve(
        &mut self,
        name: &str,
        source: &Signal,
        kernels: usize,
        window: Window,
        h: f64,
    ) -> Signal {
        let sizes = self.sizes(&source.axes);
        let places: Vec<usize> = sizes[1..].iter().map(|&size| window.places(size)).collect();
        let axes = self.axes(name, &[&[kernels][..], &places].concat());
        let within = self.axes(&format!("{name}.window"), &vec![window.width; places.len()]);
        let kernel = [&[axes[0], source.axes[0]][..], &within].concat();
        let (w, told) = self.weights(&format!("W_{name}"), &kernel, 0.7);
        let kind = Kind::Neuron(h);
        let units = self.units(name, &axes, kind, Role::Internal);
        // o, i, j; c; a, b.
        let (channel, first) = (axes.len(), axes.len() + 1);
        let over = [&axes[..], &source.axes[..1], &within].concat();
        let seen = (0..places.len()).map(|at| window.index(1 + at, first + at));
        let place = all(&[channel]).into_iter().chain(seen).collect();
        let weight =
            all(&[0, channel]).into_iter().chain((0..places.len()).map(|at| Index::of(first + at))).collect();
        self.drive(&format!("{name}.drive"), &over, (&units, kind), Some((source, place)), (w, weight));
        let bias = self.bias(name, &units, kind);
        let Window { stride, padding, .. } = window;
        self.layers.push(
            json!({ "op": "convolve", "W": told, "b": bias, "stride": stride, "padding": padding, "h": h }),
        );
        units
    }

    /// The average over squares of two by two.
    pub fn pool(&mut self, name: &str, source: &Signal) -> Signal {
        let sizes = self.sizes(&source.axes);
        let axes = self.axes(name, &[sizes[0], sizes[1] / 2, sizes[2] / 2]);
        let within = self.axes(&format!("{name}.window"), &[2, 2]);
        let quarter = self.constant(&format!("k_mean_{name}"), &[], vec![0.25]);
        let units = self.units(name, &axes, Kind::Unsigned, Role::Internal);
        let window = Window { width: 2, stride: 2, padding: 0 };
        let place = vec![Index::of(0), window.index(1, 3), window.index(2, 4)];
        let over = [&axes[..], &within].concat();
        self.drive(
            &format!("{name}.drive"),
            &over,
            (&units, Kind::Unsigned),
            Some((source, place)),
            (quarter, vec![]),
        );
        self.layers.push(json!({ "op": "pool" }));
        units
    }

    /// The place of a member of a signal among all of them.
    fn flat(&self, axes: &[Handle<Axis>], first: usize) -> Index {
        let sizes = self.sizes(axes);
        let terms: Vec<(usize, usize)> =
            (0..sizes.len()).map(|at| (first + at, sizes[at + 1..].iter().product())).collect();
        Index::affine(0, &terms).unwrap()
    }

    /// The same values along one axis.
    pub fn flatten(&mut self, name: &str, source: &Signal) -> Signal {
        let axes = self.axes(name, &[self.crn.count(&source.axes)]);
        let one = self.constant(&format!("k_copy_{name}"), &[], vec![1.0]);
        let flat = self.units(name, &axes, Kind::Unsigned, Role::Internal);
        let place = all(&(0..source.axes.len()).collect::<Vec<_>>());
        let read = Term { species: source.rails[0].unwrap(), indices: place, stoichiometry: 1 };
        let made = Term {
            species: flat.rails[0].unwrap(),
            indices: vec![self.flat(&source.axes, 0)],
            stoichiometry: 1,
        };
        let rate = Rate { constant: one, indices: vec![], part: Part::Whole };
        self.reaction(format!("{name}.copy"), &source.axes, (vec![read.clone()], vec![read, made]), rate);
        flat
    }

    /// A dense layer that reads a signal of any axes, whose weights are one row for each unit.
    pub fn dense(&mut self, name: &str, source: &Signal, units: usize, kind: Kind) -> Signal {
        let axes = self.axes(name, &[units]);
        let columns = self.axes(&format!("{name}.columns"), &[self.crn.count(&source.axes)]);
        let (w, told) = self.weights(&format!("W_{name}"), &[axes[0], columns[0]], 0.5);
        let made = self.units(name, &axes, kind, Role::Output);
        let over = [&axes[..], &source.axes].concat();
        let place = all(&(1..over.len()).collect::<Vec<_>>());
        let weight = vec![Index::of(0), self.flat(&source.axes, 1)];
        self.drive(&format!("{name}.drive"), &over, (&made, kind), Some((source, place)), (w, weight));
        let bias = self.bias(name, &made, kind);
        let h = if let Kind::Neuron(h) = kind { json!(h) } else { Value::Null };
        self.layers.push(json!({ "op": "dense", "W": told, "b": bias, "h": h }));
        made
    }
}
