//! A call: the arguments as Python gave them.

use pyo3::prelude::*;

use crate::arguments::Given;
use crate::array::Exact;

/// The functions of this package.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Logsumexp,
    Logmeanexp,
    Softmax,
    LogSoftmax,
}

impl Function {
    pub const fn name(self) -> &'static str {
        match self {
            Function::Logsumexp => "logsumexp",
            Function::Logmeanexp => "logmeanexp",
            Function::Softmax => "softmax",
            Function::LogSoftmax => "log_softmax",
        }
    }

    /// The name of the first argument.
    pub const fn argument(self) -> &'static str {
        if self.elementwise() { "x" } else { "a" }
    }

    /// Whether the result has the shape of the input.
    pub const fn elementwise(self) -> bool {
        matches!(self, Function::Softmax | Function::LogSoftmax)
    }
}

/// The arguments as given.
#[derive(Clone, Copy)]
pub struct Call<'a, 'py> {
    pub function: Function,
    pub x: Borrowed<'a, 'py, PyAny>,
    pub axis: Given<'a, 'py>,
    pub weights: Given<'a, 'py>,
    pub keepdims: Given<'a, 'py>,
    pub return_sign: Given<'a, 'py>,
    pub mask: Given<'a, 'py>,
    pub temperature: Given<'a, 'py>,
    pub dtype: Given<'a, 'py>,
    pub out: Given<'a, 'py>,
}

/// The arrays among the arguments, where all of them are exact.
#[derive(Clone, Copy)]
pub struct Arrays<'a, 'py> {
    pub x: Exact<'a, 'py>,
    pub weights: Option<Exact<'a, 'py>>,
    pub mask: Option<Exact<'a, 'py>>,
    pub out: Option<Exact<'a, 'py>>,
}

impl<'a, 'py> Call<'a, 'py> {
    /// A call with nothing but its first argument.
    pub fn new(function: Function, x: &'a Bound<'py, PyAny>) -> Self {
        Call {
            function,
            x: x.as_borrowed(),
            axis: Given::ABSENT,
            weights: Given::ABSENT,
            keepdims: Given::ABSENT,
            return_sign: Given::ABSENT,
            mask: Given::ABSENT,
            temperature: Given::ABSENT,
            dtype: Given::ABSENT,
            out: Given::ABSENT,
        }
    }

    /// The arrays; None where one is no `numpy.ndarray` itself, and an adapter must make it one.
    pub fn arrays(&self) -> Option<Arrays<'a, 'py>> {
        let optional = |given: Given<'a, 'py>| match given.unless_none() {
            None => Some(None),
            Some(object) => Exact::of(object).map(Some),
        };
        Some(Arrays {
            x: Exact::of(self.x)?,
            weights: optional(self.weights)?,
            mask: optional(self.mask)?,
            out: optional(self.out)?,
        })
    }
}
