//! May `out` be written while the inputs are read?
//!
//! An elementwise function may write over exactly its own input. Any other shared memory is
//! refused, and so is an `out` whose elements lie on top of each other.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use smallvec::SmallVec;

use crate::array::Array;

/// How hard NumPy may think before an overlap counts as one.
const EFFORT: u32 = 100_000;

/// Refuse an `out` that shares memory with `input`, called `name`.
pub fn refuse_overlap(
    out: &Array<'_, '_>,
    input: &Array<'_, '_>,
    name: &str,
    elementwise: bool,
) -> PyResult<()> {
    if (elementwise && same_memory(out, input)) || !shares_memory(out, input) {
        return Ok(());
    }
    let exception = if elementwise { format!(", or exactly `{name}`") } else { String::new() };
    let text = format!("`out` overlaps `{name}` in memory: use memory of its own{exception}");
    Err(PyValueError::new_err(text))
}

/// Refuse an `out` with two elements in one place.
pub fn refuse_self_overlap(out: &Array<'_, '_>) -> PyResult<()> {
    let Some(kind) = out.kind() else { return Ok(()) };
    if out.count() == 0 {
        return Ok(());
    }
    let mut axes: SmallVec<[(usize, usize); 4]> =
        (out.strides.iter().map(|step| step.unsigned_abs()))
            .zip(out.sizes.iter().copied())
            .filter(|&(_, size)| size > 1)
            .collect();
    axes.sort_unstable();
    // Each axis must step over all that the finer axes span. Strides that interleave more
    // cleverly than that do not come from slicing, reshaping or transposing.
    let mut span = kind.size();
    for (step, size) in axes {
        if step < span {
            let text =
                "the elements of `out` overlap each other in memory: use an array of its own";
            return Err(PyValueError::new_err(text));
        }
        span += step * (size - 1);
    }
    Ok(())
}

/// Whether two arrays are the same elements in the same places.
fn same_memory(left: &Array<'_, '_>, right: &Array<'_, '_>) -> bool {
    let steps_agree = || {
        (left.strides.iter().zip(&right.strides).zip(&left.sizes))
            .all(|((left, right), &size)| left == right || size <= 1)
    };
    left.data == right.data
        && left.element == right.element
        && left.swapped == right.swapped
        && left.sizes == right.sizes
        && steps_agree()
}

fn shares_memory(left: &Array<'_, '_>, right: &Array<'_, '_>) -> bool {
    if left.count() == 0 || right.count() == 0 {
        return false;
    }
    if let (Some(left), Some(right)) = (bounds(left), bounds(right))
        && (left.1 <= right.0 || right.1 <= left.0)
    {
        return false;
    }
    // Rare: the two lie in one buffer. NumPy solves whether an element is shared; an answer
    // that takes too long (TooHardError) counts as an overlap.
    let ask = || -> PyResult<bool> {
        left.object
            .py()
            .import("numpy")?
            .getattr("shares_memory")?
            .call1((left.object, right.object, EFFORT))?
            .extract()
    };
    ask().unwrap_or(true)
}

/// The first byte of an array and the byte after its last, where the element size is known.
fn bounds(array: &Array<'_, '_>) -> Option<(isize, isize)> {
    let start = array.data as isize;
    let mut bounds = (start, start + array.kind()?.size() as isize);
    for (&step, &size) in array.strides.iter().zip(&array.sizes) {
        let reach = step * (size as isize - 1);
        if reach < 0 {
            bounds.0 += reach;
        } else {
            bounds.1 += reach;
        }
    }
    Some(bounds)
}
