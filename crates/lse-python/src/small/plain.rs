//! The arrays of small calls: plain ones, and new ones.

use core::ptr::null_mut;
use core::slice;

use lse::intake::Kind;
use numpy::npyffi::{
    _PyArray_GET_ITEM_DATA, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_WRITEABLE, PY_ARRAY_API, npy_intp,
};
use pyo3::ffi::Py_TYPE;
use pyo3::prelude::*;

use crate::array::Exact;
use crate::element::{self, Element};
use crate::result_type;

/// Arrays with more axes go the general way.
pub const AXES: usize = 4;

/// An exact array of float32 or float64 in the machine's own order, side by side.
pub struct Plain<'a, 'py> {
    pub object: Borrowed<'a, 'py, PyAny>,
    pub data: *mut u8,
    pub kind: Kind,
    writeable: bool,
    pub sizes: &'a [npy_intp],
}

impl<'a, 'py> Plain<'a, 'py> {
    /// The object as such an array, or None.
    #[inline]
    pub fn of(object: Borrowed<'a, 'py, PyAny>) -> Option<Self> {
        Exact::of(object)?;
        // SAFETY: the object is a NumPy array, so its fields stand where NumPy declares them.
        let fields = unsafe { &*_PyArray_GET_ITEM_DATA(object.as_ptr().cast()) };
        // SAFETY: an array holds its dtype.
        let (element, swapped) = unsafe { element::of(object.py(), fields.descr) };
        let Element::Real(kind @ (Kind::Float32 | Kind::Float64)) = element else { return None };
        let axes = fields.nd as usize;
        if swapped || fields.flags & NPY_ARRAY_C_CONTIGUOUS == 0 || axes > AXES {
            return None;
        }
        let sizes: &[npy_intp] = match axes {
            // NumPy leaves the pointer null there.
            0 => &[],
            // SAFETY: an array with axes has that many sizes. No other thread runs Python before
            // they have been read.
            _ => unsafe { slice::from_raw_parts(fields.dimensions, axes) },
        };
        let writeable = fields.flags & NPY_ARRAY_WRITEABLE != 0;
        Some(Plain { object, data: fields.data.cast(), kind, writeable, sizes })
    }

    /// The number of elements.
    pub fn count(&self) -> usize {
        self.sizes.iter().fold(1, |count: usize, &size| count.saturating_mul(size as usize))
    }

    /// The array that was given as `out`, where it may be written while `self` is read.
    #[inline]
    pub fn out(&self, out: Borrowed<'a, 'py, PyAny>, elementwise: bool) -> Option<Self> {
        let out = Plain::of(out)?;
        let (start, size) = (out.data as usize, out.kind.size());
        let first = self.data as usize;
        let apart = start + out.count() * size <= first || first + self.count() * size <= start;
        let serves = out.kind == self.kind
            && out.writeable
            && start.is_multiple_of(size)
            && (apart || (elementwise && start == first));
        serves.then_some(out)
    }

    /// A new array of the same kind in C order, not filled, and its memory.
    #[inline]
    pub fn empty(&self, sizes: &[npy_intp]) -> PyResult<(Bound<'py, PyAny>, *mut u8)> {
        let py = self.object.py();
        let descr = result_type::native(py, element::type_number(self.kind))?;
        // SAFETY: NumPy reads as many sizes as there are axes and keeps no pointer to them; the reference to
        // `descr` is given away; null comes with an exception (MemoryError) set. A new array has its fields
        // where NumPy declares them. The class of an exact array is that of all arrays.
        unsafe {
            let array = PY_ARRAY_API.PyArray_NewFromDescr(
                py,
                Py_TYPE(self.object.as_ptr()),
                descr.into_ptr().cast(),
                sizes.len() as core::ffi::c_int,
                sizes.as_ptr().cast_mut(),
                null_mut(),
                null_mut(),
                0,
                null_mut(),
            );
            let array = Bound::from_owned_ptr_or_err(py, array)?;
            let data = (*_PyArray_GET_ITEM_DATA(array.as_ptr().cast())).data;
            Ok((array, data.cast()))
        }
    }
}

/// A NumPy scalar of the element at `source`.
pub fn scalar(py: Python<'_>, kind: Kind, source: *mut u8) -> PyResult<Bound<'_, PyAny>> {
    let descr = result_type::native(py, element::type_number(kind))?;
    // SAFETY: `source` holds one element of that dtype; NumPy copies it.
    unsafe {
        let scalar =
            PY_ARRAY_API.PyArray_Scalar(py, source.cast(), descr.as_ptr().cast(), null_mut());
        Bound::from_owned_ptr_or_err(py, scalar)
    }
}
