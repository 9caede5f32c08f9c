//! weighted: the signed sum of b e^(x/t), kept to 110 bits so that what cancels cancels exactly.
//!
//! A weight comes as f 2^e with |f| in [1, 2). Its power of two moves into the exponent, so that neither
//! a tiny weight nor a huge element can overflow on the way:
//!
//! ```text
//! term = f e^((x - center)/t + e ln2)
//! ```

use super::precise::Running;
use crate::elementary::double::{Double, two_product, two_sum};
use crate::elementary::exp::Temperature;
use crate::elementary::log::{LN2_HEAD, LN2_TAIL};
use crate::elementary::precise::exp;
use crate::lanes::{Isa, Lanes};

/// A part of a row with its weights, each a mantissa and an exponent.
pub(crate) struct Signed<'a> {
    /// The elements; -inf where the weight is 0.
    pub x: &'a [f64],
    /// f, signed.
    pub mantissa: &'a [f64],
    /// e, an integer.
    pub exponent: &'a [f64],
}

/// The rest of ln 2 after its head and tail.
const LN2_REST: f64 = 1.161_222_722_936_253_2e-26;

/// Add f e^((x - center)/t + e ln2) to a running sum.
#[inline(always)]
pub(crate) fn weighted<I: Isa>(
    part: &Signed<'_>,
    running: &mut Running,
    center: f64,
    temperature: Temperature,
) {
    let zero = I::Double::splat(0.0);
    let lowest = I::Double::splat(f64::NEG_INFINITY);
    let minus_center = I::Double::splat(-center);
    let inverse_high = I::Double::splat(temperature.inverse_high);
    let inverse_low = I::Double::splat(temperature.inverse_low);
    let mut sum = running.sum::<I::Double>();
    for start in (0..part.x.len()).step_by(8) {
        let x: I::Double = lane(part.x, start, f64::NEG_INFINITY);
        let mantissa: I::Double = lane(part.mantissa, start, 0.0);
        let exponent: I::Double = lane(part.exponent, start, 0.0);

        // (x - center) / t
        let (gap, gap_low) = two_sum(x, minus_center);
        let (product, error) = two_product(gap, inverse_high);
        let low = error.add(gap_low.fma(inverse_high, gap.mul(inverse_low)));

        // + e ln2
        let (high, rounding) = two_sum(product, exponent.mul(I::Double::splat(LN2_HEAD)));
        let (tail, tail_low) = two_product(exponent, I::Double::splat(LN2_TAIL));
        let (high, second) = two_sum(high, tail);
        let tail_low = exponent.fma(I::Double::splat(LN2_REST), tail_low);
        let low = low.add(rounding).add(second.add(tail_low));
        let low = x.choose_equal(lowest, zero, low);
        let high = x.choose_equal(lowest, lowest, high);

        let [a, b, c, d] = exp(Double { high, low }, zero);
        let (a, a_low) = two_product(a, mantissa);
        let (b, b_low) = two_product(b, mantissa);
        sum.add([a, b, a_low, c.mul(mantissa)]);
        sum.add([zero, zero, b_low, d.mul(mantissa)]);
    }
    running.set(sum);
}

#[inline(always)]
fn lane<L: Lanes<Real = f64, Array = [f64; 8]>>(field: &[f64], start: usize, fill: f64) -> L {
    let mut lanes = [fill; 8];
    let end = field.len().min(start + 8);
    lanes[..end - start].copy_from_slice(&field[start..end]);
    L::from_array(&lanes)
}
