//! The network as a picture: layers as columns, weights as edges, and beside them what the chemistry consists of.
//!
//! The same network gives the same bytes. Colours and dashes can be told apart with any colour vision and in print; a
//! viewer that prefers dark gets a dark ground, and the picture has a ground of its own either way.

mod edges;
mod families;
mod layout;
mod pen;
mod ring;
mod units;
mod values;

pub use values::Values;

use crate::compiled::Compiled;
use crate::numbers::{count, plural};
use layout::Layout;
use pen::Pen;

impl Compiled {
    /// The network as SVG; with `values` units are filled by them.
    pub fn drawing(&self, values: Option<&Values>) -> String {
        let layout = Layout::new(self);
        let list = families::Families::new(self);
        let ring = self.lowered.clocked().map(|clocked| ring::Ring::new(self, clocked));
        let side = (layout.right(), layout::TOP);
        let below = (layout::MARGIN, layout.bottom());
        let ring_height = ring.as_ref().map_or(0.0, ring::Ring::height);
        let height = (below.1 + ring_height).max(side.1 + list.height()) + pen::LEGEND;
        let ring_width = ring.as_ref().map_or(0.0, |ring| below.0 + ring.width());
        let left = side.0.max(ring_width);
        let width = (left + list.width()).max(pen::LEGEND_WIDTH);
        let mut pen = Pen::new(width, height, &self.model.name);
        pen.heading(layout::MARGIN, 28.0, &self.model.name);
        let (species, reactions) = (self.lowered.info.species_count(), self.lowered.info.reaction_count());
        let construction = self.model.chemistry.construction.name();
        let words = values.map_or(String::new(), |values| format!(" · {}", values.words()));
        let size =
            format!("{construction} · {} species · {}{words}", count(species), plural(reactions, "reaction"));
        pen.faint(layout::MARGIN, 47.0, "start", &size);
        edges::draw(&mut pen, self, &layout);
        units::draw(&mut pen, self, &layout, values);
        if let Some(ring) = &ring {
            ring.draw(&mut pen, below);
        }
        list.draw(&mut pen, (left, side.1));
        pen.legend(layout::MARGIN, height - pen::LEGEND + 16.0, values.is_some());
        pen.finish()
    }
}
