//! split: short rows with the mass at the top kept apart, for logarithms of shares.
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
use super::short::{SHORT, Tile, peaks, references};
use super::spread::distance;
use super::totals::{Compensated, Totals, Widened};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, Temperature, exp};
use crate::elementary::log::log;
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// A maximum so many temperatures above 0, or above the centre, leaves nothing of elements that are measured from
/// there: twice `Real::REACH`, in natural logarithms.
const NOTHING: f64 = 1.5e6;

/// A row in every lane, taken apart: e^((x - center)/t) 2^-exponent summed over x < max.
struct Apart<L, T> {
    max: L,
    top: L,
    exponent: L,
    center: L,
    totals: T,
}

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

#[inline(always)]
fn take_apart<L: Lanes, T: Totals<L>>(
    tile: &Tile<L::Real>,
    count: usize,
    temperature: Temperature,
) -> Apart<L, T> {
    assert!(count <= SHORT, "a short row");
    // SAFETY: the tile holds 64 vectors.
    let (max, second): (L, L) = unsafe {
        let max = peaks(tile.x.as_ptr(), count);
        (max, second(tile.x.as_ptr(), count, max))
    };
    let (exponent, center) = references(second, temperature);
    let guide = Guide::per_lane(exponent, center, temperature);
    let zero = L::constant(0.0);
    let plain =
        temperature == Temperature::ONE && (center.exceeds(zero) | zero.exceeds(center)) == 0;
    let (top, totals) = if plain {
        sum::<L, T, false>(tile, count, max, &guide)
    } else {
        sum::<L, T, true>(tile, count, max, &guide)
    };
    Apart { max, top, exponent, center, totals }
}

/// How many elements are at the maximum, and the sum of the others.
#[inline(always)]
fn sum<L: Lanes, T: Totals<L>, const GENERAL: bool>(
    tile: &Tile<L::Real>,
    count: usize,
    max: L,
    guide: &Guide<L>,
) -> (L, T) {
    let (zero, one) = (L::constant(0.0), L::constant(1.0));
    let lowest = L::constant(f64::NEG_INFINITY);
    let (mut top, mut totals) = (zero, T::zero());
    let mut j = 0;
    while j < count {
        let end = count.min(j + terms::<L::Real>());
        let mut grid = Grid::new(0.0);
        while j < end {
            // SAFETY: j < 64.
            let x = unsafe { L::load(tile.x.as_ptr().add(j * L::COUNT)) };
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
fn level<L: Lanes<Real = f64>>(
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

/// Replace eight float64 rows by the logarithms of their shares; answers max + t log(top + rest), which is finite
/// for ordinary rows.
#[inline(always)]
pub(crate) fn log_shares<I: Isa>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
) -> [f64; 8] {
    let apart = take_apart::<I::Double, Compensated<I::Double>>(tile, count, temperature);
    let Apart { max, top, exponent, center, totals } = apart;
    let (high, low) = totals.lanes();
    let level = level([max, top, exponent, center], Double { high, low }, temperature);
    for j in 0..count.min(SHORT) {
        // SAFETY: j < 64.
        unsafe {
            let place = tile.x.as_mut_ptr().add(8 * j);
            distance(I::Double::load(place), level, temperature.value).store(place);
        }
    }
    level.high.to_array()
}

/// Replace sixteen float32 rows by the logarithms of their shares, as `log_shares`.
#[inline(always)]
pub(crate) fn log_shares_single<I: Isa>(
    tile: &mut Tile<f32>,
    count: usize,
    temperature: Temperature,
) -> [f64; 16] {
    let apart = take_apart::<I::Single, Widened<I::Double>>(tile, count, temperature);
    let (max, top) = (apart.max.widen(), apart.top.widen());
    let (exponent, center) = (apart.exponent.widen(), apart.center.widen());
    let (sums, low) = (apart.totals.lanes(), I::Double::splat(0.0));
    let near = [max[0], top[0], exponent[0], center[0]];
    let near = level(near, Double { high: sums[0], low }, temperature);
    let far = [max[1], top[1], exponent[1], center[1]];
    let far = level(far, Double { high: sums[1], low }, temperature);
    for j in 0..count.min(SHORT) {
        // SAFETY: j < 64.
        unsafe {
            let place = tile.x.as_mut_ptr().add(16 * j);
            let [low, high] = I::Single::load(place).widen();
            let low = distance(low, near, temperature.value);
            let high = distance(high, far, temperature.value);
            I::Single::narrow([low, high]).store(place);
        }
    }
    let mut answer = [0.0; 16];
    answer[..8].copy_from_slice(&near.high.to_array());
    answer[8..].copy_from_slice(&far.high.to_array());
    answer
}
