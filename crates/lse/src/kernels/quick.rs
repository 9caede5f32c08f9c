//! quick: the signed, weighted sum in plain arithmetic.
//!
//! ```text
//! weight      w = 2^(k/n) b, and what its rounding leaves
//! term        b e^(x/t) 2^-N = w + w rest
//! ```
//!
//! The weights are added exactly, or in float64 where the lanes are float32; the remainders, which are smaller, in
//! groups. Beside the sum goes what is against it, twice its negative part: it tells how much cancelled, and with it
//! whether the answer is known well enough or has to be asked of `weighted`. Groups whose weights are all positive, the
//! usual ones, need not look for it, nor for weights of 0.

mod sums;

use super::fold::largest;
use super::table::Guess;
use super::tile::{SHORT, Tile, references};
use super::totals::CHAIN;
use crate::elementary::double::fast_two_sum;
use crate::elementary::exp::{Guide, Reference, Temperature, exp};
use crate::lanes::{Isa, Lanes};
use crate::state::add;
pub(in crate::kernels) use sums::{Exact, REST, Sums, Watch, Wide};

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
    /// The sum of the |b| e^(x/t) 2^-N less the sum itself, roughly.
    pub against: f64,
    /// The sum of the |b|, roughly.
    pub weights: f64,
}

impl Quick {
    /// Both parts of a row, this one first, measured in the same reference.
    pub fn and(&self, next: &Quick) -> Quick {
        let (high, low) = add((self.high, self.low), (next.high, next.low));
        Quick {
            max: if next.max > self.max { next.max } else { self.max },
            reference: self.reference,
            high,
            low,
            against: self.against + next.against,
            weights: self.weights + next.weights,
        }
    }
}

/// Add one vector of weighted exponentials to the sums; answers the remainders so far.
#[inline(always)]
pub(super) fn step<L: Lanes, S: Sums<L>, const GENERAL: bool, const SIGNED: bool>(
    x: L,
    b: L,
    guide: &Guide<L>,
    sums: &mut S,
    watch: &mut Watch<L>,
    rests: L,
) -> L {
    // A zero weight removes its element, even an inf or a nan.
    let lowest = L::constant(f64::NEG_INFINITY);
    let x = if SIGNED { b.choose_equal(L::constant(0.0), lowest, x) } else { x };
    let parts = exp::<L, GENERAL>(x, guide);
    let weight = parts.power.mul(b);
    let error = parts.power.fma(b, weight.neg());
    if SIGNED {
        watch.see(x, b, weight);
    } else {
        watch.see_positive(x, b);
    }
    sums.add(weight);
    weight.fma(parts.rest, rests.add(error))
}

/// Elements of a group and their weights.
#[derive(Clone, Copy)]
struct Group<R> {
    x: *const R,
    b: *const R,
    count: usize,
}

impl<R> Group<R> {
    /// Vector `i`; what is missing weighs nothing, and its weight is positive.
    ///
    /// # Safety
    /// The group must be readable, and the vector must begin within it.
    #[inline(always)]
    unsafe fn vector<L: Lanes<Real = R>>(&self, i: usize) -> (L, L) {
        let (first, left) = (i * L::COUNT, self.count - i * L::COUNT);
        // SAFETY: as the function.
        unsafe {
            let (x, b) = (self.x.add(first), self.b.add(first));
            if left >= L::COUNT {
                return (L::load(x), L::load(b));
            }
            let (lowest, one) = (L::constant(f64::NEG_INFINITY), L::constant(1.0));
            (L::load_part(x, left, lowest), L::load_part(b, left, one))
        }
    }

    /// Whether all weights are above 0.
    ///
    /// # Safety
    /// As `vector`.
    #[inline(always)]
    unsafe fn is_positive<L: Lanes<Real = R>>(&self, vectors: usize) -> bool {
        let mut least = L::constant(f64::INFINITY);
        for i in 0..vectors {
            // SAFETY: handed on.
            least = unsafe { self.vector::<L>(i) }.1.below(least);
        }
        least.exceeds(L::constant(0.0)) == u32::MAX >> (32 - L::COUNT)
    }

    /// Add the group.
    ///
    /// # Safety
    /// As `vector`.
    #[inline(always)]
    unsafe fn add<L: Lanes<Real = R>, S: Sums<L>, const GENERAL: bool>(
        &self,
        vectors: usize,
        guide: &Guide<L>,
        sums: &mut S,
        watch: &mut Watch<L>,
    ) {
        let mut rests = L::constant(0.0);
        // SAFETY: handed on.
        unsafe {
            if self.is_positive::<L>(vectors) {
                for i in 0..vectors {
                    let (x, b) = self.vector::<L>(i);
                    rests = step::<L, S, GENERAL, false>(x, b, guide, sums, watch, rests);
                }
            } else {
                for i in 0..vectors {
                    let (x, b) = self.vector::<L>(i);
                    rests = step::<L, S, GENERAL, true>(x, b, guide, sums, watch, rests);
                }
            }
        }
        sums.add_rests(rests);
    }
}

#[inline(always)]
fn fold<L: Lanes, S: Sums<L>, const GENERAL: bool>(
    x: &[L::Real],
    weights: &[L::Real],
    guess: &Guess,
) -> Quick {
    assert!(x.len() == weights.len(), "a weight for each element");
    let guide = Guide::<L>::new(guess.reference, guess.temperature, 0.0);
    let (mut watch, mut sums) = (Watch::<L>::new(), S::zero());
    let size = CHAIN * L::COUNT;
    let (mut start, length) = (0, x.len());
    while start < length {
        let count = size.min(length - start);
        let (x, b) = (x[start..].as_ptr(), weights[start..].as_ptr());
        let group = Group { x, b, count };
        // SAFETY: the group lies within the slices.
        unsafe {
            if count == size {
                let group = Group { count: size, ..group };
                group.add::<L, S, GENERAL>(CHAIN, &guide, &mut sums, &mut watch);
            } else {
                let vectors = count.div_ceil(L::COUNT);
                group.add::<L, S, GENERAL>(vectors, &guide, &mut sums, &mut watch);
            }
        }
        start += count;
    }
    let ((high, low), [against, weights]) = (sums.total(), watch.totals());
    let (max, reference) = (largest(watch.max), guess.reference);
    Quick { max, reference, high, low, against, weights }
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

/// Add the elements of eight short rows, each with its remainder.
#[inline(always)]
fn add_rows<L: Lanes<Real = f64, Array = [f64; 8]>, const GENERAL: bool, const SIGNED: bool>(
    x: &[[f64; 8]],
    weights: &[[f64; 8]],
    guide: &Guide<L>,
    sums: &mut Exact<L>,
    watch: &mut Watch<L>,
) {
    let zero = L::constant(0.0);
    for (x, b) in x.iter().zip(weights) {
        let (x, b) = (L::from_array(x), L::from_array(b));
        let rests = step::<L, _, GENERAL, SIGNED>(x, b, guide, sums, watch, zero);
        sums.add_rests(rests);
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
    let (x, weights) = (&x[..count], &weights[..count]);
    let (mut max, mut least) = (lowest, I::Double::splat(f64::INFINITY));
    for (x, b) in x.iter().zip(weights) {
        let b = I::Double::from_array(b);
        max = b.choose_equal(zero, lowest, I::Double::from_array(x)).above(max);
        least = b.below(least);
    }
    let (exponent, center) = references(max, temperature);
    let guide = Guide::per_lane(exponent, center, temperature);
    let mut watch = Watch::<I::Double>::new();
    let mut sums = <Exact<I::Double> as Sums<I::Double>>::zero();
    let centered = temperature != Temperature::ONE || center.to_array() != [0.0; 8];
    let positive = least.exceeds(zero) == 0xFF;
    match (centered, positive) {
        (false, true) => add_rows::<_, false, false>(x, weights, &guide, &mut sums, &mut watch),
        (false, false) => add_rows::<_, false, true>(x, weights, &guide, &mut sums, &mut watch),
        (true, _) => add_rows::<_, true, true>(x, weights, &guide, &mut sums, &mut watch),
    }
    let (high, low) = fast_two_sum(sums.high, sums.low);
    let [high, low, max] = [high.to_array(), low.to_array(), max.to_array()];
    let [exponent, center] = [exponent.to_array(), center.to_array()];
    let [against, weights] = watch.lanes();
    core::array::from_fn(|i| Quick {
        max: max[i],
        reference: Reference { exponent: exponent[i], center: center[i] },
        high: high[i],
        low: low[i],
        against: against[i],
        weights: weights[i],
    })
}
