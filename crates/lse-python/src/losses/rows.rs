//! The arguments of a cross-entropy after their checks: before anything is computed or written.

use lse::functions::{CrossEntropy, Reduction, Targets};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;

use super::arrays::{array, reals};
use super::call::Call;
use super::numbers::{self, NOT_NEGATIVE, PART, POSITIVE};
use super::targets::{Ignore, check};
use crate::array::{Array, Sizes};
use crate::message;
use crate::numbers::float64;

/// The arguments after every check.
pub struct Question<'a, 'py> {
    pub logits: Array<'a, 'py>,
    axis: usize,
    pub targets: Array<'a, 'py>,
    /// Whether the targets are classes, of which this one takes no part.
    ignored: Option<i128>,
    /// The shape of the rows.
    pub rows: Sizes,
    pub weight: Option<Array<'a, 'py>>,
    weights: Option<Vec<f64>>,
    smoothing: f64,
    z_loss: f64,
    temperature: f64,
    pub reduction: Reduction,
}

impl<'a, 'py> Question<'a, 'py> {
    /// Check a call.
    pub fn new(call: &'a Call<'a, 'py>) -> PyResult<Self> {
        let options = &call.options;
        let logits = reals("logits", call.logits)?;
        let reduction = numbers::reduction(options.reduction.as_ref())?;
        let reduction = match (reduction, numbers::by_count(options.normalize.as_ref())?) {
            (Reduction::Mean, true) => Reduction::MeanOfRows,
            (reduction, _) => reduction,
        };
        let axis = numbers::axis(options.axis.as_ref(), logits.sizes.len())?;
        let smoothing = options.label_smoothing.as_ref();
        let smoothing = numbers::number("label_smoothing", smoothing, 0.0, &PART)?;
        let z_loss = numbers::number("z_loss", options.z_loss.as_ref(), 0.0, &NOT_NEGATIVE)?;
        let temperature = options.temperature.as_ref();
        let temperature = numbers::number("temperature", temperature, 1.0, &POSITIVE)?;
        let mut rows = logits.sizes.clone();
        if rows.remove(axis) == 0 {
            let given = message::shape(&logits.sizes);
            let text =
                format!("`logits` has shape {given}: use at least one class along axis {axis}");
            return Err(PyValueError::new_err(text));
        }
        let ignore = Ignore::new(options.ignore_index.as_ref())?;
        let targets = array(call.targets);
        let ignored = check(&targets, &logits, axis, &rows, &ignore)?;
        let weight = options.weight.as_ref().map(|weight| reals("weight", weight)).transpose()?;
        let weights =
            weight.as_ref().map(|weight| weights(weight, logits.sizes[axis])).transpose()?;
        Ok(Question {
            logits,
            axis,
            targets,
            ignored,
            rows,
            weight,
            weights,
            smoothing,
            z_loss,
            temperature,
            reduction,
        })
    }

    /// The question for the mathematics.
    pub fn view(&self) -> CrossEntropy<'_> {
        let view = self.targets.view();
        CrossEntropy {
            logits: self.logits.view(),
            axis: self.axis,
            targets: match self.ignored {
                Some(ignore) => Targets::Classes { view, ignore },
                None => Targets::Probabilities(view),
            },
            weight: self.weights.as_deref(),
            smoothing: self.smoothing,
            z_loss: self.z_loss,
            temperature: self.temperature,
            reduction: self.reduction,
        }
    }

    /// The error for a class that is none, in that row in C order.
    pub fn no_class(&self, row: usize, class: i128) -> PyErr {
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
        let ignore = self.ignored.unwrap_or(0);
        let text = format!(
            "`targets` holds {class} in {row}, but `logits` has {classes} classes along axis {axis}: \
             use 0..{}, or `ignore_index` ({ignore})",
            classes as i64 - 1
        );
        PyIndexError::new_err(text)
    }
}

/// One weight a class, finite and >= 0.
fn weights(weight: &Array<'_, '_>, classes: usize) -> PyResult<Vec<f64>> {
    if weight.sizes[..] != [classes] {
        let given = message::shape(&weight.sizes);
        let text = format!(
            "`weight` has shape {given}, but `logits` has {classes} classes: use shape ({classes},)"
        );
        return Err(PyValueError::new_err(text));
    }
    let weights = float64(weight)?;
    match weights.iter().position(|weight| !(*weight >= 0.0 && *weight < f64::INFINITY)) {
        None => Ok(weights),
        Some(class) => {
            let given = message::number(weight.object.py(), weights[class]);
            let text = format!("`weight` holds {given} for class {class}: use finite numbers >= 0");
            Err(PyValueError::new_err(text))
        }
    }
}
