//! The arrays of a loss: what they hold, their shapes, and where results go.

use lse::intake::Kind;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{Array, Exact};
use crate::element;
use crate::message;
use crate::overlap::{refuse_overlap, refuse_self_overlap};
use crate::place::Place;
use crate::result_type::{described, float};

/// An array with the name of its argument.
pub type Named<'a, 'b, 'py> = (&'static str, Option<&'b Array<'a, 'py>>);

/// An exact array, whatever it holds.
pub fn array<'a, 'py>(object: &'a Bound<'py, PyAny>) -> Array<'a, 'py> {
    Array::new(Exact::of(object.as_borrowed()).expect("looked at by `answer`"))
}

/// An array of real numbers that have kernels.
pub fn reals<'a, 'py>(name: &str, object: &'a Bound<'py, PyAny>) -> PyResult<Array<'a, 'py>> {
    let array = array(object);
    if array.kind().is_some() {
        return Ok(array);
    }
    let given = message::dtype_of(object);
    let wanted = "float16, bfloat16, float32, float64, integers or bool";
    Err(PyTypeError::new_err(format!("`{name}` has dtype {given}: use {wanted}")))
}

/// Refuse an array that has not the shape of the logits.
pub fn refuse_shape(name: &str, array: &Array<'_, '_>, logits: &Array<'_, '_>) -> PyResult<()> {
    if array.sizes == logits.sizes {
        return Ok(());
    }
    let [given, wanted] = [array, logits].map(|array| message::shape(&array.sizes));
    let text = format!("`{name}` has shape {given}, but `logits` has shape {wanted}");
    Err(PyValueError::new_err(text))
}

/// The kind of a result for these logits.
pub fn result_kind(logits: &Array<'_, '_>) -> Kind {
    float(logits.kind().expect("real numbers"))
}

/// Memory for a gradient: `out` after its checks, or a new array with the layout of the logits.
///
/// Only logits and vectors marked so may be `out` itself.
pub fn place<'py>(
    out: Option<&Bound<'py, PyAny>>,
    logits: &Array<'_, 'py>,
    others: &[(Named<'_, '_, 'py>, bool)],
) -> PyResult<Place<'py>> {
    let kind = result_kind(logits);
    let Some(out) = out else { return Place::like(logits, kind) };
    let out = array(out);
    if out.sizes != logits.sizes || out.kind() != Some(kind) {
        let text = format!(
            "`out` has {}, but the gradient has shape {} and dtype {}",
            described(&out),
            message::shape(&logits.sizes),
            element::name(kind)
        );
        return Err(PyValueError::new_err(text));
    }
    if !out.writeable {
        return Err(PyValueError::new_err("`out` is read-only: use a writeable array"));
    }
    refuse_self_overlap(&out)?;
    refuse_overlap(&out, logits, "logits", true)?;
    for &((name, array), elementwise) in others {
        if let Some(array) = array {
            refuse_overlap(&out, array, name, elementwise)?;
        }
    }
    Ok(Place::given(&out))
}

/// The loss for Python, and the gradient where there is one.
pub fn answer<'py>(
    py: Python<'py>,
    loss: Place<'py>,
    gradient: Option<Place<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let loss = loss.finish(py)?;
    match gradient {
        Some(gradient) => Ok((loss, gradient.finish(py)?).into_pyobject(py)?.into_any()),
        None => Ok(loss),
    }
}
