//! A call: the arguments as Python gave them, and the same after every check.
//!
//! Everything that can be wrong is found here, before anything is computed or written.

use lse::functions::Job;
use lse::intake::{Kind, View};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::arguments::{self, Given};
use crate::array::{self, Array, Sizes};
use crate::axis::{self, Axes, contains};
use crate::element::Element;
use crate::message;
use crate::overlap::{refuse_overlap, refuse_self_overlap};
use crate::place::Place;
use crate::result_type::{self, ResultType};

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

/// The arguments after every check. What is rarely given is boxed: this is moved about.
pub struct Checked<'a, 'py> {
    pub function: Function,
    /// The numbers; with weights, broadcast to the common shape.
    pub x: Array<'a, 'py>,
    pub axes: Axes,
    /// Broadcast to the shape of `x`.
    pub weights: Option<Box<Array<'a, 'py>>>,
    pub keepdims: bool,
    pub return_sign: bool,
    /// Broadcast to the shape of `x`.
    pub mask: Option<Box<Array<'a, 'py>>>,
    pub temperature: f64,
    pub result: ResultType<'py>,
    pub out: Option<Box<Array<'a, 'py>>>,
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

    /// Whether every array is a `numpy.ndarray` itself, so that no adapter is needed.
    pub fn is_exact(&self) -> bool {
        let exact = |array: Given<'_, '_>| array.unless_none().is_none_or(array::is_exact);
        array::is_exact(self.x) && exact(self.weights) && exact(self.mask) && exact(self.out)
    }

    /// Check everything. The arrays must be exact.
    pub fn check(&self) -> PyResult<Checked<'a, 'py>> {
        let name = self.function.argument();
        let mut checked = Checked {
            function: self.function,
            x: numbers(name, self.x)?,
            axes: 0,
            weights: None,
            keepdims: arguments::flag("keepdims", self.keepdims)?,
            return_sign: arguments::flag("return_sign", self.return_sign)?,
            mask: None,
            temperature: arguments::temperature(self.temperature)?,
            result: ResultType::Real(Kind::Float64),
            out: None,
        };
        if let Some(b) = self.weights.unless_none() {
            let mut weights = Box::new(numbers("b", b)?);
            broadcast_together(&mut checked.x, &mut weights)?;
            checked.weights = Some(weights);
        }
        checked.axes = axis::parse(self.axis.unless_none(), checked.x.sizes.len())?;
        if let Some(mask) = self.mask.unless_none() {
            checked.mask = Some(Box::new(check_mask(mask, name, &checked.x)?));
        }
        let weights = checked.weights.as_deref();
        checked.result = result_type::of(name, &checked.x, weights, self.dtype.unless_none())?;
        if let Some(out) = self.out.unless_none() {
            let out = Box::new(Array::new(out));
            checked.check_out(&out)?;
            checked.out = Some(out);
        }
        Ok(checked)
    }
}

impl<'a, 'py> Checked<'a, 'py> {
    /// The shape of the result.
    pub fn shape(&self) -> Sizes {
        let sizes = &self.x.sizes;
        if self.function.elementwise() || self.axes == 0 {
            return sizes.clone();
        }
        if self.axes == axis::all(sizes.len()) && !self.keepdims {
            return Sizes::new();
        }
        (sizes.iter().enumerate())
            .filter_map(|(axis, &size)| match contains(self.axes, axis) {
                false => Some(size),
                true => self.keepdims.then_some(1),
            })
            .collect()
    }

    /// The numbers, the row axes, the mask and the temperature, for the mathematics.
    pub fn job(&self) -> Job<'_> {
        let mask: Option<View<'_>> = self.mask.as_ref().map(|mask| mask.view());
        Job { x: self.x.view(), axes: self.axes, mask, temperature: self.temperature }
    }

    /// Memory for the result.
    pub fn place(&self, kind: Kind) -> PyResult<Place<'py>> {
        let place = match &self.out {
            Some(out) => Place::given(out),
            None if self.function.elementwise() => return Place::like(&self.x, kind),
            None => Place::new(self.x.object.py(), kind, &self.shape())?,
        };
        Ok(self.squeezed(place))
    }

    /// Memory for the sign, which `out` never receives.
    pub fn place_for_sign(&self, kind: Kind) -> PyResult<Place<'py>> {
        Ok(self.squeezed(Place::new(self.x.object.py(), kind, &self.shape())?))
    }

    /// The mathematics does not list the axes that `keepdims` keeps.
    fn squeezed(&self, place: Place<'py>) -> Place<'py> {
        let kept = self.keepdims && !self.function.elementwise();
        if kept { place.without(self.axes) } else { place }
    }

    fn check_out(&self, out: &Array<'_, 'py>) -> PyResult<()> {
        let shape = self.shape();
        if out.sizes != shape || !self.result.fits(out, self.return_sign)? {
            let text = format!(
                "`out` has {}, but the result has shape {} and dtype {}",
                result_type::described(out),
                message::shape(&shape),
                self.result.shown(out.object.py(), self.return_sign)
            );
            return Err(PyValueError::new_err(text));
        }
        if !out.writeable {
            return Err(PyValueError::new_err("`out` is read-only: use a writeable array"));
        }
        refuse_self_overlap(out)?;
        refuse_overlap(out, &self.x, self.function.argument(), self.function.elementwise())?;
        for (array, name) in [(&self.weights, "b"), (&self.mask, "where")] {
            if let Some(array) = array {
                refuse_overlap(out, array, name, false)?;
            }
        }
        Ok(())
    }
}

/// An array of numbers of any supported type.
pub fn numbers<'a, 'py>(name: &str, array: Borrowed<'a, 'py, PyAny>) -> PyResult<Array<'a, 'py>> {
    let numbers = Array::new(array);
    match numbers.element {
        Element::Other => Err(message::unsupported(name, &array)),
        _ => Ok(numbers),
    }
}

/// Numbers and weights broadcast both ways.
fn broadcast_together(x: &mut Array<'_, '_>, weights: &mut Array<'_, '_>) -> PyResult<()> {
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
pub fn check_mask<'a, 'py>(
    mask: Borrowed<'a, 'py, PyAny>,
    name: &str,
    x: &Array<'_, '_>,
) -> PyResult<Array<'a, 'py>> {
    let mut array = Array::new(mask);
    if array.element != Element::Real(Kind::Bool) {
        let given = message::dtype_of(&mask);
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
