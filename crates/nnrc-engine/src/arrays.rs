//! What loops read, and where they put what lies between.

use std::sync::Arc;

use crate::sum::{Factor, Source};

/// The arrays that kernels read.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub state: &'a [f64],
    pub constants: &'a [f64],
    pub vector: &'a [f64],
    pub tensors: &'a [Arc<Vec<f64>>],
}

impl<'a> Sources<'a> {
    /// The array of a source.
    pub fn array(&self, source: Source) -> &'a [f64] {
        match source {
            Source::State => self.state,
            Source::Constant => self.constants,
            Source::Vector => self.vector,
            Source::Tensor(id) => &self.tensors[id],
            // Rate constants are made into tensors before any kernel is compiled.
            Source::Rate => &[],
        }
    }
}

/// Space for intermediate vectors, kept between calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    pub inner: Vec<f64>,
    pub rows: Vec<f64>,
    pub values: Vec<usize>,
}

/// An array read along one variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub source: Source,
    pub base: usize,
    pub stride: usize,
}

impl Line {
    pub fn new(factor: &Factor, variable: Option<usize>) -> Self {
        let stride = variable.map_or(0, |v| factor.at.strides[v]);
        Self { source: factor.source, base: factor.at.base, stride }
    }

    /// The elements from the first one on.
    pub fn slice<'a>(&self, sources: &Sources<'a>) -> &'a [f64] {
        &sources.array(self.source)[self.base..]
    }
}
