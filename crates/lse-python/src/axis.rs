//! `axis=`: None, an int or a tuple of ints, as a set of axes.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use crate::message::{axis_error, shown};

/// A set of axes: bit i stands for axis i. NumPy has at most 64.
pub type Axes = u64;

/// The set of all axes.
pub const fn all(dimensions: usize) -> Axes {
    if dimensions == 0 { 0 } else { Axes::MAX >> (64 - dimensions) }
}

/// Whether an axis belongs to the set.
pub const fn contains(axes: Axes, axis: usize) -> bool {
    axes >> axis & 1 == 1
}

/// The axes that `axis` names in an array of that many dimensions.
pub fn parse(axis: Option<Borrowed<'_, '_, PyAny>>, dimensions: usize) -> PyResult<Axes> {
    let Some(axis) = axis else { return Ok(all(dimensions)) };
    let Ok(tuple) = axis.cast::<PyTuple>() else {
        return Ok(bit(one(&axis, &axis, dimensions)?, dimensions));
    };
    let mut axes = 0;
    for item in tuple.iter_borrowed() {
        let index = one(&item, &axis, dimensions)?;
        let bit = 1 << index;
        if axes & bit != 0 {
            let text = format!("`axis` is {}, which names axis {index} twice", shown(&axis));
            return Err(PyValueError::new_err(text));
        }
        axes |= bit;
    }
    Ok(if dimensions == 0 { 0 } else { axes })
}

fn bit(index: usize, dimensions: usize) -> Axes {
    if dimensions == 0 { 0 } else { 1 << index }
}

/// One axis, counted from the front. `whole` is what the caller gave, for the error text.
fn one(item: &Bound<'_, PyAny>, whole: &Bound<'_, PyAny>, dimensions: usize) -> PyResult<usize> {
    let py = item.py();
    let wrong_type = || {
        let wanted = "an int, a tuple of ints or None";
        PyTypeError::new_err(format!("`axis` is {}: use {wanted}", shown(whole)))
    };
    if item.is_instance_of::<PyBool>() {
        return Err(wrong_type());
    }
    // As NumPy does, a number without axes is taken as a row of one element.
    let count = dimensions.max(1) as i64;
    match item.extract::<i64>() {
        Ok(index) if (-count..count).contains(&index) => Ok(index.rem_euclid(count) as usize),
        Err(error) if !error.is_instance_of::<PyOverflowError>(py) => Err(wrong_type()),
        // Out of range, or too large even for 64 bits.
        _ => Err(axis_error(py, whole, dimensions)),
    }
}
