//! What is not answered here goes to Python: other array types to the adapters, longdouble and
//! complex numbers to NumPy's arithmetic.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

use crate::axis::contains;
use crate::call::Call;
use crate::checked::Checked;
use crate::result_type::ResultType;

/// Let the adapters make arrays of the arguments and call again.
pub fn to_adapters<'py>(py: Python<'py>, call: &Call<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    static ANSWER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let arguments = PyDict::new(py);
    let given = [
        ("axis", call.axis),
        ("b", call.weights),
        ("keepdims", call.keepdims),
        ("return_sign", call.return_sign),
        ("where", call.mask),
        ("temperature", call.temperature),
        ("dtype", call.dtype),
        ("out", call.out),
    ];
    for (name, value) in given {
        if let Some(value) = value.0 {
            arguments.set_item(name, value)?;
        }
    }
    let answer = ANSWER.import(py, "logsumexp.adapters", "answer")?;
    answer.call1((call.function.name(), call.function.argument(), call.x, arguments))
}

/// An array made by the adapters from any argument of a [`crate::state::State`].
pub fn as_array<'py>(
    py: Python<'py>,
    name: &str,
    object: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    static AS_ARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    AS_ARRAY.import(py, "logsumexp.adapters", "as_array")?.call1((name, object))
}

/// The same for an array that may bring a mask along, and for its `where=`.
pub fn as_array_and_mask<'py>(
    py: Python<'py>,
    x: Borrowed<'_, 'py, PyAny>,
    mask: Option<Borrowed<'_, 'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Option<Bound<'py, PyAny>>)> {
    static AS_ARRAY_AND_MASK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let convert = AS_ARRAY_AND_MASK.import(py, "logsumexp.adapters", "as_array_and_mask")?;
    convert.call1(("x", x, mask))?.extract()
}

/// Let NumPy compute a checked call on longdouble or complex numbers.
pub fn to_numpy<'py>(py: Python<'py>, call: &Checked<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    static ANSWER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let ResultType::Wide(dtype) = &call.result else { unreachable!("real numbers stay here") };
    let axes = (0..call.x.sizes.len()).filter(|&axis| contains(call.axes, axis));
    let arguments = PyDict::new(py);
    arguments.set_item("axis", PyTuple::new(py, axes.collect::<Vec<_>>())?)?;
    arguments.set_item("b", call.weights.as_ref().map(|array| array.object))?;
    arguments.set_item("where", call.mask.as_ref().map(|array| array.object))?;
    arguments.set_item("temperature", call.temperature)?;
    arguments.set_item("dtype", dtype)?;
    let answer = ANSWER.import(py, "logsumexp.functions", "answer")?;
    let out = call.out.as_ref().map(|array| array.object);
    let shape = PyTuple::new(py, call.shape())?;
    answer.call1((call.function.name(), call.x.object, arguments, call.return_sign, shape, out))
}
