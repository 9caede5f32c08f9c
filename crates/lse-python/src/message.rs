//! Error texts: which argument, what was given, what is wanted.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// The dtypes that the functions take, for error texts.
const SUPPORTED: &str =
    "float16, bfloat16, float32, float64, longdouble, complex64, complex128, integers or bool";

/// An object as a person wants to see it in an error text: short, on one line.
pub fn shown(object: &Bound<'_, PyAny>) -> String {
    let text = object.repr().map(|text| text.to_string()).unwrap_or_default();
    if !text.is_empty() && text.chars().count() <= 60 && !text.contains('\n') {
        return text;
    }
    match object.get_type().name() {
        Ok(name) => format!("an object of type {name}"),
        Err(_) => "an object".to_owned(),
    }
}

/// A shape as Python writes it.
pub fn shape(sizes: &[usize]) -> String {
    match sizes {
        [size] => format!("({size},)"),
        _ => {
            let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
            format!("({})", sizes.join(", "))
        }
    }
}

/// The name of an array's dtype.
pub fn dtype_of(array: &Bound<'_, PyAny>) -> String {
    array.getattr("dtype").map_or_else(|_| "unknown".to_owned(), |dtype| dtype.to_string())
}

/// An array holds something that is no number, or a number that is not served here.
pub fn unsupported(name: &str, array: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("`{name}` has dtype {}: use {SUPPORTED}", dtype_of(array)))
}

/// `dtype=` is no dtype that will do.
pub fn wrong_dtype(given: &str, wanted: &str) -> PyErr {
    let hint = match given {
        // NumPy does not know it from the start, which would puzzle who reads `wanted`.
        "'bfloat16'" => ", and import ml_dtypes first, which tells NumPy of bfloat16",
        _ => "",
    };
    PyTypeError::new_err(format!("`dtype` is {given}: use {wanted}{hint}"))
}

/// numpy.exceptions.AxisError, which is a ValueError and an IndexError.
pub fn axis_error(py: Python<'_>, axis: &Bound<'_, PyAny>, dimensions: usize) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let wanted = match dimensions {
        0 => "None".to_owned(),
        _ => format!("-{dimensions}..{} or None", dimensions - 1),
    };
    let plural = if dimensions == 1 { "" } else { "s" };
    let given = shown(axis);
    let text = format!(
        "`axis` is {given}, but the array has {dimensions} dimension{plural}: use {wanted}"
    );
    match CLASS.import(py, "numpy.exceptions", "AxisError") {
        Ok(class) => PyErr::from_type(class.clone(), text),
        Err(error) => error,
    }
}
