//! quick: the signed, weighted sum in plain arithmetic.
//!
//! ```text
//! weight      w = 2^(k/n) b, and what its rounding leaves
//! term        b e^(x/t) 2^-N = w + w rest
//! ```
//!
//! The weights are added exactly, or in float64 where the lanes are float32; the remainders, which are smaller, in
//! groups. Beside the sum goes the part of it that is negative: it tells how much cancelled, and with it
//! whether the answer is known well enough or has to be asked of `weighted`.

use super::fold::largest;
use super::table::Guess;
use super::tile::{SHORT, Tile, references};
use super::totals::CHAIN;
use crate::elementary::double::{fast_two_sum, two_sum};
use crate::elementary::exp::{Guide, Reference, Temperature, exp};
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// What a quick fold finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quick {
    /// The largest element whose weight is not 0.
    pub max: f64,
    /// What the sums are measured in.
    pub reference: Reference,
    /// The sum of b e^(x/t) 2^-N, in two parts.
    pub high: f64,
    pub low: f64,
    /// The sum over the negative weights of |b| e^(x/t) 2^-N, roughly.
    pub negative: f64,
    /// The largest |b|.
    pub biggest: f64,
}

/// The remainders add less than a twentieth to the powers.
pub(super) const REST: f64 = 1.05;

/// Running sums, one for each lane.
pub(super) trait Sums<L>: Copy {
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
struct Wide<W>([W; 2]);

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
        let array = self.0[0].add(self.0[1]).to_array();
        let lane = array.as_ref();
        let fours = [lane[0] + lane[4], lane[1] + lane[5], lane[2] + lane[6], lane[3] + lane[7]];
        ((fours[0] + fours[2]) + (fours[1] + fours[3]), 0.0)
    }
}

/// Float64 sums and what their roundings leave.
#[derive(Clone, Copy)]
pub(super) struct Exact<L> {
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
        let (mut sum, mut rest) = (0.0, 0.0);
        for (high, low) in high.as_ref().iter().zip(low.as_ref()) {
            let (next, error) = crate::state::two_sum(sum, *high);
            (sum, rest) = (next, rest + (error + low));
        }
        crate::state::two_sum(sum, rest)
    }
}

/// What is looked at beside the sum.
#[derive(Clone, Copy)]
pub(super) struct Watch<L> {
    pub max: L,
    pub negative: L,
    pub biggest: L,
}

impl<L: Lanes> Watch<L> {
    #[inline(always)]
    pub fn new() -> Self {
        let zero = L::constant(0.0);
        Watch { max: L::constant(f64::NEG_INFINITY), negative: zero, biggest: zero }
    }
}

/// Add one vector of weighted exponentials; answers the remainders so far.
#[inline(always)]
fn step<L: Lanes, S: Sums<L>, const GENERAL: bool>(
    x: L,
    b: L,
    guide: &Guide<L>,
    sums: &mut S,
    watch: &mut Watch<L>,
    rests: L,
) -> L {
    let zero = L::constant(0.0);
    // A zero weight removes its element, even an inf or a nan.
    let x = b.choose_equal(zero, L::constant(f64::NEG_INFINITY), x);
    let minus = b.neg();
    let parts = exp::<L, GENERAL>(x, guide);
    *watch = Watch {
        max: x.above(watch.max),
        negative: parts.power.fma(minus.above(zero), watch.negative),
        biggest: minus.above(b.above(watch.biggest)),
    };
    let weight = parts.power.mul(b);
    let error = parts.power.fma(b, weight.neg());
    sums.add(weight);
    weight.fma(parts.rest, rests.add(error))
}

#[inline(always)]
fn fold<L: Lanes, S: Sums<L>, const GENERAL: bool>(
    x: &[L::Real],
    weights: &[L::Real],
    guess: &Guess,
) -> Quick {
    let guide = Guide::<L>::new(guess.reference, guess.temperature, 0.0);
    let (mut watch, mut sums) = (Watch::<L>::new(), S::zero());
    let zero = L::constant(0.0);
    let group = CHAIN * L::COUNT;
    let mut rests = zero;
    let mut groups = x.chunks_exact(group).zip(weights.chunks_exact(group));
    for (x, b) in &mut groups {
        rests = zero;
        for i in 0..CHAIN {
            // SAFETY: both groups hold CHAIN vectors.
            let (x, b) = unsafe {
                (L::load(x.as_ptr().add(i * L::COUNT)), L::load(b.as_ptr().add(i * L::COUNT)))
            };
            rests = step::<L, S, GENERAL>(x, b, &guide, &mut sums, &mut watch, rests);
        }
        sums.add_rests(rests);
        rests = zero;
    }
    let done = x.len() / group * group;
    for (x, b) in x[done..].chunks(L::COUNT).zip(weights[done..].chunks(L::COUNT)) {
        // A zero weight weighs nothing.
        let (mut x_padded, mut b_padded) = (zero.to_array(), zero.to_array());
        x_padded.as_mut()[..x.len()].copy_from_slice(x);
        b_padded.as_mut()[..b.len()].copy_from_slice(b);
        let (x, b) = (L::from_array(&x_padded), L::from_array(&b_padded));
        rests = step::<L, S, GENERAL>(x, b, &guide, &mut sums, &mut watch, rests);
    }
    sums.add_rests(rests);
    let (high, low) = sums.total();
    let mut negative = 0.0;
    for x in watch.negative.to_array().as_ref() {
        negative += x.to_f64();
    }
    Quick {
        max: largest(watch.max),
        reference: guess.reference,
        high,
        low,
        negative: negative * REST,
        biggest: largest(watch.biggest),
    }
}

/// Fold float32 elements with float32 weights.
#[inline(always)]
pub(crate) fn single<I: Isa>(x: &[f32], weights: &[f32], guess: &Guess) -> Quick {
    if guess.is_plain() {
        fold::<I::Single, Wide<I::Double>, false>(x, weights, guess)
    } else {
        fold::<I::Single, Wide<I::Double>, true>(x, weights, guess)
    }
}

/// Fold float64 elements with float64 weights.
#[inline(always)]
pub(crate) fn double<I: Isa>(x: &[f64], weights: &[f64], guess: &Guess) -> Quick {
    if guess.is_plain() {
        fold::<I::Double, Exact<I::Double>, false>(x, weights, guess)
    } else {
        fold::<I::Double, Exact<I::Double>, true>(x, weights, guess)
    }
}

/// Fold eight short rows, one a lane.
#[inline(always)]
pub(crate) fn tile<I: Isa>(
    x: &Tile<f64>,
    weights: &Tile<f64>,
    count: usize,
    temperature: Temperature,
) -> [Quick; 8] {
    assert!(count <= SHORT, "a short row");
    let (zero, lowest) = (I::Double::splat(0.0), I::Double::splat(f64::NEG_INFINITY));
    let (x, _) = x.x.as_chunks::<8>();
    let (weights, _) = weights.x.as_chunks::<8>();
    let mut max = lowest;
    for j in 0..count {
        let b = I::Double::from_array(&weights[j]);
        max = b.choose_equal(zero, lowest, I::Double::from_array(&x[j])).above(max);
    }
    let (exponent, center) = references(max, temperature);
    let guide = Guide::per_lane(exponent, center, temperature);
    let mut watch = Watch::<I::Double>::new();
    let mut sums = <Exact<I::Double> as Sums<I::Double>>::zero();
    let centered = temperature != Temperature::ONE || center.to_array() != [0.0; 8];
    for j in 0..count {
        let (x, b) = (I::Double::from_array(&x[j]), I::Double::from_array(&weights[j]));
        let rests = if centered {
            step::<I::Double, _, true>(x, b, &guide, &mut sums, &mut watch, zero)
        } else {
            step::<I::Double, _, false>(x, b, &guide, &mut sums, &mut watch, zero)
        };
        sums.add_rests(rests);
    }
    let (high, low) = fast_two_sum(sums.high, sums.low);
    let [high, low, max] = [high.to_array(), low.to_array(), max.to_array()];
    let [exponent, center] = [exponent.to_array(), center.to_array()];
    let [negative, biggest] = [watch.negative.to_array(), watch.biggest.to_array()];
    core::array::from_fn(|i| Quick {
        max: max[i],
        reference: Reference { exponent: exponent[i], center: center[i] },
        high: high[i],
        low: low[i],
        negative: negative[i] * REST,
        biggest: biggest[i],
    })
}
