//! careful: the signed, weighted sum to 64 bits, where `quick` does not know enough of what cancelled.
//!
//! ```text
//! e^x 2^-N    = a + p + t               70 bits; t in float64 is below 2^-18 of a
//! b e^x 2^-N  = b a + b p + b t         the first two products exact in two parts each
//! ```
//!
//! The parts of b a and b p are added exactly, everything else in float64 beside them.

use super::fold::largest;
use super::quick::{Exact, Quick, Sums, Watch};
use super::table::Guess;
use crate::elementary::close::exp_close;
use crate::elementary::double::{two_product, two_sum};
use crate::lanes::{Isa, Lanes};

/// How far below its reference an element may lie, in powers of two, and still weigh what it weighs.
const REACH: f64 = 1000.0;

/// Add one vector of weighted exponentials.
#[inline(always)]
fn step<L: Lanes<Real = f64>>(x: L, b: L, guess: &Guess, sum: &mut Exact<L>, watch: &mut Watch<L>) {
    let zero = L::constant(0.0);
    // A zero weight removes its element, even an inf or a nan.
    let x = b.choose_equal(zero, L::constant(f64::NEG_INFINITY), x);
    let exponent = guess.reference.exponent;
    let lowest = L::constant((exponent - REACH) * core::f64::consts::LN_2);
    let [a, p, t] = exp_close(lowest.above(x), exponent);
    let (a, a_low) = two_product(a, b);
    watch.see(x, b, a);
    let (p, p_low) = two_product(p, b);
    let (high, first) = two_sum(sum.high, a);
    let (high, second) = two_sum(high, p);
    let rest = t.fma(b, a_low.add(p_low));
    *sum = Exact { high, low: sum.low.add(first.add(second)).add(rest) };
}

/// Fold float64 elements with float64 weights, neither centred nor divided.
#[inline(always)]
pub(crate) fn careful<I: Isa>(x: &[f64], weights: &[f64], guess: &Guess) -> Quick {
    let (mut watch, mut sum) = (Watch::new(), <Exact<I::Double> as Sums<I::Double>>::zero());
    let ((vectors, x_rest), (weights, b_rest)) = (x.as_chunks::<8>(), weights.as_chunks::<8>());
    for (x, b) in vectors.iter().zip(weights) {
        let (x, b) = (I::Double::from_array(x), I::Double::from_array(b));
        step(x, b, guess, &mut sum, &mut watch);
    }
    if !x_rest.is_empty() {
        // A zero weight weighs nothing.
        let (mut x, mut b) = ([0.0; 8], [0.0; 8]);
        x[..x_rest.len()].copy_from_slice(x_rest);
        b[..b_rest.len()].copy_from_slice(b_rest);
        step(I::Double::from_array(&x), I::Double::from_array(&b), guess, &mut sum, &mut watch);
    }
    let (high, low) = Sums::<I::Double>::total(sum);
    let [against, weights] = watch.totals();
    Quick { max: largest(watch.max), reference: guess.reference, high, low, against, weights }
}
