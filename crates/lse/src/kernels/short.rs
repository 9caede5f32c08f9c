//! short: tiles of short rows folded.
//!
//! Nothing is added across lanes, so a short row costs no horizontal sum and no logarithm of its own.
//! The maximum is known before the first exponential, so nothing is guessed:
//!
//! ```text
//! N    = round(max/t log2 e)
//! mass = 2^N sum of e^(x/t) 2^-N
//! ```
//!
//! Logarithms of shares need the top apart: `split` holds that form.

use super::finish::Batch;
use super::grid::{Grid, terms};
use super::tile::{Abreast, Measure, SHORT, Tile, file, is_plain, peaks, references};
use super::totals::{Chain, Compensated, Totals, Widened};
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::lanes::{Isa, Lanes, Narrow};

/// Measure the rows of all tiles in their largest elements.
#[inline(always)]
pub(super) fn measure<L: Lanes>(
    tile: &mut Tile<L::Real>,
    abreast: Abreast,
    temperature: Temperature,
) where
    L::Real: Default,
{
    abreast.check();
    for i in 0..abreast.tiles {
        // SAFETY: checked.
        let max = unsafe { peaks::<L>(tile.tile::<L>(i, abreast), abreast.count) };
        let (exponent, center) = references(max, temperature);
        tile.measure(i, Measure { max, exponent, center });
    }
}

/// Fold a measured tile into masses 2^(N - lift) total; with `SHARES`, keep the exponentials.
#[inline(always)]
pub(super) fn fold<L: Lanes, T: Totals<L>, const SHARES: bool>(
    tile: &mut Tile<L::Real>,
    i: usize,
    abreast: Abreast,
    temperature: Temperature,
    lift: f64,
) -> T
where
    L::Real: Default,
{
    let Measure { exponent, center, .. } = tile.measured::<L>(i);
    let guide = Guide::per_lane(exponent.sub(L::constant(lift)), center, temperature);
    let (first, count) = (i * abreast.count, abreast.count);
    if is_plain(center, temperature) {
        sum::<L, T, false, SHARES>(tile, first, count, &guide, lift)
    } else {
        sum::<L, T, true, SHARES>(tile, first, count, &guide, lift)
    }
}

#[inline(always)]
fn sum<L: Lanes, T: Totals<L>, const GENERAL: bool, const SHARES: bool>(
    tile: &mut Tile<L::Real>,
    first: usize,
    count: usize,
    guide: &Guide<L>,
    lift: f64,
) -> T {
    let end = count.min(terms::<L::Real>());
    let mut totals = T::of(chain::<L, GENERAL, SHARES>(tile, first..first + end, guide, lift));
    for start in (end..count).step_by(terms::<L::Real>()) {
        let end = count.min(start + terms::<L::Real>());
        totals.add(chain::<L, GENERAL, SHARES>(tile, first + start..first + end, guide, lift));
    }
    totals
}

/// The sum of the vectors of a grid.
#[inline(always)]
fn chain<L: Lanes, const GENERAL: bool, const SHARES: bool>(
    tile: &mut Tile<L::Real>,
    range: core::ops::Range<usize>,
    guide: &Guide<L>,
    lift: f64,
) -> Chain<L> {
    assert!(range.end <= SHORT, "tiles of short rows");
    let mut grid = Grid::new(lift);
    for j in range {
        // SAFETY: j < 64.
        unsafe {
            let at = j * L::COUNT;
            let parts = exp::<L, GENERAL>(L::load(tile.x.as_ptr().add(at)), guide);
            grid.add(&parts);
            if SHARES {
                keep(tile, at, &parts);
            }
        }
    }
    grid.chain()
}

/// Keep an exponential of which a share will be wanted.
///
/// # Safety
/// A vector must fit into the tile at `at`.
#[inline(always)]
unsafe fn keep<L: Lanes>(tile: &mut Tile<L::Real>, at: usize, parts: &Parts<L>) {
    // SAFETY: the caller vouches for the place.
    unsafe {
        parts.power.store(tile.powers.as_mut_ptr().add(at));
        parts.rest.store(tile.rests.as_mut_ptr().add(at));
    }
}

/// Fold tiles of sixteen short float32 rows into a batch.
#[inline(always)]
pub(crate) fn single<I: Isa>(
    tile: &mut Tile<f32>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
    at: usize,
) {
    measure::<I::Single>(tile, abreast, temperature);
    for i in 0..abreast.tiles {
        let totals =
            fold::<I::Single, Widened<I::Double>, false>(tile, i, abreast, temperature, 0.0);
        file_single::<I>(batch, at + 16 * i, tile.measured(i), totals);
    }
}

/// Store the measure and the totals of sixteen rows.
#[inline(always)]
pub(super) fn file_single<I: Isa>(
    batch: &mut Batch,
    at: usize,
    measure: Measure<I::Single>,
    totals: Widened<I::Double>,
) {
    let (max, totals) = (measure.max.widen(), totals.lanes());
    let (exponent, center) = (measure.exponent.widen(), measure.center.widen());
    for half in 0..2 {
        let at = at + 8 * half;
        file(&mut batch.max, at, max[half]);
        file(&mut batch.exponent, at, exponent[half]);
        file(&mut batch.center, at, center[half]);
        file(&mut batch.high, at, totals[half]);
        file(&mut batch.low, at, I::Double::constant(0.0));
    }
}

/// Fold tiles of eight short float64 rows into a batch.
#[inline(always)]
pub(crate) fn double<I: Isa>(
    tile: &mut Tile<f64>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
    at: usize,
) {
    measure::<I::Double>(tile, abreast, temperature);
    for i in 0..abreast.tiles {
        let totals =
            fold::<I::Double, Compensated<I::Double>, false>(tile, i, abreast, temperature, 0.0);
        file_double::<I>(batch, at + 8 * i, tile.measured(i), totals);
    }
}

/// Store the measure and the totals of eight rows.
#[inline(always)]
pub(super) fn file_double<I: Isa>(
    batch: &mut Batch,
    at: usize,
    measure: Measure<I::Double>,
    totals: Compensated<I::Double>,
) {
    let (high, low) = totals.lanes();
    file(&mut batch.max, at, measure.max);
    file(&mut batch.exponent, at, measure.exponent);
    file(&mut batch.center, at, measure.center);
    file(&mut batch.high, at, high);
    file(&mut batch.low, at, low);
}
