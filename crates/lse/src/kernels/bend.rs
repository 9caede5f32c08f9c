//! bend: elements into the gradient of rows whose every element counts.
//!
//! ```text
//! gradient_k = F p_k - a_k        F = f (A + z)
//! ```
//!
//! F is part of the inverse that the shares are multiplied with, f of the coefficients a_k. Shares are float64 whatever
//! the elements: those near their coefficients cancel, and what is left of them is to be known as well as they are.

use super::blend::{Doubles, Eight, Numbers, Singles};
use super::cells::{Slot, Wide};
use super::each::{Each, Flow, each};
use super::spread::{Factors, Inverse, Kept, Shares};
use crate::lanes::{Isa, Lanes};

/// What is subtracted from the shares.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// The same of each.
    Alike(f64),
    /// factor q_k + term.
    Each { factor: f64, term: f64, numbers: Numbers<'a> },
}

/// What makes a gradient of elements.
pub(crate) struct Bend<'a> {
    /// The inverse of the mass, times F.
    pub inverse: Inverse,
    pub given: Given<'a>,
}

/// The coefficients of eight elements.
trait Coefficients<L> {
    fn eight(&self, i: usize) -> L;
}

struct Alike<L>(L);

impl<L: Lanes> Coefficients<L> for Alike<L> {
    #[inline(always)]
    fn eight(&self, _: usize) -> L {
        self.0
    }
}

struct Scaled<'a, L, X: Eight<L>> {
    factor: L,
    term: L,
    numbers: &'a [X::Number],
}

impl<L: Lanes, X: Eight<L>> Coefficients<L> for Scaled<'_, L, X> {
    #[inline(always)]
    fn eight(&self, i: usize) -> L {
        X::of(self.numbers, i).fma(self.factor, self.term)
    }
}

/// Shares less coefficients.
struct Bent<E, C> {
    shares: E,
    coefficients: C,
}

impl<L: Lanes, E: Each<L>, C: Coefficients<L>> Each<L> for Bent<E, C> {
    const LOOKS: bool = E::LOOKS;
    #[inline(always)]
    fn rarity(&self, x: L) -> L {
        self.shares.rarity(x)
    }
    #[inline(always)]
    fn of(&self, x: L, i: usize) -> L {
        self.shares.of(x, i).sub(self.coefficients.eight(i))
    }
    #[inline(always)]
    fn of_ordinary(&self, x: L, i: usize) -> L {
        self.shares.of_ordinary(x, i).sub(self.coefficients.eight(i))
    }
}

/// A row, the remainders of its fold or null, and where its gradient goes.
struct Ends<S> {
    x: *const S,
    rests: *const f64,
    out: *mut S,
    count: usize,
}

/// The gradient of cells; `TINY` where subnormal shares matter.
///
/// # Safety
/// As `each`; whole vectors that hold the `count` remainders must be readable where there are any.
#[inline(always)]
unsafe fn bend<
    L: Lanes<Real = f64>,
    S: Slot<L>,
    C: Coefficients<L>,
    const GENERAL: bool,
    const TINY: bool,
>(
    Ends { x, rests, out, count }: Ends<S>,
    inverse: &Inverse,
    coefficients: C,
) {
    let factors = Factors::new(inverse);
    // SAFETY: handed on.
    unsafe {
        if rests.is_null() {
            let shares = Shares::<L, GENERAL, TINY>(factors);
            each::<L, S, _>(x, out, count, Flow::Kept, &Bent { shares, coefficients });
        } else {
            let shares = Kept::<L, GENERAL, TINY> { factors, rests };
            each::<L, S, _>(x, out, count, Flow::Kept, &Bent { shares, coefficients });
        }
    }
}

/// # Safety
/// As `bend`.
#[inline(always)]
unsafe fn choose<I: Isa, S: Slot<I::Double>, const TINY: bool>(ends: Ends<S>, by: &Bend<'_>) {
    let inverse = &by.inverse;
    // SAFETY: handed on.
    unsafe {
        match (by.given, inverse.is_plain()) {
            (Given::Alike(a), true) => {
                bend::<I::Double, S, _, false, TINY>(ends, inverse, Alike(I::Double::constant(a)))
            }
            (Given::Alike(a), false) => {
                bend::<I::Double, S, _, true, TINY>(ends, inverse, Alike(I::Double::constant(a)))
            }
            (Given::Each { factor, term, numbers: Numbers::Single(numbers) }, plain) => {
                let (factor, term) = (I::Double::constant(factor), I::Double::constant(term));
                let given = Scaled::<I::Double, Singles<I::Single>> { factor, term, numbers };
                if plain {
                    bend::<I::Double, S, _, false, TINY>(ends, inverse, given)
                } else {
                    bend::<I::Double, S, _, true, TINY>(ends, inverse, given)
                }
            }
            (Given::Each { factor, term, numbers: Numbers::Double(numbers) }, plain) => {
                let (factor, term) = (I::Double::constant(factor), I::Double::constant(term));
                let given = Scaled::<I::Double, Doubles> { factor, term, numbers };
                if plain {
                    bend::<I::Double, S, _, false, TINY>(ends, inverse, given)
                } else {
                    bend::<I::Double, S, _, true, TINY>(ends, inverse, given)
                }
            }
        }
    }
}

/// The gradient of float32 elements.
///
/// # Safety
/// `count` elements must be readable at `x` and writable at `out`, the same or disjoint; `rests` is null, or whole
/// vectors that hold as many remainders are readable there.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(
    x: *const f32,
    rests: *const f64,
    out: *mut f32,
    count: usize,
    by: &Bend<'_>,
) {
    let (x, out) = (x.cast::<Wide<I::Single>>(), out.cast());
    // SAFETY: handed on.
    unsafe { choose::<I, _, false>(Ends { x, rests, out, count }, by) }
}

/// The gradient of float64 elements.
///
/// # Safety
/// As `single`.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(
    x: *const f64,
    rests: *const f64,
    out: *mut f64,
    count: usize,
    by: &Bend<'_>,
) {
    // SAFETY: handed on.
    unsafe { choose::<I, _, true>(Ends { x, rests, out, count }, by) }
}
