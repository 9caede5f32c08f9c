//! fold: a contiguous chunk of a row into a mass, in one pass.
//!
//! The reference 2^N is guessed; the true maximum is tracked beside the sum, and the caller
//! folds the chunk again when the maximum asks for another reference.
//!
//! The shape of the sum is fixed by the length alone: element i belongs to lane i mod W, eight vectors make a
//! *group*, and `totals` adds the groups.
//!
//! Price: 15 operations a vector for float32, 18 for float64, of which one tracks the maximum. What is lost beside a
//! large element is found afterwards (`errors`).

use super::brief;
use super::cells::{Brain, Cell, Half, Second, Swapped, Wide};
use super::table::Guess;
use super::totals::{CHAIN, Chain, Compensated, Pairs, Totals, Widened, pairwise};
use crate::elementary::exp::{Guide, Parts, exp, parts};
use crate::lanes::{Isa, Lanes, Real};
use crate::state::Mass;

/// What `split` raises its sum by, as a power of two.
pub(crate) const LIFT: f64 = 512.0;

/// How well a sum is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Care {
    /// For a logarithm of 16 bits: float32 within 2^-18 of the sum; float64 as `Fast`.
    Brief,
    /// For a logarithm: float64 within 1.5 * 2^-53, float32 within 0.8 * 2^-24.
    Fast,
    /// For shares: float64 without the errors of powers to the nearest.
    Shares,
    /// For a small logarithm, and for shares of confident rows that had to be centred: every vector is added to the
    /// totals by itself, so that no power is ever rounded away beside a larger one. Slower by half.
    Fine,
}

/// The largest of the lanes; nan aside.
#[inline(always)]
pub(crate) fn largest<L: Lanes>(lanes: L) -> f64 {
    let mut array = lanes.to_array();
    let lanes = array.as_mut();
    let mut width = L::COUNT / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = if lanes[i + width] > lanes[i] { lanes[i + width] } else { lanes[i] };
        }
        width /= 2;
    }
    lanes[0].to_f64()
}

/// The exponentials of a long sum: with coarse powers where it is `CLOSE`, else to the nearest.
#[inline(always)]
pub(super) fn powers<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    element: L,
    guide: &Guide<L>,
) -> Parts<L> {
    if CLOSE {
        parts::<L, GENERAL, false>(element, guide)
    } else {
        parts::<L, GENERAL, true>(element, guide)
    }
}

/// Add the remainders of one vector to a chain, leave them at `rests` if they are to be kept, and look at the
/// maximum; answers the power.
///
/// # Safety
/// A vector must be writable at `rests` where remainders are kept.
#[inline(always)]
unsafe fn step<L: Lanes, const GENERAL: bool, const CLOSE: bool, const KEEP: bool>(
    element: L,
    guide: &Guide<L>,
    max: &mut L,
    chain: &mut Chain<L>,
    rests: *mut L::Real,
) -> L {
    *max = element.above(*max);
    let parts = powers::<L, GENERAL, CLOSE>(element, guide);
    if KEEP {
        // SAFETY: handed on.
        unsafe { parts.rest.store(rests) };
    }
    chain.add_rest(&parts);
    parts.power
}

/// Fold a chunk, measured in a guessed reference.
///
/// # Safety
/// `count` cells must be readable at `x`. Where remainders are kept, whole vectors that hold as many elements must be
/// writable at `rests`.
#[inline(always)]
unsafe fn fold<
    L: Lanes,
    T: Totals<L>,
    C: Cell<L>,
    const GENERAL: bool,
    const CLOSE: bool,
    const FINE: bool,
    const KEEP: bool,
>(
    x: *const C,
    count: usize,
    guess: &Guess,
    rests: *mut L::Real,
) -> Mass {
    let guide = Guide::<L>::new(guess.reference, guess.temperature, headroom::<L::Real>(CLOSE));
    let lowest = L::constant(f64::NEG_INFINITY);
    let mut max = lowest;
    let mut totals = T::zero();

    let (mut start, size) = (0, if FINE { L::COUNT } else { CHAIN * L::COUNT });
    while start + size <= count {
        // SAFETY: the group ends before `count`.
        let group = unsafe { x.add(start) };
        let first = rests.wrapping_add(start);
        start += size;
        if FINE {
            // SAFETY: the group holds a vector.
            let element = unsafe { C::load(group) };
            max = element.above(max);
            let parts = powers::<L, GENERAL, true>(element, &guide);
            let mut chain = Chain { powers: parts.power, ..Chain::zero() };
            chain.add_rest(&parts);
            totals.add(chain);
            continue;
        }
        let mut chain = Chain::zero();
        // SAFETY: the group holds CHAIN vectors.
        chain.powers = unsafe {
            pairwise!(i => {
                let element = C::load(group.add(i * L::COUNT));
                let rest = first.wrapping_add(i * L::COUNT);
                step::<L, GENERAL, CLOSE, KEEP>(element, &guide, &mut max, &mut chain, rest)
            })
        };
        totals.add(chain);
    }
    if start < count {
        let (mut chain, mut powers, mut i) = (Chain::zero(), Pairs::zero(), 0);
        while start < count {
            let rest = rests.wrapping_add(start);
            // SAFETY: a vector, or what is left of one: -inf weighs nothing. The rest as vouched for.
            unsafe {
                let element = if start + L::COUNT <= count {
                    C::load(x.add(start))
                } else {
                    C::load_part(x.add(start), count - start)
                };
                let power =
                    step::<L, GENERAL, CLOSE, KEEP>(element, &guide, &mut max, &mut chain, rest);
                powers.push(i, power);
            }
            (start, i) = (start + L::COUNT, i + 1);
        }
        chain.powers = powers.total();
        totals.add(chain);
    }

    let (high, low) = totals.total();
    let back = if CLOSE { L::Real::BACK } else { 1.0 };
    Mass { max: largest(max), reference: guess.reference, high: high * back, low: low * back }
}

/// Extra exponent of the terms of a sum. Where shares may follow it is theirs: no remainder of an element that has
/// a share is then that of the limit.
#[inline(always)]
pub(super) fn headroom<R: Real>(close: bool) -> f64 {
    if close { R::HEADROOM } else { 0.0 }
}

/// Fold float32.
#[inline(always)]
pub(crate) fn single<I: Isa>(x: &[f32], guess: &Guess, care: Care) -> Mass {
    choose::<I::Single, Widened<I::Double>, f32>(x, guess, care)
}

/// Fold float16.
#[inline(always)]
pub(crate) fn half<I: Isa>(x: &[Half], guess: &Guess, care: Care) -> Mass {
    choose::<I::Single, Widened<I::Double>, Half>(x, guess, care)
}

/// Fold bfloat16.
#[inline(always)]
pub(crate) fn brain<I: Isa>(x: &[Brain], guess: &Guess, care: Care) -> Mass {
    choose::<I::Single, Widened<I::Double>, Brain>(x, guess, care)
}

/// Fold float32 of the other byte order.
#[inline(always)]
pub(crate) fn swapped<I: Isa>(x: &[Swapped], guess: &Guess, care: Care) -> Mass {
    choose::<I::Single, Widened<I::Double>, Swapped>(x, guess, care)
}

/// Fold float64.
#[inline(always)]
pub(crate) fn double<I: Isa>(x: &[f64], guess: &Guess, care: Care) -> Mass {
    choose::<I::Double, Compensated<I::Double>, f64>(x, guess, care)
}

/// Fold every second of some float32.
///
/// # Safety
/// `count` elements must be readable, two places apart from `x` on.
#[inline(always)]
pub(crate) unsafe fn seconds_single<I: Isa>(
    x: *const f32,
    count: usize,
    guess: &Guess,
    care: Care,
) -> Mass {
    // SAFETY: handed on.
    unsafe { choose_at::<I::Single, Widened<I::Double>, Second<f32>>(x.cast(), count, guess, care) }
}

/// Fold every second of some float64.
///
/// # Safety
/// As `seconds_single`.
#[inline(always)]
pub(crate) unsafe fn seconds_double<I: Isa>(
    x: *const f64,
    count: usize,
    guess: &Guess,
    care: Care,
) -> Mass {
    // SAFETY: handed on.
    unsafe {
        choose_at::<I::Double, Compensated<I::Double>, Second<f64>>(x.cast(), count, guess, care)
    }
}

#[inline(always)]
fn choose<L: Lanes, T: Totals<L>, C: Cell<L>>(x: &[C], guess: &Guess, care: Care) -> Mass {
    // SAFETY: the slice holds its cells.
    unsafe { choose_at::<L, T, C>(x.as_ptr(), x.len(), guess, care) }
}

/// # Safety
/// `count` cells must be readable at `x`.
#[inline(always)]
unsafe fn choose_at<L: Lanes, T: Totals<L>, C: Cell<L>>(
    x: *const C,
    count: usize,
    guess: &Guess,
    care: Care,
) -> Mass {
    // Float32 has coarse powers only, and float64 nothing brief.
    let care = match care {
        Care::Fast if !L::Real::WIDE => Care::Shares,
        Care::Brief if L::Real::WIDE => Care::Fast,
        care => care,
    };
    let none = core::ptr::null_mut();
    // SAFETY: handed on; nothing is kept.
    unsafe {
        match (guess.is_plain(), care) {
            (true, Care::Brief) => brief::fold::<L, T, C, false>(x, count, guess),
            (false, Care::Brief) => brief::fold::<L, T, C, true>(x, count, guess),
            (true, Care::Fast) => {
                fold::<L, T, C, false, false, false, false>(x, count, guess, none)
            }
            (false, Care::Fast) => {
                fold::<L, T, C, true, false, false, false>(x, count, guess, none)
            }
            (true, Care::Shares) => {
                fold::<L, T, C, false, true, false, false>(x, count, guess, none)
            }
            (false, Care::Shares) => {
                fold::<L, T, C, true, true, false, false>(x, count, guess, none)
            }
            (true, Care::Fine) => fold::<L, T, C, false, true, true, false>(x, count, guess, none),
            (false, Care::Fine) => fold::<L, T, C, true, true, true, false>(x, count, guess, none),
        }
    }
}

/// Fold float32 for shares and leave the remainders at `rests`.
///
/// # Safety
/// Whole vectors that hold as many elements must be writable at `rests`.
#[inline(always)]
pub(crate) unsafe fn keep_single<I: Isa>(x: &[f32], guess: &Guess, rests: *mut f32) -> Mass {
    type Sums<I> = Widened<<I as Isa>::Double>;
    // SAFETY: handed on.
    unsafe {
        if guess.is_plain() {
            fold::<I::Single, Sums<I>, f32, false, true, false, true>(
                x.as_ptr(),
                x.len(),
                guess,
                rests,
            )
        } else {
            fold::<I::Single, Sums<I>, f32, true, true, false, true>(
                x.as_ptr(),
                x.len(),
                guess,
                rests,
            )
        }
    }
}

/// Fold float64 for shares and leave the remainders at `rests`.
///
/// # Safety
/// As `keep_single`.
#[inline(always)]
pub(crate) unsafe fn keep_double<I: Isa>(x: &[f64], guess: &Guess, rests: *mut f64) -> Mass {
    type Sums<I> = Compensated<<I as Isa>::Double>;
    // SAFETY: handed on.
    unsafe {
        if guess.is_plain() {
            fold::<I::Double, Sums<I>, f64, false, true, false, true>(
                x.as_ptr(),
                x.len(),
                guess,
                rests,
            )
        } else {
            fold::<I::Double, Sums<I>, f64, true, true, false, true>(
                x.as_ptr(),
                x.len(),
                guess,
                rests,
            )
        }
    }
}

/// Fold float32 in float64 for shares, and leave the remainders at `rests` unless it is null.
///
/// # Safety
/// Whole vectors that hold as many elements must be writable at `rests`.
#[inline(always)]
pub(crate) unsafe fn wide<I: Isa>(x: &[f32], guess: &Guess, rests: *mut f64) -> Mass {
    type Sums<I> = Compensated<<I as Isa>::Double>;
    type X<I> = Wide<<I as Isa>::Single>;
    let (cells, count) = (x.as_ptr().cast(), x.len());
    // SAFETY: handed on.
    unsafe {
        match (guess.is_plain(), rests.is_null()) {
            (true, true) => fold::<I::Double, Sums<I>, X<I>, false, true, false, false>(
                cells, count, guess, rests,
            ),
            (true, false) => fold::<I::Double, Sums<I>, X<I>, false, true, false, true>(
                cells, count, guess, rests,
            ),
            (false, true) => fold::<I::Double, Sums<I>, X<I>, true, true, false, false>(
                cells, count, guess, rests,
            ),
            (false, false) => fold::<I::Double, Sums<I>, X<I>, true, true, false, true>(
                cells, count, guess, rests,
            ),
        }
    }
}

/// Fold float64 with the elements that equal `max` left out and counted: (top, high, low).
///
/// The sum is raised by 2^512, so that elements far below `max` still weigh what they weigh.
#[inline(always)]
pub(crate) fn split<I: Isa>(x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64) {
    let guide = Guide::<I::Double>::new(guess.reference, guess.temperature, LIFT);
    let (zero, one) = (I::Double::constant(0.0), I::Double::constant(1.0));
    let peak = I::Double::constant(max);
    let mut totals = <Compensated<I::Double> as Totals<I::Double>>::zero();
    let mut top = zero;
    for piece in x.chunks(8) {
        let mut padded = [f64::NEG_INFINITY; 8];
        padded[..piece.len()].copy_from_slice(piece);
        let element = I::Double::from_array(&padded);
        let parts = exp::<I::Double, true>(element, &guide);
        totals.add(Chain::one(element.choose_equal(peak, zero, parts.power), &parts));
        top = top.add(element.choose_equal(peak, one, zero));
    }
    let (high, low) = Totals::<I::Double>::total(totals);
    (top.to_array().iter().sum(), high, low)
}
