//! The sum of many float32 logistic losses, at the speed of memory.
//!
//! ```text
//! sum of losses = sum of wrong a + sum of log prod(1 + e)
//! ```
//!
//! The exponentials are float32, raised by 2^64 so that none of them is subnormal; all sums are
//! float64. A product of 32 factors is kept as its distance from 1, which loses nothing of small e.
//! |error of the sum| <= 0.7 ulp float32, of which 0.5 is the worst that equal elements can do to e.

use super::coarse::log1p;
use super::{fine, guide, size};
use crate::elementary::exp::{Guide, exp};
use crate::lanes::{Isa, Lanes, Narrow};

/// 2^-64.
const LOWER: f64 = f64::from_bits((1023 - 64) << 52);
/// Factors in a product.
const FACTORS: usize = 32;

/// The running sums of the lanes.
struct Running<L> {
    far: [L; 2],
    near: [L; 2],
    product: [L; 2],
}

impl<L: Lanes<Real = f64>> Running<L> {
    #[inline(always)]
    fn add<S: Narrow<Wide = L> + Lanes<Real = f32>>(&mut self, x: S, z: S, guide: &Guide<S>) {
        let zero = S::constant(0.0);
        let a = size(x);
        let wrong = a.choose_equal(x, S::constant(1.0).sub(z), z);
        // A weight of 0 takes even an infinite distance away.
        let reach = wrong.choose_equal(zero, zero, a);
        let parts = exp::<S, false>(zero.sub(a), guide);
        let e = parts.joined().widen();
        let (wrong, reach) = (wrong.widen(), reach.widen());
        let lower = L::splat(LOWER);
        for i in 0..2 {
            let e = e[i].mul(lower);
            self.far[i] = wrong[i].fma(reach[i], self.far[i]);
            self.product[i] = self.product[i].fma(e, self.product[i]).add(e);
        }
    }

    #[inline(always)]
    fn flush(&mut self) {
        for i in 0..2 {
            self.near[i] = self.near[i].add(log1p(self.product[i]));
            self.product[i] = L::splat(0.0);
        }
    }
}

/// The sum of the losses of logits `x` and targets `z`, in two parts.
#[inline(always)]
pub(crate) fn sum<I: Isa>(x: &[f32], z: &[f32]) -> (f64, f64) {
    assert_eq!(x.len(), z.len(), "a target for every logit");
    let zero = I::Double::splat(0.0);
    let mut running = Running { far: [zero; 2], near: [zero; 2], product: [zero; 2] };
    let guide = guide::<I::Single>(64.0);
    let whole = x.len() / 16;
    let mut step = 0;
    while step < whole {
        let end = (step + FACTORS).min(whole);
        while step < end {
            // SAFETY: sixteen elements from 16 step on, in both.
            let (x, z) = unsafe {
                (
                    I::Single::load(x.as_ptr().add(16 * step)),
                    I::Single::load(z.as_ptr().add(16 * step)),
                )
            };
            running.add(x, z, &guide);
            step += 1;
        }
        running.flush();
    }
    let rest = x.len() - 16 * whole;
    if rest > 0 {
        let (mut last_x, mut last_z) = ([f32::NEG_INFINITY; 16], [0.0; 16]);
        last_x[..rest].copy_from_slice(&x[16 * whole..]);
        last_z[..rest].copy_from_slice(&z[16 * whole..]);
        running.add(I::Single::from_array(&last_x), I::Single::from_array(&last_z), &guide);
        running.flush();
    }
    let [far, other_far] = running.far;
    let [near, other_near] = running.near;
    let far = far.add(other_far).to_array();
    let near = near.add(other_near).to_array();
    fine::add_up(far.as_ref(), near.as_ref())
}
