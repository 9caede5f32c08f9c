//! A call of a loss, as Python gave it.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

use super::options::Options;
use crate::array::Exact;

/// A public function: its name, and the keywords that it takes.
pub struct Signature {
    pub name: &'static str,
    pub options: &'static [&'static str],
}

/// The arguments, whose arrays are exact.
pub struct Call<'a, 'py> {
    pub logits: &'a Bound<'py, PyAny>,
    pub targets: &'a Bound<'py, PyAny>,
    pub options: Options<'py>,
    pub return_grad: bool,
}

/// Answer a call with `compute`, or let Python make arrays of its arguments and call again.
pub fn answer<'py>(
    py: Python<'py>,
    signature: &Signature,
    [logits, targets]: [&Bound<'py, PyAny>; 2],
    vector: Option<&Bound<'py, PyAny>>,
    given: Option<&Bound<'py, PyDict>>,
    compute: impl FnOnce(Python<'py>, &Call<'_, 'py>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::of(signature.name, signature.options, given)?;
    let return_grad = match &options.return_grad {
        Some(wanted) => wanted.is_truthy()?,
        None => false,
    };
    if options.out.is_some() && !return_grad && signature.options.contains(&"return_grad") {
        let text = "`out` is given without `return_grad`: it receives the gradient";
        return Err(PyTypeError::new_err(text));
    }
    let arrays = [Some(logits), Some(targets), vector];
    let others = [&options.weight, &options.pos_weight, &options.out].map(Option::as_ref);
    let exact = |object: &&Bound<'py, PyAny>| Exact::of(object.as_borrowed()).is_some();
    if arrays.iter().chain(&others).flatten().all(exact) {
        return compute(py, &Call { logits, targets, options, return_grad });
    }
    static ANSWER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let answer = ANSWER.import(py, "logsumexp.losses", "answer")?;
    let arrays = PyTuple::new(py, arrays.into_iter().flatten().collect::<Vec<_>>())?;
    let given = given.map_or_else(|| PyDict::new(py), Bound::clone);
    answer.call1((signature.name, arrays, given))
}
