//! Phases of forward and backward propagation on strips of units.

use std::ops::Range;

use nnrc_dispatch::dispatched;
use nnrc_model::lanes::{LANES, Lanes};
use nnrc_sim::train::{Optimiser, Step, Variables};

use crate::graph::{Combination, Dense, Graph, Kind, is_joint};
use crate::kernel;
use crate::layer::{self, Trace};
use crate::panels::{Eights, columns_in, pack, panels, unpack};
use crate::slots::{Slot, Slots};
use crate::source::{Consumer, Source, add};

/// The state of a network that is computed: what threads share of each node.
pub(crate) struct Engine<'a, S: Slots> {
    pub graph: &'a Graph,
    /// For each node its strips, without those of threads that have none.
    nodes: Vec<Vec<Strip<S>>>,
}

/// A part of a node that one thread works on.
struct Strip<S: Slots> {
    /// Its panels of units.
    own: Range<usize>,
    value: S::Slot<Eights>,
    adjoint: S::Slot<Adjoint>,
    weights: S::Slot<Weights>,
}

struct Adjoint {
    /// dL/dy, which becomes dL/dz.
    d: Eights,
    /// dL/dzp of the first activation, if that depends on production.
    through: Eights,
}

struct Weights {
    /// [input, unit].
    w: Eights,
    /// An eight for each panel, zeros where there is no bias.
    b: Eights,
}

/// What a thread has for itself.
pub(crate) struct Own {
    nodes: Vec<Option<OwnNode>>,
    /// Outputs of a sample, and dL/dy.
    output: [Vec<f64>; 2],
}

struct OwnNode {
    /// Which strip of the node is its own.
    strip: usize,
    trace: Trace,
    /// Of w, then of b.
    gradient: [Eights; 2],
    first: [Eights; 2],
    second: [Eights; 2],
}

impl<'a, S: Slots> Engine<'a, S> {
    /// Room for blocks of at most `rows` samples, and what each of the threads has for itself; nodes that are not
    /// shared belong to the first.
    pub fn new(graph: &'a Graph, is_shared: &[bool], threads: usize, rows: usize) -> (Self, Vec<Own>) {
        let mut nodes = Vec::new();
        let mut owns: Vec<Own> = (0..threads)
            .map(|_| Own { nodes: Vec::new(), output: [0, 1].map(|_| vec![0.0; graph.output_width()]) })
            .collect();
        for (node, &shared) in graph.nodes.iter().zip(is_shared) {
            let count = panels(node.width);
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
                    gradient: sizes.map(Eights::zeros),
                    first: sizes.map(Eights::zeros),
                    second: sizes.map(Eights::zeros),
                }));
                let room = |wanted: bool| Eights::zeros(if wanted { range.len() * rows } else { 0 });
                strips.push(Strip {
                    value: Slot::new(room(true)),
                    adjoint: Slot::new(Adjoint { d: room(node.learns), through: room(produces) }),
                    weights: Slot::new(Weights { w: Eights::zeros(sizes[0]), b: Eights::zeros(sizes[1]) }),
                    own: range,
                });
            }
            nodes.push(strips);
        }
        (Self { graph, nodes }, owns)
    }

    /// Calls `f` with the values of a node for `rows` samples, a segment for each strip.
    fn with_values<R>(&self, at: usize, rows: usize, f: impl FnOnce(&[&[Lanes]]) -> R) -> R {
        if let [strip] = self.nodes[at].as_slice() {
            let value = strip.value.read();
            return f(&[&value[..strip.own.len() * rows]]);
        }
        let guards: Vec<_> =
            self.nodes[at].iter().map(|strip| (strip.value.read(), strip.own.len())).collect();
        let segments: Vec<&[Lanes]> = guards.iter().map(|(value, panels)| &value[..panels * rows]).collect();
        f(&segments)
    }

    /// Calls `f` with what a dense layer takes: its source, or all of them one after another.
    fn with_taken<R>(&self, at: usize, rows: usize, taken: &Eights, f: impl FnOnce(&[&[Lanes]]) -> R) -> R {
        match self.graph.nodes[at].sources() {
            [source] => self.with_values(*source, rows, f),
            _ => f(&[&taken[..taken.len().min(self.taken_panels(at) * rows)]]),
        }
    }

    fn taken_panels(&self, at: usize) -> usize {
        self.graph.nodes[at].dense().map_or(0, |dense| panels(dense.columns))
    }

    /// Values of the own strip of a node.
    pub fn forward(&self, at: usize, own: &mut Own, samples: &[&[f64]]) {
        let Some(OwnNode { strip, trace, .. }) = &mut own.nodes[at] else { return };
        let (node, strip, rows) = (&self.graph.nodes[at], &self.nodes[at][*strip], samples.len());
        let mut value = strip.value.write();
        let value = &mut value[..strip.own.len() * rows];
        let (operation, sources, activations) = match &node.kind {
            Kind::Input { start } => return gather(samples, *start, node.width, &strip.own, value),
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
                        kernel::forward(x, rows, *columns, &weights.w, &weights.b, z);
                        if produces {
                            zp.resize(z.len(), [0.0; LANES]);
                            layer::produced(x, rows, *columns, (&weights.w, &weights.b), &mut zp);
                        }
                    });
                }
                Combination::Add => {
                    z.fill([0.0; LANES]);
                    zp.resize(if produces { z.len() } else { 0 }, [0.0; LANES]);
                    for &source in sources {
                        self.with_values(source, rows, |x| {
                            let part = x.concat();
                            add(z, &part[strip.own.start * rows..strip.own.end * rows]);
                            zp.iter_mut().zip(&part[strip.own.start * rows..]).for_each(|(zp, x)| {
                                zp.iter_mut().zip(x).for_each(|(zp, x)| *zp += x.max(0.0));
                            });
                        });
                    }
                }
                Combination::Concat => {
                    self.concatenate(sources, rows, z);
                    zp.extend(z.iter().filter(|_| produces).map(|z| z.map(|z| z.max(0.0))));
                }
            }
        }
        for (stage, activation) in activations.iter().enumerate() {
            let (before, after) = inputs.split_at_mut(stage + 1);
            let z = &before[stage][..value.len()];
            let y = after.first_mut().map_or(&mut *value, |y| &mut y[..z.len()]);
            if stage > 0 && activation.depends_on_production() {
                zp.clear();
                zp.extend(z.iter().map(|z| z.map(|z| z.max(0.0))));
            }
            layer::activate((*activation, node.width, rows), stage, z, &zp, y, (slopes, production));
        }
    }

    /// Sources one after another.
    fn concatenate(&self, sources: &[usize], rows: usize, into: &mut [Lanes]) {
        let mut start = 0;
        for &source in sources {
            let width = self.graph.nodes[source].width;
            self.with_values(source, rows, |x| {
                let panels = x.iter().flat_map(|segment| segment.chunks_exact(rows));
                for (panel, x) in panels.enumerate() {
                    for lane in 0..columns_in(panel, width) {
                        let column = start + panel * LANES + lane;
                        let to = &mut into[column / LANES * rows..(column / LANES + 1) * rows];
                        to.iter_mut().zip(x).for_each(|(to, x)| to[column % LANES] = x[lane]);
                    }
                }
            });
            start += width;
        }
    }

    /// dL/dz and the gradient of the own strip of a node; `fresh`: the first samples of a batch.
    pub fn backward(&self, at: usize, own: &mut Own, rows: usize, fresh: bool) {
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
                layer::pull_joint((*activation, node.width, rows), z, y, d);
            } else if activation.depends_on_production() {
                // What was produced depends on the signs of weights and sources, not on z alone.
                let mut zp = trace.production[stage][..d.len()].to_vec();
                layer::pull(&mut zp, d);
                layer::clear_beyond(&mut zp, rows, node.width, &strip.own);
                layer::pull(d, &trace.slopes[stage]);
                if stage == 0 && node.produces() {
                    through[..zp.len()].copy_from_slice(&zp);
                } else {
                    for ((d, zp), z) in d.iter_mut().zip(&zp).zip(z) {
                        for lane in 0..LANES {
                            d[lane] += if z[lane] > 0.0 { zp[lane] } else { 0.0 };
                        }
                    }
                }
            } else {
                layer::pull(d, &trace.slopes[stage]);
            }
        }
        layer::clear_beyond(d, rows, node.width, &strip.own);
        let Some(Dense { columns, bias, .. }) = node.dense() else { return };
        let [gw, gb] = gradient;
        if bias.is_some() {
            kernel::sums(d, rows, fresh, gb);
        }
        self.with_taken(at, rows, &trace.taken, |x| {
            kernel::outer(x, d, rows, columns, fresh, gw);
            if !through.is_empty() {
                let weights = strip.weights.read();
                production_gradient(
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
    pub fn spread(&self, (from, place, fresh): (usize, usize, bool), own: &mut Own, rows: usize) {
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
    fn with_consumer(&self, at: usize, rows: usize, f: impl FnOnce(&Consumer<'_>)) {
        let parts = |adjoint: &'_ Adjoint, strip: &Strip<S>| {
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
        let (mut d, mut through, mut w) = (Vec::new(), Vec::new(), Vec::<&[Lanes]>::new());
        for (adjoint, weights, strip) in &guards {
            let (count, of_through) = parts(adjoint, strip);
            d.push(&adjoint.d[..count]);
            through.push(&adjoint.through[..of_through]);
            w.push(&weights.w);
        }
        f(&Consumer { d: &d, through: &through, w: &w });
    }

    /// Moves the own parameters of a node.
    pub fn update(&self, at: usize, own: &mut Own, optimiser: Optimiser, step: Step) {
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
        own: &mut Own,
        rows: usize,
        learns: bool,
        mut f: impl FnMut(usize, &mut [f64], &mut [f64]),
    ) {
        let strips = &self.nodes[self.graph.output];
        let width = self.graph.output_width();
        let [y, d] = &mut own.output;
        let learns = learns && self.graph.nodes[self.graph.output].learns;
        let units = |own: &Range<usize>| own.start * LANES..width.min(own.end * LANES);
        for sample in 0..rows {
            for strip in strips {
                let value = strip.value.read();
                for (y, value) in y[units(&strip.own)].chunks_mut(LANES).zip(value.chunks_exact(rows)) {
                    y.copy_from_slice(&value[sample][..y.len()]);
                }
            }
            f(sample, y, d);
            for strip in strips.iter().filter(|_| learns) {
                let mut adjoint = strip.adjoint.write();
                for (d, adjoint) in d[units(&strip.own)].chunks(LANES).zip(adjoint.d.chunks_exact_mut(rows)) {
                    let mut eight = [0.0; LANES];
                    eight[..d.len()].copy_from_slice(d);
                    adjoint[sample] = eight;
                }
            }
        }
    }

    /// Takes the own parameters and moments from flat ones.
    pub fn load(&self, own: &mut Own, variables: &Variables) {
        for (at, node) in own.nodes.iter_mut().enumerate() {
            let (Some(node), Some(dense)) = (node, self.graph.nodes[at].dense()) else { continue };
            let strip = &self.nodes[at][node.strip];
            let mut weights = strip.weights.write();
            let Weights { w, b } = &mut *weights;
            let shape = (self.graph.nodes[at].width, dense.columns);
            let copy = |flat: &[f64], [w, b]: [&mut Eights; 2]| {
                if flat.is_empty() {
                    return;
                }
                pack(&flat[dense.weights..], shape, &strip.own, w);
                if let Some(bias) = dense.bias {
                    pack(&flat[bias..], (shape.0, 1), &strip.own, b);
                }
            };
            copy(&variables.parameters, [w, b]);
            copy(&variables.first, node.first.each_mut());
            copy(&variables.second, node.second.each_mut());
        }
    }

    /// Writes the own parameters and moments to flat ones.
    pub fn store(&self, own: &Own, variables: &mut Variables) {
        for (at, node) in own.nodes.iter().enumerate() {
            let Some(node) = node else { continue };
            let weights = self.nodes[at][node.strip].weights.read();
            self.flatten(at, node, [&weights.w, &weights.b], &mut variables.parameters);
            self.flatten(at, node, node.first.each_ref(), &mut variables.first);
            self.flatten(at, node, node.second.each_ref(), &mut variables.second);
        }
    }

    /// Writes the own part of the gradient to a flat one.
    pub fn gradient(&self, own: &Own, flat: &mut [f64]) {
        for (at, node) in own.nodes.iter().enumerate() {
            if let Some(node) = node {
                self.flatten(at, node, node.gradient.each_ref(), flat);
            }
        }
    }

    fn flatten(&self, at: usize, node: &OwnNode, [w, b]: [&Eights; 2], flat: &mut [f64]) {
        let own = &self.nodes[at][node.strip].own;
        let width = self.graph.nodes[at].width;
        if let Some(dense) = self.graph.nodes[at].dense().filter(|_| !flat.is_empty()) {
            unpack(w, (width, dense.columns), own, &mut flat[dense.weights..]);
            if let Some(bias) = dense.bias {
                unpack(b, (width, 1), own, &mut flat[bias..]);
            }
        }
    }
}

dispatched! {
    fn move_parameters(
        optimiser: Optimiser,
        step: Step,
        w: &mut [f64],
        g: &[f64],
        m: &mut [f64],
        v: &mut [f64],
    ) = optimiser.step(step, w, g, m, v);
}

/// Inputs of the samples, from `start` on, as a matrix of the own panels.
fn gather(samples: &[&[f64]], start: usize, width: usize, own: &Range<usize>, value: &mut [Lanes]) {
    let rows = samples.len();
    let (from, to) = (start + own.start * LANES, start + width.min(own.end * LANES));
    for (sample, inputs) in samples.iter().enumerate() {
        let (eights, rest) = inputs[from..to].as_chunks::<LANES>();
        for (panel, eight) in eights.iter().enumerate() {
            value[panel * rows + sample] = *eight;
        }
        if !rest.is_empty() {
            let mut eight = [0.0; LANES];
            eight[..rest.len()].copy_from_slice(rest);
            value[eights.len() * rows + sample] = eight;
        }
    }
}

/// What goes through the production of pre-activations to weights and biases.
fn production_gradient(
    x: &[&[Lanes]],
    through: &[Lanes],
    rows: usize,
    columns: usize,
    weights: &Weights,
    [gw, gb]: [&mut Eights; 2],
    has_bias: bool,
) {
    for (panel, through) in through.chunks_exact(rows).enumerate() {
        let mut column = panel * columns;
        for x in x.iter().flat_map(|segment| segment.chunks_exact(rows)) {
            for lane in 0..LANES.min((panel + 1) * columns - column) {
                let (w, g) = (&weights.w[column + lane], &mut gw[column + lane]);
                for (through, x) in through.iter().zip(x) {
                    for unit in 0..LANES {
                        g[unit] += if w[unit] * x[lane] > 0.0 { through[unit] * x[lane] } else { 0.0 };
                    }
                }
            }
            column += LANES.min((panel + 1) * columns - column);
        }
        if has_bias {
            for through in through {
                for unit in 0..LANES {
                    gb[panel][unit] += if weights.b[panel][unit] > 0.0 { through[unit] } else { 0.0 };
                }
            }
        }
    }
}
