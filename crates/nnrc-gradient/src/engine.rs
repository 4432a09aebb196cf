//! Phases of forward and backward propagation on strips of units.

use std::ops::Range;

use nnrc_dispatch::dispatched;
use nnrc_sim::train::{Optimiser, Step, Variables};

use crate::graph::{Combination, Dense, Graph, Kind, is_joint};
use crate::kernel;
use crate::lanes::Laned;
use crate::layer::{self, Trace};
use crate::panels::{Lines, columns_in, pack, panels, unpack};
use crate::slots::{Slot, Slots};
use crate::source::{Consumer, Source, add};

/// The state of a network that is computed: what threads share of each node.
pub(crate) struct Engine<'a, S: Slots, R: Laned> {
    pub graph: &'a Graph,
    /// For each node its strips, without those of threads that have none.
    nodes: Vec<Vec<Strip<S, R>>>,
}

/// A part of a node that one thread works on.
struct Strip<S: Slots, R: Laned> {
    /// Its panels of units.
    own: Range<usize>,
    value: S::Slot<Lines<R>>,
    adjoint: S::Slot<Adjoint<R>>,
    weights: S::Slot<Weights<R>>,
}

struct Adjoint<R> {
    /// dL/dy, which becomes dL/dz.
    d: Lines<R>,
    /// dL/dzp of the first activation, if that depends on production.
    through: Lines<R>,
}

struct Weights<R> {
    /// [input, unit].
    w: Lines<R>,
    /// A line for each panel, zeros where there is no bias.
    b: Lines<R>,
}

/// What a thread has for itself.
pub(crate) struct Own<R> {
    nodes: Vec<Option<OwnNode<R>>>,
    /// Outputs of a sample, and dL/dy.
    output: [Vec<f64>; 2],
}

struct OwnNode<R> {
    /// Which strip of the node is its own.
    strip: usize,
    trace: Trace<R>,
    /// Of w, then of b.
    gradient: [Lines<R>; 2],
    first: [Lines<R>; 2],
    second: [Lines<R>; 2],
}

impl<'a, S: Slots, R: Laned> Engine<'a, S, R> {
    /// Room for blocks of at most `rows` samples, and what each of the threads has for itself; nodes that are not
    /// shared belong to the first.
    pub fn new(graph: &'a Graph, is_shared: &[bool], threads: usize, rows: usize) -> (Self, Vec<Own<R>>) {
        let mut nodes = Vec::new();
        let mut owns: Vec<Own<R>> = (0..threads)
            .map(|_| Own { nodes: Vec::new(), output: [0, 1].map(|_| vec![0.0; graph.output_width()]) })
            .collect();
        for (node, &shared) in graph.nodes.iter().zip(is_shared) {
            let count = panels::<R>(node.width);
            let parts = if shared { threads } else { 1 };
            let mut strips = Vec::new();
            for (thread, own) in owns.iter_mut().enumerate() {
                let range = thread * count / parts..(thread + 1) * count / parts;
                if thread >= parts || range.is_empty() {
                    own.nodes.push(None);
                    continue;
                }
                let columns = node.dense().map_or(0, |dense| dense.columns);
                let sizes = [range.len() * columns, if node.dense().is_some() { range.len() } else { 0 }];
                let produces = node.produces();
                own.nodes.push(Some(OwnNode {
                    strip: strips.len(),
                    trace: Trace::new(node, range.len(), rows),
                    gradient: sizes.map(Lines::zeros),
                    first: sizes.map(Lines::zeros),
                    second: sizes.map(Lines::zeros),
                }));
                let room = |wanted: bool| Lines::zeros(if wanted { range.len() * rows } else { 0 });
                strips.push(Strip {
                    value: Slot::new(room(true)),
                    adjoint: Slot::new(Adjoint { d: room(node.learns), through: room(produces) }),
                    weights: Slot::new(Weights { w: Lines::zeros(sizes[0]), b: Lines::zeros(sizes[1]) }),
                    own: range,
                });
            }
            nodes.push(strips);
        }
        (Self { graph, nodes }, owns)
    }

    /// Calls `f` with the values of a node for `rows` samples, a segment for each strip.
    fn with_values<T>(&self, at: usize, rows: usize, f: impl FnOnce(&[&[R::Lanes]]) -> T) -> T {
        if let [strip] = self.nodes[at].as_slice() {
            let value = strip.value.read();
            return f(&[&value[..strip.own.len() * rows]]);
        }
        let guards: Vec<_> =
            self.nodes[at].iter().map(|strip| (strip.value.read(), strip.own.len())).collect();
        let segments: Vec<&[R::Lanes]> =
            guards.iter().map(|(value, panels)| &value[..panels * rows]).collect();
        f(&segments)
    }

    /// Calls `f` with what a dense layer takes: its source, or all of them one after another.
    fn with_taken<T>(
        &self,
        at: usize,
        rows: usize,
        taken: &Lines<R>,
        f: impl FnOnce(&[&[R::Lanes]]) -> T,
    ) -> T {
        match self.graph.nodes[at].sources() {
            [source] => self.with_values(*source, rows, f),
            _ => f(&[&taken[..taken.len().min(self.taken_panels(at) * rows)]]),
        }
    }

    fn taken_panels(&self, at: usize) -> usize {
        self.graph.nodes[at].dense().map_or(0, |dense| panels::<R>(dense.columns))
    }

    /// Values of the own strip of a node.
    pub fn forward(&self, at: usize, own: &mut Own<R>, samples: &[&[R]]) {
        let Some(OwnNode { strip, trace, .. }) = &mut own.nodes[at] else { return };
        let (node, strip, rows) = (&self.graph.nodes[at], &self.nodes[at][*strip], samples.len());
        let mut value = strip.value.write();
        let value = &mut value[..strip.own.len() * rows];
        let (operation, sources, activations) = match &node.kind {
            Kind::Input { start } => return gather::<R>(samples, *start, node.width, &strip.own, value),
            Kind::Layer { operation, sources, activations } => (operation, sources, activations),
        };
        let Trace { inputs, slopes, production, taken } = trace;
        if sources.len() > 1 && matches!(operation, Combination::Dense(_)) {
            self.concatenate(sources, rows, taken);
        }
        // What produces the first pre-activations, where that matters.
        let mut zp = Vec::new();
        {
            let z = inputs.first_mut().map_or(&mut *value, |z| &mut z[..strip.own.len() * rows]);
            let produces = activations.first().is_some_and(|one| one.depends_on_production());
            match operation {
                Combination::Dense(Dense { columns, .. }) => {
                    let weights = strip.weights.read();
                    self.with_taken(at, rows, taken, |x| {
                        kernel::forward::<R>(x, rows, *columns, &weights.w, &weights.b, z);
                        if produces {
                            zp.resize(z.len(), R::ZEROS);
                            layer::produced::<R>(x, rows, *columns, (&weights.w, &weights.b), &mut zp);
                        }
                    });
                }
                Combination::Add => {
                    z.fill(R::ZEROS);
                    zp.resize(if produces { z.len() } else { 0 }, R::ZEROS);
                    for &source in sources {
                        self.with_values(source, rows, |x| {
                            let part = x.concat();
                            add::<R>(z, &part[strip.own.start * rows..strip.own.end * rows]);
                            zp.iter_mut().zip(&part[strip.own.start * rows..]).for_each(|(zp, x)| {
                                (0..R::LANES).for_each(|lane| zp[lane] += x[lane].positive());
                            });
                        });
                    }
                }
                Combination::Concat => {
                    self.concatenate(sources, rows, z);
                    zp.extend(z.iter().filter(|_| produces).map(positive::<R>));
                }
            }
        }
        for (stage, activation) in activations.iter().enumerate() {
            let (before, after) = inputs.split_at_mut(stage + 1);
            let z = &before[stage][..value.len()];
            let y = after.first_mut().map_or(&mut *value, |y| &mut y[..z.len()]);
            if stage > 0 && activation.depends_on_production() {
                zp.clear();
                zp.extend(z.iter().map(positive::<R>));
            }
            layer::activate::<R>((*activation, node.width, rows), stage, z, &zp, y, (slopes, production));
        }
    }

    /// Sources one after another.
    fn concatenate(&self, sources: &[usize], rows: usize, into: &mut [R::Lanes]) {
        let mut start = 0;
        for &source in sources {
            let width = self.graph.nodes[source].width;
            self.with_values(source, rows, |x| {
                let panels = x.iter().flat_map(|segment| segment.chunks_exact(rows));
                for (panel, x) in panels.enumerate() {
                    for lane in 0..columns_in::<R>(panel, width) {
                        let column = start + panel * R::LANES + lane;
                        let to = &mut into[column / R::LANES * rows..(column / R::LANES + 1) * rows];
                        to.iter_mut().zip(x).for_each(|(to, x)| to[column % R::LANES] = x[lane]);
                    }
                }
            });
            start += width;
        }
    }

    /// dL/dz and the gradient of the own strip of a node; `fresh`: the first samples of a batch.
    pub fn backward(&self, at: usize, own: &mut Own<R>, rows: usize, fresh: bool) {
        let Some(OwnNode { strip, trace, gradient, .. }) = &mut own.nodes[at] else { return };
        let (node, strip) = (&self.graph.nodes[at], &self.nodes[at][*strip]);
        let mut adjoint = strip.adjoint.write();
        let Adjoint { d, through } = &mut *adjoint;
        let d = &mut d[..strip.own.len() * rows];
        for (stage, activation) in node.activations().iter().enumerate().rev() {
            let z = &trace.inputs[stage][..d.len()];
            if is_joint(*activation) {
                let value = strip.value.read();
                let y = trace.inputs.get(stage + 1).unwrap_or(&value);
                layer::pull_joint::<R>((*activation, node.width, rows), z, y, d);
            } else if activation.depends_on_production() {
                // What was produced depends on the signs of weights and sources, not on z alone.
                let mut zp = trace.production[stage][..d.len()].to_vec();
                layer::pull::<R>(&mut zp, d);
                layer::clear_beyond::<R>(&mut zp, rows, node.width, &strip.own);
                layer::pull::<R>(d, &trace.slopes[stage]);
                if stage == 0 && node.produces() {
                    through[..zp.len()].copy_from_slice(&zp);
                } else {
                    for ((d, zp), z) in d.iter_mut().zip(&zp).zip(z) {
                        for lane in 0..R::LANES {
                            d[lane] += if z[lane] > R::ZERO { zp[lane] } else { R::ZERO };
                        }
                    }
                }
            } else {
                layer::pull::<R>(d, &trace.slopes[stage]);
            }
        }
        layer::clear_beyond::<R>(d, rows, node.width, &strip.own);
        let Some(Dense { columns, bias, .. }) = node.dense() else { return };
        let [gw, gb] = gradient;
        if bias.is_some() {
            kernel::sums::<R>(d, rows, fresh, gb);
        }
        self.with_taken(at, rows, &trace.taken, |x| {
            kernel::outer::<R>(x, d, rows, columns, fresh, gw);
            if !through.is_empty() {
                let weights = strip.weights.read();
                production_gradient::<R>(
                    x,
                    &through[..d.len()],
                    rows,
                    columns,
                    &weights,
                    [gw, gb],
                    bias.is_some(),
                );
            }
        });
    }

    /// Adds to the own strip of a source what a node does with it.
    pub fn spread(&self, (from, place, fresh): (usize, usize, bool), own: &mut Own<R>, rows: usize) {
        let node = &self.graph.nodes[from];
        let (Some(OwnNode { strip, .. }), Kind::Layer { operation, sources, .. }) =
            (&own.nodes[node.sources()[place]], &node.kind)
        else {
            return;
        };
        let (to, strip) = (sources[place], &self.nodes[sources[place]][*strip]);
        let (mut adjoint, value) = (strip.adjoint.write(), strip.value.read());
        let count = strip.own.len() * rows;
        let mut source = Source {
            own: &strip.own,
            width: self.graph.nodes[to].width,
            first: sources[..place].iter().map(|&source| self.graph.nodes[source].width).sum(),
            rows,
            x: &value[..count],
            adjoint: &mut adjoint.d[..count],
        };
        self.with_consumer(from, rows, |consumer| match operation {
            Combination::Dense(dense) => source.take_from_dense(consumer, dense.columns, fresh),
            Combination::Add => source.take_from_sum(consumer, fresh),
            Combination::Concat => source.take_from_concatenation(consumer, fresh),
        });
    }

    /// Calls `f` with what the sources of a node take from it, in segments.
    fn with_consumer(&self, at: usize, rows: usize, f: impl FnOnce(&Consumer<'_, R>)) {
        let parts = |adjoint: &'_ Adjoint<R>, strip: &Strip<S, R>| {
            let count = strip.own.len() * rows;
            (count, count.min(adjoint.through.len()))
        };
        if let [strip] = self.nodes[at].as_slice() {
            let (adjoint, weights) = (strip.adjoint.read(), strip.weights.read());
            let (count, through) = parts(&adjoint, strip);
            let (d, through) = (&adjoint.d[..count], &adjoint.through[..through]);
            return f(&Consumer { d: &[d], through: &[through], w: &[&weights.w] });
        }
        let strips = self.nodes[at].iter();
        let guards: Vec<_> =
            strips.map(|strip| (strip.adjoint.read(), strip.weights.read(), strip)).collect();
        let (mut d, mut through, mut w) = (Vec::new(), Vec::new(), Vec::<&[R::Lanes]>::new());
        for (adjoint, weights, strip) in &guards {
            let (count, of_through) = parts(adjoint, strip);
            d.push(&adjoint.d[..count]);
            through.push(&adjoint.through[..of_through]);
            w.push(&weights.w);
        }
        f(&Consumer { d: &d, through: &through, w: &w });
    }

    /// Moves the own parameters of a node.
    pub fn update(&self, at: usize, own: &mut Own<R>, optimiser: Optimiser, step: Step) {
        let Some(OwnNode { strip, gradient, first, second, .. }) = &mut own.nodes[at] else { return };
        let Some(dense) = self.graph.nodes[at].dense() else { return };
        let mut weights = self.nodes[at][*strip].weights.write();
        let Weights { w, b } = &mut *weights;
        let parts = [w, b].into_iter().zip(gradient).zip(first.iter_mut().zip(second));
        for ((w, g), (m, v)) in parts.take(if dense.bias.is_some() { 2 } else { 1 }) {
            move_parameters(optimiser, step, w.flat_mut(), g.flat(), m.flat_mut(), v.flat_mut());
        }
    }

    /// Calls `f` with the output of each sample in turn, and what becomes its dL/dy.
    pub fn judge(
        &self,
        own: &mut Own<R>,
        rows: usize,
        learns: bool,
        mut f: impl FnMut(usize, &mut [f64], &mut [f64]),
    ) {
        let strips = &self.nodes[self.graph.output];
        let width = self.graph.output_width();
        let [y, d] = &mut own.output;
        let learns = learns && self.graph.nodes[self.graph.output].learns;
        let units = |own: &Range<usize>| own.start * R::LANES..width.min(own.end * R::LANES);
        for sample in 0..rows {
            for strip in strips {
                let value = strip.value.read();
                for (y, value) in y[units(&strip.own)].chunks_mut(R::LANES).zip(value.chunks_exact(rows)) {
                    let value = R::flat(&value[sample..=sample]);
                    y.iter_mut().zip(value).for_each(|(y, value)| *y = value.wide());
                }
            }
            f(sample, y, d);
            for strip in strips.iter().filter(|_| learns) {
                let mut adjoint = strip.adjoint.write();
                for (d, adjoint) in
                    d[units(&strip.own)].chunks(R::LANES).zip(adjoint.d.chunks_exact_mut(rows))
                {
                    adjoint[sample] = R::lanes(|lane| d.get(lane).map_or(R::ZERO, |d| R::of(*d)));
                }
            }
        }
    }

    /// Takes the own parameters and moments from flat ones.
    pub fn load(&self, own: &mut Own<R>, variables: &Variables) {
        for (at, node) in own.nodes.iter_mut().enumerate() {
            let (Some(node), Some(dense)) = (node, self.graph.nodes[at].dense()) else { continue };
            let strip = &self.nodes[at][node.strip];
            let mut weights = strip.weights.write();
            let Weights { w, b } = &mut *weights;
            let shape = (self.graph.nodes[at].width, dense.columns);
            let copy = |flat: &[f64], [w, b]: [&mut Lines<R>; 2]| {
                if flat.is_empty() {
                    return;
                }
                pack::<R>(&flat[dense.weights..], shape, &strip.own, w);
                if let Some(bias) = dense.bias {
                    pack::<R>(&flat[bias..], (shape.0, 1), &strip.own, b);
                }
            };
            copy(&variables.parameters, [w, b]);
            copy(&variables.first, node.first.each_mut());
            copy(&variables.second, node.second.each_mut());
        }
    }

    /// Writes the own parameters and moments to flat ones.
    pub fn store(&self, own: &Own<R>, variables: &mut Variables) {
        for (at, node) in own.nodes.iter().enumerate() {
            let Some(node) = node else { continue };
            let weights = self.nodes[at][node.strip].weights.read();
            self.flatten(at, node, [&weights.w, &weights.b], &mut variables.parameters);
            self.flatten(at, node, node.first.each_ref(), &mut variables.first);
            self.flatten(at, node, node.second.each_ref(), &mut variables.second);
        }
    }

    /// Writes the own part of the gradient to a flat one.
    pub fn gradient(&self, own: &Own<R>, flat: &mut [f64]) {
        for (at, node) in own.nodes.iter().enumerate() {
            if let Some(node) = node {
                self.flatten(at, node, node.gradient.each_ref(), flat);
            }
        }
    }

    fn flatten(&self, at: usize, node: &OwnNode<R>, [w, b]: [&Lines<R>; 2], flat: &mut [f64]) {
        let own = &self.nodes[at][node.strip].own;
        let width = self.graph.nodes[at].width;
        if let Some(dense) = self.graph.nodes[at].dense().filter(|_| !flat.is_empty()) {
            unpack::<R>(w, (width, dense.columns), own, &mut flat[dense.weights..]);
            if let Some(bias) = dense.bias {
                unpack::<R>(b, (width, 1), own, &mut flat[bias..]);
            }
        }
    }
}

dispatched! {
    fn move_parameters<R: Laned>(
        optimiser: Optimiser,
        step: Step,
        w: &mut [R],
        g: &[R],
        m: &mut [R],
        v: &mut [R],
    ) = optimiser.step(step, w, g, m, v);
}

fn positive<R: Laned>(z: &R::Lanes) -> R::Lanes {
    R::lanes(|lane| z[lane].positive())
}

/// Inputs of the samples, from `start` on, as a matrix of the own panels.
fn gather<R: Laned>(
    samples: &[&[R]],
    start: usize,
    width: usize,
    own: &Range<usize>,
    value: &mut [R::Lanes],
) {
    let rows = samples.len();
    let (from, to) = (start + own.start * R::LANES, start + width.min(own.end * R::LANES));
    for (sample, inputs) in samples.iter().enumerate() {
        let (whole, rest) = R::grouped(&inputs[from..to]);
        for (panel, lanes) in whole.iter().enumerate() {
            value[panel * rows + sample] = *lanes;
        }
        if !rest.is_empty() {
            let padded = R::lanes(|lane| rest.get(lane).copied().unwrap_or(R::ZERO));
            value[whole.len() * rows + sample] = padded;
        }
    }
}

/// What goes through the production of pre-activations to weights and biases.
fn production_gradient<R: Laned>(
    x: &[&[R::Lanes]],
    through: &[R::Lanes],
    rows: usize,
    columns: usize,
    weights: &Weights<R>,
    [gw, gb]: [&mut Lines<R>; 2],
    has_bias: bool,
) {
    for (panel, through) in through.chunks_exact(rows).enumerate() {
        let mut column = panel * columns;
        for x in x.iter().flat_map(|segment| segment.chunks_exact(rows)) {
            for lane in 0..R::LANES.min((panel + 1) * columns - column) {
                let (w, g) = (&weights.w[column + lane], &mut gw[column + lane]);
                for (through, x) in through.iter().zip(x) {
                    for unit in 0..R::LANES {
                        g[unit] +=
                            if w[unit] * x[lane] > R::ZERO { through[unit] * x[lane] } else { R::ZERO };
                    }
                }
            }
            column += R::LANES.min((panel + 1) * columns - column);
        }
        if has_bias {
            for through in through {
                for unit in 0..R::LANES {
                    gb[panel][unit] += if weights.b[panel][unit] > R::ZERO { through[unit] } else { R::ZERO };
                }
            }
        }
    }
}
