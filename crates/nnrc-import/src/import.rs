//! All passes, one after another.

use crate::compose::compose;
use crate::error::ImportError;
use crate::files::Files;
use crate::fold::Folded;
use crate::graph::Graph;
use crate::network::Network;
use crate::recognise::Planned;

impl Network {
    /// Reads a model: all passes, one after another.
    ///
    /// `files` reads files beside the model, where exporters put large weights.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, or all nodes that are not served.
    pub fn read(bytes: Vec<u8>, files: &dyn Files) -> Result<Self, ImportError> {
        let graph = Graph::read(bytes, files)?;
        let planned = Planned::new(Folded::new(graph)?)?;
        compose(planned)
    }
}
