//! A NumPy array as the mathematics sees it: where its elements lie. Nothing is copied.

use core::slice;

use lse::intake::{Kind, View};
use numpy::npyffi::{_PyArray_GET_ITEM_DATA, NPY_ARRAY_WRITEABLE, PyArray_CheckExact};
use pyo3::prelude::*;
use smallvec::SmallVec;

use crate::element::{self, Element};

/// The sizes of the axes. Up to four axes live on the stack.
pub type Sizes = SmallVec<[usize; 4]>;
/// The steps from one element to the next along each axis, in bytes.
pub type Strides = SmallVec<[isize; 4]>;

/// An object that is a `numpy.ndarray` itself, no subclass.
#[derive(Clone, Copy)]
pub struct Exact<'a, 'py>(Borrowed<'a, 'py, PyAny>);

impl<'a, 'py> Exact<'a, 'py> {
    /// The object as an exact array, or None.
    pub fn of(object: Borrowed<'a, 'py, PyAny>) -> Option<Self> {
        // SAFETY: the object is alive and the thread is attached.
        let exact = unsafe { PyArray_CheckExact(object.py(), object.as_ptr()) != 0 };
        exact.then_some(Exact(object))
    }

    /// An array that NumPy has just made.
    pub fn made(object: &'a Bound<'py, PyAny>) -> Self {
        Self::of(object.as_borrowed()).expect("NumPy makes arrays")
    }
}

/// What a borrowed `numpy.ndarray` looks like.
pub struct Array<'a, 'py> {
    pub object: Borrowed<'a, 'py, PyAny>,
    pub data: *mut u8,
    pub element: Element,
    pub swapped: bool,
    pub writeable: bool,
    pub sizes: Sizes,
    pub strides: Strides,
}

impl<'a, 'py> Array<'a, 'py> {
    /// Look at an array.
    pub fn new(Exact(object): Exact<'a, 'py>) -> Self {
        // SAFETY: the object is a NumPy array, so its fields stand where NumPy declares them.
        let fields = unsafe { &*_PyArray_GET_ITEM_DATA(object.as_ptr().cast()) };
        let axes = fields.nd as usize;
        // NumPy leaves the two pointers null where there are no axes.
        let (sizes, strides) = if axes == 0 {
            (Sizes::new(), Strides::new())
        } else {
            // SAFETY: an array with axes has that many sizes and strides; a size is >= 0, so
            // that its bits read the same as usize. Both are copied: another thread may give
            // the array a new shape while we work.
            unsafe {
                let sizes = slice::from_raw_parts(fields.dimensions.cast::<usize>(), axes);
                let strides = slice::from_raw_parts(fields.strides, axes);
                (sizes.iter().copied().collect(), strides.iter().copied().collect())
            }
        };
        // SAFETY: an array holds its dtype.
        let (element, swapped) = unsafe { element::of(object.py(), fields.descr) };
        Array {
            object,
            data: fields.data.cast(),
            element,
            swapped,
            writeable: fields.flags & NPY_ARRAY_WRITEABLE != 0,
            sizes,
            strides,
        }
    }

    /// The number of elements.
    pub fn count(&self) -> usize {
        self.sizes.iter().product()
    }

    /// The kind, where the crate `lse` reads it.
    pub fn kind(&self) -> Option<Kind> {
        match self.element {
            Element::Real(kind) => Some(kind),
            _ => None,
        }
    }

    /// The array for the mathematics; its element must be real.
    pub fn view(&self) -> View<'_> {
        let kind = self.kind().expect("only real elements are viewed");
        // SAFETY: NumPy keeps every element that its sizes and strides reach inside the array's
        // memory, which lives as long as the array that we borrow. `broadcast` only adds axes
        // of stride zero. As in NumPy, threads that write to an array which another thread
        // reads get unspecified numbers.
        unsafe { View::new(self.data, kind, self.swapped, &self.sizes, &self.strides) }
    }

    /// Give the array a larger shape by NumPy's broadcasting; false where that cannot be.
    pub fn broadcast(&mut self, shape: &[usize]) -> bool {
        if self.sizes[..] == *shape {
            return true;
        }
        let Some(missing) = shape.len().checked_sub(self.sizes.len()) else {
            return false;
        };
        let mut strides = Strides::from_elem(0, missing);
        for ((&size, &stride), &wanted) in
            self.sizes.iter().zip(&self.strides).zip(&shape[missing..])
        {
            match size {
                _ if size == wanted => strides.push(stride),
                1 => strides.push(0),
                _ => return false,
            }
        }
        self.sizes = Sizes::from_slice(shape);
        self.strides = strides;
        true
    }
}

/// The shape to which two shapes broadcast, or None; also None where it has too many elements.
pub fn common_shape(left: &[usize], right: &[usize]) -> Option<Sizes> {
    let axes = left.len().max(right.len());
    let size = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(axes).map_or(1, |axis| shape[axis])
    };
    let mut common = Sizes::new();
    for axis in 0..axes {
        common.push(match (size(left, axis), size(right, axis)) {
            (a, b) if a == b => a,
            (1, b) => b,
            (a, 1) => a,
            _ => return None,
        });
    }
    let bytes = common.iter().try_fold(8_usize, |bytes, &size| bytes.checked_mul(size.max(1)));
    bytes.filter(|&bytes| bytes <= isize::MAX as usize).map(|_| common)
}
