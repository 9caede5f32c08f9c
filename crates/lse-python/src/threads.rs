//! How many threads the mathematics may use.

use lse::threads;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::message::shown;

/// More threads than this are a mistake on any machine that has not many more processors.
const MOST: usize = 1024;

#[doc = include_str!("docs/set_num_threads.txt")]
#[pyfunction]
pub fn set_num_threads(n: &Bound<'_, PyAny>) -> PyResult<()> {
    let given = shown(n);
    let most = MOST.max(threads::available());
    let count = match n.extract::<i64>() {
        Ok(count) => count,
        Err(error) if error.is_instance_of::<PyOverflowError>(n.py()) => {
            if n.lt(0)? {
                i64::MIN
            } else {
                i64::MAX
            }
        }
        Err(_) => {
            return Err(PyTypeError::new_err(format!("`n` is {given}: use an int >= 1")));
        }
    };
    match usize::try_from(count) {
        Err(_) | Ok(0) => Err(PyValueError::new_err(format!("`n` is {given}: use an int >= 1"))),
        Ok(count) if count > most => {
            Err(PyValueError::new_err(format!("`n` is {given}: use at most {most}")))
        }
        Ok(count) => {
            threads::set(count);
            Ok(())
        }
    }
}

#[doc = include_str!("docs/get_num_threads.txt")]
#[pyfunction]
pub fn get_num_threads() -> usize {
    threads::get()
}
