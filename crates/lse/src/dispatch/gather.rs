//! gather: elements of any kind, stride and byte order into a contiguous piece of the compute type.

use super::Compute;
use crate::intake::Kind;
use crate::kernels::Line;

/// Convert `out.len()` elements.
///
/// # Safety
/// That many elements of `kind` must be readable from `pointer` at `stride` bytes.
#[inline]
pub(crate) unsafe fn gather<T: Compute>(
    kind: Kind,
    swapped: bool,
    pointer: *const u8,
    stride: isize,
    out: &mut [T],
) {
    // SAFETY: handed on.
    unsafe {
        gather_to(&Line { start: pointer, kind, swapped, stride }, out.as_mut_ptr(), out.len())
    }
}

/// Convert `count` elements of a line into room that need not hold anything yet.
///
/// # Safety
/// As many elements must be readable along the line, and writable at `out`.
#[inline]
pub(crate) unsafe fn gather_to<T: Compute>(line: &Line, out: *mut T, count: usize) {
    if is_plain::<T>(line) {
        let bytes = size_of::<T>() * count;
        // SAFETY: the elements are `T`, side by side; bytes need no alignment.
        unsafe { core::ptr::copy_nonoverlapping(line.start, out.cast::<u8>(), bytes) };
        return;
    }
    // SAFETY: handed on.
    unsafe { T::read(crate::isa::kernels(), line, out, count) }
}

/// Whether a line is `T`, side by side.
#[inline]
pub(crate) fn is_plain<T: Compute>(line: &Line) -> bool {
    line.kind == T::KIND && !line.swapped && line.stride == size_of::<T>() as isize
}
