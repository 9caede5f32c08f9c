//! short: rows of 64 elements or fewer, one row a lane.
//!
//! Nothing is added across lanes, so a short row costs no horizontal sum and no logarithm of its own.
//! The maximum is known before the first exponential, so nothing is guessed:
//!
//! ```text
//! N    = round(max/t log2 e)
//! mass = 2^N sum of e^(x/t) 2^-N
//! ```
//!
//! Sixteen float32 rows or eight float64 rows make a *tile*, element j of row i at `x[W j + i]`.
//! Logarithms of shares need the top apart: `split` holds that form.

use super::finish::Batch;
use super::grid::{Grid, terms};
use super::totals::{Compensated, Totals, Widened};
use crate::elementary::double::Double;
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// The longest row that this kernel takes.
pub(crate) const SHORT: usize = 64;

/// A tile of short rows; after a fold with shares, `x` holds them.
pub(crate) struct Tile<R> {
    /// 64 vectors: 64 x 16 float32 or 64 x 8 float64.
    pub x: [R; 1024],
    pub(super) powers: [R; 1024],
    pub(super) rests: [R; 1024],
}

impl<R: Copy + Default> Tile<R> {
    pub fn new() -> Tile<R> {
        let zero = [R::default(); 1024];
        Tile { x: zero, powers: zero, rests: zero }
    }
}

/// The reference of each lane: N and the centre.
#[inline(always)]
pub(super) fn references<L: Lanes>(max: L, temperature: Temperature) -> (L, L) {
    let zero = L::constant(0.0);
    let rounder = L::constant(L::Real::ROUNDER);
    let reach = L::constant(-L::Real::REACH);
    let power = max.mul(L::constant(temperature.inverse_high * core::f64::consts::LOG2_E));
    let limited = reach.above(power);
    let limited = zero.sub(reach.above(zero.sub(limited)));
    let rounded = limited.add(rounder).sub(rounder);
    let exponent = limited.choose_equal(power, rounded, zero);
    let center = limited.choose_equal(power, zero, max);
    // An infinite maximum is no centre: every difference from it would be nan.
    let center = max.choose_equal(L::constant(f64::NEG_INFINITY), zero, center);
    (exponent, center)
}

/// The largest element of each row.
///
/// # Safety
/// `count` vectors must be readable at `x`.
#[inline(always)]
pub(super) unsafe fn peaks<L: Lanes>(x: *const L::Real, count: usize) -> L {
    let mut max = L::constant(f64::NEG_INFINITY);
    for j in 0..count {
        // SAFETY: j < count.
        max = unsafe { L::load(x.add(j * L::COUNT)) }.above(max);
    }
    max
}

/// Fold a tile into masses 2^(N - lift) total; with `SHARES`, keep the exponentials.
#[inline(always)]
pub(super) fn fold<L: Lanes, T: Totals<L>, const SHARES: bool>(
    tile: &mut Tile<L::Real>,
    count: usize,
    temperature: Temperature,
    lift: f64,
) -> (L, L, L, T) {
    assert!(count <= SHORT, "a short row");
    // SAFETY: the tile holds 64 vectors.
    let max = unsafe { peaks::<L>(tile.x.as_ptr(), count) };
    let (exponent, center) = references(max, temperature);
    let guide = Guide::per_lane(exponent.sub(L::constant(lift)), center, temperature);
    let mut centered = temperature != Temperature::ONE;
    for x in center.to_array().as_ref() {
        centered |= x.to_f64() != 0.0;
    }
    let totals = if centered {
        sum::<L, T, true, SHARES>(tile, count, &guide, lift)
    } else {
        sum::<L, T, false, SHARES>(tile, count, &guide, lift)
    };
    (max, exponent, center, totals)
}

#[inline(always)]
fn sum<L: Lanes, T: Totals<L>, const GENERAL: bool, const SHARES: bool>(
    tile: &mut Tile<L::Real>,
    count: usize,
    guide: &Guide<L>,
    lift: f64,
) -> T {
    let mut totals = T::zero();
    let mut j = 0;
    while j < count {
        let end = count.min(j + terms::<L::Real>());
        let mut grid = Grid::new(lift);
        while j < end {
            // SAFETY: j < 64.
            unsafe {
                let at = j * L::COUNT;
                let parts = exp::<L, GENERAL>(L::load(tile.x.as_ptr().add(at)), guide);
                grid.add(&parts);
                if SHARES {
                    keep(tile, at, &parts);
                }
            }
            j += 1;
        }
        totals.add(grid.chain());
    }
    totals
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

/// Replace the elements by their shares: power (1 + rest) / mass.
#[inline(always)]
fn shares<L: Lanes>(tile: &mut Tile<L::Real>, count: usize, high: L, low: L) {
    for j in 0..count.min(SHORT) {
        let at = j * L::COUNT;
        // SAFETY: j < 64.
        unsafe {
            let power = L::load(tile.powers.as_ptr().add(at));
            let rest = L::load(tile.rests.as_ptr().add(at));
            let share = Parts { power, rest }.times(high, low);
            share.store(tile.x.as_mut_ptr().add(at));
        }
    }
}

/// Store sixteen rows of a float32 tile at `at` in a batch.
#[inline(always)]
fn file_single<L: Narrow>(batch: &mut Batch, at: usize, fields: [L; 3], totals: [L::Wide; 2])
where
    L::Wide: Lanes<Real = f64, Array = [f64; 8]>,
{
    let [max, exponent, center] = fields;
    let (max, exponent, center) = (max.widen(), exponent.widen(), center.widen());
    for half in 0..2 {
        let place = at + 8 * half..at + 8 * half + 8;
        batch.max[place.clone()].copy_from_slice(&max[half].to_array());
        batch.exponent[place.clone()].copy_from_slice(&exponent[half].to_array());
        batch.center[place.clone()].copy_from_slice(&center[half].to_array());
        batch.high[place.clone()].copy_from_slice(&totals[half].to_array());
        batch.low[place].fill(0.0);
    }
}

/// 1 / mass in two float32.
#[inline(always)]
pub(super) fn inverse_single(inverse: f64) -> [f32; 2] {
    let kept = f64::from_bits(inverse.to_bits() & f32::KEPT);
    [kept as f32, (inverse - kept) as f32]
}

/// 1 / mass in two parts, the first as short as `Real::KEPT` asks for.
#[inline(always)]
pub(super) fn inverse_double<L: Lanes<Real = f64>>(mass: Double<L>) -> [L; 2] {
    let Double { high, low } = mass.inverse();
    // Veltkamp's cut, to 53 - 20 bits
    let large = high.mul(L::splat((1 << 20) as f64 + 1.0));
    let kept = large.sub(large.sub(high));
    [kept, high.sub(kept).add(low)]
}

/// Fold sixteen short float32 rows into a batch.
#[inline(always)]
pub(crate) fn single<I: Isa>(
    tile: &mut Tile<f32>,
    count: usize,
    temperature: Temperature,
    batch: &mut Batch,
    at: usize,
) {
    let (max, exponent, center, totals) =
        fold::<I::Single, Widened<I::Double>, false>(tile, count, temperature, 0.0);
    file_single::<I::Single>(batch, at, [max, exponent, center], totals.lanes());
}

/// Fold eight short float64 rows into a batch.
#[inline(always)]
pub(crate) fn double<I: Isa>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
    batch: &mut Batch,
    at: usize,
) {
    let (max, exponent, center, totals) =
        fold::<I::Double, Compensated<I::Double>, false>(tile, count, temperature, 0.0);
    let (high, low) = totals.lanes();
    let place = at..at + 8;
    batch.max[place.clone()].copy_from_slice(&max.to_array());
    batch.exponent[place.clone()].copy_from_slice(&exponent.to_array());
    batch.center[place.clone()].copy_from_slice(&center.to_array());
    batch.high[place.clone()].copy_from_slice(&high.to_array());
    batch.low[place].copy_from_slice(&low.to_array());
}

/// Replace sixteen short float32 rows by their shares; the masses tell which rows are not ordinary.
#[inline(always)]
pub(crate) fn shares_single<I: Isa>(
    tile: &mut Tile<f32>,
    count: usize,
    temperature: Temperature,
) -> [f64; 16] {
    let (_, _, _, totals) =
        fold::<I::Single, Widened<I::Double>, true>(tile, count, temperature, 64.0);
    let totals = totals.lanes();
    let one = I::Double::constant(1.0);
    let (mut high, mut low, mut masses) = ([0f32; 16], [0f32; 16], [0f64; 16]);
    for half in 0..2 {
        let inverse = one.div(totals[half]).to_array();
        masses[8 * half..8 * half + 8].copy_from_slice(&totals[half].to_array());
        for lane in 0..8 {
            [high[8 * half + lane], low[8 * half + lane]] = inverse_single(inverse[lane]);
        }
    }
    shares(tile, count, I::Single::from_array(&high), I::Single::from_array(&low));
    masses
}

/// Replace eight short float64 rows by their shares.
#[inline(always)]
pub(crate) fn shares_double<I: Isa>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
) -> [f64; 16] {
    let (_, _, _, totals) =
        fold::<I::Double, Compensated<I::Double>, true>(tile, count, temperature, 512.0);
    let (high, low) = totals.lanes();
    let [high, low] = inverse_double(Double { high, low });
    shares(tile, count, high, low);
    let mut masses = [1.0; 16];
    masses[..8].copy_from_slice(&high.to_array());
    masses
}
