//! Where a result is written: a number on the stack, a new array, or `out`.

use core::ffi::c_int;

use half::{bf16, f16};
use lse::intake::{Kind, ViewMut};
use numpy::npyffi::{NPY_ORDER, PY_ARRAY_API};
use pyo3::prelude::*;

use crate::array::{Array, Exact, Sizes, Strides};
use crate::axis::{Axes, contains};
use crate::{element, result_type};

/// Memory for one result.
pub struct Place<'py> {
    /// The array, or None for a single number.
    object: Option<Bound<'py, PyAny>>,
    kind: Kind,
    swapped: bool,
    data: *mut u8,
    sizes: Sizes,
    strides: Strides,
    /// A single number lives here until it becomes a NumPy scalar.
    number: [u8; 8],
}

impl<'py> Place<'py> {
    /// A single number.
    pub fn number(kind: Kind) -> Self {
        Place {
            object: None,
            kind,
            swapped: false,
            data: core::ptr::null_mut(),
            sizes: Sizes::new(),
            strides: Strides::new(),
            number: [0; 8],
        }
    }

    /// A new array in C order; a single number where there are no axes.
    pub fn new(py: Python<'py>, kind: Kind, shape: &[usize]) -> PyResult<Self> {
        if shape.is_empty() {
            return Ok(Self::number(kind));
        }
        Self::array(py, kind, shape)
    }

    /// A new array in C order, also where there are no axes.
    pub fn array(py: Python<'py>, kind: Kind, shape: &[usize]) -> PyResult<Self> {
        Ok(Self::given(&Array::new(Exact::made(&empty(py, kind, shape)?))))
    }

    /// A new array with the shape and the memory layout of another, as NumPy's own functions.
    pub fn like(prototype: &Array<'_, 'py>, kind: Kind) -> PyResult<Self> {
        if prototype.sizes.is_empty() {
            return Ok(Self::number(kind));
        }
        let py = prototype.object.py();
        let descr = result_type::native(py, element::type_number(kind))?;
        // SAFETY: the prototype is a NumPy array; the reference to `descr` is given away; NumPy
        // returns a new array, or null with an exception (MemoryError) set.
        let array = unsafe {
            let array = prototype.object.as_ptr().cast();
            let order = NPY_ORDER::NPY_KEEPORDER;
            let new =
                PY_ARRAY_API.PyArray_NewLikeArray(py, array, order, descr.into_ptr().cast(), 0);
            Bound::from_owned_ptr_or_err(py, new)?
        };
        Ok(Self::given(&Array::new(Exact::made(&array))))
    }

    /// An array that is there already; it must hold floats.
    pub fn given(array: &Array<'_, 'py>) -> Self {
        Place {
            object: Some(array.object.to_owned()),
            kind: array.kind().expect("results are floats"),
            swapped: array.swapped,
            data: array.data,
            sizes: array.sizes.clone(),
            strides: array.strides.clone(),
            number: [0; 8],
        }
    }

    /// Leave out the axes of size one that `keepdims` has added.
    pub fn without(mut self, axes: Axes) -> Self {
        for axis in (0..self.sizes.len()).rev().filter(|&axis| contains(axes, axis)) {
            self.sizes.remove(axis);
            self.strides.remove(axis);
        }
        self
    }

    /// The memory for the mathematics.
    pub fn view(&mut self) -> ViewMut<'_> {
        let data = if self.object.is_some() { self.data } else { self.number.as_mut_ptr() };
        // SAFETY: a new array is ours alone. An `out` has been checked: it is writeable, its
        // elements do not overlap, and no other argument shares its memory, but for the input
        // of an elementwise function. A single number has eight bytes.
        unsafe { ViewMut::new(data, self.kind, self.swapped, &self.sizes, &self.strides) }
    }

    /// Write numbers one after the other, into a new array or a single number.
    pub fn fill(&mut self, numbers: impl IntoIterator<Item = f64>) {
        let count: usize = self.sizes.iter().product();
        let size = self.kind.size();
        let data = if self.object.is_some() { self.data } else { self.number.as_mut_ptr() };
        // SAFETY: a new array in C order is `count` elements in a row, ours alone.
        let bytes = unsafe { core::slice::from_raw_parts_mut(data, count * size) };
        for (bytes, number) in bytes.chunks_exact_mut(size).zip(numbers) {
            match self.kind {
                Kind::Float64 => bytes.copy_from_slice(&number.to_ne_bytes()),
                Kind::Float32 => bytes.copy_from_slice(&(number as f32).to_ne_bytes()),
                Kind::Float16 => {
                    bytes.copy_from_slice(&f16::from_f32(number as f32).to_ne_bytes());
                }
                _ => bytes.copy_from_slice(&bf16::from_f32(number as f32).to_ne_bytes()),
            }
        }
    }

    /// The array, or None for a single number.
    pub fn array_object(&self) -> Option<&Bound<'py, PyAny>> {
        self.object.as_ref()
    }

    /// The single number.
    pub fn single(&self) -> f64 {
        let [a, b, c, d, ..] = self.number;
        match self.kind {
            Kind::Float64 => f64::from_ne_bytes(self.number),
            Kind::Float32 => f32::from_ne_bytes([a, b, c, d]).into(),
            Kind::Float16 => f16::from_ne_bytes([a, b]).into(),
            _ => bf16::from_ne_bytes([a, b]).into(),
        }
    }

    /// The result for Python: the array, or a NumPy scalar.
    pub fn finish(mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(array) = self.object {
            return Ok(array);
        }
        let descr = result_type::native(py, element::type_number(self.kind))?;
        // SAFETY: `number` holds one element of that dtype; NumPy copies it.
        unsafe {
            let data = self.number.as_mut_ptr().cast();
            let none = core::ptr::null_mut();
            let scalar = PY_ARRAY_API.PyArray_Scalar(py, data, descr.as_ptr().cast(), none);
            Bound::from_owned_ptr_or_err(py, scalar)
        }
    }
}

/// A new NumPy array in C order, not filled.
fn empty<'py>(py: Python<'py>, kind: Kind, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let descr = result_type::native(py, element::type_number(kind))?;
    // SAFETY: NumPy reads as many sizes as there are axes and keeps no pointer to them; the
    // reference to `descr` is given away; null comes with an exception (MemoryError) set.
    unsafe {
        let sizes = shape.as_ptr().cast_mut().cast();
        let axes = shape.len() as c_int;
        let array = PY_ARRAY_API.PyArray_Empty(py, axes, sizes, descr.into_ptr().cast(), 0);
        Bound::from_owned_ptr_or_err(py, array)
    }
}
