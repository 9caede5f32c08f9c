//! totals: the sums of a fold, of one shape on every machine.
//!
//! The powers of a group of vectors are added in pairs and their remainders in a chain; each lane's group is then
//! added to a float64 total (float32) or a compensated one (float64), and the lanes by a fixed tree.

use crate::elementary::double::{fast_two_sum, join, two_sum};
use crate::elementary::exp::Parts;
use crate::lanes::portable::{One, OneSingle};
use crate::lanes::{Lanes, Narrow};

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
    /// A single group: the same as `zero` with this one added, without the operations that add nothing.
    fn of(chain: Chain<L>) -> Self;
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
    fn of(chain: Chain<L>) -> Self {
        let (powers, rests) = (chain.powers.widen(), chain.rests.widen());
        Widened([powers[0].add(rests[0]), powers[1].add(rests[1])])
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
    fn of(chain: Chain<OneSingle>) -> Self {
        let mut total = One::splat(0.0);
        Totals::add(&mut total, chain);
        total
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
    fn of(chain: Chain<L>) -> Self {
        // Remainders are below a twentieth of their powers.
        let (high, low) = fast_two_sum(chain.powers, chain.rests);
        Compensated { high, low }
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
