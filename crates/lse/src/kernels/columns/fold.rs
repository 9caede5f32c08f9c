//! Strips of columns into masses.

use super::{Columns, Strip, field};
use crate::elementary::double::{fast_two_sum, join};
use crate::elementary::exp::Guide;
use crate::kernels::fold::{Care, headroom, powers};
use crate::kernels::totals::{CHAIN, Chain, Compensated, Pairs, Totals, Widened, pairwise};
use crate::lanes::{Isa, Lanes, Real, prefetch};

/// Lanes of the widest vector.
const WIDEST: usize = 16;

/// A vector of columns: element `i` of the elements that belong to a lane.
#[derive(Clone, Copy)]
struct Links<R> {
    first: *const R,
    /// From one row of the strip to the next, and from one link to the next.
    stride: isize,
    link: isize,
    /// Columns in the vector, where it is not whole.
    width: usize,
}

/// Load a vector of columns, look at its maximum, add its remainders to a chain; answers its power.
///
/// # Safety
/// Link `i` must be readable.
#[inline(always)]
unsafe fn step<L: Lanes, const GENERAL: bool, const CLOSE: bool, const WHOLE: bool>(
    links: &Links<L::Real>,
    i: usize,
    guide: &Guide<L>,
    peak: &mut L,
    chain: &mut Chain<L>,
) -> L {
    let pointer = links.first.wrapping_offset(i as isize * links.link);
    // The next row lies in another page, which the processor does not foresee.
    prefetch(pointer.wrapping_offset(links.stride).cast());
    // SAFETY: handed on.
    let x = unsafe {
        if WHOLE {
            L::load(pointer)
        } else {
            L::load_part(pointer, links.width, L::constant(f64::NEG_INFINITY))
        }
    };
    *peak = x.above(*peak);
    let parts = powers::<L, GENERAL, CLOSE>(x, guide);
    chain.add_rest(&parts);
    parts.power
}

/// Add a group of a lane, of `count` links, to its total.
///
/// # Safety
/// The links must be readable.
#[inline(always)]
unsafe fn group<
    L: Lanes,
    T: Totals<L>,
    const GENERAL: bool,
    const CLOSE: bool,
    const WHOLE: bool,
>(
    links: &Links<L::Real>,
    count: usize,
    fine: bool,
    guide: &Guide<L>,
    peak: &mut L,
    total: &mut T,
) {
    let mut chain = Chain::zero();
    // SAFETY: handed on.
    unsafe {
        if fine {
            for i in 0..count {
                chain.powers = step::<L, GENERAL, CLOSE, WHOLE>(links, i, guide, peak, &mut chain);
                total.add(chain);
                chain = Chain::zero();
            }
            return;
        }
        chain.powers = if count == CHAIN {
            pairwise!(i => step::<L, GENERAL, CLOSE, WHOLE>(links, i, guide, peak, &mut chain))
        } else {
            let mut powers = Pairs::zero();
            for i in 0..count {
                let power = step::<L, GENERAL, CLOSE, WHOLE>(links, i, guide, peak, &mut chain);
                powers.push(i, power);
            }
            powers.total()
        };
    }
    total.add(chain);
}

/// Fold a strip; a vector of columns has a total for each lane of a row, merged by `total`.
#[inline(always)]
unsafe fn fold<L: Lanes, T: Totals<L>, const GENERAL: bool, const CLOSE: bool>(
    strip: &Strip<L::Real>,
    columns: &mut Columns,
    total: impl Fn(&[T], usize, &mut Columns),
) {
    let (vectors, whole) = (strip.width.div_ceil(L::COUNT), strip.width / L::COUNT);
    let mut guides = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let (exponent, center): (L, L) =
            (field(&columns.exponent, v * L::COUNT), field(&columns.center, v * L::COUNT));
        let exponent = exponent.sub(L::constant(headroom::<L::Real>(CLOSE)));
        guides.push(Guide::<L>::per_lane(exponent, center, columns.temperature));
    }
    let mut max = vec![L::constant(f64::NEG_INFINITY); vectors];
    // totals[lane * vectors + v]: those of a lane follow each other, as they are asked for.
    let mut totals = vec![T::zero(); vectors * L::COUNT];

    let fine = columns.care == Care::Fine;
    let size = CHAIN * L::COUNT;
    for first in (0..strip.length).step_by(size) {
        let strip = &strip.ready(first, size.min(strip.length - first));
        let lanes = L::COUNT.min(strip.length - first);
        for (lane, totals) in totals.chunks_exact_mut(vectors).enumerate().take(lanes) {
            let count = (strip.length - first - lane).div_ceil(L::COUNT).min(CHAIN);
            let mut links = Links {
                first: strip.start.wrapping_offset((first + lane) as isize * strip.stride),
                stride: strip.stride,
                link: L::COUNT as isize * strip.stride,
                width: strip.width - whole * L::COUNT,
            };
            // SAFETY: the rows lie within the strip, and the columns of all vectors but the last as well.
            unsafe {
                let mut v = 0;
                while v < whole {
                    group::<L, T, GENERAL, CLOSE, true>(
                        &links,
                        count,
                        fine,
                        &guides[v],
                        &mut max[v],
                        &mut totals[v],
                    );
                    links.first = links.first.wrapping_add(L::COUNT);
                    v += 1;
                }
                if v < vectors {
                    group::<L, T, GENERAL, CLOSE, false>(
                        &links,
                        count,
                        fine,
                        &guides[v],
                        &mut max[v],
                        &mut totals[v],
                    );
                }
            }
        }
    }

    for v in 0..vectors {
        let peaks = max[v].to_array();
        for (slot, x) in columns.max[v * L::COUNT..].iter_mut().zip(peaks.as_ref()) {
            *slot = x.to_f64();
        }
        let mut lanes = [T::zero(); WIDEST];
        for (lane, slot) in lanes[..L::COUNT].iter_mut().enumerate() {
            *slot = totals[lane * vectors + v];
        }
        total(&lanes[..L::COUNT], v, columns);
    }
    if CLOSE {
        for sum in columns.high.iter_mut().chain(&mut columns.low) {
            *sum *= L::Real::BACK;
        }
    }
}

/// The tree of `Widened::total`, a column a lane.
#[inline(always)]
fn total_single<I: Isa>(totals: &[Widened<I::Double>], v: usize, columns: &mut Columns) {
    for half in 0..2 {
        let mut eight = [I::Double::constant(0.0); 8];
        for (j, slot) in eight.iter_mut().enumerate() {
            *slot = totals[j].lanes()[half].add(totals[j + 8].lanes()[half]);
        }
        let [a, b, c, d, e, f, g, h] = eight;
        let (a, b, c, d) = (a.add(e), b.add(f), c.add(g), d.add(h));
        let sum = a.add(c).add(b.add(d));
        let at = 16 * v + 8 * half;
        columns.high[at..at + 8].copy_from_slice(&sum.to_array());
        columns.low[at..at + 8].fill(0.0);
    }
}

/// The tree of `Compensated::total`, a column a lane.
#[inline(always)]
fn total_double<I: Isa>(totals: &[Compensated<I::Double>], v: usize, columns: &mut Columns) {
    let zero = I::Double::constant(0.0);
    let mut four = [(zero, zero); 4];
    for (j, slot) in four.iter_mut().enumerate() {
        *slot = join(totals[j].lanes(), totals[j + 4].lanes());
    }
    let (a, b) = (join(four[0], four[2]), join(four[1], four[3]));
    let (high, low) = join(a, b);
    let (high, low) = fast_two_sum(high, low);
    columns.high[8 * v..8 * v + 8].copy_from_slice(&high.to_array());
    columns.low[8 * v..8 * v + 8].copy_from_slice(&low.to_array());
}

/// Fold float32 columns.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(strip: &Strip<f32>, columns: &mut Columns) {
    type Sums<I> = Widened<<I as Isa>::Double>;
    // SAFETY: handed on.
    unsafe {
        if columns.general {
            fold::<I::Single, Sums<I>, true, true>(strip, columns, total_single::<I>);
        } else {
            fold::<I::Single, Sums<I>, false, true>(strip, columns, total_single::<I>);
        }
    }
}

/// Fold float64 columns.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(strip: &Strip<f64>, columns: &mut Columns) {
    type Sums<I> = Compensated<<I as Isa>::Double>;
    // SAFETY: handed on.
    unsafe {
        match (columns.general, columns.care) {
            (true, Care::Fast) => {
                fold::<I::Double, Sums<I>, true, false>(strip, columns, total_double::<I>)
            }
            (false, Care::Fast) => {
                fold::<I::Double, Sums<I>, false, false>(strip, columns, total_double::<I>)
            }
            (true, _) => fold::<I::Double, Sums<I>, true, true>(strip, columns, total_double::<I>),
            (false, _) => {
                fold::<I::Double, Sums<I>, false, true>(strip, columns, total_double::<I>)
            }
        }
    }
}
