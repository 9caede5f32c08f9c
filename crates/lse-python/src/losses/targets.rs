//! What rows are compared with: classes, one of which may be ignored, or probabilities.

use lse::intake::Kind;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyInt;

use super::numbers;
use crate::array::Array;
use crate::message;
use crate::result_type::float;

/// In no array: any class that is none will do for one beyond it.
const BEYOND: i128 = 1 << 70;

/// The ignored class, as given.
pub struct Ignore<'py>(Option<Bound<'py, PyInt>>);

impl<'py> Ignore<'py> {
    pub fn new(given: Option<&Bound<'py, PyAny>>) -> PyResult<Self> {
        Ok(Ignore(given.map(|given| numbers::integer("ignore_index", given)).transpose()?))
    }

    fn class(&self) -> i128 {
        let Some(given) = &self.0 else { return -100 };
        let class = given.extract::<i64>().map(i128::from).or_else(|_| given.extract::<i128>());
        class.ok().filter(|class| class.abs() < BEYOND).unwrap_or(BEYOND)
    }

    /// Probabilities have no class that could be ignored.
    fn refuse(&self) -> PyResult<()> {
        match &self.0 {
            Some(given) if given.ge(0)? => Err(PyValueError::new_err(format!(
                "`ignore_index` is {given}, but `targets` holds probabilities: it is for classes only"
            ))),
            _ => Ok(()),
        }
    }
}

/// Check what rows are compared with; answers the ignored class, None for probabilities.
pub fn check(
    targets: &Array<'_, '_>,
    logits: &Array<'_, '_>,
    axis: usize,
    rows: &[usize],
    ignore: &Ignore<'_>,
) -> PyResult<Option<i128>> {
    let [given, all] = [targets, logits].map(|array| &array.sizes);
    let shapes = || (message::shape(given), message::shape(all));
    match targets.kind() {
        Some(kind) if kind != Kind::Bool && float(kind) != kind => {
            if given[..] == *rows {
                return Ok(Some(ignore.class()));
            }
            let ((given, all), wanted) = (shapes(), message::shape(rows));
            let text = format!(
                "`targets` holds classes in shape {given}, but `logits` has shape {all} \
                 and classes along axis {axis}: use shape {wanted}"
            );
            Err(PyValueError::new_err(text))
        }
        Some(kind) if kind != Kind::Bool => {
            if given == all {
                return ignore.refuse().map(|()| None);
            }
            let (dtype, (given_shape, all)) = (message::dtype_of(&targets.object), shapes());
            let text = format!(
                "`targets` has dtype {dtype} and shape {given_shape}, but `logits` has shape {all}: \
                 probabilities have its shape"
            );
            Err(if given[..] == *rows {
                PyTypeError::new_err(format!("{text}, and classes have an integer type"))
            } else {
                PyValueError::new_err(text)
            })
        }
        _ => {
            let dtype = message::dtype_of(&targets.object);
            let text = format!(
                "`targets` has dtype {dtype}: use an integer type for classes, or float16, bfloat16, \
                 float32 or float64 for probabilities"
            );
            Err(PyTypeError::new_err(text))
        }
    }
}
