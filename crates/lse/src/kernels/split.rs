//! split: every element of short rows into the logarithm of its share.
//!
//! ```text
//! log share of x = (x - level) / t,   level = max + t log((top target + others) / target)
//! ```
//!
//! Every row is taken `apart`, whether it is confident or not: one of the rows of a tile nearly always is, and what a
//! row becomes must not depend on the others. Each step is taken for all tiles before the next: none waits for the
//! logarithm of its own rows.

use super::apart::{Apart, take_apart};
use super::finish::Batch;
use super::spread::distance;
use super::tile::{Abreast, MOST, Tile, file};
use super::totals::{Compensated, Widened};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::Temperature;
use crate::elementary::ratio::{both, log_ratio, log_ratio_coarsely};
use crate::lanes::{Isa, Lanes, Narrow};
use core::mem::MaybeUninit;

/// max + t log((top target + others) / target), finite for ordinary rows.
#[inline(always)]
pub(super) fn level<L: Lanes<Real = f64>>(
    apart: &Apart<L, Compensated<L>>,
    temperature: Temperature,
) -> Double<L> {
    let Apart { max, top, target, others } = *apart;
    let (high, low) = others.lanes();
    let log = log_ratio(Double { high, low }, both(&target), top);
    let t = L::splat(temperature.value);
    let (product, error) = two_product(log.high, t);
    let (sum, rounding) = two_sum(max, product);
    let (high, low) = fast_two_sum(sum, rounding.add(log.low.fma(t, error)));
    Double { high, low }
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
    let mut rows = [const { MaybeUninit::<Apart<_, Compensated<I::Double>>>::uninit() }; MOST];
    let mut levels = [Double::<I::Double>::splat(0.0, 0.0); MOST];
    for (i, rows) in rows[..abreast.tiles].iter_mut().enumerate() {
        rows.write(take_apart(tile, i, abreast, temperature));
    }
    for (i, rows) in rows[..abreast.tiles].iter().enumerate() {
        // SAFETY: as many were written.
        levels[i] = level(unsafe { rows.assume_init_ref() }, temperature);
        file(&mut batch.log_high, 8 * i, levels[i].high);
    }
    for (i, level) in levels[..abreast.tiles].iter().enumerate() {
        for j in 0..abreast.count {
            // SAFETY: `take_apart` has checked the tiles.
            unsafe {
                let place = tile.x.as_mut_ptr().add(8 * (i * abreast.count + j));
                distance(I::Double::load(place), *level, temperature.value).store(place);
            }
        }
    }
}

/// The levels of float32 rows, as max and what is above it: x - max, in float64, is all that is known of x.
#[inline(always)]
fn levels<L: Narrow>(
    apart: &Apart<L, Widened<L::Wide>>,
    temperature: Temperature,
) -> [Double<L::Wide>; 2]
where
    L::Wide: Lanes<Real = f64>,
{
    let (max, top, others) = (apart.max.widen(), apart.top.widen(), apart.others.lanes());
    let (power, rest) = (apart.target.power.widen(), apart.target.rest.widen());
    // Written out: a closure would be compiled without the instruction set.
    [
        coarse_level(max[0], top[0], power[0], rest[0], others[0], temperature),
        coarse_level(max[1], top[1], power[1], rest[1], others[1], temperature),
    ]
}

/// max + t log((top power (1 + rest) + others) / (power (1 + rest))), the logarithm to 2^-39.
#[inline(always)]
pub(super) fn coarse_level<L: Lanes<Real = f64>>(
    max: L,
    top: L,
    power: L,
    rest: L,
    others: L,
    temperature: Temperature,
) -> Double<L> {
    let target = rest.fma(power, power);
    let log = log_ratio_coarsely(others, target, top);
    Double { high: max, low: log.mul(L::splat(temperature.value)) }
}

/// Replace float32 rows by the logarithms of their shares, as `log_shares`.
#[inline(always)]
pub(crate) fn log_shares_single<I: Isa>(
    tile: &mut Tile<f32>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
) {
    let mut rows = [const { MaybeUninit::<Apart<_, Widened<I::Double>>>::uninit() }; MOST];
    let mut level = [[Double::<I::Double>::splat(0.0, 0.0); 2]; MOST];
    for (i, rows) in rows[..abreast.tiles].iter_mut().enumerate() {
        rows.write(take_apart::<I::Single, _>(tile, i, abreast, temperature));
    }
    for (i, rows) in rows[..abreast.tiles].iter().enumerate() {
        // SAFETY: as many were written.
        level[i] = levels(unsafe { rows.assume_init_ref() }, temperature);
        file(&mut batch.log_high, 16 * i, level[i][0].high.add(level[i][0].low));
        file(&mut batch.log_high, 16 * i + 8, level[i][1].high.add(level[i][1].low));
    }
    for (i, level) in level[..abreast.tiles].iter().enumerate() {
        for j in 0..abreast.count {
            // SAFETY: `take_apart` has checked the tiles.
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
