//! The logistic loss and its Hessian: each is its checks and one call into the mathematics.

use lse::functions::{self as mathematics, Pairs, Reduction};
use lse::intake::Kind;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use super::arrays::{self, Named, place, reals, refuse_shape, result_kind};
use super::call::{Call, Signature, answer};
use super::numbers;
use crate::array::Array;
use crate::message;
use crate::place::Place;
use crate::run::run;

/// The keywords, that of the loss alone last.
const OPTIONS: &[&str] = &["weight", "pos_weight", "reduction", "out", "return_grad"];
const LOSS: Signature = Signature { name: "logistic_loss", options: OPTIONS };
const PRODUCT: Signature =
    Signature { name: "logistic_loss_hvp", options: OPTIONS.split_at(OPTIONS.len() - 1).0 };

/// The arguments after their checks.
struct Question<'a, 'py> {
    logits: Array<'a, 'py>,
    targets: Array<'a, 'py>,
    /// Broadcast to the shape of the logits, as `pos_weight`.
    weight: Option<Array<'a, 'py>>,
    pos_weight: Option<Array<'a, 'py>>,
    reduction: Reduction,
}

impl<'a, 'py> Question<'a, 'py> {
    fn new(call: &'a Call<'a, 'py>) -> PyResult<Self> {
        let options = &call.options;
        let reduction = numbers::reduction(options.reduction.as_ref())?;
        let logits = reals("logits", call.logits)?;
        let targets = reals("targets", call.targets)?;
        refuse_shape("targets", &targets, &logits)?;
        let weights = |name, given: &'a Option<Bound<'py, PyAny>>| {
            given.as_ref().map(|given| weights(name, given, &logits)).transpose()
        };
        let weight = weights("weight", &options.weight)?;
        let pos_weight = weights("pos_weight", &options.pos_weight)?;
        Ok(Question { targets, weight, pos_weight, logits, reduction })
    }

    fn pairs(&self) -> Pairs<'_> {
        Pairs {
            logits: self.logits.view(),
            targets: self.targets.view(),
            weight: self.weight.as_ref().map(Array::view),
            pos_weight: self.pos_weight.as_ref().map(Array::view),
            fine: result_kind(&self.logits) == Kind::Float64,
        }
    }

    /// Memory for a gradient or a product.
    fn place(
        &self,
        out: Option<&Bound<'py, PyAny>>,
        vector: Option<&Array<'a, 'py>>,
    ) -> PyResult<Place<'py>> {
        let others: [(Named<'_, '_, 'py>, bool); 4] = [
            (("targets", Some(&self.targets)), false),
            (("weight", self.weight.as_ref()), false),
            (("pos_weight", self.pos_weight.as_ref()), false),
            (("vector", vector), true),
        ];
        place(out, &self.logits, &others)
    }
}

/// Weights of elements, >= 0, broadcast to the shape of the logits.
fn weights<'a, 'py>(
    name: &str,
    given: &'a Bound<'py, PyAny>,
    logits: &Array<'_, 'py>,
) -> PyResult<Array<'a, 'py>> {
    let mut array = reals(name, given)?;
    let shape = message::shape(&array.sizes);
    if !array.broadcast(&logits.sizes) {
        let wanted = message::shape(&logits.sizes);
        let text = format!(
            "`{name}` has shape {shape}, which does not broadcast to the shape {wanted} of `logits`"
        );
        return Err(PyValueError::new_err(text));
    }
    static REFUSE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    REFUSE.import(given.py(), "logsumexp.losses", "refuse_negative")?.call1((name, given))?;
    Ok(array)
}

#[doc = include_str!("../docs/logistic_loss.txt")]
#[pyfunction]
#[pyo3(
    signature = (logits, targets, **options),
    text_signature = "(logits, targets, *, weight=None, pos_weight=None, reduction='mean', \
                      return_grad=False, out=None)"
)]
pub fn logistic_loss<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    answer(py, &LOSS, [logits, targets], None, options, |py, call| {
        let question = Question::new(call)?;
        let wanted = call.return_grad;
        let mut gradient =
            wanted.then(|| question.place(call.options.out.as_ref(), None)).transpose()?;
        let kind = result_kind(&question.logits);
        let mut loss = match question.reduction {
            Reduction::None => Place::new(py, kind, &question.logits.sizes)?,
            _ => Place::number(kind),
        };
        {
            let (pairs, reduction, loss) = (question.pairs(), question.reduction, loss.view());
            let gradient = gradient.as_mut().map(Place::view);
            run(py, question.logits.count(), || {
                mathematics::logistic(&pairs, reduction, &loss, gradient.as_ref())
            })?;
        }
        arrays::answer(py, loss, gradient)
    })
}

#[doc = include_str!("../docs/logistic_loss_hvp.txt")]
#[pyfunction]
#[pyo3(
    signature = (logits, targets, vector, **options),
    text_signature = "(logits, targets, vector, *, weight=None, pos_weight=None, reduction='mean', out=None)"
)]
pub fn logistic_loss_hvp<'py>(
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
        let mut product = question.place(call.options.out.as_ref(), Some(&vector))?;
        {
            let (pairs, vector, out) = (question.pairs(), vector.view(), product.view());
            run(py, question.logits.count(), || {
                mathematics::logistic_hvp(&pairs, question.reduction, &vector, &out)
            })?;
        }
        product.finish(py)
    })
}
