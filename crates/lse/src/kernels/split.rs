//! split: every element of short rows into the logarithm of its share.
//!
//! ```text
//! log share of x = (x - level) / t,   level = t log(mass)
//! ```
//!
//! Every row is taken `apart`, whether it is confident or not: one of the rows of a tile nearly always is, and what a
//! row becomes must not depend on the others. Of float64 each step is taken for all tiles before the next; a float32 tile
//! is two of them already.

use super::apart::{Apart, level_apart, take_apart};
use super::finish::Batch;
use super::spread::distance;
use super::tile::{Abreast, Tile, file, filed};
use super::totals::{Compensated, Widened};
use crate::elementary::double::Double;
use crate::elementary::exp::Temperature;
use crate::lanes::{Isa, Lanes, Narrow};

/// The levels of the rows of a batch that were taken apart, from eight rows at `at` on; `log_low` holds their tops.
#[inline(always)]
fn levels<L: Lanes<Real = f64, Array = [f64; 8]>>(
    batch: &mut Batch,
    rows: usize,
    temperature: Temperature,
) {
    for at in (0..rows).step_by(8) {
        let fields = [
            filed(&batch.max, at),
            filed(&batch.log_low, at),
            filed(&batch.exponent, at),
            filed(&batch.center, at),
        ];
        let sum = Double { high: filed(&batch.high, at), low: filed(&batch.low, at) };
        let level: Double<L> = level_apart(fields, sum, temperature);
        file(&mut batch.log_high, at, level.high);
        file(&mut batch.log_low, at, level.low);
    }
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
    for i in 0..abreast.tiles {
        let Apart { max, top, exponent, center, totals } =
            take_apart::<I::Double, Compensated<I::Double>>(tile, i, abreast, temperature);
        let (high, low) = totals.lanes();
        let at = 8 * i;
        file(&mut batch.max, at, max);
        file(&mut batch.log_low, at, top);
        file(&mut batch.exponent, at, exponent);
        file(&mut batch.center, at, center);
        file(&mut batch.high, at, high);
        file(&mut batch.low, at, low);
    }
    levels::<I::Double>(batch, 8 * abreast.tiles, temperature);
    for i in 0..abreast.tiles {
        let at = 8 * i;
        let level = Double { high: filed(&batch.log_high, at), low: filed(&batch.log_low, at) };
        for j in 0..abreast.count {
            // SAFETY: `take_apart` has checked the tiles.
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
    let zero = I::Double::splat(0.0);
    for i in 0..abreast.tiles {
        let apart = take_apart::<I::Single, Widened<I::Double>>(tile, i, abreast, temperature);
        let (max, top, sums) = (apart.max.widen(), apart.top.widen(), apart.totals.lanes());
        let (exponent, center) = (apart.exponent.widen(), apart.center.widen());
        let near = [max[0], top[0], exponent[0], center[0]];
        let near = level_apart(near, Double { high: sums[0], low: zero }, temperature);
        let far = [max[1], top[1], exponent[1], center[1]];
        let far = level_apart(far, Double { high: sums[1], low: zero }, temperature);
        file(&mut batch.log_high, 16 * i, near.high);
        file(&mut batch.log_high, 16 * i + 8, far.high);
        let level = [near, far];
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
