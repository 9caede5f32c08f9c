//! beside: what lies beside the largest element of a row, without folding the row again.
//!
//! A fold rounds away what is small beside a large element, but only in the *group* that holds one. Such groups are
//! taken out of the sum as they were folded, and their elements put back one vector at a time, less those at the
//! maximum, which are counted:
//!
//! ```text
//! others = mass + sum over groups with a large element of (its others - the group as folded)
//! ```
//!
//! The totals of a lane are wide: they have kept what lies beside its groups.

use super::errors::padded;
use super::fold::{Care, headroom, largest, powers};
use super::table::Guess;
use super::totals::{CHAIN, Chain, Compensated, Totals, Widened, pairwise};
use crate::elementary::exp::{Guide, exp};
use crate::lanes::{Isa, Lanes, Real};

/// What is looked for in a row, and how it was folded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak {
    pub guess: Guess,
    pub care: Care,
    pub max: f64,
    /// Elements above this are large; below `max`.
    pub limit: f64,
}

/// What was found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Beside {
    /// How many elements are at the maximum.
    pub top: f64,
    /// What a mass has to be given to become that of the others, in two parts.
    pub high: f64,
    pub low: f64,
    /// The largest element of all groups without a large one.
    pub next: f64,
}

/// The groups with a large element, and the largest element of all others.
struct Search<L, T> {
    max: L,
    limit: L,
    top: L,
    next: L,
    totals: T,
}

impl<L: Lanes, T: Totals<L>> Search<L, T> {
    /// Look at a group.
    ///
    /// # Safety
    /// CHAIN vectors must be readable at `x`.
    #[inline(always)]
    unsafe fn look<const GENERAL: bool, const CLOSE: bool>(
        &mut self,
        x: *const L::Real,
        guide: &Guide<L>,
    ) {
        // SAFETY: handed on.
        unsafe {
            let mut found = L::load(x);
            for i in 1..CHAIN {
                found = L::load(x.add(i * L::COUNT)).above(found);
            }
            if found.exceeds(self.limit) == 0 {
                self.next = found.above(self.next);
            } else {
                self.exchange::<GENERAL, CLOSE>(x, guide);
            }
        }
    }

    /// Take out a group as it was folded, and put in its others.
    ///
    /// # Safety
    /// CHAIN vectors must be readable at `x`.
    #[inline(always)]
    unsafe fn exchange<const GENERAL: bool, const CLOSE: bool>(
        &mut self,
        x: *const L::Real,
        guide: &Guide<L>,
    ) {
        let (zero, one) = (L::constant(0.0), L::constant(1.0));
        let mut chain = Chain::zero();
        // SAFETY: as vouched for.
        chain.powers = unsafe {
            pairwise!(i => {
                let parts = powers::<L, GENERAL, CLOSE>(L::load(x.add(i * L::COUNT)), guide);
                chain.add_rest(&parts);
                parts.power
            })
        };
        self.totals.add(Chain { powers: chain.powers.neg(), rests: chain.rests.neg() });
        for i in 0..CHAIN {
            // SAFETY: as vouched for.
            let element = unsafe { L::load(x.add(i * L::COUNT)) };
            let parts = exp::<L, GENERAL>(element, guide);
            let power = element.choose_equal(self.max, zero, parts.power);
            self.totals.add(Chain::one(power, &parts));
            self.top = self.top.add(element.choose_equal(self.max, one, zero));
        }
    }
}

#[inline(always)]
fn row<L: Lanes, T: Totals<L>, const GENERAL: bool, const CLOSE: bool>(
    x: &[L::Real],
    peak: &Peak,
) -> Beside {
    let Guess { reference, temperature } = peak.guess;
    let guide = Guide::<L>::new(reference, temperature, headroom::<L::Real>(CLOSE));
    let mut search = Search {
        max: L::constant(peak.max),
        limit: L::constant(peak.limit),
        top: L::constant(0.0),
        next: L::constant(f64::NEG_INFINITY),
        totals: T::zero(),
    };
    let mut groups = x.chunks_exact(CHAIN * L::COUNT);
    for x in &mut groups {
        // SAFETY: CHAIN vectors.
        unsafe { search.look::<GENERAL, CLOSE>(x.as_ptr(), &guide) };
    }
    if !groups.remainder().is_empty() {
        let x = padded(groups.remainder());
        // SAFETY: CHAIN vectors are at most GROUP elements.
        unsafe { search.look::<GENERAL, CLOSE>(x.as_ptr(), &guide) };
    }
    let (high, low) = search.totals.total();
    let back = if CLOSE { L::Real::BACK } else { 1.0 };
    let top = search.top.to_array().as_ref().iter().fold(0.0, |sum, count| sum + count.to_f64());
    Beside { top, high: high * back, low: low * back, next: largest(search.next) }
}

/// What lies beside the largest element, in a chunk of a float32 row; its powers are the same with any care.
#[inline(always)]
pub(crate) fn single<I: Isa>(x: &[f32], peak: &Peak) -> Beside {
    if peak.guess.is_plain() {
        row::<I::Single, Widened<I::Double>, false, true>(x, peak)
    } else {
        row::<I::Single, Widened<I::Double>, true, true>(x, peak)
    }
}

/// What lies beside the largest element, in a chunk of a float64 row.
#[inline(always)]
pub(crate) fn double<I: Isa>(x: &[f64], peak: &Peak) -> Beside {
    match (peak.guess.is_plain(), peak.care) {
        (true, Care::Fast | Care::Brief) => {
            row::<I::Double, Compensated<I::Double>, false, false>(x, peak)
        }
        (false, Care::Fast | Care::Brief) => {
            row::<I::Double, Compensated<I::Double>, true, false>(x, peak)
        }
        (true, _) => row::<I::Double, Compensated<I::Double>, false, true>(x, peak),
        (false, _) => row::<I::Double, Compensated<I::Double>, true, true>(x, peak),
    }
}
