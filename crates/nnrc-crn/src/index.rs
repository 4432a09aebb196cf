//! How one axis of a species or rate constant is indexed.
//!
//! ```text
//! offset + Σ stride · variable
//! ```
//!
//! Almost every index is one variable, or a fixed place; both have a variant of their own, so that whoever looks for
//! whole rows and columns need not read a form. Convolutions, pooling and flattening need the general form: the window
//! of a unit at i is `2*i+a-1`, the place of a pixel in a row is `9*c+3*h+w`.
//!
//! # Padding
//!
//! An index that can leave its axis is an error, unless it says that it is *padded*: then **the reaction does not exist
//! where the index leaves the axis**. What lies beyond is no species at all, so that a window over the edge sees what
//! it would see of zeros. Every other index of the family must stay within its axis for all values of the variables.
//!
//! A stride is never negative. A reversed window is the same sum written from the other side: what reads the place i
//! lies at `i + a`.

use std::fmt;

/// Most index variables that one index may depend on.
pub const MOST_VARIABLES: usize = 8;

/// How one axis of a species or rate constant is indexed. Places are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Index {
    /// The value of the index variable at this position of `over`, plus an offset.
    Variable {
        /// Position in `over`.
        position: usize,
        /// Added to its value.
        offset: usize,
    },
    /// A fixed, 0-based place.
    At(usize),
    /// Any other form, or one that is padded. [`Index::affine`] and [`Index::padded`] make it, and never where another
    /// variant says the same: equal indices are equal values.
    Affine(Affine),
}

impl Index {
    /// The value of the index variable at `position`.
    pub fn of(position: usize) -> Self {
        Self::Variable { position, offset: 0 }
    }

    /// offset + Σ stride · variable for pairs of position in `over` and stride.
    ///
    /// # Errors
    ///
    /// More than [`MOST_VARIABLES`], or numbers beyond 32 bits.
    pub fn affine(offset: i64, terms: &[(usize, usize)]) -> Result<Self, BadForm> {
        let form = Affine::new(offset, terms, false)?;
        Ok(match (usize::try_from(offset), form.terms()) {
            (Ok(place), []) => Self::At(place),
            (Ok(offset), &[(position, 1)]) => Self::Variable { position: position as usize, offset },
            _ => Self::Affine(form),
        })
    }

    /// The same form, and the reaction does not exist where it leaves its axis.
    ///
    /// # Errors
    ///
    /// As [`Index::affine`].
    pub fn padded(offset: i64, terms: &[(usize, usize)]) -> Result<Self, BadForm> {
        Affine::new(offset, terms, true).map(Self::Affine)
    }

    /// The form of any index. Numbers beyond its range, which no axis has, become the largest.
    pub fn form(self) -> Affine {
        let large = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        match self {
            Self::Variable { position, offset } => {
                let mut form = Affine { offset: large(offset), count: 1, ..Affine::default() };
                form.terms[0] = (u32::try_from(position).unwrap_or(u32::MAX), 1);
                form
            }
            Self::At(place) => Affine { offset: large(place), ..Affine::default() },
            Self::Affine(form) => form,
        }
    }

    /// The place at values of the index variables, for a member that exists.
    pub fn place(self, values: &[usize]) -> usize {
        match self {
            Self::Variable { position, offset } => values[position] + offset,
            Self::At(place) => place,
            Self::Affine(form) => form.at(values) as usize,
        }
    }

    /// The index variables that it depends on, by position in `over`.
    pub fn variables(self) -> impl Iterator<Item = usize> {
        self.form().pairs().map(|(position, _)| position)
    }
}

/// offset + Σ stride · variable, padded or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Affine {
    offset: i64,
    /// How many of the terms there are; the others are zeros.
    count: u8,
    /// Positions in `over`, ascending, each with a stride above 0.
    terms: [(u32, u32); MOST_VARIABLES],
    padded: bool,
}

impl Affine {
    fn new(offset: i64, terms: &[(usize, usize)], padded: bool) -> Result<Self, BadForm> {
        let mut form = Self { offset, padded, ..Self::default() };
        for &(position, stride) in terms.iter().filter(|(_, stride)| *stride > 0) {
            let (Ok(position), Ok(stride)) = (u32::try_from(position), u32::try_from(stride)) else {
                return Err(BadForm);
            };
            let count = form.count as usize;
            match form.terms[..count].iter_mut().find(|(known, _)| *known == position) {
                Some((_, sum)) => *sum = sum.checked_add(stride).ok_or(BadForm)?,
                None if count == MOST_VARIABLES => return Err(BadForm),
                None => {
                    form.terms[count] = (position, stride);
                    form.count += 1;
                }
            }
        }
        form.terms[..form.count as usize].sort_unstable();
        Ok(form)
    }

    fn terms(&self) -> &[(u32, u32)] {
        &self.terms[..self.count as usize]
    }

    /// What is added to the variables.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Whether it may leave its axis: the reaction does not exist there.
    pub fn is_padded(&self) -> bool {
        self.padded
    }

    /// Positions in `over`, ascending, with their strides, which are above 0.
    pub fn pairs(self) -> impl Iterator<Item = (usize, usize)> {
        let terms = self.terms.into_iter().take(self.count as usize);
        terms.map(|(position, stride)| (position as usize, stride as usize))
    }

    /// The stride of the variable at `position`; 0 if the form does not depend on it.
    pub fn stride(&self, position: usize) -> usize {
        self.pairs().find(|(own, _)| *own == position).map_or(0, |(_, stride)| stride)
    }

    /// The value at values of the index variables, which may lie outside of the axis.
    pub fn at(&self, values: &[usize]) -> i64 {
        self.terms().iter().fold(self.offset, |sum, &(position, stride)| {
            sum + i64::from(stride) * values[position as usize] as i64
        })
    }

    /// Smallest and largest value where the variable at each position takes the values of a range, none of which is
    /// empty. No number of it overflows.
    pub fn bounds(&self, range: impl Fn(usize) -> std::ops::Range<usize>) -> (i128, i128) {
        let start = (i128::from(self.offset), i128::from(self.offset));
        self.pairs().fold(start, |(low, high), (position, stride)| {
            let (range, stride) = (range(position), stride as i128);
            let last = range.end.saturating_sub(1) as i128;
            (low + stride * range.start as i128, high + stride * last)
        })
    }

    /// The form as people write it, with variables and places counted from 1: `2*i+a-3`.
    pub fn text<'a>(&self, name: impl Fn(usize) -> &'a str) -> String {
        let mut out = String::new();
        // Counting from 1 moves the offset: v + 1 = offset + 1 + Σ stride · (w − 1).
        let mut offset = i128::from(self.offset) + 1;
        for (position, stride) in self.pairs() {
            offset -= stride as i128;
            if !out.is_empty() {
                out.push('+');
            }
            if stride > 1 {
                out.push_str(&format!("{stride}*"));
            }
            out.push_str(name(position));
        }
        match offset {
            _ if out.is_empty() => offset.to_string(),
            0 => out,
            _ => format!("{out}{offset:+}"),
        }
    }
}

/// An index depends on too many variables, or a stride is beyond 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadForm;

impl fmt::Display for BadForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an index depends on more than {MOST_VARIABLES} variables, or a stride is beyond all axes")
    }
}

impl std::error::Error for BadForm {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_forms_are_equal_values() {
        assert_eq!(Index::affine(3, &[]), Ok(Index::At(3)));
        assert_eq!(Index::affine(0, &[(2, 1), (1, 0)]), Ok(Index::of(2)));
        assert_eq!(Index::affine(1, &[(2, 1)]), Ok(Index::Variable { position: 2, offset: 1 }));
        assert_eq!(Index::affine(0, &[(2, 1), (0, 3)]), Index::affine(0, &[(0, 1), (2, 1), (0, 2)]));
        assert_ne!(Index::affine(0, &[(2, 1)]), Index::padded(0, &[(2, 1)]));
        assert_eq!(Index::of(2).form(), Affine::new(0, &[(2, 1)], false).unwrap());
        let many: Vec<(usize, usize)> = (0..=MOST_VARIABLES).map(|position| (position, 1)).collect();
        assert_eq!(Index::affine(0, &many), Err(BadForm));
        assert_eq!(Index::affine(0, &[(0, usize::MAX)]), Err(BadForm));
    }

    #[test]
    fn text_counts_from_one() {
        let text = |offset, terms: &[(usize, usize)]| {
            Affine::new(offset, terms, true).unwrap().text(|position| ["i", "j", "a"][position])
        };
        assert_eq!(text(-1, &[(0, 2), (2, 1)]), "2*i+a-3");
        assert_eq!(text(0, &[(1, 1), (2, 1)]), "j+a-1");
        assert_eq!(text(2, &[(0, 3)]), "3*i");
        assert_eq!(text(-1, &[(1, 1)]), "j-1");
        assert_eq!(text(4, &[]), "5");
    }

    #[test]
    fn bounds_hold_and_are_reached() {
        let form = Affine::new(-3, &[(0, 2), (1, 5)], false).unwrap();
        let ranges = [1..4, 0..3];
        let all = (1..4).flat_map(|i| (0..3).map(move |j| form.at(&[i, j])));
        let (low, high) = all.fold((i64::MAX, i64::MIN), |(low, high), at| (low.min(at), high.max(at)));
        assert_eq!(form.bounds(|position| ranges[position].clone()), (low.into(), high.into()));
    }
}
