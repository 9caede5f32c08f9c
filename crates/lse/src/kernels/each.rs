//! each: every element of a row into a result of its own.

use super::cells::Slot;
use crate::lanes::{Lanes, prefetch_far};

/// Where results go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    /// Into the caches.
    Kept,
    /// Past them, for results larger than they are; the elements behind these are asked for meanwhile.
    Streamed,
}

/// What a vector becomes, the first of its elements being number `i`.
pub(super) trait Each<L> {
    fn of(&self, x: L, i: usize) -> L;
}

/// # Safety
/// `count` cells must be readable at `x` and writable at `out`; the two are the same or disjoint.
#[inline(always)]
pub(super) unsafe fn each<L: Lanes, C: Slot<L>, E: Each<L>>(
    x: *const C,
    out: *mut C,
    count: usize,
    flow: Flow,
    result: &E,
) {
    let mut i = 0;
    // More than a vector before the first multiple of 64 bytes, or no such multiple: cells that are not streamed
    let first = out.align_offset(64).min(count);
    // SAFETY: no more than `count` cells on either side; streams begin at multiples of 64 bytes.
    unsafe {
        if flow == Flow::Streamed && first <= L::COUNT {
            i = first;
            if i > 0 {
                C::store_part(result.of(C::load_part(x, i), 0), out, i);
            }
            while i + L::COUNT <= count {
                prefetch_far(x.wrapping_add(i + count));
                C::stream(result.of(C::load(x.add(i)), i), out.add(i));
                i += L::COUNT;
            }
        }
        while i + L::COUNT <= count {
            C::store(result.of(C::load(x.add(i)), i), out.add(i));
            i += L::COUNT;
        }
        if i < count {
            C::store_part(result.of(C::load_part(x.add(i), count - i), i), out.add(i), count - i);
        }
    }
}
