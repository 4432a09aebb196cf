//! Arrays of NumPy in and out.

use std::collections::BTreeMap;

use nnrc_model::Tensor;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::failure::value_error;

/// The numbers of an array that lies in C order; the package sees to that.
pub fn numbers<'a>(array: &'a PyReadonlyArrayDyn<'_, f64>) -> PyResult<&'a [f64]> {
    array.as_slice().map_err(|_| value_error("expected an array in C order"))
}

/// A copy of an array.
pub fn tensor(array: &PyReadonlyArrayDyn<'_, f64>) -> PyResult<Tensor> {
    Ok(Tensor { shape: array.shape().to_vec(), values: numbers(array)?.to_vec() })
}

/// Copies of arrays by name.
pub fn tensors(arrays: BTreeMap<String, PyReadonlyArrayDyn<'_, f64>>) -> PyResult<BTreeMap<String, Tensor>> {
    arrays.iter().map(|(name, array)| Ok((name.clone(), tensor(array)?))).collect()
}

/// A matrix of rows one after another, which becomes the array without a copy.
pub fn matrix(py: Python<'_>, values: Vec<f64>, width: usize) -> PyResult<Bound<'_, PyArray2<f64>>> {
    let rows = values.len().checked_div(width).unwrap_or(0);
    PyArray1::from_vec(py, values).reshape([rows, width])
}

/// Arrays by name, each of its own shape.
pub fn dictionary<'py>(py: Python<'py>, tensors: BTreeMap<String, Tensor>) -> PyResult<Bound<'py, PyDict>> {
    let dictionary = PyDict::new(py);
    for (name, Tensor { shape, values }) in tensors {
        dictionary.set_item(name, PyArray1::from_vec(py, values).reshape(shape)?)?;
    }
    Ok(dictionary)
}
