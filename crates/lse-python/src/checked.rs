//! A call after every check: what the mathematics is given, and where the result goes.

use lse::functions::Job;
use lse::intake::Kind;
use pyo3::prelude::*;

use crate::arguments;
use crate::array::{Array, Sizes};
use crate::axis::{self, Axes, contains};
use crate::call::{Arrays, Call, Function};
use crate::checks;
use crate::place::Place;
use crate::result_type::{self, ResultType};

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

impl<'a, 'py> Checked<'a, 'py> {
    /// Check a call and its arrays. Everything that can be wrong is found here, before anything
    /// is computed or written.
    pub fn new(call: &Call<'a, 'py>, arrays: Arrays<'a, 'py>) -> PyResult<Self> {
        let name = call.function.argument();
        let mut checked = Checked {
            function: call.function,
            x: Array::new(arrays.x),
            axes: 0,
            weights: None,
            keepdims: arguments::flag("keepdims", call.keepdims)?,
            return_sign: arguments::flag("return_sign", call.return_sign)?,
            mask: None,
            temperature: arguments::temperature(call.temperature)?,
            result: ResultType::Real(Kind::Float64),
            out: None,
        };
        checks::numbers(name, &checked.x)?;
        if let Some(weights) = arrays.weights {
            let mut weights = Box::new(Array::new(weights));
            checks::numbers("b", &weights)?;
            checks::broadcast_together(&mut checked.x, &mut weights)?;
            checked.weights = Some(weights);
        }
        checked.axes = axis::parse(call.axis.unless_none(), checked.x.sizes.len())?;
        if let Some(mask) = arrays.mask {
            checked.mask = Some(Box::new(checks::mask(mask, name, &checked.x)?));
        }
        let weights = checked.weights.as_deref();
        checked.result = result_type::of(name, &checked.x, weights, call.dtype.unless_none())?;
        if let Some(out) = arrays.out {
            let out = Box::new(Array::new(out));
            checks::out(&out, &checked)?;
            checked.out = Some(out);
        }
        Ok(checked)
    }

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
        let mask = self.mask.as_ref().map(|mask| mask.view());
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
}
