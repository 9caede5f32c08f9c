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
use super::fold::{CHAIN, Chain, Compensated, Pairs, Totals, Widened, pairwise};
use crate::elementary::double::Double;
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// The longest row that this kernel takes.
pub(crate) const SHORT: usize = 64;

/// A tile of short rows; after a fold with shares, `x` holds them.
pub(crate) struct Tile<R> {
    /// 64 vectors: 64 x 16 float32 or 64 x 8 float64.
    pub x: [R; 1024],
    powers: [R; 1024],
    firsts: [R; 1024],
    seconds: [R; 1024],
}

impl<R: Copy + Default> Tile<R> {
    pub fn new() -> Tile<R> {
        let zero = [R::default(); 1024];
        Tile { x: zero, powers: zero, firsts: zero, seconds: zero }
    }
}

/// The reference of each lane: N and the centre.
#[inline(always)]
pub(super) fn references<L: Lanes>(max: L, temperature: Temperature) -> (L, L) {
    let zero = L::constant(0.0);
    let rounder = L::constant(L::Real::SHIFT - L::Real::BIAS);
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
fn fold<L: Lanes, T: Totals<L>, const SHARES: bool>(
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
        sum::<L, T, true, SHARES>(tile, count, &guide)
    } else {
        sum::<L, T, false, SHARES>(tile, count, &guide)
    };
    (max, exponent, center, totals)
}

#[inline(always)]
fn sum<L: Lanes, T: Totals<L>, const GENERAL: bool, const SHARES: bool>(
    tile: &mut Tile<L::Real>,
    count: usize,
    guide: &Guide<L>,
) -> T {
    let mut totals = T::zero();
    let mut j = 0;
    while !SHARES && j + CHAIN <= count {
        let mut chain = Chain::zero();
        // SAFETY: j + 7 < 64.
        chain.powers = unsafe {
            pairwise!(i => {
                let x = L::load(tile.x.as_ptr().add((j + i) * L::COUNT));
                let parts = exp::<L, GENERAL>(x, guide);
                chain.add_rests(&parts);
                parts.power
            })
        };
        totals.add(chain);
        j += CHAIN;
    }
    let (mut chain, mut powers) = (Chain::zero(), Pairs::zero());
    let first = j;
    while j < count {
        // SAFETY: j < 64.
        unsafe {
            let at = j * L::COUNT;
            let parts = exp::<L, GENERAL>(L::load(tile.x.as_ptr().add(at)), guide);
            if SHARES {
                totals.add(Chain::one(parts.power, &parts));
                parts.power.store(tile.powers.as_mut_ptr().add(at));
                parts.first.store(tile.firsts.as_mut_ptr().add(at));
                if L::Real::APART {
                    parts.second.store(tile.seconds.as_mut_ptr().add(at));
                }
            } else {
                chain.add_rests(&parts);
                powers.push(j - first, parts.power);
            }
        }
        j += 1;
    }
    if !SHARES && first < count {
        chain.powers = powers.total();
        totals.add(chain);
    }
    totals
}

/// Replace the elements by their shares: power (1 + first + second) / mass.
#[inline(always)]
fn shares<L: Lanes>(tile: &mut Tile<L::Real>, count: usize, high: L, low: L) {
    for j in 0..count.min(SHORT) {
        let at = j * L::COUNT;
        // SAFETY: j < 64.
        unsafe {
            let second = if L::Real::APART { L::load(tile.seconds.as_ptr().add(at)) } else { high };
            let power = L::load(tile.powers.as_ptr().add(at));
            let parts = Parts { power, first: L::load(tile.firsts.as_ptr().add(at)), second };
            let share = parts.times(high, low).mul(power);
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
    // 1 / mass in two float32
    let (mut high, mut low, mut masses) = ([0f32; 16], [0f32; 16], [0f64; 16]);
    for half in 0..2 {
        let inverse = one.div(totals[half]).to_array();
        masses[8 * half..8 * half + 8].copy_from_slice(&totals[half].to_array());
        for lane in 0..8 {
            high[8 * half + lane] = inverse[lane] as f32;
            low[8 * half + lane] = (inverse[lane] - f64::from(inverse[lane] as f32)) as f32;
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
    let inverse = Double { high, low }.inverse();
    shares(tile, count, inverse.high, inverse.low);
    let mut masses = [1.0; 16];
    masses[..8].copy_from_slice(&high.to_array());
    masses
}
