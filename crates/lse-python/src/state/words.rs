//! The words on arrays of states: one word per state, broadcast.

use lse::intake::Kind;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::State;
use crate::array::{Sizes, common_shape};
use crate::message::shape;
use crate::numbers::positions;
use crate::place::Place;
use crate::result_type::wider;
use crate::run::out_of_memory;

impl State {
    pub fn merged(&self, other: &State) -> PyResult<State> {
        let Some(sizes) = common_shape(&self.sizes, &other.sizes) else {
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
    pub fn equals(&self, other: &State) -> bool {
        let numbers = |state: &lse::State| [state.max, state.top, state.rest, state.rest_low];
        let same = |(left, right): (f64, f64)| left == right || (left.is_nan() && right.is_nan());
        let states = || self.states.iter().zip(&other.states);
        self.sizes == other.sizes
            && self.kind() == other.kind()
            && states().all(|(left, right)| numbers(left).into_iter().zip(numbers(right)).all(same))
    }

    /// The shape of the states together with numbers called `name`.
    pub fn common(&self, sizes: &[usize], name: &str) -> PyResult<Sizes> {
        common_shape(&self.sizes, sizes).ok_or_else(|| {
            let (given, wanted) = (shape(sizes), shape(&self.sizes));
            PyValueError::new_err(format!(
                "`{name}` has shape {given}, which does not broadcast with the shape {wanted} of the states"
            ))
        })
    }

    pub fn part<'py>(
        &self,
        py: Python<'py>,
        part: impl Fn(&lse::State) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut place = Place::array(py, Kind::Float64, &self.sizes)?;
        place.fill(self.states.iter().map(part));
        place.finish(py)
    }
}

/// All states, or a MemoryError.
pub fn collect(states: impl Iterator<Item = lse::State>) -> PyResult<Vec<lse::State>> {
    let mut all = Vec::new();
    all.try_reserve_exact(states.size_hint().0).map_err(|_| out_of_memory())?;
    all.extend(states);
    Ok(all)
}
