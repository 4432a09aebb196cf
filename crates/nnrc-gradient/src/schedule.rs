//! What threads do one after another, and where they wait for each other.
//!
//! A node is either shared, and each thread has a strip of its units, or all of it belongs to the thread that leads.
//! Every thread goes through the same phases and does its own part of each; they meet where one of them would touch
//! what another has touched since they last met.

use crate::graph::{Graph, Kind};

/// A step of all threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Values of a node.
    Forward(usize),
    /// Loss of the samples, and dL/dy of the output.
    Judge,
    /// dL/dz and the gradient of the parameters of a node.
    Backward(usize),
    /// What the node `from` adds to the adjoint of its source at a place; `fresh`: nothing was added before.
    Spread { from: usize, place: usize, fresh: bool },
    /// The optimiser moves the parameters of a node.
    Update(usize),
    /// All threads wait for each other.
    Meet,
}

/// What phases touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    Value(usize),
    Adjoint(usize),
    Weights(usize),
    Verdict,
}

/// Which part of it a thread touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The leader, any part.
    Leader,
    /// Each thread its strip.
    Own,
    /// Each thread any part.
    Any,
}

#[derive(Debug, Clone, Copy)]
struct Access {
    resource: Resource,
    scope: Scope,
    writes: bool,
}

impl Access {
    /// Whether two threads may touch the same at once, one of them writing.
    fn collides(&self, other: &Self) -> bool {
        let same_thread = self.scope == other.scope && self.scope != Scope::Any;
        self.resource == other.resource && (self.writes || other.writes) && !same_thread
    }
}

/// The phases of all that is asked for.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Values and loss.
    pub judge: Vec<Phase>,
    /// Values, loss and gradient of a block of samples.
    pub learn: Vec<Phase>,
    /// The step of the optimiser, after the last block. Whatever follows the last meeting is for the leader alone.
    pub update: Vec<Phase>,
}

impl Schedule {
    pub fn new(graph: &Graph, is_shared: &[bool]) -> Self {
        let nodes = 0..graph.nodes.len();
        let forward = nodes.clone().map(Phase::Forward).chain([Phase::Judge]);
        let mut judge = Planner::new(graph, is_shared).plan(forward.clone());
        judge.push(Phase::Meet);

        let mut seen = vec![false; graph.nodes.len()];
        let mut back = Vec::new();
        for at in nodes.clone().rev().filter(|&at| graph.nodes[at].learns) {
            back.push(Phase::Backward(at));
            for (place, &source) in graph.nodes[at].sources().iter().enumerate() {
                if graph.nodes[source].learns {
                    let fresh = !std::mem::replace(&mut seen[source], true);
                    back.push(Phase::Spread { from: at, place, fresh });
                }
            }
        }
        let mut planner = Planner::new(graph, is_shared);
        let learn = planner.plan(forward.chain(back));
        let has_parameters = |&at: &usize| graph.nodes[at].dense().is_some();
        let (late, early): (Vec<Phase>, Vec<Phase>) =
            nodes.filter(has_parameters).map(Phase::Update).partition(|&phase| planner.must_meet(phase));
        let leads = |phase: &Phase| matches!(phase, Phase::Update(at) if !is_shared[*at]);
        // What the leader can do while the others already wait needs no meeting of its own.
        let last = (!late.iter().all(leads)).then_some(Phase::Meet);
        let update = early.into_iter().chain([Phase::Meet]).chain(late).chain(last).collect();
        Self { judge, learn, update }
    }
}

struct Planner<'a> {
    graph: &'a Graph,
    is_shared: &'a [bool],
    /// What was touched since the threads last met.
    touched: Vec<Access>,
}

impl<'a> Planner<'a> {
    fn new(graph: &'a Graph, is_shared: &'a [bool]) -> Self {
        Self { graph, is_shared, touched: Vec::new() }
    }

    fn plan(&mut self, phases: impl Iterator<Item = Phase>) -> Vec<Phase> {
        let mut planned = Vec::new();
        for phase in phases {
            if self.must_meet(phase) {
                planned.push(Phase::Meet);
                self.touched.clear();
            }
            self.touched.extend(self.accesses(phase));
            planned.push(phase);
        }
        planned
    }

    fn must_meet(&self, phase: Phase) -> bool {
        let accesses = self.accesses(phase);
        accesses.iter().any(|one| self.touched.iter().any(|other| one.collides(other)))
    }

    fn accesses(&self, phase: Phase) -> Vec<Access> {
        let shared = |at: usize| self.is_shared[at];
        let own = |at: usize| if shared(at) { Scope::Own } else { Scope::Leader };
        // What the threads that work on a node touch of another one.
        let any = |at: usize| if shared(at) { Scope::Any } else { Scope::Leader };
        let read = |resource, scope| Access { resource, scope, writes: false };
        let write = |resource, scope| Access { resource, scope, writes: true };
        let sources = |at: usize| self.graph.nodes[at].sources().iter().copied();
        let mut all = Vec::new();
        match phase {
            Phase::Forward(at) => {
                all.extend(sources(at).map(|source| read(Resource::Value(source), any(at))));
                all.push(read(Resource::Weights(at), own(at)));
                all.push(write(Resource::Value(at), own(at)));
            }
            Phase::Judge => {
                all.push(read(Resource::Value(self.graph.output), Scope::Leader));
                all.push(write(Resource::Adjoint(self.graph.output), Scope::Leader));
                all.push(write(Resource::Verdict, Scope::Leader));
            }
            Phase::Backward(at) => {
                all.extend(sources(at).map(|source| read(Resource::Value(source), any(at))));
                all.push(read(Resource::Value(at), own(at)));
                all.push(read(Resource::Weights(at), own(at)));
                all.push(write(Resource::Adjoint(at), own(at)));
            }
            Phase::Spread { from, place, .. } => {
                let to = self.graph.nodes[from].sources()[place];
                all.push(read(Resource::Adjoint(from), any(to)));
                all.push(read(Resource::Weights(from), any(to)));
                all.push(read(Resource::Value(to), own(to)));
                all.push(write(Resource::Adjoint(to), own(to)));
            }
            Phase::Update(at) => {
                all.push(read(Resource::Verdict, any(at)));
                all.push(write(Resource::Weights(at), own(at)));
            }
            Phase::Meet => {}
        }
        all
    }
}

/// The products of one sample that a node takes part in, if threads can share it.
pub(crate) fn products(graph: &Graph, at: usize) -> usize {
    let node = &graph.nodes[at];
    match &node.kind {
        Kind::Input { .. } => node.width,
        Kind::Layer { .. } if node.is_joint() => 0,
        Kind::Layer { .. } => node.dense().map_or(0, |dense| dense.columns * node.width),
    }
}
