//! The small arguments: flags and the temperature.

use core::convert::Infallible;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat};

use crate::message::shown;

/// An optional argument as Python gave it, or absent.
#[derive(Clone, Copy)]
pub struct Given<'a, 'py>(pub Option<Borrowed<'a, 'py, PyAny>>);

impl<'a, 'py> Given<'a, 'py> {
    /// The default: not given.
    pub const ABSENT: Self = Given(None);

    /// The object, where None means the same as absent.
    pub fn unless_none(self) -> Option<Borrowed<'a, 'py, PyAny>> {
        self.0.filter(|object| !object.is_none())
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'a, 'py> {
    type Error = Infallible;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Infallible> {
        Ok(Given(Some(object)))
    }
}

/// True or False; absent is False. NumPy's bool and the integers 0 and 1 are taken too.
pub fn flag(name: &str, given: Given<'_, '_>) -> PyResult<bool> {
    let Some(object) = given.0 else { return Ok(false) };
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(flag.is_true());
    }
    let number = object.extract::<bool>().map(i64::from).or_else(|_| object.extract::<i64>());
    match number {
        Ok(number @ 0..=1) => Ok(number == 1),
        _ => {
            let text = format!("`{name}` is {}: use True or False", shown(&object));
            Err(PyTypeError::new_err(text))
        }
    }
}

/// A finite number > 0; absent is 1.
pub fn temperature(given: Given<'_, '_>) -> PyResult<f64> {
    const WANTED: &str = "use a finite number > 0";
    let Some(object) = given.0 else { return Ok(1.0) };
    let number = match object.cast_exact::<PyFloat>() {
        Ok(number) => number.value(),
        Err(_) => object.extract::<f64>().map_err(|_| {
            PyTypeError::new_err(format!("`temperature` is {}: {WANTED}", shown(&object)))
        })?,
    };
    if number > 0.0 && number.is_finite() {
        Ok(number)
    } else {
        let text = format!("`temperature` is {}: {WANTED}", shown(&object));
        Err(PyValueError::new_err(text))
    }
}
