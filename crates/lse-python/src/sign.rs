//! The sign of a total without weights: 1, 0 where the total is 0, nan where it is nan.

use lse::intake::Kind;
use pyo3::prelude::*;

use crate::numbers;
use crate::place::Place;

/// The signs that belong to the logarithms of totals in a place.
pub fn of<'py>(py: Python<'py>, value: &Place<'py>, kind: Kind) -> PyResult<Place<'py>> {
    let Some(array) = value.array_object() else {
        let mut place = Place::number(kind);
        place.fill([sign(value.single())]);
        return Ok(place);
    };
    let value = numbers::read("a", array.as_borrowed())?;
    let mut place = Place::new(py, kind, &value.sizes)?;
    place.fill(value.values.into_iter().map(sign));
    Ok(place)
}

fn sign(logarithm: f64) -> f64 {
    match logarithm {
        f64::NEG_INFINITY => 0.0,
        _ if logarithm.is_nan() => f64::NAN,
        _ => 1.0,
    }
}
