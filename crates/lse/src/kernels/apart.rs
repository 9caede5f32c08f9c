//! apart: short rows with the mass at the top kept apart, for logarithms of shares near 1.
//!
//! One row a lane. Every row becomes a whole state, so that a share close to 1 keeps all digits of its logarithm:
//!
//! ```text
//! rest = e^(s - max) sum of e^(x - s) over x < max        s is the largest of them, or near it
//! log share of x = ((x - max) - t log(top + rest)) / t    every difference divided by t
//! ```
//!
//! What lies below the maximum is summed on a grid of its own (`grid`), however far below it is.

use super::grid::{Grid, terms};
use super::tile::{Abreast, SHORT, Tile, is_plain, peaks, references};
use super::totals::Totals;
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, Temperature, exp};
use crate::elementary::log::log;
use crate::lanes::{Lanes, Real};

/// A maximum so many temperatures above 0, or above the centre, leaves nothing of elements that are measured from
/// there: twice `Real::REACH`, in natural logarithms.
const NOTHING: f64 = 1.5e6;

/// The largest element below the maximum, -inf where there is none.
///
/// # Safety
/// `count` vectors must be readable at `x`.
#[inline(always)]
unsafe fn second<L: Lanes>(x: *const L::Real, count: usize, max: L) -> L {
    let lowest = L::constant(f64::NEG_INFINITY);
    let mut second = lowest;
    for j in 0..count {
        // SAFETY: j < count.
        let x = unsafe { L::load(x.add(j * L::COUNT)) };
        second = x.choose_equal(max, lowest, x).above(second);
    }
    second
}

/// A row in every lane, taken apart: e^((x - center)/t) 2^-exponent summed over x < max.
pub(super) struct Apart<L, T> {
    pub max: L,
    pub top: L,
    pub exponent: L,
    pub center: L,
    pub totals: T,
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
    let x = tile.tile::<L>(i, abreast);
    // SAFETY: checked.
    let (max, second): (L, L) = unsafe {
        let max = peaks(x, abreast.count);
        (max, second(x, abreast.count, max))
    };
    let (exponent, center) = references(second, temperature);
    let guide = Guide::per_lane(exponent, center, temperature);
    let first = i * abreast.count;
    let (top, totals) = if is_plain(center, temperature) {
        sum::<L, T, false>(tile, first, abreast.count, max, &guide)
    } else {
        sum::<L, T, true>(tile, first, abreast.count, max, &guide)
    };
    Apart { max, top, exponent, center, totals }
}

/// How many elements are at the maximum, and the sum of the others.
#[inline(always)]
fn sum<L: Lanes, T: Totals<L>, const GENERAL: bool>(
    tile: &Tile<L::Real>,
    first: usize,
    count: usize,
    max: L,
    guide: &Guide<L>,
) -> (L, T) {
    assert!(first + count <= SHORT, "tiles of short rows");
    let (zero, one) = (L::constant(0.0), L::constant(1.0));
    let lowest = L::constant(f64::NEG_INFINITY);
    let (mut top, mut totals) = (zero, T::zero());
    let mut j = 0;
    while j < count {
        let end = count.min(j + terms::<L::Real>());
        let mut grid = Grid::new(0.0);
        while j < end {
            // SAFETY: first + j < 64.
            let x = unsafe { L::load(tile.x.as_ptr().add((first + j) * L::COUNT)) };
            top = top.add(x.choose_equal(max, one, zero));
            grid.add(&exp::<L, GENERAL>(x.choose_equal(max, lowest, x), guide));
            j += 1;
        }
        totals.add(grid.chain());
    }
    (top, totals)
}

/// 2^n for integers n; 0 from -1023 down.
#[inline(always)]
fn power_of_two<L: Lanes<Real = f64>>(n: L) -> L {
    n.add(L::splat(f64::ROUNDER + f64::BIAS)).exponent_field()
}

/// max + t log(top + rest), finite for ordinary rows.
#[inline(always)]
pub(super) fn level_apart<L: Lanes<Real = f64>>(
    [max, top, exponent, center]: [L; 4],
    sum: Double<L>,
    temperature: Temperature,
) -> Double<L> {
    let (zero, rounder) = (L::splat(0.0), L::splat(f64::ROUNDER));
    // minus = center - max, no further from 0 than NOTHING; e = e^(minus/t) 2^-n
    let lowest = L::splat(-NOTHING * temperature.value);
    let plus = lowest.above(max.sub(center));
    let minus = lowest.above(zero.sub(plus));
    let log2 = minus.mul(L::splat(temperature.inverse_high * core::f64::consts::LOG2_E));
    let n = log2.add(rounder).sub(rounder);
    let parts = exp::<L, true>(minus, &Guide::per_lane(n, zero, temperature));
    let (product, error) = two_product(parts.power, parts.rest);
    let (high, low) = fast_two_sum(parts.power, product);
    let rest = sum.mul(Double { high, low: low.add(error) });

    // rest 2^(exponent + n), in two steps: it may end below the normal numbers
    let power = L::splat(-2046.0).above(exponent.add(n));
    let half = power.mul(L::splat(0.5)).add(rounder).sub(rounder);
    let (one_half, other_half) = (power_of_two(half), power_of_two(power.sub(half)));
    let high = rest.high.mul(one_half).mul(other_half);
    let low = rest.low.mul(one_half).mul(other_half);

    let (mass, error) = two_sum(top, high);
    let (high, low) = fast_two_sum(mass, error.add(low));
    let log = log(Double { high, low }, zero);
    let t = L::splat(temperature.value);
    let (product, error) = two_product(log.high, t);
    let (sum, rounding) = two_sum(max, product);
    let (high, low) = fast_two_sum(sum, rounding.add(log.low.fma(t, error)));
    Double { high, low }
}
