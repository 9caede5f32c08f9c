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

/// Vectors that are looked at together.
const BLOCK: usize = 8;

/// What a vector becomes, the first of its elements being number `i`.
pub(super) trait Each<L: Lanes> {
    /// Whether there is a shorter way for ordinary elements.
    const LOOKS: bool = false;
    /// Has its sign set where an element is not ordinary.
    fn rarity(&self, x: L) -> L {
        x
    }
    fn of(&self, x: L, i: usize) -> L;
    /// The same bits, the shorter way.
    fn of_ordinary(&self, x: L, i: usize) -> L {
        self.of(x, i)
    }
}

/// # Safety
/// As `Slot::store`, and where it streams as `Slot::stream`.
#[inline(always)]
unsafe fn put<L: Lanes, C: Slot<L>, const STREAMED: bool>(result: L, out: *mut C) {
    // SAFETY: handed on.
    unsafe { if STREAMED { C::stream(result, out) } else { C::store(result, out) } }
}

/// A block of vectors from element `i` on.
///
/// # Safety
/// As `each`; where it streams, `out` is a multiple of 64 bytes.
#[inline(always)]
unsafe fn block<L: Lanes, C: Slot<L>, E: Each<L>, const STREAMED: bool>(
    x: *const C,
    out: *mut C,
    i: usize,
    result: &E,
) {
    // SAFETY: handed on.
    unsafe {
        let mut rarity = result.rarity(C::load(x));
        for j in 1..BLOCK {
            rarity = rarity.either(result.rarity(C::load(x.add(j * L::COUNT))));
        }
        if rarity.has_sign() {
            for j in (0..BLOCK * L::COUNT).step_by(L::COUNT) {
                put::<L, C, STREAMED>(result.of(C::load(x.add(j)), i + j), out.add(j));
            }
        } else {
            for j in (0..BLOCK * L::COUNT).step_by(L::COUNT) {
                put::<L, C, STREAMED>(result.of_ordinary(C::load(x.add(j)), i + j), out.add(j));
            }
        }
    }
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
            while E::LOOKS && i + BLOCK * L::COUNT <= count {
                for line in 0..BLOCK {
                    prefetch_far(x.wrapping_add(i + count + line * L::COUNT));
                }
                block::<L, C, E, true>(x.add(i), out.add(i), i, result);
                i += BLOCK * L::COUNT;
            }
            while i + L::COUNT <= count {
                prefetch_far(x.wrapping_add(i + count));
                C::stream(result.of(C::load(x.add(i)), i), out.add(i));
                i += L::COUNT;
            }
        }
        while E::LOOKS && i + BLOCK * L::COUNT <= count {
            block::<L, C, E, false>(x.add(i), out.add(i), i, result);
            i += BLOCK * L::COUNT;
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
