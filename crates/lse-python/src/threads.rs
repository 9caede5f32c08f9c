//! How many threads the mathematics may use.

use lse::threads;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::message::shown;

#[doc = include_str!("docs/set_num_threads.txt")]
#[pyfunction]
pub fn set_num_threads(n: &Bound<'_, PyAny>) -> PyResult<()> {
    let wanted = "use an int >= 1";
    match n.extract::<i64>() {
        Ok(count @ 1..) => threads::set(usize::try_from(count).unwrap_or(usize::MAX)),
        Ok(count) => {
            return Err(PyValueError::new_err(format!("`n` is {count}: {wanted}")));
        }
        Err(_) => {
            return Err(PyTypeError::new_err(format!("`n` is {}: {wanted}", shown(n))));
        }
    }
    Ok(())
}

#[doc = include_str!("docs/get_num_threads.txt")]
#[pyfunction]
pub fn get_num_threads() -> usize {
    threads::get()
}
