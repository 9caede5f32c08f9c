//! What an array holds: NumPy's dtype in the words of the mathematics.
//!
//! bfloat16 belongs to `ml_dtypes`, which registers it with NumPy under a number that is only
//! known at run time. It is recognised by its name when the first array of it arrives; nothing
//! is imported for it.

use core::ffi::{c_int, c_long};
use core::sync::atomic::{AtomicI32, Ordering};

use lse::intake::Kind;
use numpy::npyffi::{_PyDataType_GET_ITEM_DATA, NPY_TYPES, PyArray_Descr};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// The element of an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    /// A kind that the crate `lse` reads.
    Real(Kind),
    /// NumPy's extended precision, which has no Rust type: computed by NumPy.
    LongDouble,
    /// complex64, complex128 or clongdouble: computed by NumPy on top of the real functions.
    Complex,
    /// Anything else: object, text, dates, records.
    Other,
}

/// NumPy numbers the dtypes of other libraries from here on.
const FIRST_REGISTERED: c_int = NPY_TYPES::NPY_USERDEF as c_int;

/// The number under which bfloat16 is registered, once one has been seen.
static BFLOAT16: AtomicI32 = AtomicI32::new(-1);

/// The element of a dtype, and whether its bytes stand in the other order.
///
/// # Safety
/// `descr` points to a live NumPy dtype, and the thread is attached to the interpreter.
pub unsafe fn of(py: Python<'_>, descr: *const PyArray_Descr) -> (Element, bool) {
    // SAFETY: the caller promises a live dtype.
    let fields = unsafe { &*_PyDataType_GET_ITEM_DATA(descr) };
    let other = if cfg!(target_endian = "little") { b'>' } else { b'<' };
    let swapped = fields.byteorder as u8 == other;
    (of_number(py, fields.type_num, fields.typeobj.cast()), swapped)
}

fn of_number(py: Python<'_>, number: c_int, type_object: *mut pyo3::ffi::PyObject) -> Element {
    use Kind::*;
    const LONG_IS_64: bool = size_of::<c_long>() == 8;
    Element::Real(match number {
        12 => Float64,
        11 => Float32,
        23 => Float16,
        0 => Bool,
        1 => Int8,
        2 => Uint8,
        3 => Int16,
        4 => Uint16,
        5 => Int32,
        6 => Uint32,
        7 => [Int32, Int64][LONG_IS_64 as usize],
        8 => [Uint32, Uint64][LONG_IS_64 as usize],
        9 => Int64,
        10 => Uint64,
        13 => return Element::LongDouble,
        14..=16 => return Element::Complex,
        _ if number >= FIRST_REGISTERED && is_bfloat16(py, number, type_object) => BFloat16,
        _ => return Element::Other,
    })
}

fn is_bfloat16(py: Python<'_>, number: c_int, type_object: *mut pyo3::ffi::PyObject) -> bool {
    if BFLOAT16.load(Ordering::Relaxed) == number {
        return true;
    }
    // SAFETY: `typeobj` of a live dtype is a live type object.
    let Some(class) = (unsafe { Bound::from_borrowed_ptr_or_opt(py, type_object) }) else {
        return false;
    };
    let named =
        class.cast::<PyType>().is_ok_and(|class| class.name().is_ok_and(|name| name == "bfloat16"));
    if named {
        BFLOAT16.store(number, Ordering::Relaxed);
    }
    named
}

/// NumPy's number for a kind of result.
///
/// Results are bfloat16 only when the call held a bfloat16 dtype, whose number is known by then.
pub fn type_number(kind: Kind) -> c_int {
    match kind {
        Kind::Float16 => NPY_TYPES::NPY_HALF as c_int,
        Kind::BFloat16 => BFLOAT16.load(Ordering::Relaxed),
        Kind::Float32 => NPY_TYPES::NPY_FLOAT as c_int,
        _ => NPY_TYPES::NPY_DOUBLE as c_int,
    }
}

/// NumPy's name for a kind of result.
pub const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Float16 => "float16",
        Kind::BFloat16 => "bfloat16",
        Kind::Float32 => "float32",
        _ => "float64",
    }
}
