//! The arrays of a model file, taken one by one with the shape that the code expects.

use std::ops::Range;
use std::path::Path;

use crate::io::{Array, ArrayFile, Arrays, ReadError, npz, read_file};
use crate::meanings::Meanings;

/// Arrays by name. Those of a file are decoded when they are needed, after a look at their shape; what else is in
/// the file does not matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensors {
    file: Option<ArrayFile<'static>>,
    arrays: Arrays,
}

/// Signs that an array may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// 0 and above.
    NotNegative,
    /// 0 and below.
    NotPositive,
    /// 0 only.
    Zero,
}

impl Tensors {
    /// Arrays from memory.
    pub fn new(arrays: Arrays) -> Self {
        Self { file: None, arrays }
    }

    /// Opens a .npz file.
    ///
    /// # Errors
    ///
    /// A sentence that names the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = read_file(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        match npz::open(bytes) {
            Ok(file) => Ok(Self { file: Some(file), arrays: Arrays::new() }),
            Err(error) => Err(format!("`{}`: {error}", path.display())),
        }
    }

    /// What inputs and outputs are.
    ///
    /// # Errors
    ///
    /// Those of [`Meanings::read`].
    pub(crate) fn meanings(&self) -> Result<Meanings, String> {
        self.file.as_ref().map_or_else(|| Ok(Meanings::default()), Meanings::read)
    }

    /// An array as it is, decoded at most once; none if there is none.
    fn get(&mut self, name: &str) -> Result<Option<&Array>, String> {
        if !self.arrays.contains_key(name)
            && let Some(read) = self.file.as_ref().and_then(|file| file.read(name))
        {
            self.arrays.insert(name.to_owned(), read.map_err(in_model)?);
        }
        Ok(self.arrays.get(name))
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, String> {
        let in_file = || self.file.as_ref()?.shape(name);
        match self.arrays.get(name) {
            Some(array) => Ok(array.shape.clone()),
            None => in_file().ok_or_else(|| lacks(name))?.map_err(in_model),
        }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, String> {
        let found = self.shape(name)?;
        if found != shape {
            return Err(format!(
                "`{name}` has shape {found:?} in the model file, this program was built for {shape:?}"
            ));
        }
        self.get(name)?;
        let array = self.arrays.remove(name).ok_or_else(|| lacks(name))?;
        match array.values.iter().find(|value| **value < 0.0) {
            Some(value) if name.starts_with("initial.") => {
                Err(format!("`{name}` holds {value}, but a concentration is never negative"))
            }
            _ => Ok(array.values),
        }
    }

    /// Checks that an array has no value of a sign that the program has no reactions for: it would be ignored.
    ///
    /// # Errors
    ///
    /// A sentence about the first such value.
    pub fn require(&mut self, name: &str, signs: Signs) -> Result<(), String> {
        self.require_columns(name, 0..usize::MAX, signs)
    }

    /// The same for some places along the last axis.
    ///
    /// # Errors
    ///
    /// As [`Tensors::require`].
    pub fn require_columns(&mut self, name: &str, columns: Range<usize>, signs: Signs) -> Result<(), String> {
        let (words, allowed): (_, fn(f64) -> bool) = match signs {
            Signs::NotNegative => ("negative values", |value| value >= 0.0),
            Signs::NotPositive => ("positive values", |value| value <= 0.0),
            Signs::Zero => ("values other than 0", |value| value == 0.0),
        };
        let Some(array) = self.get(name)? else { return Ok(()) };
        let width = array.shape.last().copied().unwrap_or(1).max(1);
        let own = array.values.iter().enumerate().filter(|(at, _)| columns.contains(&(at % width)));
        match own.map(|(at, value)| (at, *value)).find(|(_, value)| !allowed(*value)) {
            None => Ok(()),
            Some((at, value)) => {
                let column = format!(" in column {}", at % width + 1);
                let place = if array.shape.is_empty() { "" } else { &column };
                Err(format!(
                    "`{name}` holds {value}{place}, and this program was built without reactions for {words} there; \
                     compile the model again with these weights"
                ))
            }
        }
    }

    /// A single number.
    ///
    /// # Errors
    ///
    /// A sentence about the array that is missing or has another shape.
    pub fn number(&mut self, name: &str) -> Result<f64, String> {
        self.take(name, &[]).map(|values| values[0])
    }

    /// A vector of `N` numbers.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn vector<const N: usize>(&mut self, name: &str) -> Result<Box<[f64; N]>, String> {
        let values = self.take(name, &[N])?.into_boxed_slice();
        values.try_into().map_err(|_| format!("`{name}` has another length than its shape says"))
    }

    /// The numbers of an array of any shape, the last index fastest.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn values(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, String> {
        self.take(name, shape)
    }

    /// An array of any shape as `N` numbers, the last index fastest.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn flat<const N: usize>(&mut self, name: &str, shape: &[usize]) -> Result<Box<[f64; N]>, String> {
        let values = self.take(name, shape)?.into_boxed_slice();
        values.try_into().map_err(|_| format!("`{name}` has another length than its shape says"))
    }

    /// A matrix of `R` rows and `C` columns.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn matrix<const R: usize, const C: usize>(
        &mut self,
        name: &str,
    ) -> Result<Box<[[f64; C]; R]>, String> {
        let values = self.take(name, &[R, C])?;
        let rows = values.as_chunks::<C>().0.to_vec().into_boxed_slice();
        rows.try_into().map_err(|_| format!("`{name}` has another length than its shape says"))
    }
}

fn lacks(name: &str) -> String {
    format!("the model file lacks `{name}`")
}

fn in_model(error: ReadError) -> String {
    format!("in the model file, {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_without_reactions_are_refused() {
        let array = Array::new(vec![3], vec![0.0, 1.5, -2.0]).unwrap();
        let mut tensors = Tensors::new(Arrays::from([("k_W".to_owned(), array)]));
        assert!(tensors.require("k_W", Signs::NotNegative).unwrap_err().contains("-2"));
        assert!(tensors.require("k_W", Signs::NotPositive).unwrap_err().contains("1.5"));
        assert_eq!(tensors.require("other", Signs::NotPositive), Ok(()));
    }

    #[test]
    fn sources_of_one_matrix_are_checked_apart() {
        let array = Array::new(vec![2, 3], vec![1.0, -1.0, 0.0, 2.0, -2.0, 0.0]).unwrap();
        let mut tensors = Tensors::new(Arrays::from([("k_W".to_owned(), array)]));
        assert_eq!(tensors.require_columns("k_W", 0..1, Signs::NotNegative), Ok(()));
        assert_eq!(tensors.require_columns("k_W", 1..3, Signs::NotPositive), Ok(()));
        assert_eq!(tensors.require_columns("k_W", 2..3, Signs::Zero), Ok(()));
        assert!(tensors.require_columns("k_W", 0..2, Signs::NotNegative).unwrap_err().contains("column 2"));
    }

    #[test]
    fn single_constants_have_signs_as_well() {
        let require = |value| {
            let array = Array { shape: Vec::new(), values: vec![value] };
            Tensors::new(Arrays::from([("k_h".to_owned(), array)])).require("k_h", Signs::NotNegative)
        };
        assert_eq!(require(0.0), Ok(()));
        assert!(require(-0.5).unwrap_err().contains("`k_h` holds -0.5, and"));
    }

    #[test]
    fn concentrations_are_never_negative() {
        let array = Array::new(vec![1], vec![-1.0]).unwrap();
        let mut tensors = Tensors::new(Arrays::from([("initial.x".to_owned(), array)]));
        assert!(tensors.vector::<1>("initial.x").unwrap_err().contains("never negative"));
    }
}
