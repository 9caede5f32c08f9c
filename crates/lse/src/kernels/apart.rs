//! apart: short rows with the mass at the top kept apart, for logarithms of shares near 1.
//!
//! One row a lane, all three measured in 2^N near the largest element and raised, so that nothing beside it vanishes:
//!
//! ```text
//! target = e^(max/t)      top = how many elements are there      others = sum of e^(x/t) over x < max
//! log share of x = ((x - max) - t log((top target + others) / target)) / t
//! ```
//!
//! The powers of the others are added without a rounding that is lost, however far below the maximum they are.

use super::tile::{Abreast, SHORT, Tile, is_plain, peaks, references};
use super::totals::{Chain, Totals};
use crate::elementary::double::two_sum;
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::lanes::{Lanes, Real};

/// Vectors whose remainders are added in one chain: a float32 chain of 16 rounds away a tenth of an ulp at most.
pub(super) const fn group<R: Real>() -> usize {
    if R::WIDE { SHORT } else { 16 }
}

/// A row in every lane, taken apart.
#[derive(Clone, Copy)]
pub(super) struct Apart<L, T> {
    pub max: L,
    pub top: L,
    pub target: Parts<L>,
    pub others: T,
}

#[inline(always)]
pub(super) fn take_apart<L: Lanes, T: Totals<L>>(
    tile: &Tile<L::Real>,
    i: usize,
    abreast: Abreast,
    temperature: Temperature,
) -> Apart<L, T>
where
    L::Real: Default,
{
    abreast.check();
    // SAFETY: checked.
    let max = unsafe { peaks::<L>(tile.tile::<L>(i, abreast), abreast.count) };
    let (exponent, center) = references(max, temperature);
    let exponent = exponent.sub(L::constant(L::Real::HEADROOM));
    let guide = Guide::per_lane(exponent, center, temperature);
    if is_plain(center, temperature) {
        fold::<L, T, false>(tile, i, abreast, max, &guide)
    } else {
        fold::<L, T, true>(tile, i, abreast, max, &guide)
    }
}

#[inline(always)]
fn fold<L: Lanes, T: Totals<L>, const GENERAL: bool>(
    tile: &Tile<L::Real>,
    i: usize,
    abreast: Abreast,
    max: L,
    guide: &Guide<L>,
) -> Apart<L, T> {
    let (first, count) = (i * abreast.count, abreast.count);
    let target = exp::<L, GENERAL>(max, guide);
    let mut top = L::constant(0.0);
    let end = count.min(group::<L::Real>());
    let mut others = T::of(chain::<L, GENERAL>(tile, first..first + end, max, guide, &mut top));
    for start in (end..count).step_by(group::<L::Real>()) {
        let end = count.min(start + group::<L::Real>());
        let range = first + start..first + end;
        others.add(chain::<L, GENERAL>(tile, range, max, guide, &mut top));
    }
    Apart { max, top, target, others }
}

/// The sum of the vectors of a group, less what is at the maximum, which is counted.
#[inline(always)]
fn chain<L: Lanes, const GENERAL: bool>(
    tile: &Tile<L::Real>,
    range: core::ops::Range<usize>,
    max: L,
    guide: &Guide<L>,
    top: &mut L,
) -> Chain<L> {
    assert!(range.end <= SHORT, "tiles of short rows");
    let (zero, one) = (L::constant(0.0), L::constant(1.0));
    let lowest = L::constant(f64::NEG_INFINITY);
    let (mut powers, mut left_out, mut rests) = (zero, zero, zero);
    for j in range {
        // SAFETY: j < 64.
        let x = unsafe { L::load(tile.x.as_ptr().add(j * L::COUNT)) };
        *top = top.add(x.choose_equal(max, one, zero));
        let parts = exp::<L, GENERAL>(x.choose_equal(max, lowest, x), guide);
        let (sum, error) = two_sum(powers, parts.power);
        powers = sum;
        left_out = left_out.add(error);
        rests = parts.power.fma(parts.rest, rests);
    }
    Chain { powers, rests: rests.add(left_out) }
}
