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

use super::short::{fold, measure};
use super::tile::{Abreast, Measure, SHORT, Tile};
use super::totals::{Compensated, Widened};
use crate::elementary::double::{Double, fast_two_sum, two_sum};
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::elementary::log::log;
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// Rows of a tile: sixteen of float32, eight of float64.
const ROWS: usize = 16;

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
    /// Targets less the largest of the others, nearly.
    reach: [f64; ROWS],
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
            reach: zero,
            slopes: zero,
        }
    }

    /// The rows, a bit each, whose answers hold: without a nan or a +inf, their target within reach.
    #[inline(always)]
    pub fn known(&self, rows: usize) -> u32 {
        let mut known = 0;
        for row in 0..rows {
            let holds = (self.losses[0][row] < f64::INFINITY) & (self.reach[row].abs() < REACH);
            known |= u32::from(holds) << row;
        }
        known
    }

    /// Take the targets out of their rows.
    #[inline(always)]
    fn take<R: Real>(&self, tile: &mut Tile<R>, width: usize) -> [f64; ROWS] {
        let mut targets = [0.0; ROWS];
        for (row, target) in targets[..width].iter_mut().enumerate() {
            let slot = &mut tile.x[width * self.classes[row] + row];
            *target = slot.to_f64();
            *slot = R::from_f64(f64::NEG_INFINITY);
        }
        targets
    }

    /// Put the gradient at the targets to its place.
    #[inline(always)]
    fn put<R: Real>(&self, tile: &mut Tile<R>, width: usize) {
        for row in 0..width {
            tile.x[width * self.classes[row] + row] = R::from_f64(self.slopes[row]);
        }
    }
}

#[inline(always)]
fn eight<L: Lanes<Real = f64, Array = [f64; 8]>>(field: &[f64; ROWS], at: usize) -> L {
    assert!(at + 8 <= ROWS);
    // SAFETY: eight elements from `at` on.
    unsafe { L::load(field.as_ptr().add(at)) }
}

#[inline(always)]
fn keep<L: Lanes<Real = f64, Array = [f64; 8]>>(field: &mut [f64; ROWS], at: usize, x: L) {
    assert!(at + 8 <= ROWS);
    // SAFETY: as above.
    unsafe { x.store(field.as_mut_ptr().add(at)) }
}

/// The losses of eight rows and their gradient at the target; answers s / (others + target).
#[inline(always)]
fn finish<L: Lanes<Real = f64, Array = [f64; 8]>>(
    entropy: &mut Entropy,
    at: usize,
    x: L,
    others: Double<L>,
    [exponent, center]: [L; 2],
    temperature: Temperature,
) -> Double<L> {
    let (zero, one) = (L::constant(0.0), L::constant(1.0));
    let parts = exp::<L, true>(x, &Guide::per_lane(exponent, center, temperature));
    let (high, low) = fast_two_sum(parts.power, parts.power.mul(parts.rest));
    let target = Double { high, low };

    // log(1 + others / target)
    let ratio = others.mul(target.inverse());
    let (sum, error) = two_sum(one, ratio.high);
    let (high, low) = fast_two_sum(sum, error.add(ratio.low));
    let loss = log(Double { high, low }, zero);
    keep(&mut entropy.losses[0], at, loss.high);
    keep(&mut entropy.losses[1], at, loss.low);
    let power = exponent.mul(L::constant(core::f64::consts::LN_2));
    let gap = x.sub(center).mul(L::constant(temperature.inverse_high));
    keep(&mut entropy.reach, at, gap.sub(power));
    if !entropy.gradient {
        return others;
    }

    // s / (others + target)
    let (sum, error) = two_sum(others.high, target.high);
    let (high, low) = fast_two_sum(sum, error.add(others.low.add(target.low)));
    let factor = Double { high: eight(&entropy.factor[0], at), low: eight(&entropy.factor[1], at) };
    let inverse = factor.mul(Double { high, low }.inverse());
    let slope = others.mul(inverse);
    keep(&mut entropy.slopes, at, zero.sub(slope.high.add(slope.low)));
    inverse
}

/// 2^-power.
const fn lower(power: u64) -> f64 {
    f64::from_bits((1023 - power) << 52)
}

/// Sixteen short float32 rows: every element of the gradient is rounded once, from float64.
#[inline(always)]
pub(crate) fn single<I: Isa>(
    tile: &mut Tile<f32>,
    count: usize,
    temperature: Temperature,
    entropy: &mut Entropy,
) {
    if entropy.gradient {
        sixteen::<I, true>(tile, count, temperature, entropy);
    } else {
        sixteen::<I, false>(tile, count, temperature, entropy);
    }
}

#[inline(always)]
fn sixteen<I: Isa, const GRADIENT: bool>(
    tile: &mut Tile<f32>,
    count: usize,
    temperature: Temperature,
    entropy: &mut Entropy,
) {
    let targets = entropy.take(tile, 16);
    let one = Abreast::one(count);
    measure::<I::Single>(tile, one, temperature);
    let totals = fold::<I::Single, Widened<I::Double>, GRADIENT>(tile, 0, one, temperature, 64.0);
    let Measure { exponent, center, .. } = tile.measured::<I::Single>(0);
    let (exponent, center, totals) = (exponent.widen(), center.widen(), totals.lanes());
    let (zero, lower) = (I::Double::constant(0.0), I::Double::constant(lower(64)));
    let mut inverses = [zero; 2];
    for half in 0..2 {
        let at = 8 * half;
        let others = Double { high: totals[half].mul(lower), low: zero };
        let reference = [exponent[half], center[half]];
        let x = eight(&targets, at);
        let inverse = finish::<I::Double>(entropy, at, x, others, reference, temperature);
        inverses[half] = inverse.high.mul(lower);
    }
    if !GRADIENT {
        return;
    }
    for at in (0..16 * count.min(SHORT)).step_by(16) {
        // SAFETY: the tile holds 64 vectors.
        unsafe {
            let powers = I::Single::load(tile.powers.as_ptr().add(at)).widen();
            let rests = I::Single::load(tile.rests.as_ptr().add(at)).widen();
            let low = rests[0].fma(powers[0], powers[0]).mul(inverses[0]);
            let high = rests[1].fma(powers[1], powers[1]).mul(inverses[1]);
            I::Single::narrow([low, high]).store(tile.x.as_mut_ptr().add(at));
        }
    }
    entropy.put(tile, 16);
}

/// Eight short float64 rows.
#[inline(always)]
pub(crate) fn double<I: Isa>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
    entropy: &mut Entropy,
) {
    if entropy.gradient {
        wide::<I::Double, true>(tile, count, temperature, entropy);
    } else {
        wide::<I::Double, false>(tile, count, temperature, entropy);
    }
}

#[inline(always)]
fn wide<L: Lanes<Real = f64, Array = [f64; 8]>, const GRADIENT: bool>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
    entropy: &mut Entropy,
) {
    let targets = entropy.take(tile, 8);
    let one = Abreast::one(count);
    measure::<L>(tile, one, temperature);
    let totals = fold::<L, Compensated<L>, GRADIENT>(tile, 0, one, temperature, 512.0);
    let Measure { exponent, center, .. } = tile.measured::<L>(0);
    let lower = L::constant(lower(512));
    let (high, low) = totals.lanes();
    let others = Double { high: high.mul(lower), low: low.mul(lower) };
    let x = eight(&targets, 0);
    let inverse = finish::<L>(entropy, 0, x, others, [exponent, center], temperature);
    if !GRADIENT {
        return;
    }
    // Veltkamp's cut, to what `Parts::times` asks for
    let large = inverse.high.mul(L::constant((1 << 20) as f64 + 1.0));
    let kept = large.sub(large.sub(inverse.high));
    let rest = inverse.high.sub(kept).add(inverse.low);
    let (high, low) = (kept.mul(lower), rest.mul(lower));
    for at in (0..8 * count.min(SHORT)).step_by(8) {
        // SAFETY: the tile holds 64 vectors.
        unsafe {
            let power = L::load(tile.powers.as_ptr().add(at));
            let rest = L::load(tile.rests.as_ptr().add(at));
            Parts { power, rest }.times(high, low).store(tile.x.as_mut_ptr().add(at));
        }
    }
    entropy.put(tile, 8);
}
