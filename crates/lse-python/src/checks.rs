//! The checks of the arrays of a call. Each names the argument, what was given, what is wanted.

use lse::intake::Kind;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{self, Array, Exact};
use crate::checked::Checked;
use crate::element::Element;
use crate::message;
use crate::overlap::{refuse_overlap, refuse_self_overlap};
use crate::result_type;

/// Refuse an array that does not hold numbers of a supported type.
pub fn numbers(name: &str, array: &Array<'_, '_>) -> PyResult<()> {
    match array.element {
        Element::Other => Err(message::unsupported(name, &array.object)),
        _ => Ok(()),
    }
}

/// Numbers and weights broadcast both ways.
pub fn broadcast_together(x: &mut Array<'_, '_>, weights: &mut Array<'_, '_>) -> PyResult<()> {
    let Some(shape) = array::common_shape(&x.sizes, &weights.sizes) else {
        let text = format!(
            "`b` has shape {}, which does not broadcast with the shape {} of `a`",
            message::shape(&weights.sizes),
            message::shape(&x.sizes)
        );
        return Err(PyValueError::new_err(text));
    };
    x.broadcast(&shape);
    weights.broadcast(&shape);
    Ok(())
}

/// `where=`: booleans that broadcast to the shape of the numbers.
pub fn mask<'a, 'py>(
    mask: Exact<'a, 'py>,
    name: &str,
    x: &Array<'_, '_>,
) -> PyResult<Array<'a, 'py>> {
    let mut array = Array::new(mask);
    if array.element != Element::Real(Kind::Bool) {
        let given = message::dtype_of(&array.object);
        return Err(PyTypeError::new_err(format!("`where` has dtype {given}: use bool")));
    }
    let given = message::shape(&array.sizes);
    if !array.broadcast(&x.sizes) {
        let wanted = message::shape(&x.sizes);
        let text = format!(
            "`where` has shape {given}, which does not broadcast to the shape {wanted} of `{name}`"
        );
        return Err(PyValueError::new_err(text));
    }
    Ok(array)
}

/// `out=`: the shape and dtype of the result, writeable, in memory of its own.
pub fn out<'py>(out: &Array<'_, 'py>, call: &Checked<'_, 'py>) -> PyResult<()> {
    let shape = call.shape();
    if out.sizes != shape || !call.result.fits(out, call.return_sign)? {
        let text = format!(
            "`out` has {}, but the result has shape {} and dtype {}",
            result_type::described(out),
            message::shape(&shape),
            call.result.shown(out.object.py(), call.return_sign)
        );
        return Err(PyValueError::new_err(text));
    }
    if !out.writeable {
        return Err(PyValueError::new_err("`out` is read-only: use a writeable array"));
    }
    refuse_self_overlap(out)?;
    refuse_overlap(out, &call.x, call.function.argument(), call.function.elementwise())?;
    for (array, name) in [(&call.weights, "b"), (&call.mask, "where")] {
        if let Some(array) = array {
            refuse_overlap(out, array, name, false)?;
        }
    }
    Ok(())
}
