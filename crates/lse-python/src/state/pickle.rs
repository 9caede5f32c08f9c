//! States as bytes: plain numbers, so that another process or machine reads the same state.

use lse::intake::Kind;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::{Layout, State};
use crate::array::Sizes;
use crate::axis::{Axes, contains};
use crate::element;
use crate::numbers::{Numbers, read};
use crate::place::Place;
use crate::result_type::{float_dtype, native};

/// Where the rows came from, as it is pickled: None, (), or (dimensions, axes).
type Rows = Option<(usize, Vec<usize>)>;

/// What `pickle` and `copy` ask for: the function that restores, and its arguments.
pub fn reduce<'py>(py: Python<'py>, state: &State) -> PyResult<Bound<'py, PyTuple>> {
    let mut place = Place::array(py, Kind::Float64, &[state.states.len(), 4])?;
    let numbers = |state: &lse::State| [state.max, state.top, state.rest, state.rest_low];
    place.fill(state.states.iter().flat_map(numbers));
    let dtype = state.kind.map(|kind| native(py, element::type_number(kind))).transpose()?;
    let rows: Rows = match state.layout {
        Layout::Folded { dimensions, axes } => {
            Some((dimensions, (0..dimensions).filter(|&axis| contains(axes, axis)).collect()))
        }
        Layout::Unknown | Layout::Mixed => None,
    };
    let mixed = state.layout == Layout::Mixed;
    let rows = rows
        .map(|(dimensions, axes)| Ok::<_, PyErr>((dimensions, PyTuple::new(py, axes)?)))
        .transpose()?;
    let shape = PyTuple::new(py, &state.sizes)?;
    let restore = py.import("logsumexp._rust")?.getattr("restore_state")?;
    (restore, (shape, dtype, rows, mixed, place.finish(py)?)).into_pyobject(py)
}

/// Restore a pickled State.
///
/// Parameters
/// ----------
/// shape : tuple of ints
///     The shape of the array of states.
/// dtype : dtype or None
///     The type of the results; None if nothing has decided it yet.
/// rows : tuple or None
///     The dimensions of the array that was folded, and the axes it was folded over.
/// mixed : bool
///     Whether the states were folded over different axes.
/// numbers : ndarray of float64, shape (n, 4)
///     max, top, rest and the low part of rest, one row a state in C order.
///
/// Returns
/// -------
/// State
///     The state as it was pickled.
///
/// Raises
/// ------
/// ValueError
///     If the parts do not fit each other.
#[pyfunction]
pub fn restore_state(
    shape: Vec<usize>,
    dtype: Option<Bound<'_, PyAny>>,
    rows: Option<(usize, Vec<usize>)>,
    mixed: bool,
    numbers: &Bound<'_, PyAny>,
) -> PyResult<State> {
    let broken = |what: &str| PyValueError::new_err(format!("this is no pickled State: {what}"));
    let Numbers { values, sizes, .. } = read("numbers", numbers.as_borrowed())?;
    let count = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    if shape.len() > 64 || sizes.len() != 2 || sizes[1] != 4 || count != Some(sizes[0]) {
        return Err(broken("the numbers do not fill the shape"));
    }
    let layout = match rows {
        _ if mixed => Layout::Mixed,
        None => Layout::Unknown,
        Some((dimensions, axes)) => {
            if dimensions > 64 || axes.iter().any(|&axis| axis >= dimensions) {
                return Err(broken("an axis is out of range"));
            }
            let axes = axes.iter().fold(0, |axes: Axes, &axis| axes | 1 << axis);
            Layout::Folded { dimensions, axes }
        }
    };
    let state =
        |part: &[f64]| lse::State { max: part[0], top: part[1], rest: part[2], rest_low: part[3] };
    let states = values.chunks_exact(4).map(state).collect();
    let kind = dtype.as_ref().map(|dtype| float_dtype(dtype.as_borrowed())).transpose()?;
    Ok(State { states, sizes: Sizes::from_vec(shape), kind, layout })
}
