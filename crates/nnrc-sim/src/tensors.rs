//! The arrays of a model file, taken one by one with the shape that the code expects.

use std::ops::Range;
use std::path::Path;

use crate::io::{Array, ArrayFile, Arrays, npz, read_file};
use crate::meanings::Meanings;
use crate::model_error::{ModelError, Signs};

/// Arrays by name. Those of a file are decoded when they are needed, after a look at their shape; what else is in
/// the file does not matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensors {
    file: Option<ArrayFile<'static>>,
    arrays: Arrays,
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
    /// What is wrong with the file.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let name = || path.to_owned();
        let bytes = read_file(path)
            .map_err(|error| ModelError::Unreadable { path: name(), reason: error.to_string() })?;
        let file = npz::open(bytes).map_err(|error| ModelError::Malformed { path: name(), error })?;
        Ok(Self { file: Some(file), arrays: Arrays::new() })
    }

    /// What inputs and outputs are.
    ///
    /// # Errors
    ///
    /// Those of [`Meanings::read`].
    pub(crate) fn meanings(&self) -> Result<Meanings, ModelError> {
        self.file.as_ref().map_or_else(|| Ok(Meanings::default()), Meanings::read)
    }

    /// An array as it is, decoded at most once; none if there is none.
    fn get(&mut self, name: &str) -> Result<Option<&Array>, ModelError> {
        if !self.arrays.contains_key(name)
            && let Some(read) = self.file.as_ref().and_then(|file| file.read(name))
        {
            self.arrays.insert(name.to_owned(), read.map_err(ModelError::Array)?);
        }
        Ok(self.arrays.get(name))
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, ModelError> {
        let in_file = || self.file.as_ref()?.shape(name);
        match self.arrays.get(name) {
            Some(array) => Ok(array.shape.clone()),
            None => in_file().ok_or_else(|| lacks(name))?.map_err(ModelError::Array),
        }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, ModelError> {
        let found = self.shape(name)?;
        if found != shape {
            return Err(ModelError::Shape { name: name.to_owned(), found, expected: shape.to_vec() });
        }
        self.get(name)?;
        let array = self.arrays.remove(name).ok_or_else(|| lacks(name))?;
        match array.values.iter().find(|value| **value < 0.0) {
            Some(&value) if name.starts_with("initial.") => {
                Err(ModelError::Concentration { name: name.to_owned(), value })
            }
            _ => Ok(array.values),
        }
    }

    /// Checks that an array has no value of a sign that the program has no reactions for: it would be ignored.
    ///
    /// # Errors
    ///
    /// The first such value.
    pub fn require(&mut self, name: &str, signs: Signs) -> Result<(), ModelError> {
        self.require_columns(name, 0..usize::MAX, signs)
    }

    /// The same for some places along the last axis.
    ///
    /// # Errors
    ///
    /// As [`Tensors::require`].
    pub fn require_columns(
        &mut self,
        name: &str,
        columns: Range<usize>,
        signs: Signs,
    ) -> Result<(), ModelError> {
        let allowed: fn(f64) -> bool = match signs {
            Signs::NotNegative => |value| value >= 0.0,
            Signs::NotPositive => |value| value <= 0.0,
            Signs::Zero => |value| value == 0.0,
        };
        let Some(array) = self.get(name)? else { return Ok(()) };
        let width = array.shape.last().copied().unwrap_or(1).max(1);
        let own = array.values.iter().enumerate().filter(|(at, _)| columns.contains(&(at % width)));
        match own.map(|(at, value)| (at, *value)).find(|(_, value)| !allowed(*value)) {
            None => Ok(()),
            Some((at, value)) => {
                let column = (!array.shape.is_empty()).then_some(at % width + 1);
                Err(ModelError::Sign { name: name.to_owned(), value, column, expected: signs })
            }
        }
    }

    /// A single number.
    ///
    /// # Errors
    ///
    /// The array that is missing or has another shape.
    pub fn number(&mut self, name: &str) -> Result<f64, ModelError> {
        self.take(name, &[]).map(|values| values[0])
    }

    /// A vector of `N` numbers.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn vector<const N: usize>(&mut self, name: &str) -> Result<Box<[f64; N]>, ModelError> {
        let values = self.take(name, &[N])?.into_boxed_slice();
        values.try_into().map_err(|_| ModelError::Length(name.to_owned()))
    }

    /// The numbers of an array of any shape, the last index fastest.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn values(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, ModelError> {
        self.take(name, shape)
    }

    /// An array of any shape as `N` numbers, the last index fastest.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn flat<const N: usize>(&mut self, name: &str, shape: &[usize]) -> Result<Box<[f64; N]>, ModelError> {
        let values = self.take(name, shape)?.into_boxed_slice();
        values.try_into().map_err(|_| ModelError::Length(name.to_owned()))
    }

    /// A matrix of `R` rows and `C` columns.
    ///
    /// # Errors
    ///
    /// As [`Tensors::number`].
    pub fn matrix<const R: usize, const C: usize>(
        &mut self,
        name: &str,
    ) -> Result<Box<[[f64; C]; R]>, ModelError> {
        let values = self.take(name, &[R, C])?;
        let rows = values.as_chunks::<C>().0.to_vec().into_boxed_slice();
        rows.try_into().map_err(|_| ModelError::Length(name.to_owned()))
    }
}

fn lacks(name: &str) -> ModelError {
    ModelError::Missing(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_without_reactions_are_refused() {
        let array = Array::new(vec![3], vec![0.0, 1.5, -2.0]).unwrap();
        let mut tensors = Tensors::new(Arrays::from([("k_W".to_owned(), array)]));
        assert!(tensors.require("k_W", Signs::NotNegative).unwrap_err().to_string().contains("-2"));
        assert!(tensors.require("k_W", Signs::NotPositive).unwrap_err().to_string().contains("1.5"));
        assert_eq!(tensors.require("other", Signs::NotPositive), Ok(()));
    }

    #[test]
    fn sources_of_one_matrix_are_checked_apart() {
        let array = Array::new(vec![2, 3], vec![1.0, -1.0, 0.0, 2.0, -2.0, 0.0]).unwrap();
        let mut tensors = Tensors::new(Arrays::from([("k_W".to_owned(), array)]));
        assert_eq!(tensors.require_columns("k_W", 0..1, Signs::NotNegative), Ok(()));
        assert_eq!(tensors.require_columns("k_W", 1..3, Signs::NotPositive), Ok(()));
        assert_eq!(tensors.require_columns("k_W", 2..3, Signs::Zero), Ok(()));
        assert!(
            tensors
                .require_columns("k_W", 0..2, Signs::NotNegative)
                .unwrap_err()
                .to_string()
                .contains("column 2")
        );
    }

    #[test]
    fn single_constants_have_signs_as_well() {
        let require = |value| {
            let array = Array { shape: Vec::new(), values: vec![value] };
            Tensors::new(Arrays::from([("k_h".to_owned(), array)])).require("k_h", Signs::NotNegative)
        };
        assert_eq!(require(0.0), Ok(()));
        assert!(require(-0.5).unwrap_err().to_string().contains("`k_h` holds -0.5, and"));
    }

    #[test]
    fn concentrations_are_never_negative() {
        let array = Array::new(vec![1], vec![-1.0]).unwrap();
        let mut tensors = Tensors::new(Arrays::from([("initial.x".to_owned(), array)]));
        assert!(tensors.vector::<1>("initial.x").unwrap_err().to_string().contains("never negative"));
    }
}
