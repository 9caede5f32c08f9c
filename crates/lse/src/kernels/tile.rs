//! tile: rows of 64 elements or fewer, one row a lane.
//!
//! Sixteen float32 rows or eight float64 rows make a *tile*, element j of row i at `x[W j + i]`. Up to four tiles
//! of short rows lie side by side in the room of one: a kernel does each of its steps for all of them before the
//! next, so that no row waits for what its own maximum or sum decides.

use super::finish::BATCH;
use crate::elementary::exp::Temperature;
use crate::lanes::{Lanes, Real};

/// The longest row that tiles take.
pub(crate) const SHORT: usize = 64;

/// The most tiles side by side.
pub(super) const MOST: usize = 4;

/// Tiles side by side in the room of one, and how long their rows are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abreast {
    pub count: usize,
    pub tiles: usize,
}

impl Abreast {
    /// One tile.
    pub fn one(count: usize) -> Abreast {
        Abreast { count, tiles: 1 }
    }

    /// Tiles for so many rows, no more than `room` has.
    #[inline]
    pub fn of(count: usize, rows: usize, lanes: usize) -> Abreast {
        Abreast { count, tiles: rows.div_ceil(lanes).min(Abreast::room(count)) }
    }

    /// How many tiles of such rows lie side by side.
    #[inline]
    pub fn room(count: usize) -> usize {
        (SHORT / count.max(1)).clamp(1, MOST)
    }

    #[inline(always)]
    pub fn check(self) {
        assert!(self.tiles <= MOST && self.tiles * self.count <= SHORT, "tiles of short rows");
    }
}

/// Tiles of short rows; after a fold with shares, `x` holds them.
pub(crate) struct Tile<R> {
    /// 64 vectors: 64 x 16 float32 or 64 x 8 float64.
    pub x: [R; 1024],
    pub(super) powers: [R; 1024],
    pub(super) rests: [R; 1024],
    /// What the rows of each tile are measured in: three vectors.
    measures: [R; 3 * MOST * 16],
}

/// What the rows of a tile are measured in: the largest element, N and the centre.
#[derive(Clone, Copy)]
pub(super) struct Measure<L> {
    pub max: L,
    pub exponent: L,
    pub center: L,
}

impl<R: Copy + Default> Tile<R> {
    pub fn new() -> Tile<R> {
        let zero = [R::default(); 1024];
        Tile { x: zero, powers: zero, rests: zero, measures: [R::default(); 3 * MOST * 16] }
    }

    /// Keep what the rows of tile `i` are measured in.
    #[inline(always)]
    pub(super) fn measure<L: Lanes<Real = R>>(&mut self, i: usize, measure: Measure<L>) {
        assert!(i < MOST);
        // SAFETY: there is room for three vectors of each tile.
        unsafe {
            let place = self.measures.as_mut_ptr().add(3 * i * L::COUNT);
            measure.max.store(place);
            measure.exponent.store(place.add(L::COUNT));
            measure.center.store(place.add(2 * L::COUNT));
        }
    }

    /// What the rows of tile `i` are measured in.
    #[inline(always)]
    pub(super) fn measured<L: Lanes<Real = R>>(&self, i: usize) -> Measure<L> {
        assert!(i < MOST);
        // SAFETY: there are three vectors of each tile.
        unsafe {
            let place = self.measures.as_ptr().add(3 * i * L::COUNT);
            let (max, exponent) = (L::load(place), L::load(place.add(L::COUNT)));
            Measure { max, exponent, center: L::load(place.add(2 * L::COUNT)) }
        }
    }

    /// The vectors of tile `i`.
    #[inline(always)]
    pub(super) fn tile<L: Lanes<Real = R>>(&self, i: usize, abreast: Abreast) -> *const R {
        self.x.as_ptr().wrapping_add(i * abreast.count * L::COUNT)
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

/// Whether exponentials measured there have nothing to subtract and nothing to divide by.
#[inline(always)]
pub(super) fn is_plain<L: Lanes>(center: L, temperature: Temperature) -> bool {
    let zero = L::constant(0.0);
    temperature == Temperature::ONE && (center.exceeds(zero) | zero.exceeds(center)) == 0
}

/// Store a vector into the fields of rows `at` and behind.
#[inline(always)]
pub(super) fn file<L: Lanes<Real = f64>>(field: &mut [f64; BATCH], at: usize, x: L) {
    assert!(at + L::COUNT <= BATCH, "rows of a batch");
    // SAFETY: the field has room for the vector.
    unsafe { x.store(field.as_mut_ptr().add(at)) }
}

/// The fields of rows `at` and behind.
#[inline(always)]
pub(super) fn filed<L: Lanes<Real = f64>>(field: &[f64; BATCH], at: usize) -> L {
    assert!(at + L::COUNT <= BATCH, "rows of a batch");
    // SAFETY: the field holds the vector.
    unsafe { L::load(field.as_ptr().add(at)) }
}
