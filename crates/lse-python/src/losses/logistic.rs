//! The logistic loss, on arrays that the Python side has checked and named.
//!
//! What would be unsafe if it were wrong is checked here again.

use lse::functions::{self as mathematics, Pairs};
use lse::intake::Kind;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{Array, Exact};
use crate::checks;
use crate::message;
use crate::overlap::{refuse_overlap, refuse_self_overlap};
use crate::place::Place;
use crate::result_type::float;
use crate::run::run;

/// An array of real numbers, broadcast to `shape` where one is given.
fn real<'a, 'py>(
    name: &str,
    object: &'a Bound<'py, PyAny>,
    shape: Option<&[usize]>,
) -> PyResult<Array<'a, 'py>> {
    let exact = Exact::of(object.as_borrowed()).ok_or_else(|| {
        let given = message::shown(object);
        PyTypeError::new_err(format!("`{name}` is {given}: use a numpy.ndarray"))
    })?;
    let mut array = Array::new(exact);
    checks::numbers(name, &array)?;
    if array.kind().is_none() {
        return Err(message::unsupported(name, object));
    }
    if let Some(shape) = shape {
        let given = message::shape(&array.sizes);
        if !array.broadcast(shape) {
            let wanted = message::shape(shape);
            let text = format!(
                "`{name}` has shape {given}, which does not broadcast to the shape {wanted} of `logits`"
            );
            return Err(PyValueError::new_err(text));
        }
    }
    Ok(array)
}

/// An array for results with the shape of the logits.
fn place<'py>(
    name: &str,
    object: &Bound<'py, PyAny>,
    shape: &[usize],
    inputs: &[(&str, Option<&Array<'_, 'py>>)],
) -> PyResult<Place<'py>> {
    let array = real(name, object, None)?;
    let kind = array.kind().expect("checked");
    if array.sizes[..] != *shape || float(kind) != kind {
        let wanted = message::shape(shape);
        let text = format!("`{name}` must hold floats and have the shape {wanted} of `logits`");
        return Err(PyValueError::new_err(text));
    }
    if !array.writeable {
        let text = format!("`{name}` is read-only: use a writeable array");
        return Err(PyValueError::new_err(text));
    }
    refuse_self_overlap(&array)?;
    for &(input, given) in inputs {
        if let Some(given) = given {
            refuse_overlap(&array, given, input, input == "logits")?;
        }
    }
    Ok(Place::given(&array))
}

/// The arguments of a loss, after their checks.
struct Arguments<'a, 'py> {
    logits: Array<'a, 'py>,
    targets: Array<'a, 'py>,
    weight: Option<Array<'a, 'py>>,
    pos_weight: Option<Array<'a, 'py>>,
}

impl<'a, 'py> Arguments<'a, 'py> {
    fn new(
        logits: &'a Bound<'py, PyAny>,
        targets: &'a Bound<'py, PyAny>,
        weight: Option<&'a Bound<'py, PyAny>>,
        pos_weight: Option<&'a Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let logits = real("logits", logits, None)?;
        let shape = Some(&logits.sizes[..]);
        Ok(Arguments {
            targets: real("targets", targets, shape)?,
            weight: weight.map(|weight| real("weight", weight, shape)).transpose()?,
            pos_weight: pos_weight.map(|weight| real("pos_weight", weight, shape)).transpose()?,
            logits,
        })
    }

    fn pairs(&self) -> Pairs<'_> {
        let logits = self.logits.view();
        Pairs {
            logits,
            targets: self.targets.view(),
            weight: self.weight.as_ref().map(Array::view),
            pos_weight: self.pos_weight.as_ref().map(Array::view),
            fine: float(logits.kind()) == Kind::Float64,
        }
    }

    fn place(&self, name: &str, object: &Bound<'py, PyAny>) -> PyResult<Place<'py>> {
        let inputs = [
            ("logits", Some(&self.logits)),
            ("targets", Some(&self.targets)),
            ("weight", self.weight.as_ref()),
            ("pos_weight", self.pos_weight.as_ref()),
        ];
        place(name, object, &self.logits.sizes, &inputs)
    }
}

/// The sum or the mean of the losses; fills `losses` and `out`, the gradient, where given.
#[pyfunction]
#[pyo3(signature = (logits, targets, weight, pos_weight, mean, losses, out))]
#[allow(clippy::too_many_arguments)]
pub fn logistic<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    weight: Option<&Bound<'py, PyAny>>,
    pos_weight: Option<&Bound<'py, PyAny>>,
    mean: bool,
    losses: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<f64> {
    let arguments = Arguments::new(logits, targets, weight, pos_weight)?;
    let mut losses = losses.map(|object| arguments.place("losses", object)).transpose()?;
    let mut out = out.map(|object| arguments.place("out", object)).transpose()?;
    let pairs = arguments.pairs();
    let (losses, out) = (losses.as_mut().map(Place::view), out.as_mut().map(Place::view));
    run(py, pairs.logits.count(), || {
        mathematics::logistic(&pairs, mean, losses.as_ref(), out.as_ref())
    })
}

/// The Hessian of the sum or the mean times `vector`, into `out`.
#[pyfunction]
#[pyo3(signature = (logits, targets, weight, pos_weight, mean, vector, out))]
#[allow(clippy::too_many_arguments)]
pub fn logistic_hvp<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    weight: Option<&Bound<'py, PyAny>>,
    pos_weight: Option<&Bound<'py, PyAny>>,
    mean: bool,
    vector: &Bound<'py, PyAny>,
    out: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let arguments = Arguments::new(logits, targets, weight, pos_weight)?;
    let vector = real("vector", vector, Some(&arguments.logits.sizes))?;
    let mut place = arguments.place("out", out)?;
    let array = Array::new(Exact::of(out.as_borrowed()).expect("checked"));
    refuse_overlap(&array, &vector, "vector", true)?;
    let (pairs, vector, out) = (arguments.pairs(), vector.view(), place.view());
    run(py, pairs.logits.count(), || mathematics::logistic_hvp(&pairs, mean, &vector, &out))
}
