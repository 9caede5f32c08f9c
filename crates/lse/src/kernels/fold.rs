//! fold: a contiguous chunk of a row into a mass, in one pass.
//!
//! The reference 2^N is guessed; the true maximum is tracked beside the sum, and the caller
//! folds the chunk again when the maximum asks for another reference.
//!
//! The shape of the sum is fixed by the length alone. Element i belongs to lane i mod W. Eight
//! vectors (a *group*) are added in a chain, powers of two and remainders apart (`elementary::exp`);
//! each lane's group is then added to a float64 total (float32) or to a compensated total (float64).
//!
//! Price: 17 operations a vector for float32, 20 for float64, of which one tracks the maximum.

use super::table::Guess;
use crate::elementary::double::{fast_two_sum, join, two_sum};
use crate::elementary::exp::{Guide, Parts, exp};
use crate::lanes::portable::One;
use crate::lanes::{Isa, Lanes, Narrow, Real};
use crate::state::Mass;

/// Vectors in a chain.
pub(crate) const CHAIN: usize = 8;

/// The sums of a group: powers of two, first and second parts of the remainders.
#[derive(Clone, Copy)]
pub(super) struct Chain<L> {
    powers: L,
    firsts: L,
    seconds: L,
}

impl<L: Lanes> Chain<L> {
    #[inline(always)]
    pub fn zero() -> Self {
        let zero = L::splat(L::Real::from_f64(0.0));
        Chain { powers: zero, firsts: zero, seconds: zero }
    }

    #[inline(always)]
    pub fn add(&mut self, power: L, parts: &Parts<L>) {
        self.powers = self.powers.add(power);
        self.firsts = power.fma(parts.first, self.firsts);
        if L::Real::APART {
            self.seconds = power.fma(parts.second, self.seconds);
        }
    }
}

/// The running sums of a chunk, one for each lane.
pub(super) trait Totals<L>: Copy {
    fn zero() -> Self;
    /// Add a group.
    fn add(&mut self, chain: Chain<L>);
    /// All lanes together, by a fixed tree.
    fn total(self) -> (f64, f64);
}

/// Float64 totals of float32 lanes.
#[derive(Clone, Copy)]
pub(crate) struct Widened<W>([W; 2]);

impl<W> Widened<W> {
    /// The total of each lane.
    #[inline(always)]
    pub fn lanes(self) -> [W; 2] {
        self.0
    }
}

impl<L: Narrow> Totals<L> for Widened<L::Wide> {
    #[inline(always)]
    fn zero() -> Self {
        Widened([L::Wide::splat(0.0); 2])
    }
    #[inline(always)]
    fn add(&mut self, chain: Chain<L>) {
        // The remainders are smaller: their sum rounds less than it would with the powers.
        let (powers, rests) = (chain.powers.widen(), chain.firsts.widen());
        let seconds = chain.seconds.widen();
        for half in 0..2 {
            let rest = rests[half].add(seconds[half]);
            self.0[half] = self.0[half].add(powers[half].add(rest));
        }
    }
    #[inline(always)]
    fn total(self) -> (f64, f64) {
        let array = self.0[0].add(self.0[1]).to_array();
        let lane = array.as_ref();
        let fours = [lane[0] + lane[4], lane[1] + lane[5], lane[2] + lane[6], lane[3] + lane[7]];
        ((fours[0] + fours[2]) + (fours[1] + fours[3]), 0.0)
    }
}

/// Compensated totals of float64 lanes.
#[derive(Clone, Copy)]
pub(crate) struct Compensated<L> {
    high: L,
    low: L,
}

impl<L: Lanes<Real = f64>> Compensated<L> {
    /// The total of each lane, in two parts; the remainders reach 0.42 of the powers.
    #[inline(always)]
    pub fn lanes(self) -> (L, L) {
        fast_two_sum(self.high, self.low)
    }
}

impl<L: Lanes<Real = f64>> Totals<L> for Compensated<L> {
    #[inline(always)]
    fn zero() -> Self {
        Compensated { high: L::splat(0.0), low: L::splat(0.0) }
    }
    #[inline(always)]
    fn add(&mut self, chain: Chain<L>) {
        let (high, error) = two_sum(self.high, chain.powers);
        self.high = high;
        self.low = self.low.add(error.add(chain.firsts));
    }
    #[inline(always)]
    fn total(self) -> (f64, f64) {
        let (high, low) = self.lanes();
        let (high, low) = (high.to_array(), low.to_array());
        let (high, low) = (high.as_ref(), low.as_ref());
        let one = |i: usize| (One::splat(high[i]), One::splat(low[i]));
        let pair = |i: usize| join(one(i), one(i + 4));
        let (a, b) = (join(pair(0), pair(2)), join(pair(1), pair(3)));
        let (high, low) = join(a, b);
        let (high, low) = fast_two_sum(high, low);
        (high.to_array()[0], low.to_array()[0])
    }
}

/// The largest of the lanes; nan aside.
#[inline(always)]
pub(crate) fn largest<L: Lanes>(lanes: L) -> f64 {
    let array = lanes.to_array();
    let mut best = array.as_ref()[0];
    for &x in array.as_ref() {
        best = if x > best { x } else { best };
    }
    best.to_f64()
}

/// Add one vector to a chain, and look at its maximum.
#[inline(always)]
fn step<L: Lanes, const GENERAL: bool>(
    element: L,
    guide: &Guide<L>,
    max: &mut L,
    chain: &mut Chain<L>,
) {
    *max = element.above(*max);
    let parts = exp::<L, GENERAL>(element, guide);
    chain.add(parts.power, &parts);
}

/// Fold a chunk, measured in a guessed reference.
#[inline(always)]
fn fold<L: Lanes, T: Totals<L>, const GENERAL: bool>(x: &[L::Real], guess: &Guess) -> Mass {
    let guide = Guide::<L>::new(guess.reference, guess.temperature, 0.0);
    let lowest = L::splat(L::Real::from_f64(f64::NEG_INFINITY));
    let mut max = lowest;
    let mut totals = T::zero();

    let mut groups = x.chunks_exact(CHAIN * L::COUNT);
    for group in &mut groups {
        let mut chain = Chain::zero();
        for i in 0..CHAIN {
            // SAFETY: the group holds CHAIN vectors.
            let element = unsafe { L::load(group.as_ptr().add(i * L::COUNT)) };
            step::<L, GENERAL>(element, &guide, &mut max, &mut chain);
        }
        totals.add(chain);
    }
    let tail = groups.remainder();
    if !tail.is_empty() {
        let mut chain = Chain::zero();
        let mut vectors = tail.chunks_exact(L::COUNT);
        for vector in &mut vectors {
            // SAFETY: the vector is whole.
            let element = unsafe { L::load(vector.as_ptr()) };
            step::<L, GENERAL>(element, &guide, &mut max, &mut chain);
        }
        let odd = vectors.remainder();
        if !odd.is_empty() {
            // -inf weighs nothing
            let mut padded = lowest.to_array();
            padded.as_mut()[..odd.len()].copy_from_slice(odd);
            step::<L, GENERAL>(L::from_array(&padded), &guide, &mut max, &mut chain);
        }
        totals.add(chain);
    }

    let (high, low) = totals.total();
    Mass { max: largest(max), reference: guess.reference, high, low }
}

/// Fold float32.
#[inline(always)]
pub(crate) fn single<I: Isa>(x: &[f32], guess: &Guess) -> Mass {
    if guess.is_plain() {
        fold::<I::Single, Widened<I::Double>, false>(x, guess)
    } else {
        fold::<I::Single, Widened<I::Double>, true>(x, guess)
    }
}

/// Fold float64.
#[inline(always)]
pub(crate) fn double<I: Isa>(x: &[f64], guess: &Guess) -> Mass {
    if guess.is_plain() {
        fold::<I::Double, Compensated<I::Double>, false>(x, guess)
    } else {
        fold::<I::Double, Compensated<I::Double>, true>(x, guess)
    }
}

/// Fold float64 with the elements that equal `max` left out and counted: (top, high, low).
#[inline(always)]
pub(crate) fn split<I: Isa>(x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64) {
    type Sums<L> = Compensated<L>;
    let guide = Guide::<I::Double>::new(guess.reference, guess.temperature, 0.0);
    let (zero, one) = (I::Double::splat(0.0), I::Double::splat(1.0));
    let peak = I::Double::splat(max);
    let mut totals = <Sums<I::Double> as Totals<I::Double>>::zero();
    let mut top = zero;
    for chunk in x.chunks(CHAIN * 8) {
        let mut chain = Chain::zero();
        for piece in chunk.chunks(8) {
            let mut padded = [f64::NEG_INFINITY; 8];
            padded[..piece.len()].copy_from_slice(piece);
            let element = I::Double::from_array(&padded);
            let parts = exp::<I::Double, true>(element, &guide);
            chain.add(element.choose_equal(peak, zero, parts.power), &parts);
            top = top.add(element.choose_equal(peak, one, zero));
        }
        totals.add(chain);
    }
    let (high, low) = Totals::<I::Double>::total(totals);
    (top.to_array().iter().sum(), high, low)
}
