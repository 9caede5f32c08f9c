//! The arguments of the methods.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{Exact, Sizes};
use crate::hand_over;
use crate::message::shown;
use crate::numbers::real_array;

/// The arrays of `fold` and `spread`, exact; a masked array brings its mask along.
pub fn arrays<'py>(
    py: Python<'py>,
    x: Borrowed<'_, 'py, PyAny>,
    mask: Option<Borrowed<'_, 'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Option<Bound<'py, PyAny>>)> {
    let exact = |object| Exact::of(object).is_some();
    if exact(x) && mask.is_none_or(exact) {
        return Ok((real_array("x", x)?, mask.map(|mask| mask.to_owned())));
    }
    let (x, mask) = hand_over::as_array_and_mask(py, x, mask)?;
    Ok((real_array("x", x.as_borrowed())?, mask))
}

/// `shape=`: an int or a tuple of ints, none of them negative.
pub fn parse_shape(given: &Bound<'_, PyAny>) -> PyResult<Sizes> {
    let sizes = given.extract::<usize>().map(|size| vec![size]);
    let sizes = sizes.or_else(|_| given.extract::<Vec<usize>>()).map_err(|_| {
        let text = format!("`shape` is {}: use an int or a tuple of ints, all >= 0", shown(given));
        PyTypeError::new_err(text)
    })?;
    if sizes.len() > 64 {
        let text = format!("`shape` has {} axes: use at most 64", sizes.len());
        return Err(PyValueError::new_err(text));
    }
    Ok(Sizes::from_vec(sizes))
}
