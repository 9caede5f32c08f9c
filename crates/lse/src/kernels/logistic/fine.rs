//! Eight logistic losses at a time for float64 results: double-double around one exponential.
//!
//! |error| <= 2 ulp: 0.71 * 2^-53 from e, and the rounding of the result. A gradient whose two terms
//! cancel is computed again from an exponential of 110 bits. Exponentials are raised by 2^64, so that
//! only the last multiplication can round a subnormal result.

use super::{Answers, Block, Wanted, eight, guide, put, size};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, exp};
use crate::elementary::log::log;
use crate::elementary::precise::exp_one;
use crate::lanes::Lanes;

/// Exponentials are raised by 2^LIFT.
pub(super) const LIFT: i64 = 64;
const RAISE: f64 = f64::from_bits((1023 + LIFT as u64) << 52);
const LOWER: f64 = f64::from_bits((1023 - LIFT as u64) << 52);
/// Below this share of its second term a difference is computed again.
const CANCELLED: f64 = 0.8;

#[inline(always)]
fn whole<L: Lanes<Real = f64>>(x: L) -> Double<L> {
    Double { high: x, low: L::splat(0.0) }
}

#[inline(always)]
fn scaled<L: Lanes<Real = f64>>(x: Double<L>, by: f64) -> Double<L> {
    Double { high: x.high.mul(L::splat(by)), low: x.low.mul(L::splat(by)) }
}

#[inline(always)]
fn sum<L: Lanes<Real = f64>>(a: Double<L>, b: Double<L>) -> Double<L> {
    let (high, error) = two_sum(a.high, b.high);
    let (high, low) = fast_two_sum(high, error.add(a.low.add(b.low)));
    Double { high, low }
}

/// `yes` where x >= 0.
#[inline(always)]
fn choose<L: Lanes<Real = f64>>(a: L, x: L, yes: Double<L>, no: Double<L>) -> Double<L> {
    Double { high: a.choose_equal(x, yes.high, no.high), low: a.choose_equal(x, yes.low, no.low) }
}

/// The coefficients of eight elements of a block.
#[inline(always)]
pub(super) fn answers<L, const WEIGHTED: bool>(block: &Block, at: usize, a: L, x: L) -> Answers<L>
where
    L: Lanes<Real = f64>,
{
    let z = eight::<L>(&block.z, at);
    let (high, low) = two_sum(L::splat(1.0), L::splat(0.0).sub(z));
    let no = Double { high, low };
    let (mut yes, mut weight) = (whole(z), L::splat(1.0));
    if WEIGHTED {
        let (high, low) = two_product(z, eight(&block.pos_weight, at));
        yes = Double { high, low };
        weight = eight(&block.weight, at);
    }
    Answers { wrong: choose(a, x, no, yes), right: choose(a, x, yes, no), weight }
}

/// e^-a, raised.
#[inline(always)]
fn power<L: Lanes<Real = f64>>(a: L, guide: &Guide<L>) -> Double<L> {
    let parts = exp::<L, false>(L::splat(0.0).sub(a), guide);
    let (high, low) = fast_two_sum(parts.power, parts.power.mul(parts.rest));
    Double { high, low }
}

/// 1 + e, from the raised e.
#[inline(always)]
fn mass<L: Lanes<Real = f64>>(e: Double<L>) -> Double<L> {
    let (high, low) = fast_two_sum(L::splat(1.0), e.high.mul(L::splat(LOWER)));
    Double { high, low: e.low.fma(L::splat(LOWER), low) }
}

/// (wrong - right e) / (1 + e), raised, and whether it has cancelled: then the second is > 0.
#[inline(always)]
fn pull<L: Lanes<Real = f64>>(answers: &Answers<L>, e: Double<L>) -> (Double<L>, L) {
    let right = answers.right.mul(e);
    let minus = scaled(right, -1.0);
    let difference = sum(scaled(answers.wrong, RAISE), minus);
    let margin = right.high.mul(L::splat(CANCELLED)).sub(size(difference.high));
    (difference.mul(mass(e).inverse()), margin)
}

/// The raised pull of eight elements; those that cancel from a longer exponential.
#[inline(always)]
fn certain_pull<L: Lanes<Real = f64>>(a: L, answers: &Answers<L>, e: Double<L>) -> Double<L> {
    let (pull_fast, margin) = pull(answers, e);
    let margins = margin.to_array();
    if !margins.as_ref().iter().any(|&margin| margin > 0.0) {
        return pull_fast;
    }
    let slow = slow_pull(a, answers, margin);
    // 0 where the margin is not positive
    let zero = L::splat(0.0);
    let excess = margin.above(zero);
    Double {
        high: excess.choose_equal(zero, pull_fast.high, slow.high),
        low: excess.choose_equal(zero, pull_fast.low, slow.low),
    }
}

/// The raised pull from an exponential of 100 bits, in the lanes with a positive margin.
#[inline(always)]
pub(super) fn slow_pull<L: Lanes<Real = f64>>(a: L, answers: &Answers<L>, margin: L) -> Double<L> {
    let (mut high, mut low) = (a.to_array(), L::zeros());
    let margins = margin.to_array();
    for lane in 0..L::COUNT {
        if margins.as_ref()[lane] > 0.0 {
            let e = exp_one(-high.as_ref()[lane], 0.0);
            (high.as_mut()[lane], low.as_mut()[lane]) = (e.0 * RAISE, e.1 * RAISE);
        }
    }
    pull(answers, Double { high: L::from_array(&high), low: L::from_array(&low) }).0
}

/// c a; 0 where c is 0, and inf where it is not and a is infinite.
#[inline(always)]
fn times<L: Lanes<Real = f64>>(c: Double<L>, a: L) -> Double<L> {
    let (zero, infinity) = (L::splat(0.0), L::splat(f64::INFINITY));
    let (plain, product) = (c.high.mul(a), c.mul(whole(a)));
    let finite = |exact: L, limit: L| {
        c.high.choose_equal(zero, zero, plain.choose_equal(infinity, limit, exact))
    };
    Double { high: finite(product.high, infinity), low: finite(product.low, zero) }
}

#[inline(always)]
pub(super) fn elements<L, const WEIGHTED: bool>(
    block: &mut Block,
    count: usize,
    wanted: &Wanted,
) -> (f64, f64)
where
    L: Lanes<Real = f64>,
{
    block.pad(count);
    let (zero, infinity) = (L::splat(0.0), L::splat(f64::INFINITY));
    let guide = guide::<L>(LIFT as f64);
    let factor = Double::splat(wanted.factor.0, wanted.factor.1);
    let (mut total, mut total_low) = (zero, zero);
    for at in (0..count).step_by(8) {
        let x = eight::<L>(&block.x, at);
        let a = size(x);
        let answers = answers::<L, WEIGHTED>(block, at, a, x);
        let e = power(a, &guide);

        // w (wrong a + (wrong + right) log1p(e)); log1p(e) = e far below the last bit of 1
        let log = log(mass(e), zero);
        let tiny = L::splat(1e-12);
        let is_tiny = tiny.above(e.high);
        let log = Double {
            high: is_tiny.choose_equal(tiny, e.high, log.high.mul(L::splat(RAISE))),
            low: is_tiny.choose_equal(tiny, e.low, log.low.mul(L::splat(RAISE))),
        };
        let (mut near, mut far) = (log, answers.wrong);
        if WEIGHTED {
            near = near.mul(sum(answers.wrong, answers.right)).mul(whole(answers.weight));
            far = far.mul(whole(answers.weight));
        }
        let (near, far) = (scaled(near, LOWER), times(far, a));
        let (high, error) = two_sum(far.high, near.high);
        let low = error.add(far.low.add(near.low));
        let low = high.choose_equal(infinity, zero, low);
        let gone =
            |part: L| if WEIGHTED { answers.weight.choose_equal(zero, zero, part) } else { part };
        let (high, low) = (gone(high), gone(low));
        put(&mut block.losses, at, high.add(low));
        let (sum, error) = two_sum(total, high);
        total = sum;
        total_low = total_low.add(error.add(low));

        if wanted.gradient {
            let mut pull = certain_pull(a, &answers, e).mul(factor);
            if WEIGHTED {
                pull = pull.mul(whole(answers.weight));
            }
            let pull = gone(pull.high.add(pull.low).mul(L::splat(LOWER)));
            put(&mut block.gradient, at, a.choose_equal(x, pull, zero.sub(pull)));
        }
    }
    add_up(total.to_array().as_ref(), total_low.to_array().as_ref())
}

/// The sum of eight lanes in order, in two parts; an infinite sum has none.
pub(super) fn add_up(high: &[f64], low: &[f64]) -> (f64, f64) {
    let mut total = (0.0, 0.0);
    for (&high, &low) in high.iter().zip(low) {
        total = join(total, (high, low));
    }
    total
}

/// The sum of two numbers in two parts.
pub(crate) fn join(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let sum = a.0 + b.0;
    if !sum.is_finite() {
        return (sum, 0.0);
    }
    let part = sum - a.0;
    (sum, (a.0 - (sum - part)) + (b.0 - part) + (a.1 + b.1))
}

#[inline(always)]
pub(super) fn curvature<L>(block: &mut Block, count: usize, factor: (f64, f64))
where
    L: Lanes<Real = f64>,
{
    block.pad(count);
    let zero = L::splat(0.0);
    let guide = guide::<L>(LIFT as f64);
    let factor = Double::splat(factor.0, factor.1);
    for at in (0..count).step_by(8) {
        let x = eight::<L>(&block.x, at);
        let a = size(x);
        let answers = answers::<L, true>(block, at, a, x);
        let e = power(a, &guide);
        let inverse = mass(e).inverse();
        let both = sum(answers.wrong, answers.right).mul(whole(answers.weight));
        let product = e.mul(inverse).mul(inverse).mul(both).mul(factor);
        let product = product.mul(whole(eight(&block.vector, at)));
        let product = product.high.add(product.low).mul(L::splat(LOWER));
        put(&mut block.gradient, at, answers.weight.choose_equal(zero, zero, product));
    }
}
