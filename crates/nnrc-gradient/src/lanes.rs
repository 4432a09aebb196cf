//! Numbers side by side, as many as fill a line of the cache and the widest vector registers.

use std::fmt::Debug;
use std::ops::IndexMut;

use nnrc_model::activation::Pointwise;
use nnrc_sim::train::Number;

/// A number that stands in lanes: 8 of double precision, 16 of single.
pub trait Laned: Number {
    /// Some of them: an array.
    type Lanes: Copy + Debug + PartialEq + Send + Sync + IndexMut<usize, Output = Self> + 'static;

    /// How many they are.
    const LANES: usize;
    /// All 0.
    const ZEROS: Self::Lanes;

    /// Made lane by lane.
    fn lanes(each: impl FnMut(usize) -> Self) -> Self::Lanes;

    /// Numbers as lanes, and the rest.
    fn grouped(flat: &[Self]) -> (&[Self::Lanes], &[Self]);

    /// The same, to be changed.
    fn grouped_mut(flat: &mut [Self]) -> &mut [Self::Lanes];

    /// The numbers of lanes.
    fn flat(lanes: &[Self::Lanes]) -> &[Self];

    /// The same, to be changed.
    fn flat_mut(lanes: &mut [Self::Lanes]) -> &mut [Self];

    /// Sum of lanes: halves are added, which stay in place in vector registers.
    fn total(lanes: Self::Lanes) -> Self;

    /// Values and slopes of an activation.
    fn activate(one: &dyn Pointwise, z: &[Self::Lanes], y: &mut [Self::Lanes], slopes: &mut [Self::Lanes]);
}

macro_rules! laned {
    ($type:ident, $lanes:literal, $total:expr, $activate:expr) => {
        impl Laned for $type {
            type Lanes = [$type; $lanes];

            const LANES: usize = $lanes;
            const ZEROS: Self::Lanes = [0.0; $lanes];

            #[inline(always)]
            fn lanes(each: impl FnMut(usize) -> Self) -> Self::Lanes {
                std::array::from_fn(each)
            }

            #[inline(always)]
            fn grouped(flat: &[Self]) -> (&[Self::Lanes], &[Self]) {
                flat.as_chunks()
            }

            #[inline(always)]
            fn grouped_mut(flat: &mut [Self]) -> &mut [Self::Lanes] {
                flat.as_chunks_mut().0
            }

            #[inline(always)]
            fn flat(lanes: &[Self::Lanes]) -> &[Self] {
                lanes.as_flattened()
            }

            #[inline(always)]
            fn flat_mut(lanes: &mut [Self::Lanes]) -> &mut [Self] {
                lanes.as_flattened_mut()
            }

            #[inline(always)]
            fn total(lanes: Self::Lanes) -> Self {
                $total(lanes)
            }

            fn activate(
                one: &dyn Pointwise,
                z: &[Self::Lanes],
                y: &mut [Self::Lanes],
                slopes: &mut [Self::Lanes],
            ) {
                $activate(one, z, y, slopes);
            }
        }
    };
}

laned!(f64, 8, total_of_eight, |one: &dyn Pointwise, z: &_, y: &mut _, slopes: &mut _| {
    one.block(z, y, slopes);
});

laned!(
    f32,
    16,
    |lanes: [f32; 16]| total_of_eight(std::array::from_fn(|at| lanes[at] + lanes[at + 8])),
    |one: &dyn Pointwise, z: &[[f32; 16]], y: &mut [[f32; 16]], slopes: &mut [[f32; 16]]| {
        one.single(z.as_flattened(), y.as_flattened_mut(), slopes.as_flattened_mut());
    }
);

#[inline(always)]
fn total_of_eight<R: Number>(lanes: [R; 8]) -> R {
    let half: [R; 4] = std::array::from_fn(|at| lanes[at] + lanes[at + 4]);
    (half[0] + half[2]) + (half[1] + half[3])
}
