//! Groups of elements of neighbouring columns, a column a lane, into their totals.

use super::Strip;
use crate::elementary::exp::Guide;
use crate::kernels::brief;
use crate::kernels::fold::powers;
use crate::kernels::totals::{CHAIN, Chain, Pairs, Totals, pairwise};
use crate::lanes::{Lanes, prefetch};

/// A vector of columns: the elements of a group that belong to a lane of a row.
#[derive(Clone, Copy)]
pub(super) struct Links<R> {
    pub first: *const R,
    /// From one row of the strip to the next, and from one link to the next.
    pub stride: isize,
    pub link: isize,
    /// Elements.
    pub count: usize,
    /// Columns in the vector, where it is not whole.
    pub width: usize,
}

impl<R> Links<R> {
    /// The links of a lane that begin at a row of the strip, for the first vector of columns.
    #[inline(always)]
    pub fn of<L: Lanes<Real = R>>(strip: &Strip<R>, row: usize) -> Self {
        Links {
            first: strip.start.wrapping_offset(row as isize * strip.stride),
            stride: strip.stride,
            link: L::COUNT as isize * strip.stride,
            count: (strip.length - row).div_ceil(L::COUNT).min(CHAIN),
            width: strip.width % L::COUNT,
        }
    }

    /// Link `i`; `fill` for columns that are missing.
    ///
    /// # Safety
    /// Link `i` must be readable.
    #[inline(always)]
    pub unsafe fn load<L: Lanes<Real = R>, const WHOLE: bool>(&self, i: usize, fill: L) -> L {
        let pointer = self.first.wrapping_offset(i as isize * self.link);
        // The next row lies in another page, which the processor does not foresee.
        prefetch(pointer.wrapping_offset(self.stride).cast());
        // SAFETY: handed on.
        unsafe { self.read::<L, WHOLE>(i, fill) }
    }

    /// The same of rows that were asked for before.
    ///
    /// # Safety
    /// Link `i` must be readable.
    #[inline(always)]
    pub unsafe fn read<L: Lanes<Real = R>, const WHOLE: bool>(&self, i: usize, fill: L) -> L {
        let pointer = self.first.wrapping_offset(i as isize * self.link);
        // SAFETY: handed on.
        unsafe { if WHOLE { L::load(pointer) } else { L::load_part(pointer, self.width, fill) } }
    }
}

/// How a group becomes part of a total, as the same elements of a row do.
pub(super) trait Group<L: Lanes, T: Totals<L>> {
    /// Whether terms are raised for shares that may follow.
    const CLOSE: bool;
    /// Add the links to the total, and look at their maximum.
    ///
    /// # Safety
    /// The links must be readable.
    unsafe fn add<const WHOLE: bool>(
        &self,
        links: &Links<L::Real>,
        guide: &Guide<L>,
        peak: &mut L,
        total: &mut T,
    );
}

/// Groups of `fold`: powers in pairs, remainders in a chain; where `fine`, every element by itself.
pub(super) struct Ordinary<const GENERAL: bool, const CLOSE: bool> {
    pub fine: bool,
}

impl<const GENERAL: bool, const CLOSE: bool> Ordinary<GENERAL, CLOSE> {
    /// Add the remainders of a link to a chain; answers its powers.
    ///
    /// # Safety
    /// Link `i` must be readable.
    #[inline(always)]
    unsafe fn step<L: Lanes, const WHOLE: bool>(
        links: &Links<L::Real>,
        i: usize,
        guide: &Guide<L>,
        peak: &mut L,
        chain: &mut Chain<L>,
    ) -> L {
        let lowest = L::constant(f64::NEG_INFINITY);
        // SAFETY: handed on.
        let x = unsafe { links.load::<L, WHOLE>(i, lowest) };
        *peak = x.above(*peak);
        let parts = powers::<L, GENERAL, CLOSE>(x, guide);
        chain.add_rest(&parts);
        parts.power
    }
}

impl<L: Lanes, T: Totals<L>, const GENERAL: bool, const CLOSE: bool> Group<L, T>
    for Ordinary<GENERAL, CLOSE>
{
    const CLOSE: bool = CLOSE;
    #[inline(always)]
    unsafe fn add<const WHOLE: bool>(
        &self,
        links: &Links<L::Real>,
        guide: &Guide<L>,
        peak: &mut L,
        total: &mut T,
    ) {
        let mut chain = Chain::zero();
        // SAFETY: handed on.
        unsafe {
            if self.fine {
                for i in 0..links.count {
                    chain.powers = Self::step::<L, WHOLE>(links, i, guide, peak, &mut chain);
                    total.add(chain);
                    chain = Chain::zero();
                }
                return;
            }
            chain.powers = if links.count == CHAIN {
                pairwise!(i => Self::step::<L, WHOLE>(links, i, guide, peak, &mut chain))
            } else {
                let mut powers = Pairs::zero();
                for i in 0..links.count {
                    powers.push(i, Self::step::<L, WHOLE>(links, i, guide, peak, &mut chain));
                }
                powers.total()
            };
        }
        total.add(chain);
    }
}

/// Groups of `brief`.
pub(super) struct Brief<const GENERAL: bool>;

impl<L: Lanes, T: Totals<L>, const GENERAL: bool> Group<L, T> for Brief<GENERAL> {
    const CLOSE: bool = false;
    #[inline(always)]
    unsafe fn add<const WHOLE: bool>(
        &self,
        links: &Links<L::Real>,
        guide: &Guide<L>,
        peak: &mut L,
        total: &mut T,
    ) {
        let (lowest, mut sum) = (L::constant(f64::NEG_INFINITY), L::constant(0.0));
        for i in 0..links.count {
            // SAFETY: handed on.
            let x = unsafe { links.load::<L, WHOLE>(i, lowest) };
            sum = brief::step::<L, GENERAL>(x, guide, peak, sum);
        }
        total.add(brief::group(sum));
    }
}
