//! Solving with the Jacobian, component by component.

use std::sync::Arc;

use nnrc_sim::system::Layered;

use crate::arrays::Sources;
use crate::engine::Engine;
use crate::linear::Shape;
use crate::linearisation::Linearisation;

impl Engine {
    /// Assembles the blocks of one kind at the linearisation point.
    fn assemble(&mut self, dense: bool) {
        let sources = Sources {
            state: &self.linearisation.at,
            constants: &self.constants,
            vector: &[],
            tensors: &self.tensors,
        };
        for (component, block) in self.program.linear.components.iter().zip(&mut self.linearisation.blocks) {
            if matches!(component.shape, Shape::Dense { .. }) != dense {
                continue;
            }
            block.values.clear();
            block.values.resize(component.shape.elements(), 0.0);
            for kernel in &component.block {
                kernel.run(&sources, &mut block.values, &mut self.scratch);
            }
        }
    }
}

/// The order of calls is that of the trait: `linearise`, then `shift`, then `solve`. Where shift · I − J is singular,
/// `solve` gives values that are not finite.
impl Layered for Engine {
    fn linearise(&mut self, state: &[f64]) {
        self.refold();
        self.linearisation.at.copy_from_slice(state);
        for (id, len, kernels) in &self.program.linear.frozen {
            // Taken out, because the kernels read the other tensors meanwhile.
            let mut tensor = std::mem::take(&mut self.tensors[*id]);
            let values = Arc::make_mut(&mut tensor);
            values.clear();
            values.resize(*len, 0.0);
            let sources = Sources { state, constants: &self.constants, vector: &[], tensors: &self.tensors };
            for kernel in kernels {
                kernel.run(&sources, values, &mut self.scratch);
            }
            self.tensors[*id] = tensor;
        }
        self.assemble(false);
        self.linearisation.dense_assembled = false;
    }

    fn shift(&mut self, shift: f64) {
        if !self.linearisation.dense_assembled {
            self.assemble(true);
            self.linearisation.dense_assembled = true;
        }
        for (component, block) in self.program.linear.components.iter().zip(&mut self.linearisation.blocks) {
            block.shift(component, shift);
        }
    }

    fn solve(&mut self, vector: &mut [f64]) {
        let Linearisation { at, blocks, solution, .. } = &mut self.linearisation;
        for (component, block) in self.program.linear.components.iter().zip(blocks) {
            let sources =
                Sources { state: at, constants: &self.constants, vector: solution, tensors: &self.tensors };
            for kernel in &component.couplings {
                kernel.run(&sources, vector, &mut self.scratch);
            }
            block.solve(component, vector, solution);
        }
        vector.copy_from_slice(solution);
    }

    fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]) {
        product.fill(0.0);
        let Linearisation { at, blocks, .. } = &self.linearisation;
        let sources = Sources { state: at, constants: &self.constants, vector, tensors: &self.tensors };
        for (component, block) in self.program.linear.components.iter().zip(blocks) {
            for kernel in component.couplings.iter().chain(&component.own) {
                kernel.run(&sources, product, &mut self.scratch);
            }
            if matches!(component.shape, Shape::Local { .. }) {
                block.add_times(&component.families, vector, product);
            }
        }
    }
}
