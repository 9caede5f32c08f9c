//! The options of a loss that are no arrays, checked.

use lse::functions::Reduction;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::message;

/// An option as given, or absent.
type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The least and the most that a number may be, and both in words.
pub struct Limits {
    least: f64,
    most: f64,
    wanted: &'static str,
}

pub const PART: Limits = Limits { least: 0.0, most: 1.0, wanted: "a number in 0..1" };
pub const NOT_NEGATIVE: Limits =
    Limits { least: 0.0, most: f64::MAX, wanted: "a finite number >= 0" };
pub const POSITIVE: Limits =
    Limits { least: f64::from_bits(1), most: f64::MAX, wanted: "a finite number > 0" };

/// A number within limits.
pub fn number(name: &str, given: Given<'_, '_>, default: f64, limits: &Limits) -> PyResult<f64> {
    let Some(object) = given else { return Ok(default) };
    let wanted = limits.wanted;
    let float = match object.cast_exact::<PyFloat>() {
        Ok(float) => float.clone(),
        Err(_) => as_float(object).map_err(|error| {
            let py = object.py();
            if error.is_instance_of::<PyTypeError>(py) || error.is_instance_of::<PyValueError>(py) {
                let given = message::type_of(object);
                PyTypeError::new_err(format!("`{name}` is {given}: use {wanted}"))
            } else {
                error
            }
        })?,
    };
    let number = float.value();
    if (limits.least..=limits.most).contains(&number) {
        return Ok(number);
    }
    Err(PyValueError::new_err(format!("`{name}` is {float}: use {wanted}")))
}

/// float(object), which also reads text.
fn as_float<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyFloat>> {
    let float = object.py().get_type::<PyFloat>().call1((object,))?;
    Ok(float.cast_into::<PyFloat>()?)
}

/// An integer of any size, as Python's own; bool is none.
pub fn integer<'py>(name: &str, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyInt>> {
    if let Ok(integer) = object.cast_exact::<PyInt>() {
        return Ok(integer.clone());
    }
    let index = match object.is_instance_of::<PyBool>() {
        true => None,
        false => object.call_method0("__index__").ok(),
    };
    index.and_then(|index| index.cast_into::<PyInt>().ok()).ok_or_else(|| {
        let given = message::representation(object);
        PyTypeError::new_err(format!("`{name}` is {given}: use an int"))
    })
}

/// The axis of the classes, the last one unless given, counted from the front.
pub fn axis(given: Given<'_, '_>, dimensions: usize) -> PyResult<usize> {
    let index = match given {
        None => -1,
        Some(object) => match integer("axis", object)?.extract::<i64>() {
            Ok(index) => index,
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => i64::MAX,
            Err(error) => return Err(error),
        },
    };
    let count = dimensions as i64;
    if count == 0 {
        let text = "`logits` has no dimensions: use at least one, that of the classes";
        return Err(PyValueError::new_err(text));
    }
    match given {
        Some(object) if !(-count..count).contains(&index) => {
            Err(message::no_axis_of_logits(object, dimensions))
        }
        _ => Ok(index.rem_euclid(count) as usize),
    }
}

/// The name of a reduction.
pub fn reduction(given: Given<'_, '_>) -> PyResult<Reduction> {
    const NAMES: [(&str, Reduction); 3] =
        [("mean", Reduction::Mean), ("sum", Reduction::Sum), ("none", Reduction::None)];
    one_of("reduction", given, NAMES, "'mean', 'sum' or 'none'")
}

/// What a mean divides by: whether that is the number of rows.
pub fn by_count(given: Given<'_, '_>) -> PyResult<bool> {
    one_of("normalize", given, [("weight", false), ("count", true)], "'weight' or 'count'")
}

/// What a name stands for; the first unless given.
fn one_of<T: Copy, const N: usize>(
    name: &str,
    given: Given<'_, '_>,
    choices: [(&str, T); N],
    wanted: &str,
) -> PyResult<T> {
    let Some(object) = given else { return Ok(choices[0].1) };
    let text = object.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    let chosen = choices.iter().find(|(choice, _)| Some(*choice) == text);
    chosen.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let given = message::representation(object);
        PyValueError::new_err(format!("`{name}` is {given}: use {wanted}"))
    })
}
