//! Windows that move over the axes of an image: what convolutions and pools share.

use crate::index::advance;
use crate::node_error::NodeFault;
use crate::op::{Fault, Op, attribute};

/// How windows lie on each axis.
pub(super) struct Windows {
    /// Sizes of the image.
    pub image: Vec<usize>,
    /// Sizes of a window.
    pub kernel: Vec<usize>,
    /// Numbers of windows.
    pub count: Vec<usize>,
    strides: Vec<usize>,
    dilations: Vec<usize>,
    /// Before the first element of each axis.
    before: Vec<usize>,
    /// After the last one.
    after: Vec<usize>,
}

/// A place in a window.
pub(super) struct Place {
    /// The element of the window, row-major.
    pub kernel: usize,
    /// The element of the image, row-major; none in the padding.
    pub image: Option<usize>,
}

/// Larger numbers make no network.
const MOST: i64 = 1 << 20;

impl Windows {
    /// Windows of these sizes on an image, by the attributes of a node.
    pub fn new(op: &Op<'_>, image: &[usize], kernel: &[usize]) -> Result<Self, Fault> {
        let axes = image.len();
        if kernel.len() != axes || kernel.iter().any(|&size| size == 0 || size as i64 > MOST) {
            return Err(op.mismatch(format!("windows of {axes} sizes from 1 on"), &[0, 1]).into());
        }
        let strides = sizes(op, "strides", axes, 1, 1)?;
        let dilations = sizes(op, "dilations", axes, 1, 1)?;
        let pads = sizes(op, "pads", 2 * axes, 0, 0)?;
        let (mut before, mut after) = (pads[..axes].to_vec(), pads[axes..].to_vec());
        let is_ceiling = op.int("ceil_mode", 0)? != 0;
        let same = match op.text("auto_pad", "NOTSET")? {
            "NOTSET" | "" => None,
            "VALID" => {
                before.fill(0);
                after.fill(0);
                None
            }
            "SAME_UPPER" => Some(false),
            "SAME_LOWER" => Some(true),
            _ => return Err(attribute("auto_pad", "NOTSET, VALID, SAME_UPPER or SAME_LOWER").into()),
        };
        let mut count = Vec::with_capacity(axes);
        for axis in 0..axes {
            let (size, stride) = (image[axis], strides[axis]);
            let reach = dilations[axis] * (kernel[axis] - 1) + 1;
            if let Some(is_lower) = same {
                let windows = size.div_ceil(stride);
                let missing = (windows.saturating_sub(1) * stride + reach).saturating_sub(size);
                let (small, large) = (missing / 2, missing - missing / 2);
                (before[axis], after[axis]) = if is_lower { (large, small) } else { (small, large) };
                count.push(windows);
                continue;
            }
            let room = (size + before[axis] + after[axis]).checked_sub(reach);
            let room =
                room.ok_or_else(|| op.mismatch("windows that are not larger than the image", &[0, 1]))?;
            let mut windows = if is_ceiling { room.div_ceil(stride) } else { room / stride } + 1;
            // A window that begins behind the image is none.
            if is_ceiling && (windows - 1) * stride >= size + before[axis] {
                windows -= 1;
            }
            count.push(windows);
        }
        let image = image.to_vec();
        Ok(Self { image, kernel: kernel.to_vec(), count, strides, dilations, before, after })
    }

    /// Calls `visit` with the index of each window, row-major.
    pub fn each(&self, mut visit: impl FnMut(&[usize]) -> Result<(), NodeFault>) -> Result<(), NodeFault> {
        let mut index = vec![0; self.count.len()];
        if self.count.contains(&0) {
            return Ok(());
        }
        loop {
            visit(&index)?;
            if !advance(&mut index, |axis| self.count[axis]) {
                return Ok(());
            }
        }
    }

    /// The places of a window; those beyond the padding (of a window that is cut at the end) are left out.
    pub fn places(&self, window: &[usize]) -> Vec<Place> {
        let mut places = Vec::with_capacity(self.kernel.iter().product());
        let mut inner = vec![0; self.kernel.len()];
        let mut kernel = 0;
        loop {
            let (mut image, mut is_inside, mut is_padded) = (0, true, true);
            for axis in 0..inner.len() {
                let at = window[axis] * self.strides[axis] + inner[axis] * self.dilations[axis];
                let size = self.image[axis];
                is_padded &= at < self.before[axis] + size + self.after[axis];
                match at.checked_sub(self.before[axis]).filter(|&at| at < size) {
                    Some(at) => image = image * size + at,
                    None => is_inside = false,
                }
            }
            if is_padded {
                places.push(Place { kernel, image: is_inside.then_some(image) });
            }
            kernel += 1;
            if !advance(&mut inner, |axis| self.kernel[axis]) {
                return places;
            }
        }
    }
}

/// An attribute with a number for each axis.
fn sizes(op: &Op<'_>, name: &str, count: usize, default: usize, least: i64) -> Result<Vec<usize>, NodeFault> {
    let Some(values) = op.ints(name)? else { return Ok(vec![default; count]) };
    let is_right = values.len() == count && values.iter().all(|value| (least..=MOST).contains(value));
    if !is_right {
        return Err(attribute(name, "a number for each axis (pads: two), none negative or larger than 2^20"));
    }
    Ok(values.iter().map(|&value| value as usize).collect())
}
