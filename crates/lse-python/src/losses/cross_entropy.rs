//! The cross-entropy and its Hessian: each is its checks and one call into the mathematics.

use lse::functions::{self as mathematics, LossError, OutOfMemory, Reduction};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{self, place, reals, refuse_shape, result_kind};
use super::call::{Call, Signature, answer};
use super::rows::Question;
use crate::place::Place;
use crate::run::{out_of_memory, run};

/// The keywords, that of the loss alone last.
const OPTIONS: &[&str] = &[
    "axis",
    "weight",
    "ignore_index",
    "label_smoothing",
    "z_loss",
    "temperature",
    "reduction",
    "normalize",
    "out",
    "return_grad",
];
const LOSS: Signature = Signature { name: "cross_entropy", options: OPTIONS };
const PRODUCT: Signature =
    Signature { name: "cross_entropy_hvp", options: OPTIONS.split_at(OPTIONS.len() - 1).0 };

#[doc = include_str!("../docs/cross_entropy.txt")]
#[pyfunction]
#[pyo3(
    signature = (logits, targets, **options),
    text_signature = "(logits, targets, *, axis=-1, weight=None, ignore_index=-100, label_smoothing=0.0, \
                      z_loss=0.0, temperature=1.0, reduction='mean', normalize='weight', \
                      return_grad=False, out=None)"
)]
pub fn cross_entropy<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    answer(py, &LOSS, [logits, targets], None, options, |py, call| {
        let question = Question::new(call)?;
        let mut gradient = gradient(call, &question)?;
        let kind = result_kind(&question.logits);
        let mut loss = match question.reduction {
            Reduction::None => Place::new(py, kind, &question.rows)?,
            _ => Place::number(kind),
        };
        {
            let (view, loss) = (question.view(), loss.view());
            let gradient = gradient.as_mut().map(Place::view);
            compute(py, &question, || mathematics::cross_entropy(&view, &loss, gradient.as_ref()))?;
        }
        arrays::answer(py, loss, gradient)
    })
}

/// Memory for the gradient, where it is asked for.
fn gradient<'py>(
    call: &Call<'_, 'py>,
    question: &Question<'_, 'py>,
) -> PyResult<Option<Place<'py>>> {
    let others = [
        (("targets", Some(&question.targets)), false),
        (("weight", question.weight.as_ref()), false),
    ];
    let wanted = call.return_grad;
    wanted.then(|| place(call.options.out.as_ref(), &question.logits, &others)).transpose()
}

#[doc = include_str!("../docs/cross_entropy_hvp.txt")]
#[pyfunction]
#[pyo3(
    signature = (logits, targets, vector, **options),
    text_signature = "(logits, targets, vector, *, axis=-1, weight=None, ignore_index=-100, \
                      label_smoothing=0.0, z_loss=0.0, temperature=1.0, reduction='mean', \
                      normalize='weight', out=None)"
)]
pub fn cross_entropy_hvp<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    vector: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    answer(py, &PRODUCT, [logits, targets], Some(vector), options, |py, call| {
        let question = Question::new(call)?;
        let vector = reals("vector", vector)?;
        refuse_shape("vector", &vector, &question.logits)?;
        let others = [
            (("targets", Some(&question.targets)), false),
            (("weight", question.weight.as_ref()), false),
            (("vector", Some(&vector)), false),
        ];
        let mut product = place(call.options.out.as_ref(), &question.logits, &others)?;
        {
            let (view, vector, out) = (question.view(), vector.view(), product.view());
            compute(py, &question, || mathematics::cross_entropy_hvp(&view, &vector, &out))?;
        }
        product.finish(py)
    })
}

/// Run the mathematics; a class that is none becomes an error that names its row.
fn compute(
    py: Python<'_>,
    question: &Question<'_, '_>,
    work: impl FnOnce() -> Result<(), LossError> + Send,
) -> PyResult<()> {
    let answer = run(py, question.logits.count(), || Ok::<_, OutOfMemory>(work()))?;
    answer.map_err(|error| match error {
        LossError::OutOfMemory => out_of_memory(),
        LossError::Target { row, class } => question.no_class(row, class),
    })
}
