//! errors: what a fold has lost beside its largest elements.
//!
//! The powers of a group are added in three roundings. Next to an element that is much of the whole sum each of them
//! counts: shares, and a logarithm near zero, then err by up to three times the share of that element. Such elements
//! are few, so the fold is not repeated: groups that hold one are looked for, and the errors of their additions, which are exact, are answered.
//!
//! ```text
//! sum of powers = ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)) + errors
//! ```

use super::columns::{Columns, STRIP, Strip, field, load};
use super::fold::{Care, headroom, powers};
use super::table::Guess;
use super::totals::CHAIN;
use crate::elementary::double::two_sum;
use crate::elementary::exp::{Guide, Reference};
use crate::lanes::{Isa, Lanes, Real};

/// The elements of the largest group.
const GROUP: usize = 128;

/// The last elements of a row as a group: what is missing weighs nothing.
#[inline(always)]
pub(super) fn padded<R: Real>(tail: &[R]) -> [R; GROUP] {
    let mut group = [R::from_f64(f64::NEG_INFINITY); GROUP];
    group[..tail.len()].copy_from_slice(tail);
    group
}

/// The powers of vectors i and i + 1 of a group added, and the error of that.
#[inline(always)]
unsafe fn pair<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    x: *const L::Real,
    i: usize,
    guide: &Guide<L>,
) -> (L, L) {
    // SAFETY: handed on.
    let (first, second) =
        unsafe { (L::load(x.add(i * L::COUNT)), L::load(x.add((i + 1) * L::COUNT))) };
    let first = powers::<L, GENERAL, CLOSE>(first, guide).power;
    two_sum(first, powers::<L, GENERAL, CLOSE>(second, guide).power)
}

/// The errors of adding a group: CHAIN vectors at `x`.
#[inline(always)]
unsafe fn lost<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    x: *const L::Real,
    guide: &Guide<L>,
) -> f64 {
    // SAFETY: handed on.
    let (a, b, c, d) = unsafe {
        (
            pair::<L, GENERAL, CLOSE>(x, 0, guide),
            pair::<L, GENERAL, CLOSE>(x, 2, guide),
            pair::<L, GENERAL, CLOSE>(x, 4, guide),
            pair::<L, GENERAL, CLOSE>(x, 6, guide),
        )
    };
    let (low, fifth) = two_sum(a.0, b.0);
    let (high, sixth) = two_sum(c.0, d.0);
    let (_, last) = two_sum(low, high);
    let errors = a.1.add(b.1).add(c.1.add(d.1)).add(fifth.add(sixth).add(last));
    let lanes = errors.to_array();
    let back = if CLOSE { L::Real::BACK } else { 1.0 };
    lanes.as_ref().iter().fold(0.0, |sum, error| sum + error.to_f64()) * back
}

/// The errors of the groups that hold an element above `limit`.
#[inline(always)]
fn row<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    x: &[L::Real],
    guess: &Guess,
    limit: f64,
) -> f64 {
    let guide = Guide::<L>::new(guess.reference, guess.temperature, headroom::<L::Real>(CLOSE));
    let limit = L::constant(limit);
    let group = CHAIN * L::COUNT;
    let mut sum = 0.0;
    let mut groups = x.chunks_exact(group);
    for x in &mut groups {
        // SAFETY: the group holds CHAIN vectors.
        unsafe {
            let mut largest = L::load(x.as_ptr());
            for i in 1..CHAIN {
                largest = L::load(x.as_ptr().add(i * L::COUNT)).above(largest);
            }
            if largest.exceeds(limit) != 0 {
                sum += lost::<L, GENERAL, CLOSE>(x.as_ptr(), &guide);
            }
        }
    }
    let tail = groups.remainder();
    if !tail.is_empty() {
        let x = padded(tail);
        // SAFETY: CHAIN vectors are at most GROUP elements.
        sum += unsafe { lost::<L, GENERAL, CLOSE>(x.as_ptr(), &guide) };
    }
    sum
}

/// The errors in a chunk of a float32 row, measured as its mass; its powers are the same with any care.
#[inline(always)]
pub(crate) fn single<I: Isa>(x: &[f32], guess: &Guess, limit: f64, _: Care) -> f64 {
    if guess.is_plain() {
        row::<I::Single, false, true>(x, guess, limit)
    } else {
        row::<I::Single, true, true>(x, guess, limit)
    }
}

/// The errors in a chunk of a float64 row, folded with that care.
#[inline(always)]
pub(crate) fn double<I: Isa>(x: &[f64], guess: &Guess, limit: f64, care: Care) -> f64 {
    match (guess.is_plain(), care) {
        (true, Care::Fast | Care::Brief) => row::<I::Double, false, false>(x, guess, limit),
        (false, Care::Fast | Care::Brief) => row::<I::Double, true, false>(x, guess, limit),
        (true, _) => row::<I::Double, false, true>(x, guess, limit),
        (false, _) => row::<I::Double, true, true>(x, guess, limit),
    }
}

/// The same for the columns of a strip: `columns.max` holds their limits, `columns.low` takes their errors.
///
/// Every group is looked at element by element of many columns, and those that hold one are taken out to be added as
/// rows are.
#[inline(always)]
unsafe fn strip<L: Lanes, const CLOSE: bool>(strip: &Strip<L::Real>, columns: &mut Columns) {
    let lowest = L::Real::from_f64(f64::NEG_INFINITY);
    let group = CHAIN * L::COUNT;
    let vectors = strip.width.div_ceil(L::COUNT);
    let mut limits = [0.0; STRIP];
    limits.copy_from_slice(&columns.max);
    columns.low.fill(0.0);
    for first in (0..strip.length).step_by(group) {
        let count = group.min(strip.length - first);
        let strip = &strip.ready(first, count);
        let at = |i: usize| strip.start.wrapping_offset((first + i) as isize * strip.stride);
        let mut found = [false; STRIP];
        // The last group of a row is always looked into, as that of a row is.
        if count < group {
            found[..strip.width].fill(true);
        }
        for v in 0..vectors {
            let mut largest = L::constant(f64::NEG_INFINITY);
            for i in 0..count {
                // SAFETY: the row lies within the strip.
                largest = unsafe { load::<L>(at(i), v * L::COUNT, strip.width) }.above(largest);
            }
            let above = largest.exceeds(field(&limits, v * L::COUNT));
            for lane in 0..L::COUNT {
                found[v * L::COUNT + lane] |= above >> lane & 1 == 1;
            }
        }
        for c in (0..strip.width).filter(|c| found[*c] && limits[*c] < f64::INFINITY) {
            let mut x = [lowest; GROUP];
            for (i, slot) in x[..count].iter_mut().enumerate() {
                // SAFETY: the element lies within the strip.
                *slot = unsafe { *at(i).add(c) };
            }
            let reference = Reference { exponent: columns.exponent[c], center: columns.center[c] };
            let guide = Guide::<L>::new(reference, columns.temperature, headroom::<L::Real>(CLOSE));
            let general = columns.general;
            // SAFETY: CHAIN vectors are at most GROUP elements.
            columns.low[c] += unsafe {
                if general {
                    lost::<L, true, CLOSE>(x.as_ptr(), &guide)
                } else {
                    lost::<L, false, CLOSE>(x.as_ptr(), &guide)
                }
            };
        }
    }
}

/// The errors in float32 columns.
#[inline(always)]
pub(crate) unsafe fn columns_single<I: Isa>(x: &Strip<f32>, columns: &mut Columns) {
    // SAFETY: handed on.
    unsafe { strip::<I::Single, true>(x, columns) }
}

/// The errors in float64 columns.
#[inline(always)]
pub(crate) unsafe fn columns_double<I: Isa>(x: &Strip<f64>, columns: &mut Columns) {
    // SAFETY: handed on.
    unsafe {
        if matches!(columns.care, Care::Fast | Care::Brief) {
            strip::<I::Double, false>(x, columns)
        } else {
            strip::<I::Double, true>(x, columns)
        }
    }
}
