//! grid: sums of powers that no addition rounds, where the maximum is known beforehand.
//!
//! Every term is at most 2^lift 1.5. A number S that starts at C = 1.5 * 2^(lift + 5) (float32: 8 terms) or 1.5 * 2^(lift + 8) (64) has the bits of its
//! last place all along, so that
//!
//! ```text
//! S' = S + power            rounded to the grid of C
//! S' - S                    what was added: exact
//! power - (S' - S)          what was left out: exact, and small
//! ```
//!
//! The sum of the powers is S - C, exactly, and what was left out goes with the remainders. The order of the
//! terms matters to the remainders alone.

use super::totals::Chain;
use crate::elementary::exp::Parts;
use crate::lanes::{Lanes, Real};

/// Terms in a grid before it is emptied: a float32 vector goes to float64 totals by eights.
pub(super) const fn terms<R: Real>() -> usize {
    if R::WIDE { 64 } else { 8 }
}

/// The sum of a few vectors of powers and remainders.
#[derive(Clone, Copy)]
pub(super) struct Grid<L> {
    start: L,
    sum: L,
    left_out: L,
    rests: L,
}

impl<L: Lanes> Grid<L> {
    /// For terms of at most 2^lift 1.5.
    #[inline(always)]
    pub fn new(lift: f64) -> Self {
        // All terms together stay below C / 3, half the way to the next power of two.
        let size = (4 * terms::<L::Real>()) as f64;
        let start = L::constant(1.5 * size * f64::from_bits(((1023.0 + lift) as u64) << 52));
        let zero = L::constant(0.0);
        Grid { start, sum: start, left_out: zero, rests: zero }
    }

    #[inline(always)]
    pub fn add(&mut self, parts: &Parts<L>) {
        let sum = self.sum.add(parts.power);
        self.left_out = self.left_out.add(parts.power.sub(sum.sub(self.sum)));
        self.rests = parts.power.fma(parts.rest, self.rests);
        self.sum = sum;
    }

    /// The sum so far.
    #[inline(always)]
    pub fn chain(self) -> Chain<L> {
        Chain { powers: self.sum.sub(self.start), rests: self.rests.add(self.left_out) }
    }
}
