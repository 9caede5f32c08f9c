//! Error texts: which argument, what was given, what is wanted.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyType};

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

/// What `repr` makes of an object.
pub fn representation(object: &Bound<'_, PyAny>) -> String {
    object.repr().map_or_else(|_| "an object".to_owned(), |text| text.to_string())
}

/// The type of an object as a person would write it: its name, behind that of its library.
pub fn type_of(object: &Bound<'_, PyAny>) -> String {
    let kind = object.get_type();
    let [module, name] = [kind.module(), kind.name()]
        .map(|text| text.map_or_else(|_| "an object".to_owned(), |text| text.to_string()));
    match module.split('.').next() {
        None | Some("builtins") => name,
        Some(library) => format!("{library}.{name}"),
    }
}

/// A number as Python writes it.
pub fn number(py: Python<'_>, number: f64) -> String {
    PyFloat::new(py, number).to_string()
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
    let wanted = match dimensions {
        0 => "None".to_owned(),
        _ => format!("-{dimensions}..{} or None", dimensions - 1),
    };
    let plural = if dimensions == 1 { "" } else { "s" };
    let given = shown(axis);
    let text = format!(
        "`axis` is {given}, but the array has {dimensions} dimension{plural}: use {wanted}"
    );
    no_axis(py, text)
}

/// The same for the logits of a loss, which need an axis.
pub fn no_axis_of_logits(axis: &Bound<'_, PyAny>, dimensions: usize) -> PyErr {
    let plural = if dimensions == 1 { "" } else { "s" };
    let given = representation(axis);
    let wanted = format!("-{dimensions}..{}", dimensions - 1);
    let text =
        format!("`axis` is {given}, but `logits` has {dimensions} dimension{plural}: use {wanted}");
    no_axis(axis.py(), text)
}

fn no_axis(py: Python<'_>, text: String) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match CLASS.import(py, "numpy.exceptions", "AxisError") {
        Ok(class) => PyErr::from_type(class.clone(), text),
        Err(error) => error,
    }
}
