//! Running sums of weighted exponentials, and what is looked at beside them.

use crate::elementary::double::{fast_two_sum, join, two_sum};
use crate::lanes::portable::One;
use crate::lanes::{Lanes, Narrow, Real};

/// The remainders add less than a twentieth to the powers.
pub(in crate::kernels) const REST: f64 = 1.05;

/// Running sums, one for each lane.
pub(in crate::kernels) trait Sums<L>: Copy {
    fn zero() -> Self;
    /// Add weighted powers.
    fn add(&mut self, weight: L);
    /// Add the remainders of a group.
    fn add_rests(&mut self, rests: L);
    /// All lanes together, in two parts.
    fn total(self) -> (f64, f64);
}

/// Float64 sums of float32 lanes.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Wide<W>([W; 2]);

impl<W: Copy> Wide<W> {
    /// The sum of each lane.
    #[inline(always)]
    pub fn lanes(self) -> [W; 2] {
        self.0
    }
}

impl<L: Narrow> Sums<L> for Wide<L::Wide> {
    #[inline(always)]
    fn zero() -> Self {
        Wide([L::Wide::splat(0.0); 2])
    }
    #[inline(always)]
    fn add(&mut self, weight: L) {
        let wide = weight.widen();
        self.0 = [self.0[0].add(wide[0]), self.0[1].add(wide[1])];
    }
    #[inline(always)]
    fn add_rests(&mut self, rests: L) {
        Sums::<L>::add(self, rests);
    }
    #[inline(always)]
    fn total(self) -> (f64, f64) {
        (together(self.0[0].add(self.0[1])), 0.0)
    }
}

/// Float64 sums and what their roundings leave.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Exact<L> {
    pub high: L,
    pub low: L,
}

impl<L: Lanes<Real = f64>> Sums<L> for Exact<L> {
    #[inline(always)]
    fn zero() -> Self {
        Exact { high: L::splat(0.0), low: L::splat(0.0) }
    }
    #[inline(always)]
    fn add(&mut self, weight: L) {
        let (high, error) = two_sum(self.high, weight);
        *self = Exact { high, low: self.low.add(error) };
    }
    #[inline(always)]
    fn add_rests(&mut self, rests: L) {
        self.add(rests);
    }
    #[inline(always)]
    fn total(self) -> (f64, f64) {
        let (high, low) = (self.high.to_array(), self.low.to_array());
        let (high, low) = (high.as_ref(), low.as_ref());
        let one = |i: usize| (One::splat(high[i]), One::splat(low[i]));
        let pair = |i: usize| join(one(i), one(i + 4));
        let (high, low) = join(join(pair(0), pair(2)), join(pair(1), pair(3)));
        let (high, low) = fast_two_sum(high, low);
        (high.to_array()[0], low.to_array()[0])
    }
}

/// The sum of all lanes.
#[inline(always)]
fn together<L: Lanes>(lanes: L) -> f64 {
    let mut array = lanes.to_array();
    let lanes = array.as_mut();
    let mut width = L::COUNT / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = L::Real::from_f64(lanes[i].to_f64() + lanes[i + width].to_f64());
        }
        width /= 2;
    }
    lanes[0].to_f64()
}

/// What is looked at beside the sum.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Watch<L> {
    /// The largest element whose weight is not 0.
    pub max: L,
    /// The sum of the magnitudes less the sum.
    pub against: L,
    /// The sum of the |b|.
    pub weights: L,
}

impl<L: Lanes> Watch<L> {
    #[inline(always)]
    pub fn new() -> Self {
        let zero = L::constant(0.0);
        Watch { max: L::constant(f64::NEG_INFINITY), against: zero, weights: zero }
    }

    /// Look at an element, its weight, and that times its power: the last two may have any sign.
    #[inline(always)]
    pub fn see(&mut self, x: L, b: L, weight: L) {
        self.see_positive(x, b.magnitude());
        self.against = self.against.add(weight.magnitude().sub(weight));
    }

    /// Look at an element and its weight, which is positive.
    #[inline(always)]
    pub fn see_positive(&mut self, x: L, b: L) {
        self.max = x.above(self.max);
        self.weights = self.weights.add(b);
    }

    /// `against` and `weights` of all lanes.
    #[inline(always)]
    pub fn totals(&self) -> [f64; 2] {
        [together(self.against) * REST, together(self.weights)]
    }

    /// `against` and `weights` of each lane.
    #[inline(always)]
    pub fn lanes(&self) -> [L::Array; 2] {
        [self.against.mul(L::constant(REST)).to_array(), self.weights.to_array()]
    }
}
