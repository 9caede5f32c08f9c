//! entropy: the cross-entropy of short rows that have a class, one row a lane, and its gradient.
//!
//! The target y is taken out of its row, and the others are folded by themselves:
//!
//! ```text
//! others     = sum of e^(x_k/t) over k != y,   target = e^(x_y/t)
//! loss       = log(1 + others / target)
//! gradient_k = s e^(x_k/t) / (others + target),  at y -s others / (others + target)
//! ```
//!
//! Nothing is subtracted, so that a row that is sure of its target keeps its loss and its gradient to the last digits,
//! whichever element is the largest. The sums are measured in the largest of the others.

use super::finish::{BATCH, Batch};
use super::short::{file_double, file_single, fold, measure};
use super::tile::{Abreast, Tile, file, filed};
use super::totals::{Compensated, Widened};
use crate::elementary::double::{Double, fast_two_sum, two_sum};
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::elementary::ratio::{both, log_ratio};
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// Rows of tiles side by side.
pub(crate) const ROWS: usize = BATCH;

/// Farther from the others than this a target has no ordinary exponential beside theirs.
const REACH: f64 = 300.0;

/// What is asked of the rows of a tile, and what they answer.
pub(crate) struct Entropy {
    /// The class of each row.
    pub classes: [usize; ROWS],
    /// What the gradient of each row is multiplied with, in two parts.
    pub factor: [[f64; ROWS]; 2],
    /// Whether the elements are to become their gradient.
    pub gradient: bool,
    /// The losses, in two parts.
    pub losses: [[f64; ROWS]; 2],
    /// The rows, a bit each, whose answers hold: without a nan or a +inf, their target within reach.
    pub known: u64,
    /// The gradient at the target.
    slopes: [f64; ROWS],
}

impl Entropy {
    pub fn new(gradient: bool) -> Entropy {
        let zero = [0.0; ROWS];
        Entropy {
            classes: [0; ROWS],
            factor: [[1.0; ROWS], zero],
            gradient,
            losses: [zero; 2],
            known: 0,
            slopes: zero,
        }
    }

    /// Where the target of a row lies in tiles of so many lanes.
    #[inline(always)]
    fn place(&self, row: usize, count: usize, lanes: usize) -> usize {
        lanes * (row / lanes * count + self.classes[row]) + row % lanes
    }

    /// Take the targets out of their rows.
    #[inline(always)]
    fn take<R: Real>(&self, tile: &mut Tile<R>, abreast: Abreast, lanes: usize) -> [f64; ROWS] {
        let mut targets = [0.0; ROWS];
        let rows = lanes * abreast.tiles;
        for (row, target) in targets[..rows].iter_mut().enumerate() {
            let slot = &mut tile.x[self.place(row, abreast.count, lanes)];
            *target = slot.to_f64();
            *slot = R::from_f64(f64::NEG_INFINITY);
        }
        targets
    }

    /// Put the gradient at the targets to its place.
    #[inline(always)]
    fn put<R: Real>(&self, tile: &mut Tile<R>, abreast: Abreast, lanes: usize) {
        for row in 0..lanes * abreast.tiles {
            tile.x[self.place(row, abreast.count, lanes)] = R::from_f64(self.slopes[row]);
        }
    }
}

/// The losses of eight rows and their gradient at the target; answers s / (others + target).
#[inline(always)]
fn finish<L: Lanes<Real = f64>>(
    entropy: &mut Entropy,
    at: usize,
    x: L,
    others: Double<L>,
    [exponent, center]: [L; 2],
    temperature: Temperature,
) -> Double<L> {
    let (zero, one) = (L::constant(0.0), L::constant(1.0));
    let parts = exp::<L, true>(x, &Guide::per_lane(exponent, center, temperature));
    let target = both(&parts);

    // log((target + others) / target)
    let loss = log_ratio(others, target, one);
    file(&mut entropy.losses[0], at, loss.high);
    file(&mut entropy.losses[1], at, loss.low);
    let power = exponent.mul(L::constant(core::f64::consts::LN_2));
    // The target less the largest of the others, nearly
    let gap = x.sub(center).mul(L::constant(temperature.inverse_high)).sub(power);
    let holds = L::constant(f64::INFINITY).exceeds(loss.high)
        & L::constant(REACH).exceeds(gap.above(zero.sub(gap)));
    entropy.known |= u64::from(holds) << at;
    if !entropy.gradient {
        return others;
    }

    // s / (others + target)
    let (sum, error) = two_sum(others.high, target.high);
    let (high, low) = fast_two_sum(sum, error.add(others.low.add(target.low)));
    let factor = Double { high: filed(&entropy.factor[0], at), low: filed(&entropy.factor[1], at) };
    let inverse = factor.mul(Double { high, low }.inverse());
    let slope = others.mul(inverse);
    file(&mut entropy.slopes, at, zero.sub(slope.high.add(slope.low)));
    inverse
}

/// The losses of all rows of a batch that holds the others, raised by as much as `back` takes from them; their gradient at the target; and, in
/// place of the logarithms, s / (others + target).
#[inline(always)]
fn finish_all<L: Lanes<Real = f64>>(
    entropy: &mut Entropy,
    batch: &mut Batch,
    targets: &[f64; ROWS],
    rows: usize,
    back: f64,
    temperature: Temperature,
) {
    let lower = L::constant(back);
    entropy.known = 0;
    for at in (0..rows).step_by(8) {
        let (high, low): (L, L) = (filed(&batch.high, at), filed(&batch.low, at));
        let others = Double { high: high.mul(lower), low: low.mul(lower) };
        let reference = [filed(&batch.exponent, at), filed(&batch.center, at)];
        let inverse = finish(entropy, at, filed(targets, at), others, reference, temperature);
        file(&mut batch.log_high, at, inverse.high);
        file(&mut batch.log_low, at, inverse.low);
    }
}

/// Short float32 rows: every element of the gradient is rounded once, from float64.
#[inline(always)]
pub(crate) fn single<I: Isa>(
    tile: &mut Tile<f32>,
    abreast: Abreast,
    temperature: Temperature,
    entropy: &mut Entropy,
    batch: &mut Batch,
) {
    if entropy.gradient {
        narrow::<I, true>(tile, abreast, temperature, entropy, batch);
    } else {
        narrow::<I, false>(tile, abreast, temperature, entropy, batch);
    }
}

#[inline(always)]
fn narrow<I: Isa, const GRADIENT: bool>(
    tile: &mut Tile<f32>,
    abreast: Abreast,
    temperature: Temperature,
    entropy: &mut Entropy,
    batch: &mut Batch,
) {
    let targets = entropy.take(tile, abreast, 16);
    measure::<I::Single>(tile, abreast, temperature);
    for i in 0..abreast.tiles {
        let totals = fold::<I::Single, Widened<I::Double>, GRADIENT>(
            tile,
            i,
            abreast,
            temperature,
            f32::HEADROOM,
        );
        file_single::<I>(batch, 16 * i, tile.measured(i), totals);
    }
    let rows = 16 * abreast.tiles;
    finish_all::<I::Double>(entropy, batch, &targets, rows, f32::BACK, temperature);
    if !GRADIENT {
        return;
    }
    let lower = I::Double::constant(f32::BACK);
    for i in 0..abreast.tiles {
        let inverses: [I::Double; 2] =
            [filed(&batch.log_high, 16 * i), filed(&batch.log_high, 16 * i + 8)];
        let inverses = [inverses[0].mul(lower), inverses[1].mul(lower)];
        for j in 0..abreast.count {
            let at = 16 * (i * abreast.count + j);
            // SAFETY: the fold has checked that the tiles have room.
            unsafe {
                let powers = I::Single::load(tile.powers.as_ptr().add(at)).widen();
                let rests = I::Single::load(tile.rests.as_ptr().add(at)).widen();
                let low = rests[0].fma(powers[0], powers[0]).mul(inverses[0]);
                let high = rests[1].fma(powers[1], powers[1]).mul(inverses[1]);
                I::Single::narrow([low, high]).store(tile.x.as_mut_ptr().add(at));
            }
        }
    }
    entropy.put(tile, abreast, 16);
}

/// Short float64 rows.
#[inline(always)]
pub(crate) fn double<I: Isa>(
    tile: &mut Tile<f64>,
    abreast: Abreast,
    temperature: Temperature,
    entropy: &mut Entropy,
    batch: &mut Batch,
) {
    if entropy.gradient {
        wide::<I, true>(tile, abreast, temperature, entropy, batch);
    } else {
        wide::<I, false>(tile, abreast, temperature, entropy, batch);
    }
}

#[inline(always)]
fn wide<I: Isa, const GRADIENT: bool>(
    tile: &mut Tile<f64>,
    abreast: Abreast,
    temperature: Temperature,
    entropy: &mut Entropy,
    batch: &mut Batch,
) {
    let targets = entropy.take(tile, abreast, 8);
    measure::<I::Double>(tile, abreast, temperature);
    for i in 0..abreast.tiles {
        let totals = fold::<I::Double, Compensated<I::Double>, GRADIENT>(
            tile,
            i,
            abreast,
            temperature,
            f64::HEADROOM,
        );
        file_double::<I>(batch, 8 * i, tile.measured(i), totals);
    }
    finish_all::<I::Double>(entropy, batch, &targets, 8 * abreast.tiles, f64::BACK, temperature);
    if !GRADIENT {
        return;
    }
    let lower = I::Double::constant(f64::BACK);
    for i in 0..abreast.tiles {
        let inverse: I::Double = filed(&batch.log_high, 8 * i);
        // Veltkamp's cut, to what `Parts::times` asks for
        let large = inverse.mul(I::Double::constant((1 << 20) as f64 + 1.0));
        let kept = large.sub(large.sub(inverse));
        let rest = inverse.sub(kept).add(filed(&batch.log_low, 8 * i));
        let (high, low) = (kept.mul(lower), rest.mul(lower));
        for j in 0..abreast.count {
            let at = 8 * (i * abreast.count + j);
            // SAFETY: the fold has checked that the tiles have room.
            unsafe {
                let power = I::Double::load(tile.powers.as_ptr().add(at));
                let rest = I::Double::load(tile.rests.as_ptr().add(at));
                Parts { power, rest }.times(high, low).store(tile.x.as_mut_ptr().add(at));
            }
        }
    }
    entropy.put(tile, abreast, 8);
}
