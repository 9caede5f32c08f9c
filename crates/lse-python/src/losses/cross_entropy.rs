//! Cross-entropy, on arrays that the Python side has checked and named.
//!
//! What would be unsafe if it were wrong is checked here again; whether the classes are classes is found out
//! by the mathematics, before it writes anything.

use lse::functions::{
    self as mathematics, CrossEntropy, LossError, OutOfMemory, Reduction, Targets,
};
use lse::intake::Kind;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{Array, Exact, Sizes};
use crate::message;
use crate::overlap::{refuse_overlap, refuse_self_overlap};
use crate::place::Place;
use crate::result_type::float;
use crate::run::{out_of_memory, run};

/// An exact array of real numbers of that shape.
fn real<'a, 'py>(
    name: &str,
    object: &'a Bound<'py, PyAny>,
    shape: Option<&[usize]>,
) -> PyResult<Array<'a, 'py>> {
    let exact = Exact::of(object.as_borrowed()).ok_or_else(|| {
        let given = message::shown(object);
        PyTypeError::new_err(format!("`{name}` is {given}: use a numpy.ndarray"))
    })?;
    let array = Array::new(exact);
    if array.kind().is_none() {
        return Err(message::unsupported(name, object));
    }
    match shape {
        Some(shape) if array.sizes[..] != *shape => {
            let (given, wanted) = (message::shape(&array.sizes), message::shape(shape));
            let text = format!("`{name}` has shape {given}: use shape {wanted}");
            Err(PyValueError::new_err(text))
        }
        _ => Ok(array),
    }
}

/// The arguments, after their checks.
struct Arguments<'a, 'py> {
    logits: Array<'a, 'py>,
    axis: usize,
    targets: Array<'a, 'py>,
    /// The shape of the rows.
    rows: Sizes,
    weight: Option<Array<'a, 'py>>,
    numbers: Numbers,
}

/// What is no array: the ignored class, label smoothing, z-loss, temperature, reduction.
type Numbers = (Option<i128>, f64, f64, f64, u8);

impl<'a, 'py> Arguments<'a, 'py> {
    fn new(
        logits: &'a Bound<'py, PyAny>,
        targets: &'a Bound<'py, PyAny>,
        weight: Option<&'a Bound<'py, PyAny>>,
        axis: usize,
        numbers: Numbers,
    ) -> PyResult<Self> {
        let logits = real("logits", logits, None)?;
        let Some(&classes) = logits.sizes.get(axis) else {
            return Err(PyValueError::new_err(format!("`axis` is {axis}: use one of `logits`")));
        };
        let mut rows = logits.sizes.clone();
        rows.remove(axis);
        let shape = if numbers.0.is_some() { &rows } else { &logits.sizes };
        let targets = real("targets", targets, Some(shape))?;
        let floats = float(targets.view().kind()) == targets.view().kind();
        if numbers.0.is_some() && (floats || targets.kind() == Some(Kind::Bool)) {
            return Err(message::unsupported("targets", &targets.object));
        }
        let weight = weight.map(|weight| real("weight", weight, Some(&[classes]))).transpose()?;
        if let Some(weight) = &weight {
            let plain = weight.kind() == Some(Kind::Float64)
                && !weight.swapped
                && (classes < 2 || weight.strides[0] == 8)
                && (weight.data as usize).is_multiple_of(align_of::<f64>());
            if !plain {
                let text = "`weight` must be float64 in a row";
                return Err(PyValueError::new_err(text));
            }
        }
        Ok(Arguments { logits, axis, targets, rows, weight, numbers })
    }

    fn question(&self) -> CrossEntropy<'_> {
        let (ignore, smoothing, z_loss, temperature, reduction) = self.numbers;
        let view = self.targets.view();
        let targets = match ignore {
            Some(ignore) => Targets::Classes { view, ignore },
            None => Targets::Probabilities(view),
        };
        let weight = self.weight.as_ref().map(|weight| {
            // SAFETY: float64, one after the other, aligned; borrowed from a live array.
            unsafe { core::slice::from_raw_parts(weight.data.cast::<f64>(), weight.count()) }
        });
        let reduction = match reduction {
            0 => Reduction::None,
            1 => Reduction::Sum,
            2 => Reduction::Mean,
            _ => Reduction::MeanOfRows,
        };
        let (logits, axis) = (self.logits.view(), self.axis);
        CrossEntropy { logits, axis, targets, weight, smoothing, z_loss, temperature, reduction }
    }

    /// An array for results.
    fn place(
        &self,
        name: &str,
        object: &Bound<'py, PyAny>,
        shape: &[usize],
    ) -> PyResult<Place<'py>> {
        let array = real(name, object, Some(shape))?;
        let kind = array.kind().expect("checked");
        if float(kind) != kind {
            return Err(PyTypeError::new_err(format!("`{name}` must hold floats")));
        }
        if !array.writeable {
            let text = format!("`{name}` is read-only: use a writeable array");
            return Err(PyValueError::new_err(text));
        }
        if array.count() > 0 {
            refuse_self_overlap(&array)?;
        }
        refuse_overlap(&array, &self.logits, "logits", true)?;
        refuse_overlap(&array, &self.targets, "targets", false)?;
        if let Some(weight) = &self.weight {
            refuse_overlap(&array, weight, "weight", false)?;
        }
        Ok(Place::given(&array))
    }

    /// Run the mathematics; a class that is none becomes an error that names its row.
    fn run<T: Send>(
        &self,
        py: Python<'py>,
        work: impl FnOnce() -> Result<T, LossError> + Send,
    ) -> PyResult<T> {
        let answer = run(py, self.logits.count(), || Ok::<_, OutOfMemory>(work()))?;
        answer.map_err(|error| match error {
            LossError::OutOfMemory => out_of_memory(),
            LossError::Target { row, class } => self.no_class(row, class),
        })
    }

    fn no_class(&self, row: usize, class: i128) -> PyErr {
        let (mut place, mut rest) = (self.rows.clone(), row);
        for (index, &size) in place.iter_mut().zip(&self.rows).rev() {
            *index = rest % size.max(1);
            rest /= size.max(1);
        }
        let row = match place[..] {
            [] => "its only row".to_owned(),
            [row] => format!("row {row}"),
            _ => format!("row {}", message::shape(&place)),
        };
        let (classes, axis) = (self.logits.sizes[self.axis], self.axis);
        let ignore = self.numbers.0.unwrap_or(0);
        let text = format!(
            "`targets` holds {class} in {row}, but `logits` has {classes} classes along axis {axis}: \
             use 0..{}, or `ignore_index` ({ignore})",
            classes as i64 - 1
        );
        PyIndexError::new_err(text)
    }
}

/// The reduced loss, nan where it is not; fills `losses` and `out`, the gradient, where given.
#[pyfunction]
#[pyo3(signature = (logits, targets, weight, axis, numbers, losses, out))]
#[allow(clippy::too_many_arguments)]
pub fn cross_entropy<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    weight: Option<&Bound<'py, PyAny>>,
    axis: usize,
    numbers: Numbers,
    losses: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<f64> {
    let arguments = Arguments::new(logits, targets, weight, axis, numbers)?;
    let (rows, all) = (&arguments.rows[..], &arguments.logits.sizes[..]);
    let mut losses = losses.map(|array| arguments.place("losses", array, rows)).transpose()?;
    let mut out = out.map(|array| arguments.place("out", array, all)).transpose()?;
    let question = arguments.question();
    let (losses, out) = (losses.as_mut().map(Place::view), out.as_mut().map(Place::view));
    arguments.run(py, || mathematics::cross_entropy(&question, losses.as_ref(), out.as_ref()))
}

/// The second derivative of the reduced loss times `vector`, into `out`.
#[pyfunction]
#[pyo3(signature = (logits, targets, weight, axis, numbers, vector, out))]
#[allow(clippy::too_many_arguments)]
pub fn cross_entropy_hvp<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    weight: Option<&Bound<'py, PyAny>>,
    axis: usize,
    numbers: Numbers,
    vector: &Bound<'py, PyAny>,
    out: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let arguments = Arguments::new(logits, targets, weight, axis, numbers)?;
    let vector = real("vector", vector, Some(&arguments.logits.sizes))?;
    let mut place = arguments.place("out", out, &arguments.logits.sizes)?;
    let array = Array::new(Exact::of(out.as_borrowed()).expect("checked"));
    refuse_overlap(&array, &vector, "vector", false)?;
    let (question, vector, out) = (arguments.question(), vector.view(), place.view());
    arguments.run(py, || mathematics::cross_entropy_hvp(&question, &vector, &out))
}
