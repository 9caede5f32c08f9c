//! The six words as methods, and what a State shows of itself.

use lse::functions::{self, Job};
use lse::intake::Kind;
use numpy::PyArrayDescr;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use super::layout::kept;
use super::{Layout, State, pickle, text};
use crate::arguments::Given;
use crate::array::{self, Array, Sizes};
use crate::axis;
use crate::call::check_mask;
use crate::element;
use crate::hand_over;
use crate::message::{shape, shown};
use crate::numbers::{Numbers, positions, read, real_array};
use crate::place::Place;
use crate::result_type::{float, float_dtype, native, wider};
use crate::run::{out_of_memory, run};

#[pymethods]
impl State {
    #[doc = include_str!("../docs/state_fold.txt")]
    #[staticmethod]
    #[pyo3(signature = (x, axis=Given::ABSENT, *, r#where=Given::ABSENT), text_signature = "(x, axis=None, *, where=None)")]
    fn fold<'py>(
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        axis: Given<'_, 'py>,
        r#where: Given<'_, 'py>,
    ) -> PyResult<State> {
        let (x, mask) = arrays(py, x.as_borrowed(), r#where.unless_none())?;
        let x = Array::new(x.as_borrowed());
        let mask = mask.as_ref().map(|mask| check_mask(mask.as_borrowed(), "x", &x)).transpose()?;
        let axes = axis::parse(axis.unless_none(), x.sizes.len())?;
        let mask = mask.as_ref().map(Array::view);
        let job = Job { x: x.view(), axes, mask, temperature: 1.0 };
        let states = run(py, x.count(), || functions::fold(&job))?;
        let layout = Layout::Folded { dimensions: x.sizes.len(), axes };
        Ok(State { states, sizes: kept(&x.sizes, axes), kind: x.kind().map(float), layout })
    }

    #[doc = include_str!("../docs/state_one.txt")]
    #[staticmethod]
    fn one(x: &Bound<'_, PyAny>) -> PyResult<State> {
        let Numbers { values, sizes, kind } = read("x", x.as_borrowed())?;
        let states = collect(values.into_iter().map(lse::State::one))?;
        let layout = Layout::Folded { dimensions: sizes.len(), axes: 0 };
        Ok(State { states, sizes, kind: Some(float(kind)), layout })
    }

    #[doc = include_str!("../docs/state_empty.txt")]
    #[staticmethod]
    #[pyo3(signature = (shape=Given::ABSENT, dtype=Given::ABSENT), text_signature = "(shape=(), dtype=None)")]
    fn empty(shape: Given<'_, '_>, dtype: Given<'_, '_>) -> PyResult<State> {
        let sizes = shape.0.map_or_else(|| Ok(Sizes::new()), |shape| parse_shape(&shape))?;
        let count = array::common_shape(&sizes, &[]).map(|sizes| sizes.iter().product());
        let count = count.ok_or_else(out_of_memory)?;
        let states = collect((0..count).map(|_| lse::State::EMPTY))?;
        let kind = dtype.unless_none().map(float_dtype).transpose()?;
        Ok(State { states, sizes, kind, layout: Layout::Unknown })
    }

    #[doc = include_str!("../docs/state_merge.txt")]
    fn merge(&self, other: &Bound<'_, PyAny>) -> PyResult<State> {
        let Ok(other) = other.cast::<State>() else {
            let text = format!("`other` is {}: use a State", shown(other));
            return Err(PyTypeError::new_err(text));
        };
        self.merged(other.get())
    }

    fn __or__(&self, other: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = other.py();
        match other.cast::<State>() {
            Ok(other) => Ok(Py::new(py, self.merged(other.get())?)?.into_any()),
            Err(_) => Ok(py.NotImplemented()),
        }
    }

    #[doc = include_str!("../docs/state_shift.txt")]
    fn shift(&self, c: &Bound<'_, PyAny>) -> PyResult<State> {
        let c = read("c", c.as_borrowed())?;
        let sizes = self.common(&c.sizes, "c")?;
        let pairs = positions(&self.sizes, &sizes).zip(positions(&c.sizes, &sizes));
        let states = collect(pairs.map(|(left, right)| self.states[left].shift(c.values[right])))?;
        let layout = self.layout.broadcast(&self.sizes, &sizes);
        Ok(State { states, sizes, kind: self.kind, layout })
    }

    #[doc = include_str!("../docs/state_finish.txt")]
    #[pyo3(signature = (minus=Given::ABSENT), text_signature = "($self, minus=0)")]
    fn finish<'py>(&self, py: Python<'py>, minus: Given<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let minus = match minus.0 {
            Some(minus) => read("minus", minus)?,
            None => Numbers { values: vec![0.0], sizes: Sizes::new(), kind: Kind::Float64 },
        };
        let sizes = self.common(&minus.sizes, "minus")?;
        let pairs = positions(&self.sizes, &sizes).zip(positions(&minus.sizes, &sizes));
        let mut place = Place::new(py, self.kind(), &sizes)?;
        place.fill(pairs.map(|(left, right)| self.states[left].finish(minus.values[right])));
        place.finish(py)
    }

    #[doc = include_str!("../docs/state_spread.txt")]
    #[pyo3(signature = (x, *, r#where=Given::ABSENT), text_signature = "($self, x, *, where=None)")]
    fn spread<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        r#where: Given<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (x, mask) = arrays(py, x.as_borrowed(), r#where.unless_none())?;
        let x = Array::new(x.as_borrowed());
        let mask = mask.as_ref().map(|mask| check_mask(mask.as_borrowed(), "x", &x)).transpose()?;
        let axes = self.layout.axes_of(&x, &self.sizes)?;
        let mut place = Place::like(&x, float(x.kind().expect("real numbers")))?;
        let mask = mask.as_ref().map(Array::view);
        let job = Job { x: x.view(), axes, mask, temperature: 1.0 };
        let out = place.view();
        run(py, x.count(), || functions::spread(&self.states, &job, &out))?;
        place.finish(py)
    }

    #[doc = include_str!("../docs/state_shape.txt")]
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.sizes)
    }

    #[doc = include_str!("../docs/state_dtype.txt")]
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDescr>> {
        native(py, element::type_number(self.kind()))
    }

    #[doc = include_str!("../docs/state_max.txt")]
    #[getter]
    fn max<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |state| state.max)
    }

    #[doc = include_str!("../docs/state_top.txt")]
    #[getter]
    fn top<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |state| state.top)
    }

    #[doc = include_str!("../docs/state_rest.txt")]
    #[getter]
    fn rest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, |state| state.rest)
    }

    fn __eq__(&self, other: Bound<'_, PyAny>) -> Py<PyAny> {
        let py = other.py();
        match other.cast::<State>() {
            Ok(other) => PyBool::new(py, self.equals(other.get())).to_owned().into_any().unbind(),
            Err(_) => py.NotImplemented(),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        text::repr(py, self)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        pickle::reduce(py, self)
    }
}

impl State {
    fn merged(&self, other: &State) -> PyResult<State> {
        let Some(sizes) = array::common_shape(&self.sizes, &other.sizes) else {
            let (left, right) = (shape(&self.sizes), shape(&other.sizes));
            let text = format!("states of shape {left} and {right} do not broadcast together");
            return Err(PyValueError::new_err(text));
        };
        let pairs = positions(&self.sizes, &sizes).zip(positions(&other.sizes, &sizes));
        let merge = |(left, right): (usize, usize)| self.states[left].merge(other.states[right]);
        let kind = match (self.kind, other.kind) {
            (Some(left), Some(right)) => Some(wider(left, right)),
            (left, right) => left.or(right),
        };
        let left = self.layout.broadcast(&self.sizes, &sizes);
        let right = other.layout.broadcast(&other.sizes, &sizes);
        Ok(State { states: collect(pairs.map(merge))?, sizes, kind, layout: left.merged(right) })
    }

    /// Equal in shape, dtype and every number; nan equals nan.
    fn equals(&self, other: &State) -> bool {
        let numbers = |state: &lse::State| [state.max, state.top, state.rest, state.rest_low];
        let same = |(left, right): (f64, f64)| left == right || (left.is_nan() && right.is_nan());
        let states = || self.states.iter().zip(&other.states);
        self.sizes == other.sizes
            && self.kind() == other.kind()
            && states().all(|(left, right)| numbers(left).into_iter().zip(numbers(right)).all(same))
    }

    /// The shape of the states together with numbers called `name`.
    fn common(&self, sizes: &[usize], name: &str) -> PyResult<Sizes> {
        array::common_shape(&self.sizes, sizes).ok_or_else(|| {
            let (given, wanted) = (shape(sizes), shape(&self.sizes));
            PyValueError::new_err(format!(
                "`{name}` has shape {given}, which does not broadcast with the shape {wanted} of the states"
            ))
        })
    }

    fn part<'py>(
        &self,
        py: Python<'py>,
        part: impl Fn(&lse::State) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut place = Place::array(py, Kind::Float64, &self.sizes)?;
        place.fill(self.states.iter().map(part));
        place.finish(py)
    }
}

/// The arrays of `fold` and `spread`, exact; a masked array brings its mask along.
fn arrays<'py>(
    py: Python<'py>,
    x: Borrowed<'_, 'py, PyAny>,
    mask: Option<Borrowed<'_, 'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Option<Bound<'py, PyAny>>)> {
    if array::is_exact(x) && mask.is_none_or(array::is_exact) {
        return Ok((real_array("x", x)?, mask.map(|mask| mask.to_owned())));
    }
    let (x, mask) = hand_over::as_array_and_mask(py, x, mask)?;
    Ok((real_array("x", x.as_borrowed())?, mask))
}

/// `shape=`: an int or a tuple of ints, none of them negative.
fn parse_shape(given: &Bound<'_, PyAny>) -> PyResult<Sizes> {
    let sizes = given.extract::<usize>().map(|size| vec![size]);
    let sizes = sizes.or_else(|_| given.extract::<Vec<usize>>()).map_err(|_| {
        let text = format!("`shape` is {}: use an int or a tuple of ints, all >= 0", shown(given));
        PyTypeError::new_err(text)
    })?;
    if sizes.len() > 64 {
        let text = format!("`shape` has {} axes: use at most 64", sizes.len());
        return Err(PyValueError::new_err(text));
    }
    Ok(Sizes::from_vec(sizes))
}

fn collect(states: impl Iterator<Item = lse::State>) -> PyResult<Vec<lse::State>> {
    let mut all = Vec::new();
    all.try_reserve_exact(states.size_hint().0).map_err(|_| out_of_memory())?;
    all.extend(states);
    Ok(all)
}
