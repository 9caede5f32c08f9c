//! A block of float32 logits and targets into their gradient, and the sum of their losses: what `coarse` computes,
//! bit for bit, without the way through float64 blocks.

use super::coarse::{CANCELLED, FACTORS, log1p};
use super::{BLOCK, fine, guide, size};
use crate::elementary::exp::{Guide, exp};
use crate::lanes::{Isa, Lanes, Narrow};

/// The running sums of the lanes.
struct Running<L> {
    far: L,
    near: L,
    product: L,
    cancelled: L,
}

/// The gradients of eight elements.
#[inline(always)]
fn eight<L: Lanes<Real = f64>>(
    x: L,
    z: L,
    guide: &Guide<L>,
    factor: L,
    running: &mut Running<L>,
) -> L {
    let (zero, one) = (L::splat(0.0), L::splat(1.0));
    let a = size(x);
    let no = one.sub(z);
    let (wrong, right) = (a.choose_equal(x, no, z), a.choose_equal(x, z, no));
    let e = exp::<L, false>(zero.sub(a), guide).joined();

    let distance = wrong.choose_equal(zero, zero, wrong.mul(a));
    running.far = running.far.add(distance);
    running.product = running.product.fma(e, running.product).add(e);

    let second = right.mul(e);
    let difference = wrong.sub(second);
    let margin = second.mul(L::splat(CANCELLED)).sub(size(difference));
    running.cancelled = margin.above(running.cancelled);
    let pull = difference.div(one.add(e)).mul(factor);
    a.choose_equal(x, pull, zero.sub(pull))
}

/// The gradients of a block; answers the sum of its losses, or None where a gradient cancelled and has to be computed
/// with more care.
#[inline(always)]
pub(crate) fn slopes<I: Isa>(
    x: &[f32; BLOCK],
    z: &[f32; BLOCK],
    out: &mut [f32; BLOCK],
    factor: f64,
) -> Option<(f64, f64)> {
    let zero = I::Double::splat(0.0);
    let mut running = Running { far: zero, near: zero, product: zero, cancelled: zero };
    let (guide, factor) = (guide::<I::Double>(0.0), I::Double::splat(factor));
    let mut at = 0;
    while at < BLOCK {
        let end = at + 8 * FACTORS;
        while at < end {
            // SAFETY: BLOCK is a multiple of sixteen.
            unsafe {
                let x = I::Single::load(x.as_ptr().add(at)).widen();
                let z = I::Single::load(z.as_ptr().add(at)).widen();
                let low = eight(x[0], z[0], &guide, factor, &mut running);
                let high = eight(x[1], z[1], &guide, factor, &mut running);
                I::Single::narrow([low, high]).store(out.as_mut_ptr().add(at));
            }
            at += 16;
        }
        running.near = running.near.add(log1p(running.product));
        running.product = zero;
    }
    for margin in running.cancelled.to_array().as_ref() {
        if *margin > 0.0 {
            return None;
        }
    }
    Some(fine::add_up(running.far.to_array().as_ref(), running.near.to_array().as_ref()))
}

/// Copy results to memory past the caches; lines that are not whole go through them.
///
/// # Safety
/// As many elements must be writable at `out`.
#[inline(always)]
pub(crate) unsafe fn stream<I: Isa>(results: &[f32], out: *mut f32) {
    let count = results.len();
    let mut i = out.align_offset(64).min(count);
    // SAFETY: no more than `count` elements; streams begin at multiples of 64 bytes.
    unsafe {
        out.copy_from_nonoverlapping(results.as_ptr(), i);
        while i + 16 <= count {
            I::Single::load(results.as_ptr().add(i)).stream(out.add(i));
            i += 16;
        }
        out.add(i).copy_from_nonoverlapping(results.as_ptr().add(i), count - i);
    }
}
