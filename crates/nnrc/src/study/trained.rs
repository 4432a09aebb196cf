//! Networks of a study with their weights.

use super::Study;
use super::variant::Variant;
use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::{Checked, Project};
use crate::training::TrainOptions;

impl Study<'_> {
    /// The networks to compare: where the file trains through the fixed point, each is trained by itself, unless weights
    /// are given beside the file. `project` is what the study was made of.
    ///
    /// # Errors
    ///
    /// Those of a training, and weights with which the network does not compute.
    pub fn trained(
        &self,
        project: &Project<'_>,
        threads: usize,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Variant>, Failure> {
        let mut variants = self.variants();
        if project.gives_weights() || !variants.iter().any(Variant::descends) {
            return Ok(variants);
        }
        let unfolded = project.unfolded(self.checked)?;
        let model = unfolded.as_ref().map_or(&self.checked.model, |unfolded| &unfolded.model);
        let options = TrainOptions { resume: None, threads };
        for variant in variants.iter_mut().filter(|variant| variant.descends()) {
            let source = self.checked.source.clone();
            let own = Checked { source, model: variant.of(model), findings: Vec::new() };
            let trained = own.train(&options, observer)?;
            observer.note(&format!("{}: {}", variant.name, trained.summary()));
            variant.model = variant.of(&project.with_weights(trained.weights)?.model);
        }
        Ok(variants)
    }
}
