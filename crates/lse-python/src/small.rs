//! Small calls: one row of up to 64 floats, side by side, on a straight way.
//!
//! The checks of the general way look at everything that an array can be, which takes longer than folding
//! eight numbers. Here only the common case is recognised. Whatever else, wrong arguments among it, answers
//! None and goes the general way; nothing has been written by then.

mod plain;

use lse::functions::{self as mathematics, SmallRow};
use lse::intake::Kind;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

use crate::arguments::Given;
use crate::call::{Call, Function};

use plain::{AXES, Plain, scalar};

/// Answer a call, or None where the general way must.
#[inline]
pub fn answer<'py>(py: Python<'py>, call: &Call<'_, 'py>) -> Option<PyResult<Bound<'py, PyAny>>> {
    let rare =
        [call.weights, call.mask, call.dtype].iter().any(|given| given.unless_none().is_some());
    if rare || flag(call.return_sign)? {
        return None;
    }
    let x = Plain::of(call.x)?;
    if x.sizes.is_empty() || !is_whole(call.axis, x.sizes.len()) {
        return None;
    }
    let keepdims = flag(call.keepdims)?;
    let temperature = match call.temperature.0 {
        None => 1.0,
        Some(given) => given.cast_exact::<PyFloat>().ok()?.value(),
    };
    // SAFETY: the array is alive for the whole call and holds that many elements of that kind,
    // side by side.
    let row = unsafe { SmallRow::new(x.data, x.kind, x.count(), temperature)? };
    let out = call.out.unless_none();
    let compute: fn(&SmallRow<'_>) -> Option<f64> = match call.function {
        Function::Logsumexp => mathematics::logsumexp_small,
        Function::Logmeanexp => mathematics::logmeanexp_small,
        Function::Softmax => return spread(&x, out, &row, mathematics::softmax_small),
        Function::LogSoftmax => return spread(&x, out, &row, mathematics::log_softmax_small),
    };
    reduced(py, &x, out, keepdims, &row, compute)
}

/// True or False; absent is False.
fn flag(given: Given<'_, '_>) -> Option<bool> {
    match given.0 {
        None => Some(false),
        Some(given) => Some(given.cast_exact::<PyBool>().ok()?.is_true()),
    }
}

/// Whether `axis` makes one row of an array.
fn is_whole(axis: Given<'_, '_>, axes: usize) -> bool {
    let Some(axis) = axis.unless_none() else { return true };
    if axes != 1 || axis.cast_exact::<PyInt>().is_err() {
        return false;
    }
    let mut overflow = 0;
    // SAFETY: the object is an int.
    let index = unsafe { pyo3::ffi::PyLong_AsLongAndOverflow(axis.as_ptr(), &mut overflow) };
    overflow == 0 && matches!(index, -1 | 0)
}

/// One number: a scalar, an array of axes of size one, or into `out`.
fn reduced<'a, 'py>(
    py: Python<'py>,
    x: &Plain<'a, 'py>,
    out: Option<Borrowed<'a, 'py, PyAny>>,
    keepdims: bool,
    row: &SmallRow<'_>,
    compute: fn(&SmallRow<'_>) -> Option<f64>,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let axes = if keepdims { x.sizes.len() } else { 0 };
    let out = match out {
        None => None,
        Some(out) => {
            let out = x.out(out, false)?;
            if out.sizes.len() != axes || out.sizes.iter().any(|&size| size != 1) {
                return None;
            }
            Some(out)
        }
    };
    let mut number = compute(row)?;
    let mut narrow = number as f32;
    let source: *mut u8 = match x.kind {
        Kind::Float32 => (&raw mut narrow).cast(),
        _ => (&raw mut number).cast(),
    };
    let (object, target) = match out {
        Some(out) => (out.object.to_owned(), out.data),
        None if keepdims => match x.empty(&[1; AXES][..axes]) {
            Ok(array) => array,
            Err(error) => return Some(Err(error)),
        },
        None => return Some(scalar(py, x.kind, source)),
    };
    // SAFETY: both places hold one element of that kind.
    unsafe { core::ptr::copy_nonoverlapping(source, target, x.kind.size()) };
    Some(Ok(object))
}

/// As many numbers as there are elements, into a new array or `out`.
fn spread<'a, 'py>(
    x: &Plain<'a, 'py>,
    out: Option<Borrowed<'a, 'py, PyAny>>,
    row: &SmallRow<'_>,
    compute: unsafe fn(&SmallRow<'_>, *mut u8) -> bool,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let (object, target) = match out {
        Some(out) => {
            let out = x.out(out, true)?;
            if out.sizes != x.sizes {
                return None;
            }
            (out.object.to_owned(), out.data)
        }
        None => match x.empty(x.sizes) {
            Ok(array) => array,
            Err(error) => return Some(Err(error)),
        },
    };
    // SAFETY: the place has as many elements of that kind, new or checked.
    let written = unsafe { compute(row, target) };
    written.then_some(Ok(object))
}
