//! A State in one short line.

use pyo3::prelude::*;
use pyo3::types::PyFloat;

use super::State;
use crate::element;
use crate::message::shape;

/// How many states of an array are shown.
const SHOWN: usize = 3;

/// `State(12.408, max=12, shape=(), float64)`
pub fn repr(py: Python<'_>, state: &State) -> PyResult<String> {
    let finished = list(py, state, |state| state.finish(0.0))?;
    let max = list(py, state, |state| state.max)?;
    let dtype = element::name(state.kind());
    Ok(format!("State({finished}, max={max}, shape={}, {dtype})", shape(&state.sizes)))
}

/// One number, or the first few of several in brackets.
fn list(py: Python<'_>, state: &State, number: impl Fn(&lse::State) -> f64) -> PyResult<String> {
    let numbers = state.states.iter().take(SHOWN).map(|state| short(py, number(state)));
    let mut numbers = numbers.collect::<PyResult<Vec<_>>>()?;
    if state.sizes.is_empty() {
        return Ok(numbers.concat());
    }
    if state.states.len() > SHOWN {
        numbers.push("...".to_owned());
    }
    Ok(format!("[{}]", numbers.join(", ")))
}

/// Five digits, without trailing zeros, as Python writes them.
fn short(py: Python<'_>, number: f64) -> PyResult<String> {
    PyFloat::new(py, number).call_method1("__format__", (".5g",))?.extract()
}
