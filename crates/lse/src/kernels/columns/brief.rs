//! Strips of float32 columns into masses whose logarithms will have 16 bits: `brief`, a column a lane.

use super::{Columns, Strip, field, load};
use crate::elementary::exp::Guide;
use crate::kernels::brief::{group, step};
use crate::kernels::totals::{CHAIN, Totals};
use crate::lanes::{Lanes, Real, prefetch};

/// Fold a strip; a vector of columns has a total for each lane of a row, merged by `total`.
///
/// # Safety
/// The strip must be readable.
#[inline(always)]
pub(super) unsafe fn fold<L: Lanes, T: Totals<L>, const GENERAL: bool>(
    strip: &Strip<L::Real>,
    columns: &mut Columns,
    total: impl Fn(&[T], usize, &mut Columns),
) {
    let vectors = strip.width.div_ceil(L::COUNT);
    let mut guides = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let at = v * L::COUNT;
        let (exponent, center): (L, L) = (field(&columns.exponent, at), field(&columns.center, at));
        guides.push(Guide::<L>::per_lane(exponent, center, columns.temperature));
    }
    let mut max = vec![L::constant(f64::NEG_INFINITY); vectors];
    // totals[v * lanes + lane]
    let mut totals = vec![T::zero(); vectors * L::COUNT];
    for first in (0..strip.length).step_by(CHAIN * L::COUNT) {
        let left = strip.length - first;
        let strip = &strip.ready(first, left.min(CHAIN * L::COUNT));
        for lane in 0..L::COUNT.min(left) {
            let links = (left - lane).div_ceil(L::COUNT).min(CHAIN);
            let mut v = 0;
            while v < vectors {
                let mut sum = L::constant(0.0);
                for link in 0..links {
                    let row = (first + lane + link * L::COUNT) as isize;
                    let place = strip.start.wrapping_offset(row * strip.stride);
                    // The next row lies in another page, which the processor does not foresee.
                    prefetch(place.wrapping_offset(strip.stride).wrapping_add(v * L::COUNT).cast());
                    // SAFETY: the row lies within the strip.
                    let x: L = unsafe { load(place, v * L::COUNT, strip.width) };
                    sum = step::<L, GENERAL>(x, &guides[v], &mut max[v], sum);
                }
                totals[v * L::COUNT + lane].add(group(sum));
                v += 1;
            }
        }
    }
    for (v, max) in max.iter().enumerate() {
        let at = v * L::COUNT;
        for (slot, x) in columns.max[at..].iter_mut().zip(max.to_array().as_ref()) {
            *slot = x.to_f64();
        }
        total(&totals[at..at + L::COUNT], v, columns);
    }
}
