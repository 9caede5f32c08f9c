//! logistic: the loss of a logit against a target, its gradient, its curvature.
//!
//! The two-element case of a state, with a = |x| and e = e^-a:
//!
//! ```text
//! softplus(+-x) = finish(merge(one(0), one(+-x)))  =  max(+-x, 0) + log1p(e)
//! loss      = w (p z softplus(-x) + (1 - z) softplus(x))  =  w (wrong a + (wrong + right) log1p(e))
//! gradient  = +-w (wrong - right e) / (1 + e)              + where x >= 0
//! curvature = w (wrong + right) e / (1 + e)^2
//! ```
//!
//! `wrong` and `right` are p z and 1 - z: the weights of the wrong and the right answer to the sign of x.
//! No term of the loss is negative, so that nothing cancels; the gradient of a target of 0 or 1
//! is the share of the other outcome.

mod coarse;
mod fine;
mod slopes;
mod sum;

use crate::elementary::double::Double;
use crate::elementary::exp::{Guide, Reference, Temperature};
use crate::lanes::{Isa, Lanes};

pub(crate) use fine::join;
pub(crate) use slopes::{slopes, stream};
pub(crate) use sum::sum;

/// Elements in a block.
pub(crate) const BLOCK: usize = 512;

/// What is wanted of a block beside the sum of its losses.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Wanted {
    pub losses: bool,
    pub gradient: bool,
    /// Results are float64, not float32 or narrower.
    pub fine: bool,
    /// Gradients are multiplied by this, in two parts.
    pub factor: (f64, f64),
}

/// A block: the arguments, and room for the results.
pub(crate) struct Block {
    pub x: [f64; BLOCK],
    pub z: [f64; BLOCK],
    pub weight: [f64; BLOCK],
    pub pos_weight: [f64; BLOCK],
    /// What a Hessian is multiplied with.
    pub vector: [f64; BLOCK],
    /// Whether any weight differs from 1.
    pub weighted: bool,
    pub losses: [f64; BLOCK],
    /// The gradient, or the product of the Hessian and the vector.
    pub gradient: [f64; BLOCK],
}

impl Block {
    pub fn new() -> Block {
        Block {
            x: [f64::NEG_INFINITY; BLOCK],
            z: [0.0; BLOCK],
            weight: [1.0; BLOCK],
            pos_weight: [1.0; BLOCK],
            vector: [0.0; BLOCK],
            weighted: false,
            losses: [0.0; BLOCK],
            gradient: [0.0; BLOCK],
        }
    }

    /// Fill up what is left behind `count` elements with elements that weigh nothing.
    pub fn pad(&mut self, count: usize) {
        let end = count.next_multiple_of(8);
        self.x[count..end].fill(f64::NEG_INFINITY);
        self.z[count..end].fill(0.0);
        for field in [&mut self.weight, &mut self.pos_weight] {
            field[count..end].fill(1.0);
        }
    }
}

/// The coefficients of eight elements: x >= 0 decides which answer is wrong.
pub(super) struct Answers<L> {
    pub wrong: Double<L>,
    pub right: Double<L>,
    pub weight: L,
}

#[inline(always)]
pub(super) fn eight<L: Lanes<Real = f64>>(field: &[f64; BLOCK], at: usize) -> L {
    assert!(at + 8 <= BLOCK && L::COUNT == 8);
    // SAFETY: eight elements from `at` on, just checked.
    unsafe { L::load(field.as_ptr().add(at)) }
}

#[inline(always)]
pub(super) fn put<L: Lanes<Real = f64>>(field: &mut [f64; BLOCK], at: usize, x: L) {
    assert!(at + 8 <= BLOCK && L::COUNT == 8);
    // SAFETY: as above.
    unsafe { x.store(field.as_mut_ptr().add(at)) }
}

#[inline(always)]
pub(super) fn size<L: Lanes>(x: L) -> L {
    x.above(L::constant(0.0).sub(x))
}

/// Exponentials of numbers <= 0, raised by 2^lift.
#[inline(always)]
pub(super) fn guide<L: Lanes>(lift: f64) -> Guide<L> {
    Guide::new(Reference::ZERO, Temperature::ONE, lift)
}

/// The losses of a block and what else is wanted; answers the sum of the losses in two parts.
#[inline(always)]
pub(crate) fn elements<I: Isa>(block: &mut Block, count: usize, wanted: &Wanted) -> (f64, f64) {
    match (wanted.fine, block.weighted) {
        (false, false) => coarse::elements::<I::Double, false>(block, count, wanted),
        (false, true) => coarse::elements::<I::Double, true>(block, count, wanted),
        (true, false) => fine::elements::<I::Double, false>(block, count, wanted),
        (true, true) => fine::elements::<I::Double, true>(block, count, wanted),
    }
}

/// The product of the Hessian, which is diagonal, and `block.vector`, into `block.gradient`.
#[inline(always)]
pub(crate) fn curvature<I: Isa>(block: &mut Block, count: usize, factor: (f64, f64)) {
    fine::curvature::<I::Double>(block, count, factor);
}
