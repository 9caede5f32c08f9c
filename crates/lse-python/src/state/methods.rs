//! The six words as methods, and what a State shows of itself.

use lse::functions::{self, Job};
use lse::intake::Kind;
use numpy::PyArrayDescr;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use super::arguments::{arrays, parse_shape};
use super::layout::kept;
use super::words::collect;
use super::{Layout, State, pickle, text};
use crate::arguments::Given;
use crate::array::{Array, Exact, Sizes, common_shape};
use crate::message::shown;
use crate::numbers::{Numbers, positions, read};
use crate::place::Place;
use crate::result_type::{float, float_dtype, native};
use crate::run::{out_of_memory, run};
use crate::{axis, checks, element};

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
        let x = Array::new(Exact::made(&x));
        let mask =
            mask.as_ref().map(|mask| checks::mask(Exact::made(mask), "x", &x)).transpose()?;
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
        let count = common_shape(&sizes, &[]).map(|sizes| sizes.iter().product());
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
        let x = Array::new(Exact::made(&x));
        let mask =
            mask.as_ref().map(|mask| checks::mask(Exact::made(mask), "x", &x)).transpose()?;
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
