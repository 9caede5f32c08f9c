//! Numbers that go with states: any real array as float64, broadcast element by element.

use lse::intake::Kind;
use numpy::npyffi::{
    _PyArray_GET_ITEM_DATA, NPY_ARRAY_CARRAY_RO, NPY_ARRAY_FORCECAST, NPY_TYPES, PY_ARRAY_API,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::array::{Array, Exact, Sizes};
use crate::checks;
use crate::element::Element;
use crate::hand_over;
use crate::message::dtype_of;
use crate::result_type;
use crate::run::out_of_memory;

/// Numbers with their shape, one after the other in C order.
pub struct Numbers {
    pub values: Vec<f64>,
    pub sizes: Sizes,
    /// The kind that they had in the array.
    pub kind: Kind,
}

/// An exact array of real numbers, made from any object.
pub fn real_array<'py>(
    name: &str,
    object: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let exact = match Exact::of(object) {
        Some(_) => object.to_owned(),
        None => hand_over::as_array(object.py(), name, object)?,
    };
    let array = Array::new(Exact::made(&exact));
    checks::numbers(name, &array)?;
    match array.element {
        Element::Real(_) => Ok(exact),
        _ => {
            let text = format!(
                "`{name}` has dtype {}, but a State holds float64 numbers: convert it first",
                dtype_of(&exact)
            );
            Err(PyTypeError::new_err(text))
        }
    }
}

/// Read any object that holds real numbers.
pub fn read(name: &str, object: Borrowed<'_, '_, PyAny>) -> PyResult<Numbers> {
    let exact = real_array(name, object)?;
    let array = Array::new(Exact::made(&exact));
    let kind = array.kind().expect("real numbers");
    Ok(Numbers { values: float64(&array)?, sizes: array.sizes, kind })
}

/// The numbers of a real array, one after the other in C order.
pub fn float64(array: &Array<'_, '_>) -> PyResult<Vec<f64>> {
    let mut values = Vec::new();
    values.try_reserve_exact(array.count()).map_err(|_| out_of_memory())?;
    let py = array.object.py();
    let float64 = result_type::native(py, NPY_TYPES::NPY_DOUBLE as i32)?;
    // SAFETY: NumPy gives a new reference to a float64 array in C order, aligned and in the
    // byte order of the machine, or null with an exception set; the reference to the dtype is
    // given away. Its `count` numbers lie one after the other.
    unsafe {
        let flags = NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST;
        let plain = PY_ARRAY_API.PyArray_FromArray(
            py,
            array.object.as_ptr().cast(),
            float64.into_ptr().cast(),
            flags,
        );
        let plain = Bound::from_owned_ptr_or_err(py, plain)?;
        let data = (*_PyArray_GET_ITEM_DATA(plain.as_ptr().cast())).data.cast::<f64>();
        values.extend_from_slice(core::slice::from_raw_parts(data, array.count()));
    }
    Ok(values)
}

/// For each element of `shape` in C order, where it lies in an array of shape `sizes`.
pub fn positions(sizes: &[usize], shape: &[usize]) -> impl Iterator<Item = usize> {
    let missing = shape.len() - sizes.len();
    let mut steps = Sizes::from_elem(0, shape.len());
    let mut step = 1;
    for axis in (0..sizes.len()).rev() {
        steps[axis + missing] = if sizes[axis] == 1 { 0 } else { step };
        step *= sizes[axis];
    }
    let shape = Sizes::from_slice(shape);
    let count: usize = shape.iter().product();
    let mut index = Sizes::from_elem(0, shape.len());
    let mut position = 0;
    (0..count).map(move |_| {
        let here = position;
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            position += steps[axis];
            if index[axis] < shape[axis] {
                break;
            }
            position -= steps[axis] * shape[axis];
            index[axis] = 0;
        }
        here
    })
}
