//! split: every element of short rows into the logarithm of its share.
//!
//! ```text
//! log share of x = (x - level) / t,   level = t log(mass)
//! ```
//!
//! The plain sum of a row is enough for that unless the row is confident: then the level comes from the row taken
//! `apart`, as one lane of a tile or as all of them. Which of the two it is depends on the row alone.

use super::apart::{Apart, level_apart, take_apart};
use super::finish::{Batch, coarse_logarithm, logarithm};
use super::short;
use super::spread::distance;
use super::tile::{Abreast, Tile, file, filed};
use super::totals::{Compensated, Widened};
use crate::elementary::double::Double;
use crate::elementary::exp::Temperature;
use crate::lanes::{Isa, Lanes, Narrow};

/// A row whose log(mass) is no further than this above its maximum is taken apart.
///
/// The other sums are known well enough: float32 to 0.17 * 2^-24 of itself, float64 to 0.3 * 2^-53, which is 0.4 ulp
/// and 0.6 ulp of a logarithm of -1/4.
const CONFIDENT: f64 = 0.25;

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
                level_apart([max, top, exponent, center], Double { high, low }, temperature);
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
                let apart = level_apart(fields, sum, temperature);
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
