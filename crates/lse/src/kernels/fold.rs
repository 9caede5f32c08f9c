//! fold: a contiguous chunk of a row into a mass, in one pass.
//!
//! The reference 2^N is guessed; the true maximum is tracked beside the sum, and the caller
//! folds the chunk again when the maximum asks for another reference.
//!
//! The shape of the sum is fixed by the length alone. Element i belongs to lane i mod W. Eight
//! vectors make a *group*: their powers are added in pairs, their remainders (`elementary::exp`) in a
//! chain; each lane's group is then added to a float64 total (float32) or a compensated one (float64).
//!
//! Price: 18 operations a vector for float32, 20 for float64, of which one tracks the maximum.

use super::table::Guess;
use crate::elementary::double::{fast_two_sum, join, two_sum};
use crate::elementary::exp::{Guide, Parts, exp, parts};
use crate::lanes::portable::{One, OneSingle};
use crate::lanes::{Isa, Lanes, Narrow, Real};
use crate::state::Mass;

/// What `split` raises its sum by, as a power of two.
pub(crate) const LIFT: f64 = 512.0;

/// How well a sum is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Care {
    /// For a logarithm: float64 within 1.5 * 2^-53, float32 within 0.8 * 2^-24.
    Fast,
    /// For shares: float64 without the errors of powers to the nearest.
    Shares,
    /// For a small logarithm, and for shares beside a large one: every vector is added to the totals by itself, so
    /// that no power is ever rounded away beside a larger one. Slower by half.
    Fine,
}

/// Vectors in a group.
pub(crate) const CHAIN: usize = 8;

/// The sums of a group: powers and remainders.
#[derive(Clone, Copy)]
pub(super) struct Chain<L> {
    pub powers: L,
    pub rests: L,
}

impl<L: Lanes> Chain<L> {
    #[inline(always)]
    pub fn zero() -> Self {
        let zero = L::constant(0.0);
        Chain { powers: zero, rests: zero }
    }

    /// A single vector.
    #[inline(always)]
    pub fn one(power: L, parts: &Parts<L>) -> Self {
        Chain { powers: power, rests: power.mul(parts.rest) }
    }

    /// Add the remainders of a vector.
    #[inline(always)]
    pub fn add_rest(&mut self, parts: &Parts<L>) {
        self.rests = parts.power.fma(parts.rest, self.rests);
    }
}

/// The powers of a group of unknown size, added in the same pairs as `pairwise`: named sums, which stay
/// in registers where an array would not.
#[derive(Clone, Copy)]
pub(super) struct Pairs<L> {
    ones: L,
    twos: L,
    fours: L,
    eights: L,
}

impl<L: Lanes> Pairs<L> {
    #[inline(always)]
    pub fn zero() -> Self {
        let zero = L::constant(0.0);
        Pairs { ones: zero, twos: zero, fours: zero, eights: zero }
    }

    /// Add the power of vector `i`, 0 to 7 in turn.
    #[inline(always)]
    pub fn push(&mut self, i: usize, power: L) {
        let zero = L::constant(0.0);
        if i & 1 == 0 {
            self.ones = power;
        } else if i & 2 == 0 {
            self.twos = self.ones.add(power);
            self.ones = zero;
        } else if i & 4 == 0 {
            self.fours = self.twos.add(self.ones.add(power));
            (self.ones, self.twos) = (zero, zero);
        } else {
            self.eights = self.fours.add(self.twos.add(self.ones.add(power)));
            (self.ones, self.twos, self.fours) = (zero, zero, zero);
        }
    }

    #[inline(always)]
    pub fn total(self) -> L {
        self.eights.add(self.fours.add(self.twos.add(self.ones)))
    }
}

/// The sum of eight terms as ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)), computed in turn.
macro_rules! pairwise {
    ($i:ident => $term:expr) => {{
        macro_rules! at {
            ($place:literal) => {{
                let $i: usize = $place;
                $term
            }};
        }
        let (a, b, c, d) = (at!(0), at!(1), at!(2), at!(3));
        let low = a.add(b).add(c.add(d));
        let (e, f, g, h) = (at!(4), at!(5), at!(6), at!(7));
        low.add(e.add(f).add(g.add(h)))
    }};
}
pub(super) use pairwise;

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
        let (powers, rests) = (chain.powers.widen(), chain.rests.widen());
        for half in 0..2 {
            self.0[half] = self.0[half].add(powers[half].add(rests[half]));
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

/// The float64 total of a single row of float32.
impl Totals<OneSingle> for One {
    #[inline(always)]
    fn zero() -> Self {
        One::splat(0.0)
    }
    #[inline(always)]
    fn add(&mut self, chain: Chain<OneSingle>) {
        let [powers, rests] =
            [chain.powers, chain.rests].map(|part| One::splat(f64::from(part.to_array()[0])));
        *self = Lanes::add(*self, powers.add(rests));
    }
    #[inline(always)]
    fn total(self) -> (f64, f64) {
        (self.to_array()[0], 0.0)
    }
}

/// Compensated totals of float64 lanes.
#[derive(Clone, Copy)]
pub(crate) struct Compensated<L> {
    high: L,
    low: L,
}

impl<L: Lanes<Real = f64>> Compensated<L> {
    /// The total of each lane, in two parts.
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
        let (high, rounding) = two_sum(high, chain.rests);
        self.high = high;
        self.low = self.low.add(error.add(rounding));
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
    let mut array = lanes.to_array();
    let lanes = array.as_mut();
    let mut width = L::COUNT / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = if lanes[i + width] > lanes[i] { lanes[i + width] } else { lanes[i] };
        }
        width /= 2;
    }
    lanes[0].to_f64()
}

/// The exponentials of a long sum: with coarse powers where it is `CLOSE`, else to the nearest.
#[inline(always)]
pub(super) fn powers<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    element: L,
    guide: &Guide<L>,
) -> Parts<L> {
    if CLOSE {
        parts::<L, GENERAL, false>(element, guide)
    } else {
        parts::<L, GENERAL, true>(element, guide)
    }
}

/// Add the remainders of one vector to a chain and look at its maximum; answers its power.
#[inline(always)]
fn step<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    element: L,
    guide: &Guide<L>,
    max: &mut L,
    chain: &mut Chain<L>,
) -> L {
    *max = element.above(*max);
    let parts = powers::<L, GENERAL, CLOSE>(element, guide);
    chain.add_rest(&parts);
    parts.power
}

/// Fold a chunk, measured in a guessed reference.
#[inline(always)]
fn fold<L: Lanes, T: Totals<L>, const GENERAL: bool, const CLOSE: bool, const FINE: bool>(
    x: &[L::Real],
    guess: &Guess,
) -> Mass {
    let guide = Guide::<L>::new(guess.reference, guess.temperature, 0.0);
    let lowest = L::constant(f64::NEG_INFINITY);
    let mut max = lowest;
    let mut totals = T::zero();

    let mut groups = x.chunks_exact(if FINE { L::COUNT } else { CHAIN * L::COUNT });
    for group in &mut groups {
        if FINE {
            // SAFETY: the group holds a vector.
            let element = unsafe { L::load(group.as_ptr()) };
            max = element.above(max);
            let parts = powers::<L, GENERAL, true>(element, &guide);
            let mut chain = Chain { powers: parts.power, ..Chain::zero() };
            chain.add_rest(&parts);
            totals.add(chain);
            continue;
        }
        let mut chain = Chain::zero();
        chain.powers = pairwise!(i => {
            // SAFETY: the group holds CHAIN vectors.
            let element = unsafe { L::load(group.as_ptr().add(i * L::COUNT)) };
            step::<L, GENERAL, CLOSE>(element, &guide, &mut max, &mut chain)
        });
        totals.add(chain);
    }
    let tail = groups.remainder();
    if !tail.is_empty() {
        let (mut chain, mut powers) = (Chain::zero(), Pairs::zero());
        for (i, vector) in tail.chunks(L::COUNT).enumerate() {
            // SAFETY: the chunk holds a vector, or a part of one: -inf weighs nothing.
            let element = unsafe {
                if vector.len() == L::COUNT {
                    L::load(vector.as_ptr())
                } else {
                    L::load_part(vector.as_ptr(), vector.len(), lowest)
                }
            };
            powers.push(i, step::<L, GENERAL, CLOSE>(element, &guide, &mut max, &mut chain));
        }
        chain.powers = powers.total();
        totals.add(chain);
    }

    let (high, low) = totals.total();
    Mass { max: largest(max), reference: guess.reference, high, low }
}

/// Fold float32.
#[inline(always)]
pub(crate) fn single<I: Isa>(x: &[f32], guess: &Guess, care: Care) -> Mass {
    choose::<I::Single, Widened<I::Double>>(x, guess, care)
}

/// Fold float64.
#[inline(always)]
pub(crate) fn double<I: Isa>(x: &[f64], guess: &Guess, care: Care) -> Mass {
    choose::<I::Double, Compensated<I::Double>>(x, guess, care)
}

#[inline(always)]
fn choose<L: Lanes, T: Totals<L>>(x: &[L::Real], guess: &Guess, care: Care) -> Mass {
    // Float32 has coarse powers only.
    let care = if care == Care::Fast && !L::Real::WIDE { Care::Shares } else { care };
    match (guess.is_plain(), care) {
        (true, Care::Fast) => fold::<L, T, false, false, false>(x, guess),
        (false, Care::Fast) => fold::<L, T, true, false, false>(x, guess),
        (true, Care::Shares) => fold::<L, T, false, true, false>(x, guess),
        (false, Care::Shares) => fold::<L, T, true, true, false>(x, guess),
        (true, Care::Fine) => fold::<L, T, false, true, true>(x, guess),
        (false, Care::Fine) => fold::<L, T, true, true, true>(x, guess),
    }
}

/// Fold float64 with the elements that equal `max` left out and counted: (top, high, low).
///
/// The sum is raised by 2^512, so that elements far below `max` still weigh what they weigh.
#[inline(always)]
pub(crate) fn split<I: Isa>(x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64) {
    let guide = Guide::<I::Double>::new(guess.reference, guess.temperature, LIFT);
    let (zero, one) = (I::Double::constant(0.0), I::Double::constant(1.0));
    let peak = I::Double::constant(max);
    let mut totals = <Compensated<I::Double> as Totals<I::Double>>::zero();
    let mut top = zero;
    for piece in x.chunks(8) {
        let mut padded = [f64::NEG_INFINITY; 8];
        padded[..piece.len()].copy_from_slice(piece);
        let element = I::Double::from_array(&padded);
        let parts = exp::<I::Double, true>(element, &guide);
        totals.add(Chain::one(element.choose_equal(peak, zero, parts.power), &parts));
        top = top.add(element.choose_equal(peak, one, zero));
    }
    let (high, low) = Totals::<I::Double>::total(totals);
    (top.to_array().iter().sum(), high, low)
}
