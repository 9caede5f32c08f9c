//! Eight logistic losses at a time for float32 and narrower results, in plain float64.
//!
//! Where no single loss is wanted, a lane keeps the product of its 1 + e instead of their logarithms,
//! as its distance from 1 (nothing is lost of small e), and takes the logarithm of 32 at once.

use super::fine;
use super::{Block, Wanted, eight, guide, put, size};
use crate::elementary::double::Double;
use crate::elementary::exp::exp;
use crate::elementary::log::log;
use crate::lanes::Lanes;

/// Factors in a product: (1 + 1)^32 is far from overflow.
pub(super) const FACTORS: usize = 32;
/// Below this share of its second term a difference is computed again.
pub(super) const CANCELLED: f64 = 1.0 / (1 << 26) as f64;

/// log(1 + rest).
#[inline(always)]
pub(super) fn log1p<L: Lanes<Real = f64>>(rest: L) -> L {
    let one = L::splat(1.0);
    let sum = one.add(rest);
    // exact: |rest| < 1, or both are of one size
    let part = sum.sub(one);
    let low = one.sub(sum.sub(part)).add(rest.sub(part));
    let answer = log(Double { high: sum, low }, L::splat(0.0));
    answer.high.add(answer.low)
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
    let (zero, one) = (L::splat(0.0), L::splat(1.0));
    let guide = guide::<L>(0.0);
    let factor = L::splat(wanted.factor.0);
    let (mut far, mut near, mut product, mut cancelled) = (zero, zero, zero, zero);
    for at in (0..count).step_by(8) {
        let x = eight::<L>(&block.x, at);
        let z = eight::<L>(&block.z, at);
        let a = size(x);
        let (no, yes) = (one.sub(z), z);
        let (mut weight, mut yes) = (one, yes);
        if WEIGHTED {
            weight = eight(&block.weight, at);
            yes = yes.mul(eight(&block.pos_weight, at));
        }
        let (wrong, right) = (a.choose_equal(x, no, yes), a.choose_equal(x, yes, no));
        let parts = exp::<L, false>(zero.sub(a), &guide);
        let e = parts.joined();
        let distance = wrong.choose_equal(zero, zero, wrong.mul(a));

        if WEIGHTED || wanted.losses {
            let loss = log1p(e).fma(if WEIGHTED { wrong.add(right) } else { one }, distance);
            let loss =
                if WEIGHTED { weight.choose_equal(zero, zero, loss.mul(weight)) } else { loss };
            put(&mut block.losses, at, loss);
            far = far.add(loss);
        } else {
            far = far.add(distance);
            product = product.fma(e, product).add(e);
            if at / 8 % FACTORS == FACTORS - 1 {
                near = near.add(log1p(product));
                product = zero;
            }
        }
        if wanted.gradient {
            let second = right.mul(e);
            let difference = wrong.sub(second);
            let margin = second.mul(L::splat(CANCELLED)).sub(size(difference));
            cancelled = margin.above(cancelled);
            let mut pull = difference.div(one.add(e)).mul(factor);
            if WEIGHTED {
                pull = weight.choose_equal(zero, zero, pull.mul(weight));
            }
            put(&mut block.gradient, at, a.choose_equal(x, pull, zero.sub(pull)));
        }
    }
    if wanted.gradient && cancelled.to_array().as_ref().iter().any(|&margin| margin > 0.0) {
        mend::<L, WEIGHTED>(block, count, wanted);
    }
    let near = near.add(log1p(product));
    fine::add_up(far.to_array().as_ref(), near.to_array().as_ref())
}

/// Compute the gradients that cancelled again, from an exponential of 110 bits.
#[inline(always)]
fn mend<L, const WEIGHTED: bool>(block: &mut Block, count: usize, wanted: &Wanted)
where
    L: Lanes<Real = f64>,
{
    let zero = L::splat(0.0);
    let guide = guide::<L>(0.0);
    for at in (0..count).step_by(8) {
        let x = eight::<L>(&block.x, at);
        let a = size(x);
        let answers = fine::answers::<L, WEIGHTED>(block, at, a, x);
        let parts = exp::<L, false>(zero.sub(a), &guide);
        let second = answers.right.high.mul(parts.joined());
        let difference = answers.wrong.high.sub(second);
        let margin = second.mul(L::splat(CANCELLED)).sub(size(difference));
        let excess = margin.above(zero);
        let slow = fine::slow_pull(a, &answers, excess);
        let lower = L::splat(f64::from_bits((1023 - fine::LIFT as u64) << 52));
        let pull = slow.high.add(slow.low).mul(lower).mul(L::splat(wanted.factor.0));
        let pull = if WEIGHTED { pull.mul(answers.weight) } else { pull };
        let signed = a.choose_equal(x, pull, zero.sub(pull));
        let kept = eight::<L>(&block.gradient, at);
        put(&mut block.gradient, at, excess.choose_equal(zero, kept, signed));
    }
}
