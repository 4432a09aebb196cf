//! How many numbers go into a network and come out, and where these stand.

use crate::network::{Network, Role};

/// Number of elements of all inputs.
pub fn input_width<N: Network>() -> usize {
    N::quantities().iter().filter(|quantity| quantity.role.is_input()).map(|quantity| quantity.width).sum()
}

/// Number of elements of all outputs.
pub(crate) fn output_width<N: Network>() -> usize {
    N::quantities().iter().filter(|one| one.role == Role::Output).map(|one| one.width).sum()
}

/// Places of the outputs in what the network observes.
pub(crate) fn output_places<N: Network>() -> Vec<usize> {
    let (mut places, mut start) = (Vec::new(), 0);
    for quantity in N::quantities() {
        let range = start..start + quantity.width;
        start = range.end;
        if quantity.role == Role::Output {
            places.extend(range);
        }
    }
    places
}
