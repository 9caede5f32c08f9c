//! brief: float32 sums whose logarithms will have 16 bits.
//!
//! Powers are rounded to the nearest and multiplied before they are added: eleven operations a vector instead of sixteen.
//! A sum errs by less than 2^-18.

use super::cells::Cell;
use super::fold::largest;
use super::table::Guess;
use super::totals::{CHAIN, Chain, Totals};
use crate::elementary::exp::{Guide, brief};
use crate::lanes::Lanes;
use crate::state::Mass;

/// Add the exponentials of a vector to those before them.
#[inline(always)]
pub(super) fn step<L: Lanes, const GENERAL: bool>(
    x: L,
    guide: &Guide<L>,
    max: &mut L,
    sum: L,
) -> L {
    *max = x.above(*max);
    let [power, factor] = brief::<L, GENERAL>(x, guide);
    power.fma(factor, sum)
}

/// The sum of a group, for totals.
#[inline(always)]
pub(super) fn group<L: Lanes>(sum: L) -> Chain<L> {
    Chain { powers: sum, ..Chain::zero() }
}

/// Fold a chunk, measured in a guessed reference.
///
/// # Safety
/// `count` cells must be readable at `x`.
#[inline(always)]
pub(super) unsafe fn fold<L: Lanes, T: Totals<L>, C: Cell<L>, const GENERAL: bool>(
    x: *const C,
    count: usize,
    guess: &Guess,
) -> Mass {
    let guide = Guide::<L>::new(guess.reference, guess.temperature, 0.0);
    let mut max = L::constant(f64::NEG_INFINITY);
    let (mut totals, mut start) = (T::zero(), 0);
    while start + CHAIN * L::COUNT <= count {
        let mut sum = L::constant(0.0);
        for i in 0..CHAIN {
            // SAFETY: the group ends before `count`.
            let element = unsafe { C::load(x.add(start + i * L::COUNT)) };
            sum = step::<L, GENERAL>(element, &guide, &mut max, sum);
        }
        totals.add(group(sum));
        start += CHAIN * L::COUNT;
    }
    if start < count {
        let mut sum = L::constant(0.0);
        while start < count {
            // SAFETY: a vector, or what is left of one: -inf weighs nothing.
            let element = unsafe {
                if start + L::COUNT <= count {
                    C::load(x.add(start))
                } else {
                    C::load_part(x.add(start), count - start)
                }
            };
            sum = step::<L, GENERAL>(element, &guide, &mut max, sum);
            start += L::COUNT;
        }
        totals.add(group(sum));
    }
    let (high, low) = totals.total();
    Mass { max: largest(max), reference: guess.reference, high, low }
}
