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

use super::finish::{Batch, coarse_logarithm, logarithm};
use super::grid::{Grid, terms};
use super::short::{self, is_plain, peaks, references};
use super::spread::distance;
use super::tile::{Abreast, SHORT, Tile, file, filed};
use super::totals::{Compensated, Totals, Widened};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, Temperature, exp};
use crate::elementary::log::log;
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// A row whose log(mass) is no further than this above its maximum is taken apart.
///
/// The other sums are known well enough: float32 to 0.17 * 2^-24 of itself, float64 to 0.3 * 2^-53, which is 0.4 ulp
/// and 0.6 ulp of a logarithm of -1/4.
const CONFIDENT: f64 = 0.25;

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
struct Apart<L, T> {
    max: L,
    top: L,
    exponent: L,
    center: L,
    totals: T,
}

#[inline(always)]
fn take_apart<L: Lanes, T: Totals<L>>(
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

/// Which rows of tile `i` are confident, given their plain levels and maxima.
#[inline(always)]
fn confident<L: Lanes<Real = f64>>(level: L, max: L, temperature: Temperature) -> u32 {
    L::splat(CONFIDENT * temperature.value).exceeds(level.sub(max))
}

/// `apart` for confident rows, `plain` for the others.
#[inline(always)]
fn choose<L: Lanes<Real = f64>>(
    apart: Double<L>,
    plain: Double<L>,
    max: L,
    temperature: Temperature,
) -> Double<L> {
    let limit = L::splat(CONFIDENT * temperature.value);
    let gap = plain.high.sub(max);
    // The larger of gap and limit is gap where the row is not confident
    let larger = gap.above(limit);
    Double {
        high: larger.choose_equal(gap, plain.high, apart.high),
        low: larger.choose_equal(gap, plain.low, apart.low),
    }
}

/// A mass that is 0 has no logarithm: nan, which is not ordinary.
#[inline(always)]
fn or_nan<L: Lanes<Real = f64>>(mass: L) -> L {
    mass.choose_equal(L::splat(0.0), L::splat(f64::NAN), mass)
}

/// Replace float64 rows by the logarithms of their shares; answers, as `log_high`, t log(mass), which is finite for
/// ordinary rows.
#[inline(always)]
pub(crate) fn log_shares<I: Isa>(
    tile: &mut Tile<f64>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
) {
    short::double::<I>(tile, abreast, temperature, batch, 0);
    for i in 0..abreast.tiles {
        let at = 8 * i;
        let high = or_nan::<I::Double>(filed(&batch.high, at));
        let (low, exponent) = (filed(&batch.low, at), filed(&batch.exponent, at));
        let center = filed(&batch.center, at);
        let plain = logarithm(Double { high, low }, exponent, center, temperature);
        file(&mut batch.log_high, at, plain.high);
        file(&mut batch.log_low, at, plain.low);
    }
    for i in 0..abreast.tiles {
        let at = 8 * i;
        let max = filed::<I::Double>(&batch.max, at);
        let plain = Double { high: filed(&batch.log_high, at), low: filed(&batch.log_low, at) };
        let mut level = plain;
        if confident(plain.high, max, temperature) != 0 {
            let Apart { max, top, exponent, center, totals } =
                take_apart::<I::Double, Compensated<I::Double>>(tile, i, abreast, temperature);
            let (high, low) = totals.lanes();
            let apart =
                self::level([max, top, exponent, center], Double { high, low }, temperature);
            level = choose(apart, plain, max, temperature);
        }
        for j in 0..abreast.count {
            // SAFETY: checked by the fold.
            unsafe {
                let place = tile.x.as_mut_ptr().add(8 * (i * abreast.count + j));
                distance(I::Double::load(place), level, temperature.value).store(place);
            }
        }
    }
}

/// Replace float32 rows by the logarithms of their shares, as `log_shares`.
#[inline(always)]
pub(crate) fn log_shares_single<I: Isa>(
    tile: &mut Tile<f32>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
) {
    short::single::<I>(tile, abreast, temperature, batch, 0);
    for at in (0..16 * abreast.tiles).step_by(8) {
        let mass = or_nan::<I::Double>(filed(&batch.high, at));
        let (exponent, center) = (filed(&batch.exponent, at), filed(&batch.center, at));
        let [high, low] = coarse_logarithm(mass, exponent, center, temperature);
        file(&mut batch.log_high, at, high);
        file(&mut batch.log_low, at, low);
    }
    for i in 0..abreast.tiles {
        let places = [16 * i, 16 * i + 8];
        let max = places.map(|at| filed::<I::Double>(&batch.max, at));
        let plain = places
            .map(|at| Double { high: filed(&batch.log_high, at), low: filed(&batch.log_low, at) });
        let mut level = plain;
        if confident(plain[0].high, max[0], temperature)
            | confident(plain[1].high, max[1], temperature)
            != 0
        {
            let apart = take_apart::<I::Single, Widened<I::Double>>(tile, i, abreast, temperature);
            let (top, sums) = (apart.top.widen(), apart.totals.lanes());
            let (exponent, center) = (apart.exponent.widen(), apart.center.widen());
            for half in 0..2 {
                let sum = Double { high: sums[half], low: I::Double::splat(0.0) };
                let fields = [max[half], top[half], exponent[half], center[half]];
                let apart = self::level(fields, sum, temperature);
                level[half] = choose(apart, plain[half], max[half], temperature);
            }
        }
        for j in 0..abreast.count {
            // SAFETY: checked by the fold.
            unsafe {
                let place = tile.x.as_mut_ptr().add(16 * (i * abreast.count + j));
                let [low, high] = I::Single::load(place).widen();
                let low = distance(low, level[0], temperature.value);
                let high = distance(high, level[1], temperature.value);
                I::Single::narrow([low, high]).store(place);
            }
        }
    }
}
