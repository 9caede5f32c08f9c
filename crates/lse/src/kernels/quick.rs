//! quick: the signed, weighted sum in plain float64, for weights of ordinary size.
//!
//! Beside the sum goes the sum of the magnitudes: their ratio tells how much cancelled, and with it whether
//! the answer is known well enough or has to be asked of `weighted`.

use super::fold::{Chain, Compensated, Totals, largest};
use super::table::Guess;
use crate::elementary::exp::{Guide, Parts, exp};
use crate::lanes::{Isa, Lanes};

/// What a quick fold finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quick {
    /// The largest element.
    pub max: f64,
    /// The sum of b e^(x/t) 2^-N, in two parts.
    pub high: f64,
    pub low: f64,
    /// The sum of |b| e^(x/t) 2^-N, roughly.
    pub magnitude: f64,
}

/// Fold elements with weights; x is -inf where its weight is 0.
#[inline(always)]
pub(crate) fn quick<I: Isa>(x: &[f64], weights: &[f64], guess: &Guess) -> Quick {
    let guide = Guide::<I::Double>::new(guess.reference, guess.temperature, 0.0);
    let mut max = I::Double::constant(f64::NEG_INFINITY);
    let mut magnitude = I::Double::constant(0.0);
    let mut totals = <Compensated<I::Double> as Totals<I::Double>>::zero();
    for (x, b) in x.chunks(8).zip(weights.chunks(8)) {
        let (x, b) = (eight::<I::Double>(x, f64::NEG_INFINITY), eight::<I::Double>(b, 0.0));
        max = x.above(max);
        let parts = exp::<I::Double, true>(x, &guide);
        let power = parts.power.mul(b);
        totals.add(Chain::one(power, &Parts { power, ..parts }));
        magnitude = magnitude.add(power.above(power.neg()));
    }
    let (high, low) = Totals::<I::Double>::total(totals);
    // The remainders add less than half to the powers.
    let magnitude = magnitude.to_array().iter().sum::<f64>() * 1.5;
    Quick { max: largest(max), high, low, magnitude }
}

#[inline(always)]
fn eight<L: Lanes<Real = f64, Array = [f64; 8]>>(piece: &[f64], fill: f64) -> L {
    if let Ok(whole) = <&[f64; 8]>::try_from(piece) {
        return L::from_array(whole);
    }
    let mut padded = [fill; 8];
    padded[..piece.len()].copy_from_slice(piece);
    L::from_array(&padded)
}
